"""What a search gave up is a code with arguments, and a text in the language of the answer."""

from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.web.api.shapes import problems_with


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("sv", "Inget hittades i eller nära Uppsala. Sökningen gäller hela landet."),
        ("en", "Nothing was found in or near Uppsala. These are from the whole country."),
    ],
)
def test_the_whole_country(app: Flask, client: FlaskClient, language: str, text: str) -> None:
    body = client.get("/api/v1/care-units?q=ekbacken+uppsala", headers={"Accept-Language": language}).json
    assert body is not None
    assert body["total"] > 0
    assert body["interpretation"]["widened"] == {
        "code": "whole-country",
        "words": [],
        "place": "Uppsala",
        "metres": None,
        "service": None,
        "text": text,
    }
    assert problems_with(app, "/care-units", "application/json", body) == []


def test_words_that_nobody_has(client: FlaskClient) -> None:
    body = client.get("/api/v1/care-units?q=ekbacken+qwxzkj").get_json()
    widened = body["interpretation"]["widened"]
    assert (widened["code"], widened["words"]) == ("words-unknown", ["qwxzkj"])


def test_the_group_of_a_service_is_named_in_the_language_of_the_answer(client: FlaskClient) -> None:
    said = {}
    for language in ("sv", "en"):
        address = f"/api/v1/care-units?q={quote('företagshälsovård')}"
        answer = client.get(address, headers={"Accept-Language": language})
        widened = answer.get_json()["interpretation"]["widened"]
        assert widened["code"] == "related-services"
        assert widened["service"]["display"] in widened["text"]
        said[language] = widened["service"]["display"]
    assert said["sv"] != said["en"]


def test_nothing_is_given_up_without_need(client: FlaskClient) -> None:
    assert client.get("/api/v1/care-units?q=ekbacken").get_json()["interpretation"]["widened"] is None
