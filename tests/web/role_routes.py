"""Routes for roles, for the tests of whatever stands before a view. The product has none of these."""

from flask import Flask, Response
from flask_smorest import Api, Blueprint
from marshmallow import Schema, fields

from listing.actor import Role
from web.access import current_actor
from web.api import responses
from web.api.blueprint import ApiBlueprint
from web.api.schemas import ProblemSchema

PREFIX = "/api/v1/trial"


class WhoSchema(Schema):
    """The caller."""

    key = fields.String(
        required=True, metadata={"description": "Key of the audit trail.", "example": "staff:SE"}
    )
    purpose = fields.String(
        required=True, allow_none=True, metadata={"description": "Purpose.", "example": "care"}
    )


def blueprint() -> Blueprint:
    """One route for each role, one that shows persons, and one that changes something."""
    trial = ApiBlueprint("trial", "trial", description="Trial")
    for role in Role:
        trial.for_roles("GET", f"/{role}", role, answer=WhoSchema, operation=f"get-{role}")(
            _who(f"get_{role}")
        )
    trial.for_roles(
        "POST", "/persons", *(Role.RESIDENT, Role.UNIT), answer=WhoSchema, operation="persons", persons=True
    )(_who("persons"))
    trial.for_roles(
        "DELETE", "/persons", Role.SYSTEM, answer=None, status=204, operation="drop", idempotent=True
    )(_who("drop"))
    return trial


def _who(name: str):  # type: ignore[no-untyped-def]
    def view() -> Response:
        """Who calls."""
        actor = current_actor()
        return responses.json({"key": actor.key, "purpose": actor.purpose})

    view.__name__ = name
    return view


def add(app: Flask) -> Api:
    """Put them on the application."""
    api = Api(app, spec_kwargs={"title": "Trial", "version": "1", "openapi_version": "3.1.0"})
    api.register_blueprint(blueprint(), url_prefix=PREFIX)
    api.spec.components.schema("Problem", schema=ProblemSchema)
    return api
