"""Civil days: months of any length, leap days, and nights on which clocks change."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listing.rules.days import (
    age_on,
    beginning_of,
    birthday,
    civil_day,
    first_of_next_month,
    months_later,
)

DAYS = st.dates(date(1900, 1, 1), date(2100, 1, 1))


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 3, 31), 12, date(2027, 3, 31)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 29)),
        (date(2025, 8, 31), 1, date(2025, 9, 30)),
        (date(2025, 12, 31), 2, date(2026, 2, 28)),
        (date(2026, 1, 15), -1, date(2025, 12, 15)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
    ],
)
def test_months_later(day: date, months: int, expected: date) -> None:
    assert months_later(day, months) == expected


@given(DAYS, DAYS, st.integers(-36, 36))
def test_months_later_never_turns_the_order_around(one: date, other: date, months: int) -> None:
    first, last = sorted((one, other))
    assert months_later(first, months) <= months_later(last, months)


@given(DAYS)
def test_the_first_of_the_next_month_is_next(day: date) -> None:
    found = first_of_next_month(day)
    assert found.day == 1
    assert timedelta(days=1) <= found - day <= timedelta(days=31)


@pytest.mark.parametrize(
    ("born", "age", "expected"),
    [
        (date(2012, 2, 29), 13, date(2025, 3, 1)),
        (date(2012, 2, 29), 16, date(2028, 2, 29)),
        (date(2013, 7, 1), 13, date(2026, 7, 1)),
    ],
)
def test_birthdays(born: date, age: int, expected: date) -> None:
    assert birthday(born, age) == expected


@given(DAYS, DAYS)
def test_age_grows_by_one_on_the_birthday(born: date, day: date) -> None:
    age = age_on(born, day)
    assert birthday(born, age) <= day < birthday(born, age + 1)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 1, 1), datetime(2025, 12, 31, 23, tzinfo=UTC)),
        (date(2026, 3, 29), datetime(2026, 3, 28, 23, tzinfo=UTC)),
        (date(2026, 3, 30), datetime(2026, 3, 29, 22, tzinfo=UTC)),
        (date(2026, 10, 25), datetime(2026, 10, 24, 22, tzinfo=UTC)),
        (date(2026, 10, 26), datetime(2026, 10, 25, 23, tzinfo=UTC)),
    ],
)
def test_days_begin_at_midnight_in_sweden(day: date, expected: datetime) -> None:
    assert beginning_of(day) == expected


@given(st.dates(date(1990, 1, 1), date(2060, 1, 1)))
def test_a_day_is_from_its_beginning_to_the_next(day: date) -> None:
    begins, ends = beginning_of(day), beginning_of(day + timedelta(days=1))
    assert civil_day(begins) == day == civil_day(ends - timedelta(microseconds=1))
    assert ends - begins in (timedelta(hours=23), timedelta(hours=24), timedelta(hours=25))
