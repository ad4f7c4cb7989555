"""A contract ends: nobody new, everyone told, a period to choose, then moved; and a late renewal mends it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from core import clock
from core.database import unit_of_work
from directory.models import CareUnit
from listing.errors import ListingRefused
from listing.models import ListingNotice, Person, QueueEntry, UnitClosure, UnitContract
from listing.policy.model import Policy, Queue
from listing.policy.services import Decision, apply_decisions
from listing.policy.succession import Days
from listing.rules.contract import Period, has_ended
from listing.services.choosing import choose
from listing.services.closing import announce, follow_contracts, withdraw
from listing.services.limits import set_limit
from listing.services.serving import accept
from listing.services.settling import TIMED_WORK
from listing.services.timed import run_due
from tests.support.register import (
    LONG_AGO,
    a_limit,
    a_person,
    a_policy,
    a_unit,
    events,
    region_staff,
    resident,
    wish,
)

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
ENDS = NOW.date() + timedelta(days=10)
AT_END = NOW + timedelta(days=10)
CLOSES = ENDS + timedelta(days=61)
AFTER = AT_END + timedelta(days=61)


def a_unit_until(session: Session, until: date = ENDS) -> CareUnit:
    """A unit whose contract ends."""
    unit = a_unit(session, contract=False)
    session.add(
        UnitContract(
            care_unit_id=unit.id,
            listing_type="health-centre",
            valid=Range(LONG_AGO, until),
            reference="HSN 2020-1",
        )
    )
    session.flush()
    return unit


def listed(session: Session, unit: CareUnit, count: int = 1) -> list[Person]:
    people = [a_person(session) for _ in range(count)]
    for person in people:
        choose(session, resident(person), f"l{person.id}", [wish(person, unit)])
    return people


def told(session: Session, person: Person) -> list[str]:
    query = select(ListingNotice.kind).where(ListingNotice.person_id == person.id).order_by(ListingNotice.id)
    return list(session.scalars(query))


def now_at(session: Session, person: Person) -> list[Any]:
    query = "SELECT care_unit_id, upper(valid) FROM listing WHERE person_id = :id AND NOT isempty(valid)"
    return [tuple(row) for row in session.execute(text(query), {"id": person.id})]


@pytest.mark.parametrize(
    ("contracts", "ended"),
    [
        ([], False),
        ([Period(None, None)], False),
        ([Period(None, date(2026, 3, 2))], False),
        ([Period(None, date(2026, 3, 1))], True),
        ([Period(None, date(2026, 3, 1)), Period(date(2026, 3, 1))], False),
        ([Period(None, date(2026, 3, 1)), Period(date(2026, 4, 1))], False),
        ([Period(None, date(2026, 3, 1)), Period(date(2026, 6, 1))], True),
        ([Period(date(2026, 4, 1))], False),
    ],
)
def test_a_contract_has_ended_when_none_follows_in_time(contracts: list[Period], ended: bool) -> None:
    assert has_ended(contracts, date(2026, 3, 1), within=date(2026, 5, 1)) is ended


def test_from_the_day_nobody_new_and_those_listed_have_the_period_and_are_then_let_go(
    clean_database: Engine,
) -> None:
    with clock.frozen(NOW), unit_of_work(clean_database) as session:
        unit, other = a_unit_until(session), a_unit(session)
        stays, leaves = listed(session, unit, 2)
    with clock.frozen(NOW):
        assert run_due(clean_database).contracts == 0
    with clock.frozen(AT_END):
        assert run_due(clean_database).contracts == 1
        assert run_due(clean_database).contracts == 0
        with unit_of_work(clean_database) as session:
            assert told(session, stays) == ["contract-ended"]
            closure = session.scalars(select(UnitClosure)).one()
            assert (closure.cause, closure.decision_reference) == ("contract-ended", "HSN 2020-1")
            assert (closure.choose_by, closure.closes_on) == (CLOSES - timedelta(days=1), CLOSES)
            newcomer = a_person(session)
            with pytest.raises(ListingRefused) as refused:
                choose(session, resident(newcomer), "n", [wish(newcomer, unit)])
            assert refused.value.because == "contract-ended"
            [moved] = choose(session, resident(leaves), "m", [wish(leaves, other)])
            assert moved["changesLeft"] == 2
            assert now_at(session, stays) == [(unit.id, None)]
    with clock.frozen(AFTER):
        assert run_due(clean_database).closed == 1
        assert run_due(clean_database).contracts == 0
    with unit_of_work(clean_database) as session:
        assert now_at(session, stays) == [(unit.id, CLOSES)]
        assert events(session, stays)[-1] == ("ended", "contract-ended")
        assert told(session, stays) == ["contract-ended", "contract-over"]
        trail = "SELECT action FROM audit_event WHERE subject_kind = 'unit' ORDER BY id"
        assert "contract-ended" in session.scalars(text(trail)).all()
        assert session.scalar(text("SELECT count(*) FROM outbox WHERE key = :key"), {"key": str(stays.id)})


def test_the_queue_stands_still_keeps_its_order_and_goes_on_with_the_new_contract(
    clean_database: Engine,
) -> None:
    with clock.frozen(NOW), unit_of_work(clean_database) as session:
        a_policy(session, Policy(queue=Queue(serving="offer", offer_days=30)))
        unit = a_unit_until(session)
        a_limit(session, unit, 0)
        people = [a_person(session) for _ in range(2)]
        for person in people:
            choose(session, resident(person), "q", [wish(person, unit, join_queue=True)])
        set_limit(
            session,
            region_staff(),
            "more",
            unit.hsa_id or "",
            places=1,
            valid_from=NOW.date(),
            valid_to=None,
            decision_reference="RS 2",
        )
    with clock.frozen(NOW):
        run_due(clean_database)
    with clock.frozen(AT_END), unit_of_work(clean_database) as session:
        entry = session.scalars(select(QueueEntry).where(QueueEntry.status == "offered")).one()
        assert entry.person_id == people[0].id
        with pytest.raises(ListingRefused) as refused:
            accept(session, resident(people[0]), "a", entry.id)
        assert refused.value.because == "contract-ended"
    with clock.frozen(AT_END):
        run_due(clean_database)
        with unit_of_work(clean_database) as session:
            assert session.scalars(select(QueueEntry.status)).all() == ["waiting", "waiting"]
            assert events(session, people[0])[-1] == ("offer-taken-back", "contract-ended")
            assert told(session, people[1]) == ["queue-stands-still"]
            about = ("contract", unit.id, "health-centre")
            renewed = Decision(about, Days(ENDS, None), {"reference": "HSN 2026-2"})  # type: ignore[arg-type]
            apply_decisions(session, [renewed])
        assert run_due(clean_database).contracts == 1
        with unit_of_work(clean_database) as session:
            assert told(session, people[1]) == ["queue-stands-still", "queue-goes-on"]
            assert session.scalars(select(UnitClosure.withdrawn_at)).one() is not None
            assert session.scalars(
                select(QueueEntry.person_id).where(QueueEntry.status == "offered")
            ).all() == [people[0].id]


def test_the_queue_ends_when_the_period_is_over(clean_database: Engine) -> None:
    with clock.frozen(NOW), unit_of_work(clean_database) as session:
        unit, person = a_unit_until(session), a_person(session)
        a_limit(session, unit, 0)
        choose(session, resident(person), "q", [wish(person, unit, join_queue=True)])
    for moment in (AT_END, AFTER):
        with clock.frozen(moment):
            run_due(clean_database)
    with unit_of_work(clean_database) as session:
        assert events(session, person)[-1] == ("queue-ended", "contract-ended")
        assert told(session, person) == ["queue-stands-still", "queue-ended"]


def test_a_coming_listing_without_a_contract_is_taken_back_and_the_present_one_goes_on(
    clean_database: Engine,
) -> None:
    with clock.frozen(NOW), unit_of_work(clean_database) as session:
        unit, home, person = a_unit(session), a_unit(session), a_person(session)
        choose(session, resident(person), "1", [wish(person, home)])
        begins = NOW.date() + timedelta(days=20)
        choose(session, resident(person), "2", [wish(person, unit, wished=begins)])
        assert now_at(session, person) == [(home.id, begins), (unit.id, None)]
        about = ("contract", unit.id, "health-centre")
        shorter = Decision(about, Days(LONG_AGO, ENDS), {"reference": None})  # type: ignore[arg-type]
        session.execute(text("DELETE FROM unit_contract WHERE care_unit_id = :id"), {"id": unit.id})
        apply_decisions(session, [shorter])
    with clock.frozen(NOW):
        assert run_due(clean_database).contracts == 1
        assert run_due(clean_database).contracts == 0
    with unit_of_work(clean_database) as session:
        assert now_at(session, person) == [(home.id, None)]
        assert events(session, person)[-1] == ("withdrawn", "contract-ended")
        assert told(session, person) == ["coming-withdrawn"]
        assert session.scalars(text("SELECT counted FROM listing")).all() == [False, False]


def test_the_regions_own_closure_goes_first_and_only_a_contract_takes_back_the_other(
    clean_database: Engine,
) -> None:
    with clock.frozen(NOW), unit_of_work(clean_database) as session:
        unit = a_unit_until(session)
        listed(session, unit)
    with clock.frozen(AT_END):
        run_due(clean_database)
        with unit_of_work(clean_database) as session:
            hsa_id = unit.hsa_id or ""
            with pytest.raises(ListingRefused) as refused:
                withdraw(session, region_staff(), "w", hsa_id)
            assert refused.value.because == "contract-ended"
        with unit_of_work(clean_database) as session:
            days = {"closes_on": CLOSES, "decision_reference": "HSN 2026-9"}
            announce(session, region_staff(), "a", hsa_id, **days)  # type: ignore[arg-type]
        assert run_due(clean_database).contracts == 0
        with unit_of_work(clean_database) as session:
            pending = select(UnitClosure.cause).where(UnitClosure.withdrawn_at.is_(None))
            assert session.scalars(pending).all() == ["decision"]


def test_a_contract_gives_its_unit_a_register(session: Session) -> None:
    unit = a_unit(session, contract=False)
    decision = Decision(("contract", unit.id, "midwifery"), Days(LONG_AGO, None), {"reference": None})
    apply_decisions(session, [decision])
    rows = session.execute(text("SELECT care_unit_id, listing_type, unsettled FROM unit_register")).all()
    assert rows == [(unit.id, "midwifery", True)]


def test_two_machines_at_once_tell_everyone_once(clean_database: Engine) -> None:
    with clock.frozen(NOW), unit_of_work(clean_database) as session:
        units = [a_unit_until(session) for _ in range(4)]
        people = [listed(session, unit)[0] for unit in units]
    together = Barrier(3)

    def machine(_number: int) -> int:
        together.wait()
        return follow_contracts(clean_database, TIMED_WORK)

    with clock.frozen(AT_END), ThreadPoolExecutor(3) as machines:
        done = sum(machines.map(machine, range(3)))
        # What somebody held was left for the next round.
        done += follow_contracts(clean_database, TIMED_WORK)
    assert done == len(units)
    with unit_of_work(clean_database) as session:
        assert session.scalar(text("SELECT count(*) FROM unit_closure")) == len(units)
        assert [told(session, person) for person in people] == [["contract-ended"]] * len(units)
