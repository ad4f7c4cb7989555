"""The order of a queue, who may stand in it, and how long an offer stands."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listing.policy.model import Queue
from listing.rules.capacity import Room
from listing.rules.days import civil_day
from listing.rules.queueing import (
    Waiting,
    drops_place,
    in_order,
    keeps_place_when_listed,
    last_day_of_offer,
    may_have_priority,
    may_queue,
    may_take,
    offer_expires_at,
    order_key,
    position,
    remind_on,
    served_next,
)
from tests.listing.rules.moments import MOMENTS

T0 = datetime(2026, 1, 1, tzinfo=UTC)
FULL = Room(10, 10, 0, 3)
OFFER = Queue(serving="offer", offer_days=7, reminder_days=2)


def _entries() -> st.SearchStrategy[list[Waiting]]:
    rough = st.tuples(st.integers(0, 3), st.integers(0, 2))
    return st.lists(rough, max_size=25).flatmap(
        lambda drawn: st.permutations(range(len(drawn))).map(
            lambda numbers: [
                Waiting(number, T0 + timedelta(minutes=minute), number, priority)
                for number, (minute, priority) in zip(numbers, drawn, strict=True)
            ]
        )
    )


@given(_entries(), st.integers(0, 30))
def test_the_order_is_total_and_positions_are_its_places(entries: list[Waiting], free: int) -> None:
    queue = in_order(entries)
    assert sorted(entry.id for entry in queue) == sorted(entry.id for entry in entries)
    assert len({order_key(entry) for entry in entries}) == len(entries)
    assert [position(entries, entry) for entry in queue] == list(range(1, len(queue) + 1))
    for before, behind in pairwise(queue):
        assert before.priority >= behind.priority
        if before.priority == behind.priority:
            assert (before.queued_at, before.number) < (behind.queued_at, behind.number)
    served = served_next(entries, Room(free, 0, 0, len(entries)))
    assert served == queue[:free]
    assert served_next(entries, Room(None, 0, 0, len(entries))) == queue


def test_a_documented_priority_goes_before_and_nothing_else_does() -> None:
    early, late = Waiting(1, T0, 1), Waiting(2, T0 + timedelta(days=1), 2)
    urgent = Waiting(3, T0 + timedelta(days=2), 3, priority=1)
    assert [entry.id for entry in in_order([late, urgent, early])] == [3, 1, 2]


@pytest.mark.parametrize(
    ("arguments", "code", "because"),
    [
        ({}, None, "may-queue"),
        ({"listed_here": True}, "already-listed", "listed-here"),
        ({"at_this_unit": True, "queues": 1}, "already-queued", "queued-here"),
        ({"rule": Queue(kind="none")}, "queue-not-possible", "no-queue"),
        ({"room": Room(None, 5)}, "queue-not-possible", "not-full"),
        ({"room": Room(10, 9)}, "queue-not-possible", "not-full"),
        ({"room": Room(10, 9, 0, 1)}, None, "may-queue"),
        ({"room": Room(10, 9, 1)}, None, "may-queue"),
        ({"queues": 1}, "already-queued", "max-queues"),
        ({"queues": 1, "rule": Queue(max_queues=2)}, None, "may-queue"),
    ],
)
def test_who_may_queue(arguments: dict[str, object], code: str | None, because: str) -> None:
    usual = {"rule": Queue(), "at_this_unit": False, "listed_here": False, "queues": 0, "room": FULL}
    given_ = {**usual, **arguments}
    rule = given_.pop("rule")
    found = may_queue(rule, **given_)  # type: ignore[arg-type]
    assert getattr(found, "code", None) == code
    assert found.because == because


def test_priority_needs_a_reason_of_the_region_and_a_decision() -> None:
    assert may_have_priority(Queue(), "medical-need", "VC 12/2026").allowed
    assert may_have_priority(Queue(), "medical-need", "  ").because == "decision-missing"
    none = Queue(priority_reasons=())
    assert may_have_priority(none, "medical-need", "VC 12/2026").because == "not-a-reason-here"


@pytest.mark.parametrize(
    ("drops", "here", "own", "expected"),
    [
        (True, False, True, True),
        (True, False, False, False),
        (False, False, True, False),
        (False, True, False, True),
        (False, True, True, True),
    ],
)
def test_when_a_listing_ends_a_place(drops: bool, here: bool, own: bool, expected: bool) -> None:
    rule = Queue(listing_elsewhere_drops=drops)
    assert drops_place(rule, at_this_unit=here, own_choice=own) == expected
    assert keeps_place_when_listed(rule, at_this_unit=here) == (not here and not drops)


@pytest.mark.parametrize(
    ("offered", "expires"),
    [
        (datetime(2026, 3, 22, 10, tzinfo=UTC), datetime(2026, 3, 29, 22, tzinfo=UTC)),
        (datetime(2026, 3, 21, 23, 30, tzinfo=UTC), datetime(2026, 3, 29, 22, tzinfo=UTC)),
        (datetime(2026, 10, 18, 10, tzinfo=UTC), datetime(2026, 10, 25, 23, tzinfo=UTC)),
        (datetime(2026, 6, 1, 22, tzinfo=UTC), datetime(2026, 6, 9, 22, tzinfo=UTC)),
    ],
)
def test_an_offer_stands_whole_swedish_days(offered: datetime, expires: datetime) -> None:
    assert offer_expires_at(OFFER, offered) == expires


@given(MOMENTS, st.integers(1, 60))
def test_whoever_is_offered_has_at_least_the_days_promised(offered: datetime, days: int) -> None:
    rule = Queue(serving="offer", offer_days=days)
    expires = offer_expires_at(rule, offered)
    assert civil_day(expires) - civil_day(offered) == timedelta(days=days + 1)
    assert expires - offered > timedelta(days=days) - timedelta(hours=1)
    assert may_take(expires, expires - timedelta(microseconds=1)).allowed
    late = may_take(expires, expires)
    assert not late.allowed
    assert late.arguments["last"] == last_day_of_offer(rule, offered)


def test_reminders_come_before_the_last_day_and_never_before_the_offer() -> None:
    offered = datetime(2026, 5, 1, 8, tzinfo=UTC)
    assert last_day_of_offer(OFFER, offered) == date(2026, 5, 8)
    assert remind_on(OFFER, offered) == date(2026, 5, 6)
    assert remind_on(Queue(serving="offer", offer_days=2, reminder_days=5), offered) == date(2026, 5, 1)
    assert remind_on(Queue(serving="offer", offer_days=2), offered) is None
