"""The answers against an oracle that steps through the minutes, around holidays and clock changes."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from directory.hours import Schedule, closes_at, intervals_between, is_open, opens_next, status
from tests.directory.hours.strategies import (
    MINUTE,
    STOCKHOLM,
    dates,
    oracle_open_minutes,
    schedules,
)

DAYS = 2
SLOW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def cases(draw: st.DrawFn) -> tuple[Schedule, date, bool]:
    day = draw(dates)
    return draw(schedules(day)), day, draw(st.booleans())


def window(day: date) -> list[datetime]:
    """Every minute of `DAYS` Swedish days from `day`."""
    start = datetime(day.year, day.month, day.day, tzinfo=STOCKHOLM).astimezone(UTC)
    after = day + timedelta(days=DAYS)
    end = datetime(after.year, after.month, after.day, tzinfo=STOCKHOLM).astimezone(UTC)
    return [start + n * MINUTE for n in range(int((end - start) / MINUTE))]


@SLOW
@given(cases())
def test_intervals_are_the_oracles_minutes_in_order_and_apart(case: tuple[Schedule, date, bool]) -> None:
    schedule, day, assume = case
    minutes = window(day)
    expected = oracle_open_minutes(schedule, day, day + timedelta(days=DAYS), assume)
    found = intervals_between(
        schedule, minutes[0], minutes[-1] + MINUTE, assume_closed_on_public_holidays=assume
    )
    covered = [m for m in minutes if any(i.start <= m < i.end for i in found)]
    assert covered == [m for m in minutes if m in expected]
    assert all(i.start < i.end for i in found)
    assert all(one.end < other.start for one, other in pairwise(found))


@SLOW
@given(cases(), st.integers(0, 10**6))
def test_open_closes_and_opens_agree_with_the_oracle(case: tuple[Schedule, date, bool], pick: int) -> None:
    schedule, day, assume = case
    minutes = window(day)
    expected = oracle_open_minutes(schedule, day, day + timedelta(days=DAYS), assume)
    for at in [minutes[(pick + n * 197) % len(minutes)] for n in range(12)]:
        later = [m for m in minutes if m > at]
        assert is_open(schedule, at, assume_closed_on_public_holidays=assume) == (at in expected)
        closing = closes_at(schedule, at, assume_closed_on_public_holidays=assume)
        if at in expected:
            first_shut = next((m for m in later if m not in expected), None)
            assert closing == first_shut or (first_shut is None and (closing is None or closing > later[-1]))
        else:
            assert closing is None
        opening = opens_next(schedule, at, assume_closed_on_public_holidays=assume)
        first_open = next((m for m in later if m in expected and m - MINUTE not in expected), None)
        assert opening == first_open or (first_open is None and (opening is None or opening > minutes[-1]))


@SLOW
@given(cases(), st.integers(0, 10**6))
def test_the_next_opening_and_the_closing_are_edges(case: tuple[Schedule, date, bool], pick: int) -> None:
    schedule, day, assume = case
    minutes = window(day)
    at = minutes[pick % len(minutes)]
    opening = opens_next(schedule, at, assume_closed_on_public_holidays=assume)
    if opening is not None:
        assert at < opening <= at + timedelta(days=14)
        assert is_open(schedule, opening, assume_closed_on_public_holidays=assume)
        assert not is_open(schedule, opening - MINUTE, assume_closed_on_public_holidays=assume)
    closing = closes_at(schedule, at, assume_closed_on_public_holidays=assume)
    if closing is not None:
        assert not is_open(schedule, closing, assume_closed_on_public_holidays=assume)
        assert is_open(schedule, closing - MINUTE, assume_closed_on_public_holidays=assume)


@SLOW
@given(cases(), st.integers(0, 10**6))
def test_the_status_says_what_the_single_questions_say(case: tuple[Schedule, date, bool], pick: int) -> None:
    schedule, day, assume = case
    at = window(day)[pick % len(window(day))]
    now = status(schedule, at, assume_closed_on_public_holidays=assume)
    assert (now.state == "open") == is_open(schedule, at, assume_closed_on_public_holidays=assume)
    assert now.closes_at == closes_at(schedule, at, assume_closed_on_public_holidays=assume)
    if now.state != "open":
        assert now.opens_at == opens_next(schedule, at, assume_closed_on_public_holidays=assume)
    today = at.astimezone(STOCKHOLM).date()
    opens_today = now.opens_at is not None and now.opens_at.astimezone(STOCKHOLM).date() == today
    assert (now.state == "opens-later-today") == opens_today
