"""Who may act for whom, at which age, by which channel."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listing.policy import Policy
from listing.policy.model import Children, Representation
from listing.rules.days import birthday
from listing.rules.guardianship import Acting, guardian_loses_access_on, may_act, of_age_on

POLICY = Policy()
DAY = date(2026, 5, 10)


def _born(age: int, days: int = 0) -> date:
    """Somebody who turned `age` on the day, or turns so many days later."""
    return date(DAY.year - age, DAY.month, DAY.day) + timedelta(days=days)


@pytest.mark.parametrize(
    ("relation", "channel", "born", "code", "because"),
    [
        ("guardian", "web", _born(0), None, "guardian"),
        ("guardian", "web", _born(13, 1), None, "guardian"),
        ("guardian", "web", _born(13), "not-authorised", "guardian-on-paper"),
        ("guardian", "web", _born(15), "not-authorised", "guardian-on-paper"),
        ("guardian", "paper", _born(15), None, "guardian"),
        ("guardian", "staff", _born(18, 1), None, "guardian"),
        ("guardian", "paper", _born(18), "not-authorised", "no-longer-guardian"),
        ("guardian", "web", _born(18), "not-authorised", "no-longer-guardian"),
        ("self", "web", _born(13, 1), "guardian-required", "too-young"),
        ("self", "web", _born(13), None, "self"),
        ("self", "paper", _born(16, 1), "guardian-required", "too-young"),
        ("self", "paper", _born(16), None, "self"),
        ("self", "web", _born(80), None, "self"),
        ("none", "web", _born(5), "not-authorised", "no-relation"),
        ("ombud", "web", _born(80), "not-authorised", "ombud-through-staff"),
        ("ombud", "staff", _born(80), None, "ombud"),
        ("god-man", "paper", _born(80), None, "god-man"),
        ("forvaltare", "web", _born(80), "not-authorised", "forvaltare-through-staff"),
    ],
)
def test_by_the_law_and_the_ages_of_the_services(
    relation: Any, channel: Any, born: date, code: str | None, because: str
) -> None:
    found = may_act(POLICY, Acting(relation, channel, born), DAY)
    assert (getattr(found, "code", None), found.because) == (code, because)


def test_all_guardians_where_the_region_asks_for_it() -> None:
    strict = replace(POLICY, children=Children(guardians_required="all"))
    one_of_two = Acting("guardian", "paper", _born(3), guardians=2, agreeing=1)
    found = may_act(strict, one_of_two, DAY)
    assert (found.because, found.arguments) == ("all-guardians", {"missing": 1})
    assert may_act(strict, replace(one_of_two, agreeing=2), DAY).allowed
    assert may_act(strict, replace(one_of_two, guardians=1), DAY).allowed
    assert may_act(POLICY, one_of_two, DAY).allowed


@pytest.mark.parametrize("relation", ["guardian", "ombud", "god-man", "forvaltare"])
def test_protection_breaks_the_link_online(relation: Any) -> None:
    open_policy = replace(POLICY, representation=Representation("yes", "yes", "yes"))
    acting = Acting(relation, "web", _born(5), protected="confidentiality-mark")
    found = may_act(open_policy, acting, DAY)
    assert (getattr(found, "code", None), found.because) == ("person-protected", "link-broken")
    assert may_act(open_policy, replace(acting, channel="staff"), DAY).allowed
    assert may_act(open_policy, replace(acting, protected="none"), DAY).allowed


def test_protection_does_not_take_ones_own_matters_away() -> None:
    acting = Acting("self", "web", _born(40), protected="protected-registration")
    assert may_act(POLICY, acting, DAY).allowed


@pytest.mark.parametrize(("path", "web", "staff"), [("yes", True, True), ("no", False, False)])
def test_representatives_follow_the_policy(path: Any, web: bool, staff: bool) -> None:
    policy = replace(POLICY, representation=Representation(path, path, path))
    for relation in ("ombud", "god-man", "forvaltare"):
        for channel, expected in (("web", web), ("staff", staff)):
            acting = Acting(relation, channel, _born(80))  # type: ignore[arg-type]
            assert may_act(policy, acting, DAY).allowed == expected


@given(st.dates(date(2000, 1, 1), date(2026, 5, 10)), st.integers(0, 18), st.integers(13, 18))
def test_a_guardian_online_stops_on_the_birthday_itself(born: date, until: int, paper: int) -> None:
    rule = Children(guardian_until_age=min(until, paper), guardian_paper_until=paper, self_from_age=0)
    policy = replace(POLICY, children=rule)
    last = guardian_loses_access_on(rule, born)
    assert last == birthday(born, rule.guardian_until_age)
    assert not may_act(policy, Acting("guardian", "web", born), last).allowed
    if rule.guardian_until_age:
        assert may_act(policy, Acting("guardian", "web", born), last - timedelta(days=1)).allowed


def test_of_age() -> None:
    assert of_age_on(date(2008, 2, 29)) == date(2026, 3, 1)
