"""The OpenAPI document: what the views declare, completed by what holds for all of them.

By the national REST API profile: paths under a server with the version in its address, problems as
`application/problem+json`, service level and limitations in words, an example of every answer.
"""

import re
from typing import Any

from flask import Flask

from web.access import PUBLIC, audience_of
from web.api.examples import example

VERSION = "1.0.0"
RELEASED = "2026-11-20"
STATUS = "active"
PREFIX = "/api/v1"
PROBLEM = "application/problem+json"

INFO = {
    "description": (
        "Care units in Sweden: search by words, place, position and time; cards; history; code systems.\n\n"
        "Vårdenheter i Sverige: sök med ord, plats, position och tid; kort; historik; kodverk.\n\n"
        "Labels are in Swedish, or in English with `Accept-Language: en`. Times are RFC 3339 in UTC.\n\n"
        "Limitations (begränsningar): see `x-limitations`."
    ),
    "contact": {
        "name": "Hitta vård",
        "url": "https://hittavard.example.se",
        "email": "api@hittavard.example.se",
    },
    "license": {"name": "CC0-1.0", "url": "https://creativecommons.org/publicdomain/zero/1.0/"},
    "x-sla": {
        "availability": "Set by whoever runs the service.",
        "responseTime": "95 % of answers within 150 ms on the reference machine.",
        "support": "By the contact above.",
    },
    "x-limitations": (
        "At most 200 items a page, 5 000 pages and 4 000 characters in an address. Opening hours are what the"
        " sources state; a unit without known hours is never a hit under openAt. Texts of sources, names of"
        " places and the field `widened` are in Swedish only."
    ),
}

_DESCRIPTIONS = {
    "304": "Not modified: what the caller has (If-None-Match) is current.",
    "400": "A parameter is unknown, repeated or not of the documented form; `errors` says which.",
    "404": "There is no such resource, or it is not public.",
    "406": "The caller accepts none of the forms that there are.",
    "503": "Try again after the seconds of Retry-After: the database or the search index is out of reach.",
    "default": "Any other problem.",
}
_HEADERS: dict[str, Any] = {
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
_PARAMETERS: dict[str, Any] = {
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
}
_PATH_PARAMETERS = {
    "hsaId": ("HSA-id, in any case.", "SE2321000131-E000000000901"),
    "key": ("Key of the code system.", "care-service"),
    "code": ("Code in the system.", "1502"),
}


def document(app: Flask, drawn: dict[str, Any]) -> dict[str, Any]:
    """The whole document from what flask-smorest drew from the views' declarations."""
    components = drawn["components"]
    schemas = components["schemas"]
    for unused in ("Error", "PaginationMetadata"):
        schemas.pop(unused, None)
    components["headers"] = _HEADERS
    components["parameters"] = _PARAMETERS
    components["responses"] = {name: _problem(name, schemas) for name in _DESCRIPTIONS if name != "304"}
    components["responses"]["304"] = {
        "description": _DESCRIPTIONS["304"],
        "headers": _header_refs("ETag", "traceparent"),
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "Hitta vård", "version": VERSION, **INFO},
        "servers": [{"url": PREFIX}],
        "externalDocs": {"description": "Documentation and SLA", "url": "https://hittavard.example.se/om"},
        "tags": drawn.get("tags", []),
        "paths": dict(_path(app, path, item, schemas) for path, item in drawn["paths"].items()),
        "components": dict(sorted(components.items())),
    }


def _path(app: Flask, path: str, item: dict[str, Any], schemas: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    names = re.findall(r"{(\w+)}", path)
    for name in names:
        path = path.replace(f"{{{name}}}", f"{{{_camel(name)}}}")
    parameters = [_path_parameter(_camel(name)) for name in names]
    for content in item["get"]["responses"]["200"]["content"].values():
        content["examples"] = {"whole": {"value": example(content["schema"], schemas)}}
    operation = _operation(app, item["get"], bool(names))
    return path.removeprefix(PREFIX), {**({"parameters": parameters} if parameters else {}), "get": operation}


def _operation(app: Flask, drawn: dict[str, Any], may_be_missing: bool) -> dict[str, Any]:
    endpoint = drawn.pop("x-endpoint")
    labelled = drawn.pop("x-labelled", False)
    dated = drawn.pop("x-dated", False)
    summary, _, rest = drawn.pop("summary").partition(". ")
    good = drawn["responses"]["200"]
    names = [
        "ETag",
        "traceparent",
        *(["Content-Language"] if labelled else []),
        *(["Last-Modified"] if dated else []),
    ]
    good["headers"] = _header_refs(*names)
    wrong = ["304", "400", *(["404"] if may_be_missing else []), "406", "503", "default"]
    headers = ["ifNoneMatch", "traceparent", *(["acceptLanguage"] if labelled else [])]
    audience = audience_of(app, endpoint)
    return {
        "operationId": drawn.pop("operationId"),
        "tags": drawn["tags"],
        "summary": summary.rstrip("."),
        "description": drawn.pop("description", "") or rest or f"{summary.rstrip('.')}.",
        "x-audience": audience,
        **({"security": []} if audience == PUBLIC else {}),
        "parameters": [
            *drawn.get("parameters", []),
            *({"$ref": f"#/components/parameters/{name}"} for name in headers),
        ],
        "responses": {
            "200": good,
            **{status: {"$ref": f"#/components/responses/{status}"} for status in wrong},
        },
    }


def _problem(name: str, schemas: dict[str, Any]) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    shown = example(schema, schemas)
    headers = ("traceparent", "Retry-After") if name == "503" else ("traceparent",)
    return {
        "description": _DESCRIPTIONS[name],
        "headers": _header_refs(*headers),
        "content": {PROBLEM: {"schema": schema, "examples": {"whole": {"value": shown}}}},
    }


def _path_parameter(name: str) -> dict[str, Any]:
    description, example = _PATH_PARAMETERS[name]
    return {
        "in": "path",
        "name": name,
        "required": True,
        "description": description,
        "schema": {"type": "string", "minLength": 1},
        "example": example,
    }


def _header_refs(*names: str) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(word.capitalize() for word in rest)
