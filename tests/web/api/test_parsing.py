"""Queries read quickly are read as webargs reads them, or refused by both."""

from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.ctx import RequestContext
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import Schema, ValidationError
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import HTTPException

from web.api.arguments import AsOfArguments, NoArguments, PageArguments, SearchArguments, SuggestionArguments
from web.api.parsing import QUICK, Parser, plain

SCHEMAS = [
    plain(made())
    for made in (SearchArguments, AsOfArguments, PageArguments, SuggestionArguments, NoArguments)
]
KEYS = sorted({field.data_key or name for schema in SCHEMAS for name, field in schema.fields.items()})
VALUES = (
    *("", "1", "0", "20", "-1", "201", "x", "vc uppsala", "\x00", "\ufffd", "59.3,18.0", "99,99"),
    *("17,59,18,60", "18,59,17,60", "2026-11-20T08:00:00Z", "2026-11-20", "open", "0380", "distance"),
)
PAIRS = st.lists(st.tuples(st.sampled_from([*KEYS, "unknown"]), st.sampled_from(VALUES)), max_size=6)


def _asked(pairs: list[tuple[str, str]]) -> RequestContext:
    return Flask(__name__).test_request_context("/?" + urlencode(pairs))


def _in_full(schema: Schema, pairs: list[tuple[str, str]]) -> Any:
    with _asked(pairs) as context:
        try:
            return FlaskParser.parse(Parser(), schema, context.request, location="query")
        except HTTPException:
            return None


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda schema: type(schema).__name__)
@given(pairs=PAIRS)
def test_quickly_and_in_full_are_the_same(schema: Schema, pairs: list[tuple[str, str]]) -> None:
    with _asked(pairs) as context:
        try:
            quickly = QUICK[schema](context.request.args)
        except ValidationError:
            quickly = None
    assert quickly == _in_full(schema, pairs)


def test_lists_are_nobodys_in_common() -> None:
    with _asked([]) as context:
        first, second = (QUICK[SCHEMAS[2]](context.request.args) for _ in range(2))
    assert first == second == {"limit": 20, "page": 1}
    assert first is not second


def test_schemas_that_are_read_quickly_do_nothing_else_with_what_is_given(app: Flask) -> None:
    allowed = {"given_once", "request"}
    for schema in QUICK:
        hooks = {
            name
            for name in dir(type(schema))
            if hasattr(getattr(type(schema), name, None), "_marshmallow_hook")
        }
        assert hooks <= allowed, type(schema).__name__
