"""What many operations refer to: answers, headers, parameters, and the problem that every refusal is."""

from typing import Any

from web.api.document.about import PROBLEM
from web.api.examples import example
from web.api.security import RESPONSES, purpose_parameter

DESCRIPTIONS = {
    "304": "Not modified: what the caller has (If-None-Match) is current.",
    "400": "A parameter is unknown, repeated or not of the documented form; `errors` says which.",
    **RESPONSES,
    "404": "There is no such resource, or it is not public, or not one that this caller may know of.",
    "406": "The caller accepts none of the forms that there are.",
    "409": "The register refuses; `code`, `reason` and `arguments` say why.",
    "415": "The body is not `application/json`.",
    "422": "The region's rules do not accept what is said, or the key belongs to another request.",
    "503": "Try again after the seconds of Retry-After: the database or the search index is out of reach.",
    "default": "Any other problem.",
}
HEADERS: dict[str, Any] = {
    "ETag": {"description": "Entity tag of these bytes.", "schema": {"type": "string"}},
    "traceparent": {
        "description": "The trace of the request (W3C Trace Context): the caller's, or a new one.",
        "schema": {"type": "string", "pattern": "^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$"},
    },
    "Retry-After": {"description": "Seconds.", "schema": {"type": "integer"}},
    "Last-Modified": {
        "description": "When the facts of the unit last changed. The entity tag alone validates.",
        "schema": {"type": "string"},
    },
    "Content-Language": {"description": "Language of the labels.", "schema": {"enum": ["sv", "en"]}},
}
_KEY: dict[str, Any] = {
    "in": "header",
    "name": "Idempotency-Key",
    "description": "1 to 255 visible ASCII characters, new for each change; sent again, nothing is done.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
    "example": "0197a0c2-7e1b-7c1e-9a52-3f0f5d6b8a11",
}
PARAMETERS: dict[str, Any] = {
    "ifNoneMatch": {
        "in": "header",
        "name": "If-None-Match",
        "description": "Entity tag of what the caller has.",
        "schema": {"type": "string"},
        "example": '"6a1f"',
    },
    "traceparent": {
        "in": "header",
        "name": "traceparent",
        "description": "W3C Trace Context; a malformed one is replaced.",
        "schema": {"type": "string"},
        "example": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    },
    "acceptLanguage": {
        "in": "header",
        "name": "Accept-Language",
        "description": "Swedish is given unless English is preferred.",
        "schema": {"type": "string"},
        "example": "en",
    },
    "accessPurpose": purpose_parameter(),
    "idempotencyKey": {**_KEY, "required": True},
    "idempotencyKeyOptional": _KEY,
}
_PATH_PARAMETERS = {
    "hsaId": ("HSA-id, in any case.", "SE2321000131-E000000000901"),
    "key": ("Key of the code system.", "care-service"),
    "code": ("Code in the system.", "1502"),
    "id": ("The key that an answer gave.", "0197a0c2-7e1b-7c1e-9a52-3f0f5d6b8a11"),
    "professionalHsaId": ("HSA-id of the doctor.", "SE2321000131-P000000000017"),
    "substituteHsaId": ("HSA-id of the doctor who stands in.", "SE2321000131-P000000000018"),
}
_NUMBERED = ("/regular-doctors/", "/person-notices/")
"""Where the key is a number."""


def problem(name: str, schemas: dict[str, Any]) -> dict[str, Any]:
    """The answer of one status."""
    schema = {"$ref": "#/components/schemas/Problem"}
    shown = example(schema, schemas)
    headers = ("traceparent", "Retry-After") if name == "503" else ("traceparent",)
    return {
        "description": DESCRIPTIONS[name],
        "headers": header_refs(*headers),
        "content": {PROBLEM: {"schema": schema, "examples": {"whole": {"value": shown}}}},
    }


def path_parameter(name: str, path: str) -> dict[str, Any]:
    """A part of a path that varies."""
    description, example = _PATH_PARAMETERS[name]
    if name == "id" and any(part in path for part in _NUMBERED):
        example = "4711"
    return {
        "in": "path",
        "name": name,
        "required": True,
        "description": description,
        "schema": {"type": "string", "minLength": 1},
        "example": example,
    }


def header_refs(*names: str) -> dict[str, Any]:
    """The headers of an answer."""
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}
