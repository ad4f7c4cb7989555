"""Limits: one in force at a time, the old one around the new, and the queue served when there is room."""

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from core import clock
from core.database import unit_of_work
from directory.models import CareUnit
from listing.errors import ListingRefused
from listing.models import ListingLimit
from listing.services.choosing import choose
from listing.services.limits import set_limit
from listing.services.timed import run_due
from tests.support.register import (
    LONG_AGO,
    a_limit,
    a_person,
    a_unit,
    events,
    region_staff,
    resident,
    unit_staff,
    wish,
)

SPRING, AUTUMN = date(2027, 3, 1), date(2027, 9, 1)


def _limits(session: Session, unit: CareUnit) -> list[tuple[int, date, date | None]]:
    query = select(ListingLimit).where(ListingLimit.care_unit_id == unit.id).order_by(ListingLimit.valid)
    return [(row.places, row.valid.lower, row.valid.upper) for row in session.scalars(query)]  # type: ignore[misc]


def _set(session: Session, unit: CareUnit, places: int | None, first: date, until: date | None) -> None:
    set_limit(
        session,
        region_staff(),
        f"k{places}{first}",
        unit.hsa_id or "",
        places=places,
        valid_from=first,
        valid_to=until,
        decision_reference="HSN 2027-3",
    )


def test_a_limit_for_a_time_leaves_the_old_one_around_it(session: Session) -> None:
    unit = a_unit(session)
    a_limit(session, unit, 100)
    _set(session, unit, 80, SPRING, AUTUMN)
    assert _limits(session, unit) == [(100, LONG_AGO, SPRING), (80, SPRING, AUTUMN), (100, AUTUMN, None)]
    _set(session, unit, None, SPRING, None)
    assert _limits(session, unit) == [(100, LONG_AGO, SPRING)]
    _set(session, unit, 5, LONG_AGO, None)
    assert _limits(session, unit) == [(5, LONG_AGO, None)]


@pytest.mark.parametrize("actor", ["unit", "other region"])
def test_only_the_region_of_the_unit_decides(session: Session, actor: str) -> None:
    unit = a_unit(session)
    by = unit_staff(unit) if actor == "unit" else region_staff("01")
    with pytest.raises(ListingRefused) as refused:
        set_limit(
            session,
            by,
            "k",
            unit.hsa_id or "",
            places=1,
            valid_from=SPRING,
            valid_to=None,
            decision_reference="x",
        )
    assert refused.value.code == "not-authorised"
    assert _limits(session, unit) == []


def test_without_a_decision_there_is_no_limit(session: Session) -> None:
    unit = a_unit(session)
    with pytest.raises(ListingRefused) as refused:
        set_limit(
            session,
            region_staff(),
            "k",
            unit.hsa_id or "",
            places=1,
            valid_from=SPRING,
            valid_to=None,
            decision_reference=" ",
        )
    assert refused.value.because == "decision-missing"


def test_a_raised_limit_serves_in_order_and_a_lowered_one_removes_nobody(clean_database: Engine) -> None:
    engine, today = clean_database, clock.today()
    with unit_of_work(engine) as session:
        unit = a_unit(session)
        a_limit(session, unit, 1)
        people = [a_person(session) for _ in range(4)]
        for person in people:
            choose(session, resident(person), "q", [wish(person, unit, join_queue=True)])
    with unit_of_work(engine) as session:
        _set(session, unit, 3, today, None)
    run_due(engine)
    with unit_of_work(engine) as session:
        assert [events(session, person)[-1][0] for person in people] == [
            "listed",
            "listed-from-queue",
            "listed-from-queue",
            "queued",
        ]
        _set(session, unit, 1, today - timedelta(days=1), None)
    run_due(engine)
    with unit_of_work(engine) as session:
        assert events(session, people[2])[-1][0] == "listed-from-queue"
        assert events(session, people[3])[-1][0] == "queued"
