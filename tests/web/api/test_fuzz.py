"""Requests made from the OpenAPI document and against it: no fault of ours, every answer as documented."""

from typing import Any
from urllib.parse import quote, quote_from_bytes

import pytest
import schemathesis
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from core.settings import Settings
from tests.web.api.units import CLOSED, EKBACKEN, HIDDEN
from web.api import openapi
from web.app import create_app

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
BOUNDED = settings(
    max_examples=30,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
NAMES = [
    *("q", "near", "radius", "place", "bbox", "municipality", "region", "service", "profession", "listing"),
    *("openAt", "language", "ownership", "unitType", "asOf", "sort", "limit", "page", "other"),
]
SENSIBLE = [
    *("", "1", "20", "-1", "0380", "14", "1502", "LK", "open", "queue", "now", "distance", "queue", "name"),
    *("57.65,12.01", "NaN,0", "2026-11-20T08:00:00Z", "2026-11-20", "bvc Mölndal", "vc öppet nu", "431 67"),
    *("Mölndal", "11,57,13,58", "' OR 1=1 --", "%", "\\", "\x00", "…", "é" * 50, "quality:x", "swe", "02"),
]


DOCUMENT = openapi(create_app(Settings()))
PUBLIC = {
    path: item["get"]
    for path, item in DOCUMENT["paths"].items()
    if item.get("get", {}).get("x-audience") == "public"
}
BREAKABLE = {
    path
    for path, operation in PUBLIC.items()
    if any(parameter.get("in") == "query" for parameter in operation["parameters"])
}
CASES = [
    (path, mode)
    for path in sorted(PUBLIC)
    for mode in GenerationMode
    if path in BREAKABLE or mode is GenerationMode.POSITIVE
]
IN_USE = {"hsaId": EKBACKEN, "key": "unit-type", "code": "02"}


@pytest.mark.parametrize(("path", "mode"), CASES)
def test_answers_conform(app: Flask, path: str, mode: GenerationMode) -> None:
    """Cases that follow the document and cases that break it, half of them on resources that exist."""
    schema = schemathesis.openapi.from_dict(DOCUMENT)
    schema.app = app

    @BOUNDED
    @given(case=schema[path]["GET"].as_strategy(generation_mode=mode), known=st.booleans())
    def check(case: Any, known: bool) -> None:
        if known:
            case.path_parameters = {name: IN_USE[name] for name in case.path_parameters or {}}
        case.call_and_validate(base_url="http://localhost/api/v1", checks=CHECKS)

    check()


values = st.one_of(st.sampled_from(SENSIBLE), st.text(max_size=20))


@settings(BOUNDED, max_examples=250)
@given(
    query=st.lists(st.tuples(st.sampled_from(NAMES), values), max_size=5),
    language=st.sampled_from(["sv", "en", ""]),
)
def test_no_search_is_a_fault(client: FlaskClient, query: list[tuple[str, str]], language: str) -> None:
    """Sensible values in senseless places, and text of every kind."""
    address = "&".join(f"{name}={quote(value, errors='replace')}" for name, value in query)
    response = client.get(f"/api/v1/care-units?{address}", headers={"Accept-Language": language})
    assert response.status_code in (200, 400), response.text[:500]


@settings(BOUNDED, max_examples=250)
@given(
    path=st.sampled_from(["/sok", "/karta"]),
    query=st.lists(st.tuples(st.sampled_from([*NAMES, "literal", "lang"]), values), max_size=6),
)
def test_no_page_of_hits_is_a_fault(client: FlaskClient, path: str, query: list[tuple[str, str]]) -> None:
    """The same on the site, where what is wrong is told and set aside: there is always a page."""
    address = "&".join(f"{name}={quote(value, errors='replace')}" for name, value in query)
    response = client.get(f"{path}?{address}", follow_redirects=True)
    assert response.status_code == 200, address
    assert "<h1" in response.text


@BOUNDED
@given(
    path=st.sampled_from(
        ["care-units", "suggestions", "code-systems", f"care-units/{EKBACKEN}/", "enhet/", "sok"]
    ),
    tail=st.binary(max_size=30),
    query=st.binary(max_size=30),
)
def test_no_address_is_a_fault(client: FlaskClient, path: str, tail: bytes, query: bytes) -> None:
    """Bytes of every kind in path and query."""
    prefix = "" if path in ("enhet/", "sok") else "api/v1/"
    with client.get(
        f"/{prefix}{path}{quote_from_bytes(tail, safe='/')}?{quote_from_bytes(query)}"
    ) as response:
        assert response.status_code < 500


@pytest.mark.parametrize("unit", [EKBACKEN, CLOSED, HIDDEN])
@BOUNDED
@given(as_of=st.datetimes().map(lambda moment: f"{moment.isoformat()}Z"))
def test_any_moment_can_be_asked_for(client: FlaskClient, unit: str, as_of: str) -> None:
    response = client.get(f"/api/v1/care-units/{unit}?asOf={quote(as_of)}")
    assert response.status_code in (200, 400, 404)
