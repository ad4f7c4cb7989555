"""What hits cannot be sorted by is refused in words that say what they can be sorted by."""

import pytest
from flask.testing import FlaskClient


def test_there_are_no_quality_indicators_yet(client: FlaskClient) -> None:
    answer = client.get("/api/v1/care-units?q=vc&sort=quality:waiting-time")
    assert answer.status_code == 400
    assert answer.get_json()["code"].startswith("invalid")
    assert "no quality indicator waiting-time" in answer.text
    assert "none yet" in answer.text


@pytest.mark.parametrize("sort", ["quality:", "quality:å", "price"])
def test_another_order_is_refused_by_name(client: FlaskClient, sort: str) -> None:
    answer = client.get("/api/v1/care-units", query_string={"sort": sort})
    assert answer.status_code == 400
    assert [error["name"] for error in answer.get_json()["errors"]] == ["sort"]
