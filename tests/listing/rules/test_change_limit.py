"""Two changes in any twelve months, what does not count, and the special reasons."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any, get_args

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from listing.policy.codes import Cause
from listing.policy.model import ChangeLimit, SpecialReason
from listing.rules.change_limit import (
    Before,
    Change,
    Counted,
    allowance,
    cause_of_basis,
    cause_of_choice,
    consider,
    returns,
)
from listing.rules.days import months_later
from listing.rules.decision import Refused

LAW = ChangeLimit()
DAY = date(2026, 5, 10)


def _counted(*days: date) -> list[Change]:
    return [Change(day, True) for day in days]


def test_two_are_free_and_the_third_is_refused_with_the_day_it_comes_back() -> None:
    assert consider(LAW, [], DAY) == Counted(True, "change", 1)
    assert consider(LAW, _counted(date(2026, 1, 1)), DAY) == Counted(True, "change", 0)
    refused = consider(LAW, _counted(date(2026, 2, 1), date(2026, 1, 1)), DAY)
    assert isinstance(refused, Refused)
    assert (refused.code, refused.because) == ("change-limit-reached", "limit")
    assert refused.arguments == {"max": 2, "months": 12, "next": date(2027, 1, 1)}


@pytest.mark.parametrize(
    ("change", "still", "back"),
    [
        (date(2025, 5, 10), date(2026, 5, 9), date(2026, 5, 10)),
        (date(2024, 2, 29), date(2025, 2, 27), date(2025, 2, 28)),
        (date(2025, 8, 31), date(2026, 8, 30), date(2026, 8, 31)),
        (date(2023, 2, 28), date(2024, 2, 27), date(2024, 2, 28)),
    ],
)
def test_a_change_comes_back_on_its_day_a_year_later(change: date, still: date, back: date) -> None:
    limit = replace(LAW, max_changes=1)
    assert allowance(limit, _counted(change), still).left == 0
    assert allowance(limit, _counted(change), still).next_back == back
    assert allowance(limit, _counted(change), back).left == 1


def test_end_of_month_with_a_period_of_other_length() -> None:
    limit = replace(LAW, max_changes=1, months=6)
    assert allowance(limit, _counted(date(2025, 8, 31)), date(2026, 2, 27)).left == 0
    assert allowance(limit, _counted(date(2025, 8, 31)), date(2026, 2, 28)).left == 1


def test_more_changes_than_the_limit_must_return_before_one_is_free() -> None:
    three = _counted(date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1))
    assert allowance(LAW, three, DAY).next_back == date(2027, 2, 1)
    assert allowance(LAW, three, date(2027, 1, 31)).left == 0
    assert allowance(LAW, three, date(2027, 2, 1)).left == 1


def test_a_change_that_is_scheduled_takes_its_place_today() -> None:
    assert allowance(LAW, _counted(DAY + timedelta(days=30)), DAY).left == 1


def test_uncounted_events_take_nothing() -> None:
    assert allowance(LAW, [Change(DAY, False)] * 9, DAY).left == 2


def test_without_a_limit_nothing_counts() -> None:
    free = replace(LAW, max_changes=None)
    assert consider(free, _counted(*[DAY] * 9), DAY) == Counted(False, "no-limit", None)
    assert allowance(free, _counted(DAY), DAY).left is None


@pytest.mark.parametrize("cause", get_args(Cause))
def test_causes_that_are_no_change_are_allowed_at_the_limit(cause: Cause) -> None:
    full = _counted(date(2026, 1, 1), date(2026, 2, 1))
    assert consider(LAW, full, DAY, cause=cause) == Counted(False, cause, 0)
    strict = replace(LAW, not_counted=())
    assert isinstance(consider(strict, full, DAY, cause=cause), Refused)
    assert consider(strict, [], DAY, cause=cause) == Counted(True, "change", 1)


@pytest.mark.parametrize(
    ("reason", "decided_by", "shown", "because"),
    [
        ("moved", "person", False, "decided-by-register"),
        ("moved", "person", True, None),
        ("moved", "unit", False, None),
        ("medical", "person", True, "decided-by-unit"),
        ("medical", "unit", False, None),
        ("protection", "unit", False, "decided-by-region"),
        ("protection", "region", False, None),
        ("followed-doctor", "region", False, None),
    ],
)
def test_special_reasons_are_decided_by_who_may(
    reason: Any, decided_by: Any, shown: bool, because: str | None
) -> None:
    full = _counted(date(2026, 1, 1), date(2026, 2, 1))
    found = consider(LAW, full, DAY, reason=reason, decided_by=decided_by, shown={reason} if shown else set())
    if because is None:
        assert found == Counted(False, reason, 0, evidence_required=reason == "medical")
    else:
        assert isinstance(found, Refused)
        assert (found.code, found.because) == ("reason-not-accepted", because)
        assert found.arguments["next"] == date(2027, 1, 1)


def test_a_reason_that_the_region_lacks_is_no_hindrance_while_changes_are_left() -> None:
    limit = replace(LAW, special_reasons=(SpecialReason("medical"),))
    assert consider(limit, [], DAY, reason="moved") == Counted(True, "change", 1)
    refused = consider(limit, _counted(DAY, DAY), DAY, reason="moved", decided_by="region")
    assert isinstance(refused, Refused)
    assert refused.because == "not-a-reason-here"


@pytest.mark.parametrize(
    ("before", "cause"),
    [
        (None, "first-listing"),
        (Before("choice"), None),
        (Before("takeover"), None),
        (Before("choice", "left"), None),
        (Before("choice", "changed"), None),
        (Before("allocation"), "choice-after-allocation"),
        (Before("allocation", "left"), "choice-after-allocation"),
        (Before("newborn"), "choice-after-allocation"),
        (Before("successor"), "choice-after-allocation"),
        (Before("choice", unit_closing=True), "closure"),
        (Before("choice", "closed"), "closure"),
        (Before("choice", "contract-ended"), "closure"),
        (Before("choice", "deregistered"), "first-listing"),
    ],
)
def test_what_a_choice_is_depends_on_what_was_before(before: Before | None, cause: Cause | None) -> None:
    assert cause_of_choice(before) == cause
    assert cause_of_basis("choice", before) == cause


@pytest.mark.parametrize(
    ("basis", "cause"),
    [
        ("allocation", "allocation"),
        ("closure-allocation", "closure"),
        ("newborn", "newborn"),
        ("takeover", "takeover"),
        ("successor", "successor"),
    ],
)
def test_what_others_do_is_no_change(basis: Any, cause: Cause) -> None:
    assert cause_of_basis(basis, Before("choice")) == cause


WISHES = st.lists(
    st.tuples(
        st.integers(0, 45),
        st.none() | st.sampled_from(get_args(Cause)),
        st.none() | st.sampled_from(("moved", "medical", "protection")),
        st.sampled_from(("person", "unit", "region")),
    ),
    max_size=60,
)
LIMITS = st.builds(
    ChangeLimit,
    max_changes=st.integers(1, 4),
    months=st.integers(1, 24),
    not_counted=st.lists(st.sampled_from(get_args(Cause)), unique=True).map(tuple),
)


@given(LIMITS, st.dates(date(2020, 1, 1), date(2030, 1, 1)), WISHES)
@example(
    ChangeLimit(), date(2023, 2, 28), [(0, None, None, "person")] * 2 + [(366, None, None, "person")] * 2
)
def test_no_period_ever_holds_more_counted_changes_than_the_limit(
    limit: ChangeLimit, start: date, wishes: list[Any]
) -> None:
    day, events = start, list[Change]()
    for gap, cause, reason, decider in wishes:
        day += timedelta(days=gap)
        before = allowance(limit, events, day)
        found = consider(limit, events, day, cause=cause, reason=reason, decided_by=decider)
        if isinstance(found, Refused):
            assert before.left == 0
            back = before.next_back
            assert back is not None
            assert back > day
            assert allowance(limit, events, back - timedelta(days=1)).left == 0
            assert allowance(limit, events, back).left
        else:
            events.append(Change(day, found.counts))
            assert found.left == allowance(limit, events, day).left
            assert before.left is not None
            assert found.left == before.left - found.counts
    counted = [one.on for one in events if one.counted]
    assert limit.max_changes is not None
    for first in counted:
        end = months_later(first, limit.months)
        assert sum(first <= one < end for one in counted) <= limit.max_changes


def test_each_used_change_has_its_day_of_return() -> None:
    used = _counted(date(2026, 2, 1), date(2026, 1, 1), date(2025, 5, 10))
    assert returns(LAW, used, DAY) == [date(2027, 1, 1), date(2027, 2, 1)]
    assert returns(LAW, _counted(*[date(2026, 1, day) for day in (1, 2, 3)]), DAY)[0] == date(2027, 1, 2)
    assert returns(LAW, [Change(date(2026, 1, 1), False)], DAY) == []
    assert returns(replace(LAW, max_changes=None), used, DAY) == []
