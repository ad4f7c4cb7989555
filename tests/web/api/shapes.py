"""Holding answers against what is documented: marshmallow's schemas and the OpenAPI document."""

from typing import Any

import jsonschema_rs
from flask import Flask
from marshmallow import Schema

from web.api import openapi


def problems_with(
    app: Flask, path: str, media_type: str, body: Any, status: str = "200", method: str = "get"
) -> list[str]:
    """What the document has against an answer. `path` as the document writes it."""
    document = openapi(app)
    response = document["paths"][path][method]["responses"][status]
    if "$ref" in response:
        response = document["components"]["responses"][response["$ref"].rpartition("/")[2]]
    schema = response["content"][media_type]["schema"]
    whole = {**schema, "components": document["components"]}
    validator = jsonschema_rs.Draft202012Validator(whole, validate_formats=True)
    return [
        f"{'/'.join(map(str, error.instance_path))}: {error.message}" for error in validator.iter_errors(body)
    ]


def refusals_of(schema: type[Schema], body: Any) -> dict[str, Any]:
    """What marshmallow has against an answer: missing, unknown and malformed fields."""
    errors: dict[str, Any] = schema().validate(body)
    return errors
