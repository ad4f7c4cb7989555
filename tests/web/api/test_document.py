"""The OpenAPI document: valid, whole, the one that is served, and the one in the tree."""

import json
import re
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest
from flask import Flask
from flask.testing import FlaskClient

from core.settings import ROOT
from listing.actor import Role
from tests.web.api.shapes import problems_with
from web.api import openapi
from web.api.document import PREFIX
from web.cli import main
from web.commands.openapi import rendered

METHODS = ("get", "post", "put", "delete")


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every path with each of its methods and operations."""
    for path, item in document["paths"].items():
        assert set(item) <= {*METHODS, "parameters"}
        for method in METHODS:
            if method in item:
                yield path, method, item[method]


def parameters(document: dict[str, Any], path: str, method: str = "get") -> list[dict[str, Any]]:
    """The parameters of an operation, references followed."""
    item = document["paths"][path]
    named = document["components"]["parameters"]
    return [
        named[one["$ref"].rpartition("/")[2]] if "$ref" in one else one
        for one in (*item.get("parameters", []), *item[method]["parameters"])
    ]


def good(operation: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The one status of success, and its answer."""
    ((status, answer),) = [one for one in operation["responses"].items() if one[0].startswith("2")]
    return status, answer


def test_the_document_in_the_tree_is_the_one_that_is_served(client: FlaskClient) -> None:
    """After a change that is meant: `hittavard openapi -o docs/openapi.json`."""
    kept = (ROOT / "docs" / "openapi.json").read_text(encoding="utf-8")
    assert kept == rendered()
    assert json.loads(kept) == client.get("/api/v1/openapi.json").get_json()


def test_the_command_prints_and_writes_it(capsys: pytest.CaptureFixture[str], tmp_path: Any) -> None:
    assert main(["openapi"]) == 0
    assert main(["openapi", "-o", str(tmp_path / "openapi.json")]) == 0
    assert capsys.readouterr().out == (tmp_path / "openapi.json").read_text(encoding="utf-8") == rendered()


def test_every_route_is_documented_and_no_other(app: Flask) -> None:
    routes = {
        re.sub(
            r"<(\w+)>",
            lambda name: "{" + re.sub("_([a-z])", lambda part: part[1].upper(), name[1]) + "}",
            rule.rule,
        )
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(PREFIX)
    }
    document = openapi(app)
    assert {PREFIX + path for path in document["paths"]} == routes - {f"{PREFIX}/openapi.json"}
    assert document["openapi"].startswith("3.1.")


def test_every_operation_is_described_in_full(app: Flask) -> None:
    document = openapi(app)
    names = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(names) == len(set(names))
    for path, method, operation in operations(document):
        responses, public = operation["responses"], operation["x-audience"] == "public"
        assert operation["summary"]
        assert operation["description"]
        assert public or set(operation["x-audience"]) <= set(Role), (path, method)
        assert (operation["security"] == []) == public
        assert {"400", "406", "503", "default"} <= set(responses)
        assert ({"401", "403"} <= set(responses)) != public
        assert ("304" in responses) == (public and method == "get")
        assert ({"404", "409", "422"} <= set(responses)) == (method != "get")
        assert ("404" in responses) == ("{" in path or method != "get")
        assert ("415" in responses) == ("requestBody" in operation)
        _, answer = good(operation)
        assert {"traceparent", *(["ETag"] if public else [])} <= set(answer["headers"])
        for content in (*answer.get("content", {}).values(), *_body(operation)):
            assert content["examples"]
        for parameter in parameters(document, path, method):
            assert parameter["description"], (path, parameter)
            assert "example" in parameter or "example" in parameter["schema"], (path, parameter)
            assert parameter["in"] in {"query", "header"} or parameter["required"]
    assert set(document["paths"]["/care-units"]["get"]["responses"]["200"]["content"]) == {
        "application/json",
        "application/geo+json",
        "text/csv",
    }


def _body(operation: dict[str, Any]) -> list[dict[str, Any]]:
    return list(operation.get("requestBody", {}).get("content", {}).values())


def test_what_is_published_stays_put(app: Flask) -> None:
    """The names that users hold on to; see docs/api.md."""
    paths = openapi(app)["paths"]
    for method, path in (
        ("post", "/listings"),
        ("post", "/person-listings"),
        ("delete", "/listings/{id}"),
        ("delete", "/queue-entries/{id}"),
        ("post", "/queue-entries/{id}/acceptances"),
        ("get", "/care-units/{hsaId}/listing"),
        ("get", "/care-units/{hsaId}/queue-entries"),
        ("put", "/care-units/{hsaId}/listing-limit"),
    ):
        assert method in paths[path]
    schemas = openapi(app)["components"]["schemas"]
    wish, outcome = schemas["ListingWish"], schemas["ListingOutcome"]["properties"]
    assert set(wish["required"]) == {"personId", "hsaId"}
    published = {"personId", "hsaId", "listingType", "professionalHsaId", "joinQueue", "reason", "channel"}
    assert published <= set(wish["properties"])
    assert {"id", "status", "hsaId", "validFrom", "queuePosition", "changesLeft"} <= set(outcome)
    assert outcome["status"]["enum"] == ["listed", "scheduled", "queued"]


def test_documented_headers_are_sent(app: Flask, client: FlaskClient) -> None:
    for path, method, operation in operations(openapi(app)):
        if "{" not in path and method == "get":
            sent = client.get(PREFIX + path).headers
            assert set(operation["responses"]["200"]["headers"]) <= set(sent.keys())


def test_references_lead_somewhere_and_nothing_is_unused(app: Flask) -> None:
    document = openapi(app)
    used = set(re.findall(r'"\$ref": "#/components/([^"]+)"', json.dumps(document)))
    given = {f"{kind}/{name}" for kind, named in document["components"].items() for name in named}
    schemes = {
        f"securitySchemes/{name}"
        for *_, operation in operations(document)
        for one in operation["security"]
        for name in one
    }
    assert used | schemes == given


WHEN_ASKED = {name: {"explanation"} for name in ("Hit", "HitProperties")}
"""What a shape has only when the caller asks for it."""


def test_schemas_are_schemas_and_closed(app: Flask) -> None:
    bodies = [content["schema"] for *_, operation in operations(openapi(app)) for content in _body(operation)]
    asked = {*re.findall(r"#/components/schemas/(\w+)", json.dumps(bodies)), "Contact"}
    for name, schema in openapi(app)["components"]["schemas"].items():
        assert jsonschema_rs.meta.is_valid(schema), name
        assert schema["additionalProperties"] is False, name
        required = set(schema.get("required", []))
        if name not in {"Problem", "Hours", "Weekly", "Dated", "DoctorContact", *asked}:
            assert required == set(schema["properties"]) - WHEN_ASKED.get(name, set()), name


def test_examples_are_what_the_schemas_allow(app: Flask) -> None:
    document = openapi(app)
    for path, method, operation in operations(document):
        status, answer = good(operation)
        for media_type, content in answer.get("content", {}).items():
            value = content["examples"]["whole"]["value"]
            assert problems_with(app, path, media_type, value, status, method) == []
        for content in _body(operation):
            whole = {**content["schema"], "components": document["components"]}
            validator = jsonschema_rs.Draft202012Validator(whole, validate_formats=True)
            assert list(validator.iter_errors(content["examples"]["whole"]["value"])) == []


def test_the_national_profile(app: Flask) -> None:
    """The rules of the national REST API profile that a document can show, by their numbers there."""
    document = openapi(app)
    info = document["info"]
    assert {"title", "version", "description", "contact", "license"} <= set(info)  # DOK.03
    assert {"name", "url", "email"} <= set(info["contact"])
    assert info["x-sla"]  # DOK.08
    assert info["x-limitations"]  # DOK.09
    assert "/api-info" in document["paths"]  # VER.06
    assert document["servers"] == [{"url": "/api/v1"}]  # VER.05
    for path in document["paths"]:
        assert re.fullmatch(r"(/([a-z-]+|\{[a-z][A-Za-z]*\}))+", path)  # RES.06, UFN.08, UFN.09
    for path, method, _ in operations(document):
        query = {one["name"]: one for one in parameters(document, path, method) if one["in"] == "query"}
        assert all(re.fullmatch("[a-z][A-Za-z]*", name) for name in query)  # FNS.01, FNS.03
        assert not any(one["required"] for one in query.values())  # FNS.05
        assert ("page" in query) <= ("limit" in query)  # FNS.07
        if "page" in query:
            assert query["page"]["schema"]["default"] == 1  # FNS.08
            assert query["limit"]["schema"]["default"] == 20  # FNS.09
    for schema in document["components"]["schemas"].values():
        assert all(re.fullmatch("[a-z][A-Za-z]*", name) for name in schema["properties"])  # AME.05
    for response in document["components"]["responses"].values():
        assert set(response.get("content", {})) <= {"application/problem+json"}  # FEL.02
    problem = document["components"]["schemas"]["Problem"]["properties"]
    assert {"type", "title", "status", "detail", "instance"} <= set(problem)  # FEL.01
