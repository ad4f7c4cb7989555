"""Choosing a unit: listed, queued or refused, and what is kept of it."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from core import clock
from listing.errors import KeyReused, ListingRefused
from listing.models import Listing, QueueEntry
from listing.policy.model import Policy
from listing.services.choosing import choose
from tests.support.register import (
    a_limit,
    a_person,
    a_policy,
    a_unit,
    events,
    guardian_of,
    resident,
    wish,
)


def test_a_first_listing_holds_at_once_and_is_no_change(session: Session) -> None:
    unit, person = a_unit(session), a_person(session)
    [outcome] = choose(session, resident(person), "k1", [wish(person, unit)])
    assert outcome["status"] == "listed"
    assert outcome["validFrom"] == clock.today().isoformat()
    assert outcome["changesLeft"] == 2
    assert events(session, person) == [("listed", "first-listing")]


def test_changes_are_counted_until_none_is_left(session: Session) -> None:
    person = a_person(session)
    units = [a_unit(session) for _ in range(4)]
    left = []
    for number, unit in enumerate(units[:3]):
        [outcome] = choose(session, resident(person), f"k{number}", [wish(person, unit)])
        left.append(outcome["changesLeft"])
    assert left == [2, 1, 0]
    with pytest.raises(ListingRefused) as refused:
        choose(session, resident(person), "k9", [wish(person, units[3])])
    assert refused.value.code == "change-limit-reached"
    assert len(session.scalars(select(Listing).where(text("upper_inf(valid)"))).all()) == 1


def test_a_repeated_key_gets_the_same_answer_and_does_nothing(session: Session) -> None:
    unit, person = a_unit(session), a_person(session)
    choice = wish(person, unit)
    first = choose(session, resident(person), "k1", [choice])
    assert choose(session, resident(person), "k1", [choice]) == first
    assert len(session.scalars(select(Listing)).all()) == 1
    with pytest.raises(KeyReused):
        choose(session, resident(person), "k1", [replace(choice, join_queue=True)])


def test_a_full_unit_refuses_or_queues_in_order(session: Session) -> None:
    unit = a_unit(session)
    a_limit(session, unit, 1)
    people = [a_person(session) for _ in range(4)]
    choose(session, resident(people[0]), "k", [wish(people[0], unit)])
    with pytest.raises(ListingRefused) as refused:
        choose(session, resident(people[1]), "k", [wish(people[1], unit)])
    assert refused.value.code == "unit-full"
    for place, person in enumerate(people[1:], start=1):
        [outcome] = choose(session, resident(person), "q", [wish(person, unit, join_queue=True)])
        assert (outcome["status"], outcome["queuePosition"]) == ("queued", place)


def test_listing_elsewhere_gives_up_the_queue_place_where_the_region_says_so(session: Session) -> None:
    full, other, person = a_unit(session), a_unit(session), a_person(session)
    a_limit(session, full, 0)
    choose(session, resident(person), "q", [wish(person, full, join_queue=True)])
    choose(session, resident(person), "l", [wish(person, other)])
    assert session.scalars(select(QueueEntry.status)).all() == ["dropped"]
    assert events(session, person)[-2:] == [("queue-ended", "listed-elsewhere"), ("listed", "first-listing")]


def test_from_the_next_day_the_present_listing_holds_until_then(session: Session) -> None:
    policy = Policy()
    a_policy(session, replace(policy, effective=replace(policy.effective, when="next-day")))
    here, there, person = a_unit(session), a_unit(session), a_person(session)
    choose(session, resident(person), "1", [wish(person, here)])
    with clock.frozen(datetime(2027, 3, 27, 12, tzinfo=UTC)):
        [outcome] = choose(session, resident(person), "2", [wish(person, there)])
    assert (outcome["status"], outcome["validFrom"]) == ("scheduled", "2027-03-28")
    spans = session.execute(
        select(Listing.care_unit_id, Listing.valid, Listing.occupies).order_by(Listing.registered_at)
    )
    rows = [(row[0], row[1].upper, row[2]) for row in spans]
    assert rows == [(here.id, date(2027, 3, 28), True), (there.id, None, True)]


def test_a_guardian_lists_a_child_together_with_themselves_or_not_at_all(session: Session) -> None:
    unit, guardian = a_unit(session), a_person(session)
    child = a_person(session, born=clock.today().replace(year=clock.today().year - 3, day=1))
    guardian_of(session, child, guardian)
    both = [wish(guardian, unit), wish(child, unit)]
    assert [o["status"] for o in choose(session, resident(guardian), "k", both)] == ["listed", "listed"]


def test_a_stranger_cannot_list_a_child(session: Session) -> None:
    unit, stranger = a_unit(session), a_person(session)
    child = a_person(session, born=clock.today().replace(year=clock.today().year - 3, day=1))
    with pytest.raises(ListingRefused) as refused:
        choose(session, resident(stranger), "k", [wish(child, unit)])
    assert refused.value.code == "not-authorised"


def test_a_unit_without_contract_cannot_be_chosen(session: Session) -> None:
    unit, person = a_unit(session, contract=False), a_person(session)
    with pytest.raises(ListingRefused) as refused:
        choose(session, resident(person), "k", [wish(person, unit)])
    assert refused.value.code == "unit-not-listable"


def test_who_has_moved_may_change_once_more_and_who_only_says_so_may_not(session: Session) -> None:
    person = a_person(session)
    units = [a_unit(session) for _ in range(5)]
    for number, unit in enumerate(units[:3]):
        choose(session, resident(person), f"k{number}", [wish(person, unit)])
    with pytest.raises(ListingRefused) as refused:
        choose(session, resident(person), "said", [wish(person, units[3], reason="moved")])
    assert refused.value.code == "reason-not-accepted"
    person.moved_on = clock.today()
    session.flush()
    [outcome] = choose(session, resident(person), "shown", [wish(person, units[3], reason="moved")])
    assert outcome["changesLeft"] == 0
    assert events(session, person)[-1] == ("listed", "moved")
