"""Open, closed and listing in words."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask_babel import Babel

from directory.hours import State
from web.site.presenters import status

FRIDAY_1030 = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def swedish() -> Iterator[None]:
    """Texts need a request's language."""
    app = Flask(__name__)
    Babel(app, default_locale="sv", default_timezone="Europe/Stockholm")
    with app.test_request_context():
        yield


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment in November 2026, UTC, one hour behind Sweden."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("state", "opens", "closes", "tone", "words"),
    [
        ("open", None, at(20, 16), "open", "Öppet till 17:00"),
        ("open", None, None, "open", "Öppet dygnet runt"),
        ("open", None, at(20, 23), "open", "Öppet till 24:00"),
        ("open", None, at(21, 1), "open", "Öppet till i morgon 02:00"),
        ("opens-later-today", at(20, 12), None, "later", "Öppnar i dag 13:00"),
        ("closed", at(21, 7), None, "shut", "Stängt, öppnar i morgon 08:00"),
        ("closed", at(23, 7), None, "shut", "Stängt, öppnar måndag 08:00"),
        ("closed", at(30, 7), None, "shut", "Stängt, öppnar 30 november 08:00"),
        ("closed", None, None, "shut", "Stängt"),
        ("closed-for-period", at(30, 7), None, "shut", "Stängt under en period, öppnar 30 november 08:00"),
        ("closed-for-period", None, None, "shut", "Stängt under en period"),
        ("unknown", None, None, "unknown", "Öppettider saknas"),
        ("unknown", at(30, 7), None, "unknown", "Öppettider saknas"),
    ],
)
def test_opening(
    state: State, opens: datetime | None, closes: datetime | None, tone: str, words: str
) -> None:
    badge = status.opening(state, opens, closes, FRIDAY_1030)
    assert (badge.tone, f"{badge.text} {badge.more}".strip()) == (tone, words)


@pytest.mark.parametrize(
    ("value", "tone", "words"),
    [
        ({"status": "open"}, "open", "Du kan lista dig"),
        ({"status": "queue", "queueLength": 14}, "wait", "Kö 14 väntar"),
        ({"status": "queue", "queue_length": 0}, "wait", "Kö, ingen väntar"),
        ({"status": "queue"}, "wait", "Kö för att lista sig"),
        ({"status": "closed"}, "full", "Fullt tar inte emot fler"),
    ],
)
def test_listing(value: dict[str, object], tone: str, words: str) -> None:
    badge = status.listing(value)
    assert badge is not None
    assert (badge.tone, f"{badge.text} {badge.more}".strip()) == (tone, words)


def test_a_unit_where_one_does_not_list_has_no_badge() -> None:
    assert status.listing(None) is None
    assert status.listing({}) is None
