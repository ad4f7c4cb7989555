"""The queue: left, put in order, offered, taken, lapsed; and what the public sees meanwhile."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from psycopg.errors import CheckViolation
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core import clock
from directory.models import CareUnit
from listing.errors import ListingRefused, ListingUnknown, NotWaiting, QueueEntryUnknown
from listing.models import ListingLimit, Person, QueueEntry, UnitRegister
from listing.models.register import LIMIT_CONSTRAINT
from listing.policy.model import Policy
from listing.services.choosing import choose
from listing.services.ending import leave
from listing.services.queueing import leave_queue, set_priority
from listing.services.serving import accept, serve_first
from listing.services.settling import TIMED_WORK, publish
from tests.support.register import (
    a_limit,
    a_person,
    a_policy,
    a_unit,
    events,
    region_staff,
    resident,
    unit_staff,
    wish,
)

KIND = "health-centre"


@pytest.fixture
def full(session: Session) -> CareUnit:
    """A unit without a free place."""
    unit = a_unit(session)
    a_limit(session, unit, 1)
    first = a_person(session)
    choose(session, resident(first), "k", [wish(first, unit)])
    return unit


def _queue(session: Session, unit: CareUnit) -> tuple[Person, UUID]:
    person = a_person(session)
    choice = wish(person, unit, join_queue=True)
    [outcome] = choose(session, resident(person), "q", [choice])
    return person, UUID(outcome["id"])


def _raise_limit(session: Session, unit: CareUnit, places: int) -> None:
    limit = session.scalars(select(ListingLimit).where(ListingLimit.care_unit_id == unit.id)).one()
    limit.places = places
    session.flush()


def _waiting(session: Session, unit: CareUnit) -> list[int]:
    query = select(QueueEntry.person_id).where(
        QueueEntry.care_unit_id == unit.id, QueueEntry.status == "waiting"
    )
    order = (QueueEntry.priority.desc(), QueueEntry.queued_at, QueueEntry.number)
    return list(session.scalars(query.order_by(*order)))


def _counters(session: Session, unit: CareUnit) -> tuple[int, int, int]:
    session.expire_all()
    row = session.get_one(UnitRegister, (unit.id, KIND))
    return row.listed, row.held, row.waiting


def test_a_freed_place_goes_to_the_first_and_to_nobody_else(session: Session, full: CareUnit) -> None:
    first, _ = _queue(session, full)
    second, _ = _queue(session, full)
    _raise_limit(session, full, 2)
    assert serve_first(session, TIMED_WORK, (full.id, KIND))
    assert not serve_first(session, TIMED_WORK, (full.id, KIND))
    assert _waiting(session, full) == [second.id]
    assert events(session, first)[-1] == ("listed-from-queue", "first-listing")
    assert _counters(session, full) == (2, 0, 1)


def test_a_newcomer_does_not_pass_those_who_wait(session: Session, full: CareUnit) -> None:
    _queue(session, full)
    _raise_limit(session, full, 2)
    newcomer = a_person(session)
    with pytest.raises(ListingRefused) as refused:
        choose(session, resident(newcomer), "k", [wish(newcomer, full)])
    assert (refused.value.code, refused.value.because) == ("unit-full", "queue-first")


def test_priority_needs_its_decision_and_goes_before(session: Session, full: CareUnit) -> None:
    first, _ = _queue(session, full)
    second, entry = _queue(session, full)
    staff = unit_staff(full)
    with pytest.raises(ListingRefused):
        set_priority(session, staff, "p0", entry, reason="medical-need")
    answer = set_priority(session, staff, "p1", entry, reason="medical-need", decision_reference="VC 2026-12")
    assert answer["queuePosition"] == 1
    assert _waiting(session, full) == [second.id, first.id]
    set_priority(session, staff, "p2", entry, reason=None)
    assert _waiting(session, full) == [first.id, second.id]
    assert events(session, second)[-2:] == [
        ("priority-given", "medical-need"),
        ("priority-withdrawn", "medical-need"),
    ]


def test_an_offer_holds_the_place_until_it_is_taken(session: Session, full: CareUnit) -> None:
    policy = Policy()
    a_policy(session, replace(policy, queue=replace(policy.queue, serving="offer", offer_days=7)))
    person, entry = _queue(session, full)
    _queue(session, full)
    _raise_limit(session, full, 2)
    assert serve_first(session, TIMED_WORK, (full.id, KIND))
    assert not serve_first(session, TIMED_WORK, (full.id, KIND))
    assert _counters(session, full) == (1, 1, 1)
    answer = accept(session, resident(person), "a", entry)
    assert answer["status"] == "listed"
    assert _counters(session, full) == (2, 0, 1)
    assert accept(session, resident(person), "a", entry) == answer
    with pytest.raises(NotWaiting):
        accept(session, resident(person), "another", entry)


def test_an_offer_keeps_the_place_that_it_holds_when_the_limit_is_lowered(
    session: Session, full: CareUnit
) -> None:
    policy = Policy()
    a_policy(session, replace(policy, queue=replace(policy.queue, serving="offer", offer_days=7)))
    person, entry = _queue(session, full)
    other, _ = _queue(session, full)
    _raise_limit(session, full, 2)
    assert serve_first(session, TIMED_WORK, (full.id, KIND))
    _raise_limit(session, full, 0)
    assert accept(session, resident(person), "a", entry)["status"] == "listed"
    assert _counters(session, full) == (2, 0, 1)
    with pytest.raises(IntegrityError) as refused, session.begin_nested():
        session.execute(
            text(
                "INSERT INTO listing (person_id, care_unit_id, listing_type, valid, chosen_at, registered_at,"
                " registered_by, basis, channel, counted, counted_because)"
                " SELECT :other, care_unit_id, listing_type, valid, chosen_at, registered_at, registered_by,"
                " basis, channel, false, counted_because FROM listing WHERE person_id = :person"
            ),
            {"other": other.id, "person": person.id},
        )
    assert isinstance(refused.value.orig, CheckViolation)
    assert refused.value.orig.diag.constraint_name == LIMIT_CONSTRAINT


def test_an_offer_past_its_last_day_cannot_be_taken(session: Session, full: CareUnit) -> None:
    policy = Policy()
    a_policy(session, replace(policy, queue=replace(policy.queue, serving="offer", offer_days=7)))
    person, entry = _queue(session, full)
    _raise_limit(session, full, 2)
    serve_first(session, TIMED_WORK, (full.id, KIND))
    with clock.frozen(datetime.now(UTC) + timedelta(days=9)), pytest.raises(ListingRefused) as refused:
        accept(session, resident(person), "a", entry)
    assert refused.value.code == "offer-expired"


def test_declining_gives_the_place_to_the_next(session: Session, full: CareUnit) -> None:
    policy = Policy()
    a_policy(session, replace(policy, queue=replace(policy.queue, serving="offer", offer_days=7)))
    person, entry = _queue(session, full)
    second, _ = _queue(session, full)
    _raise_limit(session, full, 2)
    serve_first(session, TIMED_WORK, (full.id, KIND))
    assert leave_queue(session, resident(person), "d", entry)["status"] == "declined"
    assert serve_first(session, TIMED_WORK, (full.id, KIND))
    assert events(session, second)[-1][0] == "offered"


def test_a_stranger_and_another_unit_are_told_that_there_is_nothing(session: Session, full: CareUnit) -> None:
    person, entry = _queue(session, full)
    for actor in (resident(a_person(session)), unit_staff(a_unit(session)), region_staff("01")):
        with pytest.raises((QueueEntryUnknown, ListingUnknown)):
            leave_queue(session, actor, "x", entry)
    assert leave_queue(session, resident(person), "x", entry)["status"] == "left"
    assert _counters(session, full) == (1, 0, 0)


def test_who_has_died_is_passed_over_and_the_next_is_served(session: Session, full: CareUnit) -> None:
    dead, _ = _queue(session, full)
    second, _ = _queue(session, full)
    dead.registered, dead.deregistered_on, dead.deregistration_reason = False, clock.today(), "AV"
    _raise_limit(session, full, 2)
    assert serve_first(session, TIMED_WORK, (full.id, KIND))
    assert serve_first(session, TIMED_WORK, (full.id, KIND))
    assert events(session, dead)[-1] == ("passed-over", "deceased")
    assert events(session, second)[-1][0] == "listed-from-queue"


def test_the_database_itself_refuses_a_listing_beyond_the_limit(session: Session, full: CareUnit) -> None:
    person = a_person(session)
    with pytest.raises(Exception, match="the unit has no room"), session.begin_nested():
        session.execute(
            text(
                "INSERT INTO listing (person_id, care_unit_id, listing_type, valid, chosen_at, registered_at,"
                " registered_by, basis, channel, counted, counted_because) VALUES (:person, :unit, :type,"
                " daterange(current_date, NULL), now(), now(), 'x', 'choice', 'web', false, 'x')"
            ),
            {"person": person.id, "unit": full.id, "type": KIND},
        )


def test_the_public_status_follows(session: Session, full: CareUnit) -> None:
    assert publish(session, (full.id, KIND)).status == "queue"
    _queue(session, full)
    assert publish(session, (full.id, KIND)).queue_length == 1
    shown = text("SELECT status, queue_length FROM care_unit_listing_status WHERE care_unit_id = :id")
    assert session.execute(shown, {"id": full.id}).one() == ("queue", 1)
    empty = a_unit(session)
    assert publish(session, (empty.id, KIND)).status == "open"


def test_leaving_frees_the_place_and_a_coming_listing_can_be_taken_back(session: Session) -> None:
    policy = Policy()
    a_policy(session, replace(policy, effective=replace(policy.effective, when="next-day")))
    here, there, person = a_unit(session), a_unit(session), a_person(session)
    choose(session, resident(person), "1", [wish(person, here)])
    with clock.frozen(datetime.now(UTC) + timedelta(days=5)):
        [coming] = choose(session, resident(person), "2", [wish(person, there)])
        assert coming["changesLeft"] == 1
        answer = leave(session, resident(person), "3", UUID(coming["id"]))
        assert answer["status"] == "withdrawn"
        open_listings = session.scalars(
            text("SELECT care_unit_id FROM listing WHERE upper_inf(valid) AND person_id = :id"),
            {"id": person.id},
        ).all()
        assert open_listings == [here.id]
        [again] = choose(session, resident(person), "4", [wish(person, there)])
        assert again["changesLeft"] == 1
