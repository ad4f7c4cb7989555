"""A unit closes: a period to choose, and what becomes of the rest."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listing.policy.model import Closure
from listing.rules.closure import after, is_due, may_still_choose, plan

TOLD = date(2026, 3, 1)


def test_with_good_notice() -> None:
    found = plan(Closure(choice_days=60), told_on=TOLD, closes_on=date(2026, 6, 1), has_successor=False)
    assert found.choose_until == date(2026, 5, 31)
    assert found.moves_on == date(2026, 6, 1)
    assert not found.short_notice
    assert not is_due(found, date(2026, 5, 31))
    assert is_due(found, date(2026, 6, 1))


def test_with_short_notice_the_period_goes_on_after_the_move() -> None:
    found = plan(Closure(choice_days=60), told_on=TOLD, closes_on=date(2026, 3, 15), has_successor=True)
    assert found.short_notice
    assert found.moves_on == date(2026, 3, 15)
    assert may_still_choose(found, date(2026, 4, 30))
    assert not may_still_choose(found, date(2026, 5, 1))


def test_a_unit_that_has_closed_already_is_due_at_once() -> None:
    found = plan(Closure(), told_on=TOLD, closes_on=date(2026, 2, 1), has_successor=False)
    assert found.moves_on == TOLD
    assert is_due(found, TOLD)


@pytest.mark.parametrize(
    ("afterwards", "successor", "has", "expected"),
    [
        ("allocate", "move", True, "successor"),
        ("allocate", "move", False, "allocate"),
        ("allocate", "choose", True, "allocate"),
        ("unlisted", "move", False, "unlisted"),
        ("unlisted", "choose", True, "unlisted"),
    ],
)
def test_what_becomes_of_the_rest(afterwards: Any, successor: Any, has: bool, expected: str) -> None:
    assert after(Closure(afterwards=afterwards, successor=successor), has_successor=has) == expected


@given(st.integers(0, 366), st.integers(-100, 400))
def test_nobody_is_without_a_unit_and_everybody_has_the_period(days: int, notice: int) -> None:
    closes = TOLD + timedelta(days=notice)
    found = plan(Closure(choice_days=days), told_on=TOLD, closes_on=closes, has_successor=False)
    assert found.moves_on >= closes
    assert found.choose_until >= TOLD + timedelta(days=days)
    assert may_still_choose(found, max(TOLD, closes - timedelta(days=1)))
    assert found.short_notice == (days >= notice)
