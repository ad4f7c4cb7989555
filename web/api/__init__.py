"""REST by the national API profile 2.0: plural nouns, camelCase, `limit` and `page`, RFC 9457 problems."""

from typing import Any

import orjson
from flask import Flask, Response
from flask_smorest import Api

from web.access import PUBLIC, audience
from web.api import care_units, code_systems, limits, listings, meta, problems, responses, suggestions, trace
from web.api.document import PREFIX, VERSION, document
from web.api.schemas import ProblemSchema


class _Api(Api):
    """flask-smorest without its own form of errors: ours is RFC 9457."""

    DEFAULT_ERROR_RESPONSE_NAME = None


def register_api(app: Flask) -> None:
    """Put the API on the application, with its document at `/api/v1/openapi.json`."""
    app.config.update(API_TITLE="Hitta vård", API_VERSION=VERSION, OPENAPI_VERSION="3.1.0")
    api = _Api(app)
    directory = (care_units.blueprint, suggestions.blueprint, code_systems.blueprint)
    for blueprint in (*directory, *listings.BLUEPRINTS, meta.blueprint):
        api.register_blueprint(blueprint, url_prefix=PREFIX)
    api.spec.components.schema("Problem", schema=ProblemSchema)
    app.extensions["openapi"] = document(app, api.spec.to_dict())
    body = orjson.dumps(openapi(app))

    @app.get(f"{PREFIX}/openapi.json", endpoint="openapi")
    @audience(PUBLIC)
    def openapi_json() -> Response:
        """The document of this API."""
        responses.negotiated()
        return responses.respond(body)

    problems.register(app)
    limits.register(app)
    trace.register(app)


def openapi(app: Flask) -> dict[str, Any]:
    """The OpenAPI document of the application."""
    drawn: dict[str, Any] = app.extensions["openapi"]
    return drawn
