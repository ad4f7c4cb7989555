"""How complete a record is: each fact by itself, and the date on which it is no longer recent."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from directory.search.completeness import FACTS, SHARES, completeness, facts, next_change

WHEN = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)  # the 2nd in Sweden
DAY = date(2026, 11, 20)


def told(record: dict[str, Any], updated_at: datetime = WHEN, day: date = DAY) -> list[str]:
    return list(facts(completeness(record, updated_at, day)))


@pytest.mark.parametrize(
    ("record", "fact"),
    [
        ({"position": {"lat": 1, "lon": 2, "origin": "wgs84"}}, "position"),
        ({"position": {"lat": 1, "lon": 2, "origin": "manual"}}, "position"),
        ({"hours": {"opening": {"weekly": []}}}, "hours"),
        ({"contacts": {"phone": ["+46317000000"]}}, "phone"),
        ({"offerings": [{"code": "v-vaccination"}]}, "services"),
        ({"activities": ["1502"]}, "services"),
    ],
)
def test_a_fact_counts_by_itself(record: dict[str, Any], fact: str) -> None:
    assert told(record) == [fact, "recent"]


@pytest.mark.parametrize(
    "record",
    [
        {},
        {"position": {"lat": 1, "lon": 2, "origin": "municipality"}},
        {"position": {"lat": 1, "lon": 2, "origin": "postal-code"}},
        {"hours": {"telephone": {"weekly": []}}},
        {"contacts": {"email": ["info@example.se"]}},
        {"unit_types": ["02"]},
    ],
)
def test_what_is_guessed_or_something_else_does_not_count(record: dict[str, Any]) -> None:
    assert told(record) == ["recent"]


def test_a_record_is_recent_for_a_year_of_swedish_dates() -> None:
    last = date(2027, 3, 2) - timedelta(days=1)
    assert next_change(WHEN) == last + timedelta(days=1)
    assert (told({}, day=last), told({}, day=next_change(WHEN))) == (["recent"], [])


def test_shares_count_the_facts() -> None:
    assert (SHARES[0], SHARES[0b101], SHARES[-1]) == (0.0, 2 / len(FACTS), 1.0)
