"""What the OpenAPI document says of who may call, drawn from what the routes declare."""

from typing import Any

from web.access import Audience
from web.auth.purposes import HEADER, STATABLE

_SCHEME = "accessToken"
SCHEMES: dict[str, Any] = {
    _SCHEME: {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "A token of an issuer that is trusted here, with one of the roles of `x-audience`.",
    }
}
RESPONSES = {
    "401": "There is no access token, or not one that is good here; `code` says which.",
    "403": "The role or the purpose of the caller does not allow this.",
}


def security(declared: Audience | None) -> dict[str, Any]:
    """The parts of an operation that say who may call it. Where nobody has said, nobody may."""
    if declared is None:
        return {}
    if declared.roles:
        return {"x-audience": sorted(declared.roles), "security": [{_SCHEME: []}]}
    return {"x-audience": declared.open_to, "security": []}


def purpose_parameter() -> dict[str, Any]:
    """The header by which staff state a purpose that their token leaves open."""
    return {
        "in": "header",
        "name": HEADER,
        "description": "Why persons are read, where the access token of staff carries no purpose.",
        "schema": {"enum": [purpose.value for purpose in STATABLE]},
        "example": "administration",
    }
