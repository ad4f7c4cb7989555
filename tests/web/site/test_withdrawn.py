"""What is hidden from the public today is not shown as it was either, whichever way one asks."""

import pytest
from flask.testing import FlaskClient

from tests.web.site.units import HIDDEN, OLD, PROTECTED, QUEUE

THEN = "asOf=2026-06-01"
NAME = "Skyddade boendet"


@pytest.mark.parametrize("unit", [PROTECTED, HIDDEN])
@pytest.mark.parametrize("language", ["sv", "en"])
def test_a_hidden_unit_is_not_found_in_the_past(client: FlaskClient, unit: str, language: str) -> None:
    for address in (f"{unit}?{THEN}", unit, f"{unit}/history"):
        answer = client.get(f"/api/v1/care-units/{address}", headers={"Accept-Language": language})
        assert (answer.status_code, answer.get_json()["code"]) == (404, "not-found")


@pytest.mark.parametrize("words", ["", "skyddade boendet", PROTECTED])
def test_a_search_of_the_past_leaves_it_out(client: FlaskClient, words: str) -> None:
    answer = client.get("/api/v1/care-units", query_string={"q": words, "asOf": "2026-06-01", "limit": 200})
    assert answer.status_code == 200
    assert NAME not in answer.text
    assert PROTECTED not in [item["hsaId"] for item in answer.get_json()["items"]]


def test_a_unit_that_has_closed_in_public_is_seen_as_it_was(client: FlaskClient) -> None:
    card = client.get(f"/api/v1/care-units/{OLD}?{THEN}").get_json()
    assert (card["status"], card["published"]) == ("active", True)
    found = client.get(f"/api/v1/care-units?q={OLD}&{THEN}").get_json()
    assert [item["hsaId"] for item in found["items"]] == [OLD]
    assert client.get(f"/api/v1/care-units?q={OLD}").get_json()["total"] == 0


def test_a_unit_that_is_still_there_is_seen_under_its_former_name(client: FlaskClient) -> None:
    then = client.get(f"/api/v1/care-units/{QUEUE}?{THEN}").get_json()["name"]
    assert then != client.get(f"/api/v1/care-units/{QUEUE}").get_json()["name"]
