"""From which day a listing holds, whatever the clock says in UTC."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listing.policy.model import Effective, Paper
from listing.rules.days import civil_day
from listing.rules.decision import Allowed, Refused
from listing.rules.effective import check_form, earliest, valid_from
from tests.listing.rules.moments import MOMENTS

NOON = datetime(2026, 5, 29, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (Effective(), date(2026, 5, 29)),
        (Effective("next-day"), date(2026, 5, 30)),
        (Effective("immediately", plus_days=3), date(2026, 6, 1)),
        (Effective("first-of-next-month"), date(2026, 6, 1)),
        (Effective("first-of-next-month", plus_days=1), date(2026, 6, 2)),
    ],
)
def test_each_rule(rule: Effective, expected: date) -> None:
    assert earliest(rule, registered_at=NOON) == expected


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (datetime(2026, 7, 1, 21, 59, tzinfo=UTC), date(2026, 7, 1)),
        (datetime(2026, 7, 1, 22, 30, tzinfo=UTC), date(2026, 7, 2)),
        (datetime(2026, 1, 1, 22, 59, tzinfo=UTC), date(2026, 1, 1)),
        (datetime(2025, 12, 31, 23, 0, tzinfo=UTC), date(2026, 1, 1)),
        (datetime(2026, 3, 28, 23, 30, tzinfo=UTC), date(2026, 3, 29)),
        (datetime(2026, 3, 29, 22, 0, tzinfo=UTC), date(2026, 3, 30)),
        (datetime(2026, 10, 25, 22, 59, tzinfo=UTC), date(2026, 10, 25)),
        (datetime(2026, 10, 25, 23, 0, tzinfo=UTC), date(2026, 10, 26)),
    ],
)
def test_the_day_is_swedish(moment: datetime, expected: date) -> None:
    assert earliest(Effective(), registered_at=moment) == expected
    assert earliest(Effective("next-day"), registered_at=moment) == expected + timedelta(days=1)


def test_a_form_counts_from_its_day_only_where_the_region_says_so() -> None:
    signed = date(2026, 5, 28)
    assert earliest(Effective("next-day"), registered_at=NOON, chosen_on=signed) == date(2026, 5, 30)
    chosen = Effective("next-day", counted_from="chosen")
    assert earliest(chosen, registered_at=NOON, chosen_on=signed) == date(2026, 5, 29)
    month = Effective("first-of-next-month", counted_from="chosen")
    assert earliest(month, registered_at=NOON, chosen_on=date(2026, 4, 1)) == date(2026, 5, 29)


RULES = st.builds(
    Effective,
    when=st.sampled_from(("immediately", "next-day", "first-of-next-month")),
    plus_days=st.integers(0, 31),
    counted_from=st.sampled_from(("registered", "chosen")),
    days_ahead=st.integers(0, 366),
)


@given(RULES, MOMENTS, st.none() | st.integers(-400, 0), st.none() | st.integers(-5, 400))
def test_never_backwards_and_never_another_day_than_wished(
    rule: Effective, moment: datetime, signed: int | None, wished: int | None
) -> None:
    today = civil_day(moment)
    chosen_on = None if signed is None else today + timedelta(days=signed)
    wish = None if wished is None else today + timedelta(days=wished)
    first = earliest(rule, registered_at=moment, chosen_on=chosen_on)
    assert first >= today
    found = valid_from(rule, registered_at=moment, chosen_on=chosen_on, wished=wish)
    if isinstance(found, Allowed):
        assert found.arguments["valid_from"] == (first if wish is None else wish)
    else:
        assert wish is not None
        assert (wish < first) == (found.because == "too-early")
        assert found.because == "too-early" or wish > today + timedelta(days=rule.days_ahead)


def test_a_later_day_may_be_wished_within_the_period() -> None:
    rule = Effective(days_ahead=30)
    last = date(2026, 6, 28)
    assert valid_from(rule, registered_at=NOON, wished=last).because == "scheduled"
    late = valid_from(rule, registered_at=NOON, wished=last + timedelta(days=1))
    assert isinstance(late, Refused)
    assert (late.code, late.because) == ("date-not-possible", "too-late")
    assert late.arguments == {"first": date(2026, 5, 29), "last": last}
    assert valid_from(replace(rule, days_ahead=0), registered_at=NOON, wished=last).because == "too-late"


@pytest.mark.parametrize(
    ("rule", "signed", "reference", "because"),
    [
        (Paper(), date(2026, 5, 29), "F-1", "form-valid"),
        (Paper(), date(2026, 5, 30), "F-1", "signed-in-future"),
        (Paper(), date(2026, 5, 29), " ", "reference-missing"),
        (Paper(), date(2026, 5, 29), None, "reference-missing"),
        (Paper(reference_required=False), date(2026, 5, 29), None, "form-valid"),
        (Paper(form_valid_days=30), date(2026, 4, 29), "F-1", "form-valid"),
        (Paper(form_valid_days=30), date(2026, 4, 28), "F-1", "form-too-old"),
        (Paper(), date(2001, 1, 1), "F-1", "form-valid"),
    ],
)
def test_forms(rule: Any, signed: date, reference: str | None, because: str) -> None:
    found = check_form(rule, signed_on=signed, registered_on=date(2026, 5, 29), reference=reference)
    assert found.because == because
    assert found.allowed == (because == "form-valid")
