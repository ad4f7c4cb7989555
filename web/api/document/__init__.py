"""The OpenAPI document: what the views declare, completed by what holds for all of them.

By the national REST API profile: paths under a server with the version in its address, problems as
`application/problem+json`, service level and limitations in words, an example of every answer.
"""

import re
from typing import Any

from flask import Flask

from web.api.document.about import INFO, PREFIX, RELEASED, STATUS, VERSION
from web.api.document.components import DESCRIPTIONS, HEADERS, PARAMETERS, header_refs, problem
from web.api.document.operations import path_item
from web.api.security import SCHEMES

__all__ = ["PREFIX", "RELEASED", "STATUS", "VERSION", "document"]


def document(app: Flask, drawn: dict[str, Any]) -> dict[str, Any]:
    """The whole document from what flask-smorest drew from the views' declarations."""
    components = drawn["components"]
    schemas = components["schemas"]
    for unused in ("Error", "PaginationMetadata"):
        schemas.pop(unused, None)
    components["headers"] = HEADERS
    answers = {name: problem(name, schemas) for name in DESCRIPTIONS if name != "304"}
    answers["304"] = {
        "description": DESCRIPTIONS["304"],
        "headers": header_refs("ETag", "traceparent"),
    }
    paths = dict(path_item(app, path, item, schemas) for path, item in drawn["paths"].items())
    components["parameters"] = _used("parameters", PARAMETERS, paths)
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


def _used(kind: str, components: dict[str, Any], paths: dict[str, Any]) -> dict[str, Any]:
    """Only what some path refers to."""
    names = set(re.findall(rf"#/components/{kind}/(\w+)", str(paths)))
    return {name: component for name, component in components.items() if name in names}
