"""A unit that closes: told, chosen, moved, and nobody's changes used up by it."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from core import clock
from core.database import unit_of_work
from directory.models import CareUnit
from listing.errors import ListingRefused
from listing.models import Listing, ListingNotice, Person
from listing.services.choosing import choose
from listing.services.closing import announce, withdraw
from listing.services.timed import run_due
from tests.support.register import a_limit, a_person, a_unit, events, region_staff, resident, unit_staff, wish

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
CLOSES = NOW.date() + timedelta(days=90)
AFTER = NOW + timedelta(days=91)


def _closing(session: Session, unit: CareUnit, successor: CareUnit | None = None) -> dict[str, object]:
    return announce(
        session,
        region_staff(),
        "c",
        unit.hsa_id or "",
        closes_on=CLOSES,
        decision_reference="HSN 2026-9",
        successor_hsa_id=successor.hsa_id if successor else None,
    )


def _listed(session: Session, unit: CareUnit, count: int) -> list[Person]:
    people = [a_person(session) for _ in range(count)]
    for person in people:
        choose(session, resident(person), "l", [wish(person, unit)])
    return people


def _where(session: Session, person: Person) -> list[tuple[int, str]]:
    query = select(Listing.care_unit_id, Listing.basis).where(
        Listing.person_id == person.id, text("upper_inf(valid)")
    )
    return [(row[0], row[1]) for row in session.execute(query)]


def test_everyone_is_told_nobody_new_comes_and_leaving_costs_no_change(session: Session) -> None:
    with clock.frozen(NOW):
        unit, other = a_unit(session), a_unit(session)
        first, second = _listed(session, unit, 2)
        answer = _closing(session, unit)
        assert (answer["told"], answer["afterwards"]) == (2, "allocate")
        told = session.scalars(select(ListingNotice.kind).where(ListingNotice.person_id == second.id)).all()
        assert told == ["unit-closing"]
        newcomer = a_person(session)
        with pytest.raises(ListingRefused) as refused:
            choose(session, resident(newcomer), "k", [wish(newcomer, unit)])
        assert refused.value.because == "unit-closing"
        [moved] = choose(session, resident(first), "k", [wish(first, other)])
        assert moved["changesLeft"] == 2
        assert events(session, first)[-1] == ("listed", "closure")


def test_the_rest_follow_to_the_successor_beyond_its_limit(clean_database: Engine) -> None:
    engine = clean_database
    with clock.frozen(NOW), unit_of_work(engine) as session:
        unit, successor = a_unit(session), a_unit(session)
        a_limit(session, successor, 0)
        people = _listed(session, unit, 3)
        _closing(session, unit, successor)
    with clock.frozen(AFTER):
        assert run_due(engine).closed == 1
        assert run_due(engine).closed == 0
    with unit_of_work(engine) as session:
        assert [_where(session, person) for person in people] == [[(successor.id, "successor")]] * 3
        assert events(session, people[0])[-2:] == [("ended", "closed"), ("listed", "successor")]


def test_without_a_successor_they_wait_for_the_allocation(clean_database: Engine) -> None:
    engine = clean_database
    with clock.frozen(NOW), unit_of_work(engine) as session:
        unit = a_unit(session)
        people = _listed(session, unit, 2)
        _closing(session, unit)
    with clock.frozen(AFTER):
        run_due(engine)
    with unit_of_work(engine) as session:
        assert [_where(session, person) for person in people] == [[], []]
        kinds = session.scalars(select(ListingNotice.kind).order_by(ListingNotice.id)).all()
        assert kinds == ["unit-closing", "unit-closing", "unit-closed", "unit-closed"]


def test_a_closure_taken_back_opens_the_unit_again(session: Session) -> None:
    with clock.frozen(NOW):
        unit = a_unit(session)
        _closing(session, unit)
        withdraw(session, region_staff(), "w", unit.hsa_id or "")
        newcomer = a_person(session)
        [outcome] = choose(session, resident(newcomer), "k", [wish(newcomer, unit)])
        assert outcome["status"] == "listed"


def test_the_queue_ends_and_is_told(session: Session) -> None:
    with clock.frozen(NOW):
        unit, person = a_unit(session), a_person(session)
        a_limit(session, unit, 0)
        choose(session, resident(person), "q", [wish(person, unit, join_queue=True)])
        assert _closing(session, unit)["queueEnded"] == 1
        assert events(session, person)[-1] == ("queue-ended", "unit-closing")


def test_only_the_region_closes(session: Session) -> None:
    unit = a_unit(session)
    for actor in (unit_staff(unit), region_staff("01"), resident(a_person(session))):
        with pytest.raises(ListingRefused):
            announce(
                session,
                actor,
                "c",
                unit.hsa_id or "",
                closes_on=clock.today(),
                decision_reference="HSN 2026-9",
            )
