"""Reading the query of a request by a schema: quickly when all is well, in full when something is to be told.

A schema of twenty parameters visits each of them for each request, though most requests give two. Here only
those that are given are read, by the schema's own fields; the others are as they are by default. What is
refused is read again by webargs, which tells what is wrong. Tests hold the two equal.
"""

from collections.abc import Callable, Mapping
from typing import Any

import orjson
from flask import Request
from marshmallow import RAISE, Schema, ValidationError, fields, missing
from webargs.flaskparser import FlaskParser, abort, is_json_request
from werkzeug.datastructures import MultiDict

Read = Callable[[MultiDict[str, str]], Any]
QUICK: dict[Schema, Read] = {}
"""The schemas that are read quickly."""


class Parser(FlaskParser):
    """Refuses unknown parameters with 400: silence would look like an answer to them."""

    DEFAULT_UNKNOWN_BY_LOCATION = {
        **FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION,
        "query": RAISE,
    }
    DEFAULT_VALIDATION_STATUS = 400

    def _raw_load_json(self, req: Any) -> Any:
        """The body, read strictly: UTF-8 without halves of characters, and never so deep that we fail."""
        return json_body(req)


def json_body(req: Request) -> Any:
    """What the body says, or an empty object when there is none; refuses what is not JSON."""
    body = req.get_data(cache=True)
    if not body:
        return {}
    if not is_json_request(req):
        abort(415)
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        abort(400, exc=error, messages={"json": {"body": ["The body is not JSON in UTF-8."]}})


def plain(schema: Schema) -> Schema:
    """Let queries be read quickly by this schema: nothing but fields, each given once unless it is a list.

    A schema whose values become one object names the method that makes it `request`.
    """
    QUICK[schema] = _reader(schema)
    return schema


def _reader(schema: Schema) -> Read:
    """Reads a query by the schema, or raises a `ValidationError` that says nothing."""
    known: Mapping[str, tuple[str, Any]] = {
        field.data_key or name: (field.attribute or name, field) for name, field in schema.load_fields.items()
    }
    default = {
        field.attribute or name: field.load_default
        for name, field in schema.load_fields.items()
        if field.load_default is not missing
    }
    required = {key for key, (_, field) in known.items() if field.required}
    finish: Callable[[dict[str, Any]], Any] = getattr(schema, "request", lambda values: values)

    def read(given: MultiDict[str, str]) -> Any:
        values = {name: list(value) if isinstance(value, list) else value for name, value in default.items()}
        for key, texts in given.lists():
            if key not in known:
                raise ValidationError("")
            name, field = known[key]
            several = isinstance(field, fields.List)
            if not several and len(texts) > 1:
                raise ValidationError("")
            values[name] = field.deserialize(texts if several else texts[0], key)
        if not required <= given.keys():
            raise ValidationError("")
        return finish(values)

    return read
