"""`/api-info`, as the national REST API profile asks of every API."""

from typing import Any

from flask import Response

from web.api import responses
from web.api.arguments import NoArguments
from web.api.blueprint import ApiBlueprint
from web.api.document import PREFIX, RELEASED, STATUS, VERSION
from web.api.schemas import ApiInfoSchema
from web.unit_of_work import current_settings

blueprint = ApiBlueprint("api-info", "api-info", description="About the API")


@blueprint.public_get("/api-info", NoArguments, ApiInfoSchema, operation="getApiInfo")
def api_info(_arguments: dict[str, Any]) -> Response:
    """Name, version, status and documentation of this API."""
    return responses.json(
        {
            "apiName": "hitta-vard",
            "apiVersion": VERSION,
            "apiReleased": RELEASED,
            "apiDocumentation": f"{current_settings().public_url.rstrip('/')}{PREFIX}/openapi.json",
            "apiStatus": STATUS,
        }
    )
