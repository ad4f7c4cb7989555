"""Room at a unit, who is listed without any, and what a decision on a limit may be."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listing.policy.codes import Exemption
from listing.policy.model import Cap, CapExemptions, Queue
from listing.rules.capacity import (
    PROOF,
    Circumstances,
    Placed,
    Room,
    check_limit,
    exemption_for,
    guide_places,
    place,
    to_serve,
)
from listing.rules.decision import Refused

DAY = date(2026, 5, 10)
ALL = CapExemptions(codes=get_args(Exemption))
GROWN_UP = Circumstances(born=date(1980, 1, 1))
COUNTS = st.integers(0, 40)


@given(
    st.none() | COUNTS, COUNTS, COUNTS, COUNTS, st.booleans(), st.sampled_from(("none", "unit", "central"))
)
def test_nobody_is_listed_beyond_the_limit_or_before_who_waits(
    places: int | None, listed: int, held: int, waiting: int, join: bool, kind: Any
) -> None:
    room = Room(places, listed, held, waiting)
    found = place(room, Queue(kind=kind), join_queue=join)
    if isinstance(found, Placed) and found.action == "list":
        assert places is None or (listed + held + 1 <= places and waiting == 0)
    elif isinstance(found, Placed):
        assert kind != "none"
        assert join
    else:
        assert found.code == "unit-full"
        assert kind == "none" or not join
        assert places is not None


@pytest.mark.parametrize(
    ("room", "join", "expected"),
    [
        (Room(None, 5000, 0, 0), False, Placed("list", "no-limit")),
        (Room(10, 9), False, Placed("list", "room")),
        (Room(10, 9, 0, 1), True, Placed("queue", "queue-first")),
        (Room(10, 9, 1), True, Placed("queue", "full")),
        (Room(10, 12), True, Placed("queue", "full")),
    ],
)
def test_what_a_wish_leads_to(room: Room, join: bool, expected: Placed) -> None:
    assert place(room, Queue(), join_queue=join) == expected


def test_a_refusal_says_how_full_it_is() -> None:
    found = place(Room(10, 10, 0, 7), Queue())
    assert found == Refused("unit-full", "full", {"waiting": 7, "places": 10})
    assert place(Room(10, 10), Queue(kind="none"), join_queue=True) == Refused(
        "unit-full", "no-queue", {"waiting": 0, "places": 10}
    )


def test_who_is_exempt_is_listed_although_it_is_full() -> None:
    found = place(Room(10, 10, 0, 7), Queue(kind="none"), exemption="same-household")
    assert found == Placed("list", "same-household", "same-household")


@given(st.none() | COUNTS, COUNTS, COUNTS, COUNTS)
def test_serving_fills_exactly_what_is_free(places: int | None, listed: int, held: int, waiting: int) -> None:
    count = to_serve(Room(places, listed, held, waiting))
    if places is None:
        assert count is None
    else:
        assert count is not None
        assert 0 <= count <= waiting
        assert count == 0 or listed + held + count <= places
        assert count == waiting or listed + held + count >= places


@pytest.mark.parametrize(
    ("person", "expected"),
    [
        (GROWN_UP, None),
        (Circumstances(DAY, guardian_listed_here=True), "newborn-of-listed-guardian"),
        (Circumstances(DAY - timedelta(days=364), guardian_listed_here=True), "newborn-of-listed-guardian"),
        (Circumstances(DAY - timedelta(days=365), guardian_listed_here=True), None),
        (Circumstances(DAY + timedelta(days=1), guardian_listed_here=True), None),
        (Circumstances(DAY), None),
        (replace(GROWN_UP, household_listed_here=True), "same-household"),
        (replace(GROWN_UP, special_care_here="special-housing"), "special-housing"),
        (replace(GROWN_UP, special_care_here="home-care"), "home-care"),
        (replace(GROWN_UP, in_region_since=DAY), "moved-in"),
        (replace(GROWN_UP, in_region_since=DAY - timedelta(days=364)), "moved-in"),
        (replace(GROWN_UP, in_region_since=DAY - timedelta(days=365)), None),
        (replace(GROWN_UP, in_region_since=DAY + timedelta(days=1)), None),
        (Circumstances(DAY - timedelta(days=9), in_region_since=DAY - timedelta(days=9)), None),
        (Circumstances(DAY - timedelta(days=9), in_region_since=DAY), "moved-in"),
        (replace(GROWN_UP, child_health_centre_here=True), None),
        (
            replace(GROWN_UP, child_health_centre_here=True, youngest_child_born=date(2019, 5, 11)),
            "child-health-family",
        ),
        (replace(GROWN_UP, child_health_centre_here=True, youngest_child_born=date(2019, 5, 10)), None),
        (Circumstances(date(2022, 1, 1), child_health_centre_here=True), "child-health-family"),
    ],
)
def test_exemptions(person: Circumstances, expected: Exemption | None) -> None:
    assert exemption_for(ALL, person, DAY) == expected
    assert exemption_for(CapExemptions(codes=()), person, DAY) is None
    if expected:
        others = tuple(code for code in ALL.codes if code != expected)
        assert exemption_for(replace(ALL, codes=others), person, DAY) is None


def test_the_first_exemption_of_the_policy_is_the_one_that_is_recorded() -> None:
    person = replace(GROWN_UP, household_listed_here=True, in_region_since=DAY)
    assert exemption_for(CapExemptions(codes=("moved-in", "same-household")), person, DAY) == "moved-in"
    assert exemption_for(CapExemptions(codes=("same-household", "moved-in")), person, DAY) == "same-household"


def test_every_exemption_says_how_it_is_proved() -> None:
    assert set(PROOF) == set(get_args(Exemption))


@pytest.mark.parametrize(
    ("rule", "places", "until", "because"),
    [
        (Cap(), 0, None, None),
        (Cap(), -1, None, "places-negative"),
        (Cap(), 10, DAY, "period-empty"),
        (Cap(), 10, DAY + timedelta(days=1), None),
        (Cap(max_months=6), 10, date(2026, 11, 10), None),
        (Cap(max_months=6), 10, date(2026, 11, 11), "too-long"),
        (Cap(max_months=6), 10, None, "too-long"),
    ],
)
def test_decisions_on_limits(rule: Cap, places: int, until: date | None, because: str | None) -> None:
    found = check_limit(rule, places=places, valid_from=DAY, valid_to=until)
    assert (found.because if found else None) == because


def test_the_guide_is_scaled_by_working_time_and_rounded_down() -> None:
    assert guide_places(Cap(), 400) is None
    assert guide_places(Cap(per_full_time_doctor=1500), 450) == 6750
    assert guide_places(Cap(per_full_time_doctor=1101), 50) == 550
