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
from tests.web.api.shapes import problems_with
from web.api import openapi
from web.api.document import PREFIX
from web.cli import main
from web.commands.openapi import rendered


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every path with its one operation."""
    for path, item in document["paths"].items():
        assert set(item) <= {"get", "parameters"}
        yield path, item["get"]


def parameters(document: dict[str, Any], path: str) -> list[dict[str, Any]]:
    """The parameters of a path, references followed."""
    item = document["paths"][path]
    named = document["components"]["parameters"]
    return [
        named[one["$ref"].rpartition("/")[2]] if "$ref" in one else one
        for one in (*item.get("parameters", []), *item["get"]["parameters"])
    ]


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
        re.sub(r"<(\w+)>", lambda name: "{" + name[1].replace("hsa_id", "hsaId") + "}", rule.rule)
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(PREFIX)
    }
    document = openapi(app)
    assert {PREFIX + path for path in document["paths"]} == routes - {f"{PREFIX}/openapi.json"}
    assert document["openapi"].startswith("3.1.")


def test_every_operation_is_described_in_full(app: Flask) -> None:
    document = openapi(app)
    names = [operation["operationId"] for _, operation in operations(document)]
    assert len(names) == len(set(names))
    for path, operation in operations(document):
        assert operation["summary"]
        assert operation["description"]
        assert operation["x-audience"] == "public"
        assert {"200", "304", "400", "406", "503", "default"} <= set(operation["responses"])
        assert ("404" in operation["responses"]) == ("{" in path)
        good = operation["responses"]["200"]
        assert {"ETag", "traceparent"} <= set(good["headers"])
        for content in good["content"].values():
            assert content["examples"]
        for parameter in parameters(document, path):
            assert parameter["description"], (path, parameter)
            assert "example" in parameter or "example" in parameter["schema"], (path, parameter)
            assert parameter["in"] in {"query", "header"} or parameter["required"]
    assert set(document["paths"]["/care-units"]["get"]["responses"]["200"]["content"]) == {
        "application/json",
        "application/geo+json",
        "text/csv",
    }


def test_documented_headers_are_sent(app: Flask, client: FlaskClient) -> None:
    for path, operation in operations(openapi(app)):
        if "{" not in path:
            sent = client.get(PREFIX + path).headers
            assert set(operation["responses"]["200"]["headers"]) <= set(sent.keys())


def test_references_lead_somewhere_and_nothing_is_unused(app: Flask) -> None:
    document = openapi(app)
    used = set(re.findall(r'"\$ref": "#/components/([^"]+)"', json.dumps(document)))
    given = {f"{kind}/{name}" for kind, named in document["components"].items() for name in named}
    assert used == given


WHEN_ASKED = {name: {"explanation"} for name in ("Hit", "HitProperties")}
"""What a shape has only when the caller asks for it."""


def test_schemas_are_schemas_and_closed(app: Flask) -> None:
    for name, schema in openapi(app)["components"]["schemas"].items():
        assert jsonschema_rs.meta.is_valid(schema), name
        assert schema["additionalProperties"] is False, name
        required = set(schema.get("required", []))
        if name not in {"Problem", "Hours", "Weekly", "Dated"}:
            assert required == set(schema["properties"]) - WHEN_ASKED.get(name, set()), name


def test_examples_are_what_the_schemas_allow(app: Flask) -> None:
    document = openapi(app)
    for path, operation in operations(document):
        for media_type, content in operation["responses"]["200"]["content"].items():
            value = content["examples"]["whole"]["value"]
            assert problems_with(app, path, media_type, value) == []


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
        query = {one["name"]: one for one in parameters(document, path) if one["in"] == "query"}
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
