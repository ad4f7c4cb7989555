"""Every answer has the fields that are documented, all of them and no others."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from marshmallow import Schema

from tests.web.api.shapes import problems_with, refusals_of
from tests.web.api.units import BARE, CLOSED, EKBACKEN
from web.api import schemas

ANSWERS: list[tuple[str, str, type[Schema]]] = [
    ("/care-units", "/care-units?limit=50", schemas.SearchResultSchema),
    ("/care-units", "/care-units?q=bvc+mölndal&near=57.7,12", schemas.SearchResultSchema),
    ("/care-units", "/care-units?q=vårdcentral+öppet+nu", schemas.SearchResultSchema),
    ("/care-units", "/care-units?asOf=2026-03-20", schemas.SearchResultSchema),
    ("/care-units", "/care-units?q=zzzqqq", schemas.SearchResultSchema),
    ("/care-units", "/care-units?q=bvc+mölndal&near=57.7,12&explain=1", schemas.SearchResultSchema),
    ("/care-units", "/care-units?explain=1&asOf=2026-03-20", schemas.SearchResultSchema),
    ("/care-units/{hsaId}", f"/care-units/{EKBACKEN}", schemas.CareUnitSchema),
    ("/care-units/{hsaId}", f"/care-units/{EKBACKEN}?asOf=2026-03-20", schemas.CareUnitSchema),
    ("/care-units/{hsaId}", f"/care-units/{BARE}", schemas.CareUnitSchema),
    ("/care-units/{hsaId}", f"/care-units/{CLOSED}", schemas.CareUnitSchema),
    ("/care-units/{hsaId}/history", f"/care-units/{EKBACKEN}/history", schemas.ChangesSchema),
    ("/suggestions", "/suggestions?q=v", schemas.SuggestionsSchema),
    ("/suggestions", "/suggestions?q=möl", schemas.SuggestionsSchema),
    ("/suggestions", "/suggestions", schemas.SuggestionsSchema),
    ("/code-systems", "/code-systems", schemas.CodeSystemListSchema),
    ("/code-systems/{key}", "/code-systems/care-service", schemas.CodeSystemSchema),
    ("/code-systems/{key}/concepts", "/code-systems/care-service/concepts", schemas.ConceptListSchema),
    (
        "/code-systems/{key}/concepts/{code}",
        "/code-systems/unit-type/concepts/02",
        schemas.ConceptDetailSchema,
    ),
    ("/api-info", "/api-info", schemas.ApiInfoSchema),
]


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize(("path", "address", "schema"), ANSWERS)
def test_an_answer_is_as_documented(
    app: Flask, client: FlaskClient, path: str, address: str, schema: type[Schema], language: str
) -> None:
    response = client.get(f"/api/v1{address}", headers={"Accept-Language": language})
    assert response.status_code == 200, response.text
    body: Any = response.json
    assert problems_with(app, path, "application/json", body) == []
    assert refusals_of(schema, body) == {}


def test_a_unit_with_everything_leaves_no_field_empty(client: FlaskClient) -> None:
    """Else the shapes above are held against nulls only."""
    card = client.get(f"/api/v1/care-units/{EKBACKEN}").get_json()
    empty = {name for name, value in card.items() if value in (None, [], {})}
    assert empty <= {"quality", "opensAt", "closesAt"}
    assert (card["opensAt"] is None) != (card["closesAt"] is None)
    assert card["provider"] == {"organisationNumber": "5560000001", "name": "Ekbackens vård AB"}


def test_hits_as_geojson(app: Flask, client: FlaskClient) -> None:
    response = client.get("/api/v1/care-units", headers={"Accept": "application/geo+json"})
    assert response.content_type == "application/geo+json"
    collection = response.get_json()
    assert problems_with(app, "/care-units", "application/geo+json", collection) == []
    assert refusals_of(schemas.FeatureCollectionSchema, collection) == {}
    by_id = {feature["id"]: feature["geometry"] for feature in collection["features"]}
    assert by_id[EKBACKEN] == {"type": "Point", "coordinates": [12.01, 57.65]}
    assert by_id[BARE] is None


def test_english_labels_when_they_are_preferred(client: FlaskClient) -> None:
    swedish = client.get(f"/api/v1/care-units/{EKBACKEN}", headers={"Accept-Language": "sv-SE,en;q=0.5"})
    english = client.get(f"/api/v1/care-units/{EKBACKEN}", headers={"Accept-Language": "en-GB,sv;q=0.5"})
    assert swedish.headers["Content-Language"] == "sv"
    assert english.headers["Content-Language"] == "en"
    assert {"Accept", "Accept-Language"} <= set(english.headers["Vary"].split(", "))
    assert swedish.get_json()["unitTypeName"] == "Vårdcentral"
    assert english.get_json()["unitTypeName"] == "Health centre"
    assert swedish.headers["ETag"] != english.headers["ETag"]
    result = client.get("/api/v1/care-units?service=1504", headers={"Accept-Language": "en"}).get_json()
    assert [value["label"] for value in result["facets"]["unitType"]] == ["Health centre"]
    assert [value["label"] for value in result["facets"]["listing"]] == ["Queue for listing"]
    assert result["items"][0]["unitTypeName"] == "Health centre"
    changes = client.get(
        f"/api/v1/care-units/{EKBACKEN}/history", headers={"Accept-Language": "en"}
    ).get_json()
    assert "Name" in {change["label"] for change in changes["items"]}


def test_history_says_from_what_to_what(client: FlaskClient) -> None:
    history = client.get(f"/api/v1/care-units/{EKBACKEN}/history").get_json()
    (renamed,) = [change for change in history["items"] if change["field"] == "name"]
    assert (renamed["old"], renamed["new"]) == ("Ekbackens läkarhus", "Vårdcentralen Ekbacken")
    assert renamed["changedAt"] == "2026-04-01T12:00:00Z"
    assert renamed["source"]["key"] == "hsa"
    assert history["items"][-1]["field"] == "status"
    first = client.get(f"/api/v1/care-units/{EKBACKEN}/history?limit=1&page=1").get_json()
    assert (first["total"], len(first["items"])) == (history["total"], 1)


def test_as_of_shows_the_unit_as_it_was(client: FlaskClient) -> None:
    then = client.get(f"/api/v1/care-units/{EKBACKEN}?asOf=2026-03-20T00:00:00%2B01:00").get_json()
    assert then["name"] == "Ekbackens läkarhus"
    assert client.get(f"/api/v1/care-units/{EKBACKEN}?asOf=2026-03-01").status_code == 404


def test_csv_has_a_row_per_hit_and_no_formulas(client: FlaskClient) -> None:
    response = client.get("/api/v1/care-units?limit=200", headers={"Accept": "text/csv"})
    assert response.content_type == "text/csv; charset=utf-8; header=present"
    head, *rows = response.text.splitlines()
    total = client.get("/api/v1/care-units").get_json()["total"]
    assert head.startswith("hsaId,name,unitType,")
    assert len(rows) == total
    (ekbacken,) = [row for row in rows if EKBACKEN in row]
    assert "+46317000000" in ekbacken
    assert ",1481,Mölndal," in ekbacken
