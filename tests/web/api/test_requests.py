"""What is refused and how: one form of problem, a stable code, and words that say how to mend it."""

import re
from typing import Any
from unittest.mock import patch

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import RequestEntityTooLarge

from directory.search.errors import IndexUnavailable
from tests.web.api.shapes import refusals_of
from tests.web.api.units import EKBACKEN
from web.api.schemas import ProblemSchema

UNITS = "/api/v1/care-units"
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def refused(client: FlaskClient, address: str, status: int, code: str, **options: Any) -> dict[str, Any]:
    """The problem that the address is answered with."""
    response = client.open(address, **{"method": "GET", **options})
    assert response.status_code == status, response.text[:300]
    assert response.content_type == "application/problem+json"
    assert response.headers["Cache-Control"] == "no-store"
    assert "ETag" not in response.headers
    body: dict[str, Any] = response.get_json()
    assert refusals_of(ProblemSchema, body) == {}
    assert (body["status"], body["code"]) == (status, code)
    assert body["type"] == f"urn:problem-type:hittavard:{code}"
    assert body["traceId"] == response.headers["traceparent"].split("-")[1]
    return body


@pytest.mark.parametrize(
    "address",
    [
        f"{UNITS}?nonsense=1",
        f"{UNITS}?nonsense=1&limit=x",
        f"{UNITS}/{EKBACKEN}?limit=1",
        f"{UNITS}/{EKBACKEN}/history?asOf=2026-01-01",
        "/api/v1/suggestions?query=v",
        "/api/v1/code-systems?limit=1",
        "/api/v1/code-systems/unit-type?x=",
        "/api/v1/code-systems/unit-type/concepts?y=1",
        "/api/v1/code-systems/unit-type/concepts/02?z=1",
        "/api/v1/api-info?lang=sv",
        f"{UNITS}?" + "&".join(f"p{number}=1" for number in range(300)),
    ],
)
def test_an_unknown_parameter_is_refused(client: FlaskClient, address: str) -> None:
    body = refused(client, address, 400, "unknown-parameter")
    assert 1 <= len(body["errors"]) <= 20
    assert any(error["message"] == "Unknown field." for error in body["errors"])


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=-1", "limit"),
        ("limit=", "limit"),
        ("limit=1e1", "limit"),
        ("limit=1_0", "limit"),
        ("limit=%D9%A1", "limit"),
        ("limit=" + "9" * 40, "limit"),
        ("limit=1&limit=2", "limit"),
        ("page=0", "page"),
        ("page=99999999999999999999", "page"),
        ("q=a&q=b", "q"),
        ("q=%00", "q"),
        ("q=a%0Ab", "q"),
        ("q=" + "x" * 301, "q"),
        ("near=NaN,NaN", "near"),
        ("near=Infinity,0", "near"),
        ("near=1e1,0", "near"),
        ("near=91,0", "near"),
        ("near=59", "near"),
        ("near=59,18,1", "near"),
        ("near=59,18&near=57,12", "near"),
        ("bbox=1,2,3", "bbox"),
        ("bbox=18,59,17,60", "bbox"),
        ("radius=0", "radius"),
        ("radius=99999999999", "radius"),
        ("place=", "place"),
        ("openAt=today", "openAt"),
        ("openAt=2026-11-20", "openAt"),
        ("openAt=2026-11-20T08:00:00", "openAt"),
        ("openAt=2026-W47-5T08:00:00Z", "openAt"),
        ("openAt=2026-02-30T08:00:00Z", "openAt"),
        ("openAt=9999-12-31T23:59:59Z", "openAt"),
        ("openAt=0001-01-01T00:00:00%2B14:00", "openAt"),
        ("asOf=now", "asOf"),
        ("sort=price", "sort"),
        ("sort=quality:", "sort"),
        ("explain=2", "explain"),
        ("explain=true", "explain"),
        ("explain=", "explain"),
        ("explain=1&explain=1", "explain"),
        ("listing=maybe", "listing"),
        ("service=%00", "service"),
        ("service=" + "&service=".join(["1502"] * 51), "service"),
    ],
)
def test_a_bad_value_is_refused_by_name(client: FlaskClient, query: str, name: str) -> None:
    body = refused(client, f"{UNITS}?{query}", 400, "invalid-parameter")
    assert [error["name"] for error in body["errors"]] == [name]
    assert {error["in"] for error in body["errors"]} == {"query"}


@pytest.mark.parametrize(
    "query",
    [
        "municipality=9999",
        "region=99",
        "service=9x9",
        "profession=nobody",
        "language=klingon",
        "ownership=9999",
        "unitType=9999",
        "sort=quality:nothing",
        "sort=distance",
        "q=" + "a+" * 60,
        "q=%FF%FE",
        "place=%C3%28",
        "%FF=1",
    ],
)
def test_what_cannot_be_meant_is_refused(client: FlaskClient, query: str) -> None:
    response = client.get(f"{UNITS}?{query}")
    assert response.status_code == 400, response.text[:300]
    assert response.get_json()["code"] in {"invalid-parameter", "unknown-parameter"}


@pytest.mark.parametrize(
    "address",
    [
        "/api/v1/nothing",
        "/api/",
        "/api/v1/care-units/",
        f"{UNITS}/SE2321000131-E000000000998",
        f"{UNITS}/SE2321000131-E000000000998/history",
        f"{UNITS}/{EKBACKEN}/",
        f"{UNITS}/%00",
        f"{UNITS}/%FF%FE",
        f"{UNITS}/a%0D%0Ab",
        "/api/v1/code-systems/nothing%00",
        "/api/v1/code-systems/unit-type/concepts/%00",
    ],
)
def test_what_does_not_exist_is_not_found(client: FlaskClient, address: str) -> None:
    refused(client, address, 404, "not-found")


def test_other_refusals_have_the_same_form(client: FlaskClient) -> None:
    refused(client, f"{UNITS}/not-an-id", 400, "invalid-identifier")
    refused(client, "/api/v1/code-systems/nothing", 404, "code-system-unknown")
    refused(client, "/api/v1/code-systems/unit-type/concepts/nothing", 404, "code-unknown")
    refused(client, f"{UNITS}?q=" + "%41" * 3000, 414, "uri-too-long")
    refused(client, f"{UNITS}?" + "&".join(["service=1502"] * 10_000), 414, "uri-too-long")
    for accept in ("text/html", "image/png", "*/*;q=0", "nonsense"):
        refused(client, UNITS, 406, "not-acceptable", headers={"Accept": accept})
    refused(client, "/api/v1/api-info", 406, "not-acceptable", headers={"Accept": "text/csv"})


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_only_reading_is_possible(client: FlaskClient, method: str) -> None:
    refused(client, UNITS, 405, "method-not-allowed", method=method, data=b"{}")
    response = client.open(UNITS, method=method)
    assert set(response.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}


def test_head_and_options_answer_without_a_body(client: FlaskClient) -> None:
    get, head = client.get(f"{UNITS}?limit=2"), client.head(f"{UNITS}?limit=2")
    assert head.data == b""
    assert (head.status_code, head.headers["Content-Type"]) == (200, get.headers["Content-Type"])
    assert head.headers["Content-Length"] == get.headers["Content-Length"]
    options = client.options(UNITS)
    assert (options.status_code, options.data) == (200, b"")
    assert set(options.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}


@pytest.mark.parametrize(
    ("accept", "given"),
    [
        ("", "application/json"),
        ("*/*", "application/json"),
        ("application/json; charset=utf-8", "application/json"),
        ("text/csv; header=present", "text/csv"),
        ("application/geo+json;q=0.4, text/csv;q=0.9", "text/csv"),
        ("text/html, */*;q=0.1", "application/json"),
    ],
)
def test_the_caller_chooses_the_form(client: FlaskClient, accept: str, given: str) -> None:
    response = client.get(UNITS, headers={"Accept": accept})
    assert response.status_code == 200
    assert response.mimetype == given
    assert "Accept" in response.headers["Vary"].split(", ")


@pytest.mark.parametrize("page", ["2", "5000"])
def test_a_page_past_the_last_is_empty(client: FlaskClient, page: str) -> None:
    for address in (UNITS, f"{UNITS}/{EKBACKEN}/history", "/api/v1/code-systems/unit-type/concepts"):
        response = client.get(f"{address}?limit=200&page={page}")
        assert response.status_code == 200, response.text
        assert response.get_json()["items"] == []
        assert response.get_json()["total"] > 0


@pytest.mark.parametrize(
    "address", [UNITS, f"{UNITS}/{EKBACKEN}", f"{UNITS}/{EKBACKEN}/history", "/api/v1/openapi.json"]
)
def test_what_the_caller_has_is_not_sent_again(client: FlaskClient, address: str) -> None:
    first = client.get(address)
    tag = first.headers["ETag"]
    assert tag.startswith('"')
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = client.get(address, headers={"If-None-Match": known})
        assert (again.status_code, again.data) == (304, b""), known
        assert again.headers["ETag"] == tag
        assert again.headers["Vary"] == first.headers["Vary"]
    assert client.get(address, headers={"If-None-Match": '"other"'}).status_code == 200
    assert client.get(f"{UNITS}/x", headers={"If-None-Match": "*"}).status_code == 400


def test_the_date_of_the_facts_informs_and_does_not_validate(client: FlaskClient) -> None:
    response = client.get(f"{UNITS}/{EKBACKEN}")
    assert response.headers["Last-Modified"] == "Wed, 01 Apr 2026 12:00:00 GMT"
    since = {"If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"}
    assert client.get(f"{UNITS}/{EKBACKEN}", headers=since).status_code == 200
    then = client.get(f"{UNITS}/{EKBACKEN}?asOf=2026-03-20")
    assert then.headers["Last-Modified"] == "Mon, 02 Mar 2026 12:00:00 GMT"


def test_the_trace_is_taken_and_returned(client: FlaskClient) -> None:
    assert client.get("/api/v1/api-info", headers={"traceparent": TRACE}).headers["traceparent"] == TRACE


@pytest.mark.parametrize(
    "malformed",
    ["", "x", TRACE.upper(), TRACE + "-x", TRACE.replace("00-", "ff-"), f"00-{'0' * 32}-b7ad6b7169203331-01"],
)
def test_a_malformed_trace_is_replaced(client: FlaskClient, malformed: str) -> None:
    given = client.get("/api/v1/api-info", headers={"traceparent": malformed}).headers["traceparent"]
    assert given != malformed
    assert re.fullmatch(r"00-[0-9a-f]{32}-[0-9a-f]{16}-01", given)


def test_out_of_reach_means_try_again(client: FlaskClient) -> None:
    for fault, code in (
        (OperationalError("SELECT", {}, Exception("gone")), "temporarily-unavailable"),
        (IndexUnavailable("The search index is being rebuilt"), "search-index-unavailable"),
    ):
        with patch("web.api.care_units.search", side_effect=fault):
            refused(client, UNITS, 503, code)
            assert client.get(UNITS).headers["Retry-After"] == "2"


def test_a_fault_of_ours_tells_nothing_of_its_inside(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "TESTING", False)
    with patch("web.api.care_units.search", side_effect=RuntimeError("secret")):
        body = refused(client, UNITS, 500, "internal-error")
    assert "secret" not in str(body)


def test_a_request_that_is_too_large_is_refused(client: FlaskClient) -> None:
    with patch("web.api.care_units.search", side_effect=RequestEntityTooLarge()):
        refused(client, UNITS, 413, "request-entity-too-large")


def test_the_path_is_told_without_its_query(client: FlaskClient) -> None:
    body = refused(client, f"{UNITS}/å?limit=1", 400, "unknown-parameter")
    assert body["instance"] == f"{UNITS}/%C3%A5"
