"""`explain=1`: every hit says what its rank is made of, and only when somebody asks."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.web.api.shapes import refusals_of
from tests.web.api.units import EKBACKEN
from web.api.schemas import FeatureCollectionSchema

UNITS = "/api/v1/care-units"
QUESTIONS = [
    "",
    "q=vårdcentral",
    "q=ekbacken",
    "q=vc+mölndal&near=57.7,12",
    "near=57.65,12.01",
    "place=Mölndal",
]


def items(client: FlaskClient, query: str, language: str = "sv") -> list[dict[str, Any]]:
    response = client.get(f"{UNITS}?{query}", headers={"Accept-Language": language})
    assert response.status_code == 200, response.text
    found: list[dict[str, Any]] = response.get_json()["items"]
    assert found
    return found


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("query", QUESTIONS)
def test_the_order_is_that_of_the_sums(client: FlaskClient, query: str, language: str) -> None:
    ranks = []
    for item in items(client, f"{query}&explain=1&limit=200", language):
        why = item["explanation"]
        assert [part["name"] for part in why["parts"]] == ["text", "distance", "listing", "record"]
        for part in why["parts"]:
            assert part["contribution"] == (part["value"] or 0) * part["weight"]
        assert sum(part["contribution"] for part in why["parts"]) == why["rank"]
        ranks.append(why["rank"])
    assert ranks == sorted(ranks, reverse=True)


@pytest.mark.parametrize("query", QUESTIONS)
def test_all_else_is_as_without_it(client: FlaskClient, query: str) -> None:
    plain = items(client, query)
    told = items(client, f"{query}&explain=1")
    assert [item.pop("explanation")["rank"] for item in told]
    assert told == plain
    assert items(client, f"{query}&explain=0") == plain


def test_it_tells_words_fields_and_facts(client: FlaskClient) -> None:
    first = items(client, "q=gamla+ekbacken&explain=1")[0]
    assert first["hsaId"] == EKBACKEN
    why = first["explanation"]
    assert why["wholeName"] is True
    assert why["complete"][:4] == ["position", "hours", "phone", "services"]
    words = {word["word"]: word for part in why["question"] for word in part["words"]}
    assert words["gamla"] == {"word": "gamla", "field": "otherName", "form": "word", "score": 0.85}
    assert words["ekbacken"] == {"word": "ekbacken", "field": "name", "form": "word", "score": 1.0}


def test_a_feature_says_it_too(client: FlaskClient) -> None:
    response = client.get(f"{UNITS}?q=ekbacken&explain=1", headers={"Accept": "application/geo+json"})
    body = response.get_json()
    assert body["features"][0]["properties"]["explanation"]["rank"] > 0
    assert refusals_of(FeatureCollectionSchema, body) == {}


def test_a_table_has_no_room_for_it(client: FlaskClient) -> None:
    response = client.get(f"{UNITS}?explain=1", headers={"Accept": "text/csv"})
    assert (response.status_code, response.get_json()["code"]) == (406, "not-acceptable")
    assert client.get(f"{UNITS}?explain=0", headers={"Accept": "text/csv"}).status_code == 200
