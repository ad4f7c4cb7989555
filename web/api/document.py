"""The OpenAPI document: what the views declare, completed by what holds for all of them.

By the national REST API profile: paths under a server with the version in its address, problems as
`application/problem+json`, service level and limitations in words, an example of every answer.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from flask import Flask

from web.access import audience_of
from web.api.examples import example
from web.api.security import RESPONSES, SCHEMES, purpose_parameter, security

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
        " sources state; a unit without known hours is never a hit under openAt. Texts of sources and"
        " names of places are in Swedish only."
    ),
}

_DESCRIPTIONS = {
    "304": "Not modified: what the caller has (If-None-Match) is current.",
    "400": "A parameter is unknown, repeated or not of the documented form; `errors` says which.",
    **RESPONSES,
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
    "accessPurpose": purpose_parameter(),
    "idempotencyKey": {
        "in": "header",
        "name": "Idempotency-Key",
        "required": True,
        "description": "1 to 255 visible ASCII characters, new for each change; sent again, nothing is done.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
        "example": "0197a0c2-7e1b-7c1e-9a52-3f0f5d6b8a11",
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
    answers = {name: _problem(name, schemas) for name in _DESCRIPTIONS if name != "304"}
    answers["304"] = {
        "description": _DESCRIPTIONS["304"],
        "headers": _header_refs("ETag", "traceparent"),
    }
    paths = dict(_path(app, path, item, schemas) for path, item in drawn["paths"].items())
    components["parameters"] = _used("parameters", _PARAMETERS, paths)
    components["responses"] = _used("responses", answers, paths)
    if "401" in components["responses"]:
        components["securitySchemes"] = SCHEMES
    return {
        "openapi": "3.1.0",
        "info": {"title": "Hitta vård", "version": VERSION, **INFO},
        "servers": [{"url": PREFIX}],
        "externalDocs": {"description": "Documentation and SLA", "url": "https://hittavard.example.se/om"},
        "tags": drawn.get("tags", []),
        "paths": paths,
        "components": dict(sorted(components.items())),
    }


def _path(app: Flask, path: str, item: dict[str, Any], schemas: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    names = re.findall(r"{(\w+)}", path)
    for name in names:
        path = path.replace(f"{{{name}}}", f"{{{_camel(name)}}}")
    parameters = [_path_parameter(_camel(name)) for name in names]
    operations: dict[str, Any] = {
        method: _operation(app, method, item[method], bool(names), schemas)
        for method in ("get", "post", "put", "delete")
        if method in item
    }
    return path.removeprefix(PREFIX), {**({"parameters": parameters} if parameters else {}), **operations}


def _operation(
    app: Flask, method: str, drawn: dict[str, Any], may_be_missing: bool, schemas: dict[str, Any]
) -> dict[str, Any]:
    declared = audience_of(app, drawn.pop("x-endpoint"))
    labelled = drawn.pop("x-labelled", False)
    summary, _, rest = drawn.pop("summary").partition(". ")
    reads = method == "get"
    given = [
        *(["ETag"] if reads else []),
        "traceparent",
        *(["Content-Language"] if labelled else []),
        *(["Last-Modified"] if drawn.pop("x-dated", False) else []),
    ]
    good = {status: answer for status, answer in drawn["responses"].items() if status.startswith("2")}
    for answer in good.values():
        answer["headers"] = _header_refs(*given)
    for content in [*_contents(good.values()), *_contents([drawn.get("requestBody", {})])]:
        content["examples"] = {"whole": {"value": example(content["schema"], schemas)}}
    signed_in = bool(declared and declared.roles)
    wrong = [
        *(["304"] if reads else []),
        "400",
        *(["401", "403"] if signed_in else []),
        *(["404"] if may_be_missing else []),
        "406",
        "503",
        "default",
    ]
    headers = [
        *(["ifNoneMatch"] if reads else []),
        "traceparent",
        *(["acceptLanguage"] if labelled else []),
        *(["accessPurpose"] if declared and declared.persons else []),
        *(["idempotencyKey"] if drawn.pop("x-idempotent", False) else []),
    ]
    return {
        "operationId": drawn.pop("operationId"),
        "tags": drawn["tags"],
        "summary": summary.rstrip("."),
        "description": drawn.pop("description", "") or rest or f"{summary.rstrip('.')}.",
        **security(declared),
        "parameters": [
            *drawn.get("parameters", []),
            *({"$ref": f"#/components/parameters/{name}"} for name in headers),
        ],
        **({"requestBody": drawn["requestBody"]} if "requestBody" in drawn else {}),
        "responses": {
            **good,
            **{status: {"$ref": f"#/components/responses/{status}"} for status in wrong},
        },
    }


def _contents(parts: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for part in parts:
        yield from part.get("content", {}).values()


def _used(kind: str, components: dict[str, Any], paths: dict[str, Any]) -> dict[str, Any]:
    """Only what some path refers to."""
    names = set(re.findall(rf"#/components/{kind}/(\w+)", str(paths)))
    return {name: component for name, component in components.items() if name in names}


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
