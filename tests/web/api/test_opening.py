"""How a unit stands, the same in hits and on the card; and how many are open now, beside the other facets."""

from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient

from core import clock
from tests.web.api.units import BARE, EKBACKEN

NINE = {"municipality", "region", "unitType", "service", "listing", "profession", "language", "ownership"}
NINE |= {"openAt"}


@pytest.mark.parametrize(
    ("now", "state"),
    [
        (datetime(2026, 11, 20, 8, tzinfo=UTC), "open"),
        (datetime(2026, 11, 20, 5, tzinfo=UTC), "opens-later-today"),
        (datetime(2026, 11, 21, 8, tzinfo=UTC), "closed"),
    ],
)
@pytest.mark.parametrize("language", ["sv", "en"])
def test_hit_and_card_say_the_same(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, now: datetime, state: str, language: str
) -> None:
    monkeypatch.setattr(clock, "now", lambda: now)
    wish = {"Accept-Language": language}
    card = client.get(f"/api/v1/care-units/{EKBACKEN}", headers=wish).get_json()
    hits = client.get(f"/api/v1/care-units?q={EKBACKEN}", headers=wish).get_json()["items"]
    keys = ("openNow", "openStatus", "opensAt", "closesAt")
    assert card["openStatus"] == state
    assert [card[key] for key in keys] == [hits[0][key] for key in keys]
    past = client.get(f"/api/v1/care-units/{EKBACKEN}?asOf={now.isoformat()[:19]}Z").get_json()
    assert past["openStatus"] == state


def test_hours_that_are_not_known(client: FlaskClient) -> None:
    card = client.get(f"/api/v1/care-units/{BARE}").get_json()
    assert (card["openNow"], card["openStatus"]) == (None, "unknown")


@pytest.mark.parametrize("language", ["sv", "en"])
def test_nine_facets(client: FlaskClient, language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 11, 20, 8, tzinfo=UTC))
    wish = {"Accept-Language": language}
    facets = client.get("/api/v1/care-units", headers=wish).get_json()["facets"]
    assert set(facets) == NINE
    label = {"sv": "Öppet nu", "en": "Open now"}[language]
    opened = client.get("/api/v1/care-units?openAt=now", headers=wish).get_json()
    assert facets["openAt"] == [{"value": "now", "label": label, "count": opened["total"]}]
    assert opened["facets"]["openAt"] == facets["openAt"]


def test_nothing_open_is_no_value(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 11, 21, 1, tzinfo=UTC))
    assert client.get(f"/api/v1/care-units?q={EKBACKEN}").get_json()["facets"]["openAt"] == []
