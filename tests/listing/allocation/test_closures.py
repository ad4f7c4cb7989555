"""Those whose unit closed are allocated as such, nobody goes back to it, and a region may leave them be."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import Engine

from core import clock
from core.database import unit_of_work
from directory.models import CareUnit
from listing.allocation import Request, allocate
from listing.models import Person
from listing.policy.model import Closure, Policy
from listing.services.choosing import choose
from listing.services.closing import announce
from listing.services.timed import run_due
from tests.listing.allocation.places import NOW, REGION, listings, person_at, rows, unit_at
from tests.support.register import a_policy, region_staff, resident, wish

CLOSES = NOW.date() + timedelta(days=90)
AFTER = NOW + timedelta(days=91)


def _closed(engine: Engine, policy: Policy | None = None) -> tuple[CareUnit, CareUnit, Person, Person]:
    with clock.frozen(NOW), unit_of_work(engine) as session:
        if policy:
            a_policy(session, policy)
        unit, other = unit_at(session, 0), unit_at(session, 50)
        listed, never = person_at(session, 1), person_at(session, 1)
        choose(session, resident(listed), "k", [wish(listed, unit)])
        announce(
            session, region_staff(), "c", unit.hsa_id or "", closes_on=CLOSES, decision_reference="HSN 2026-9"
        )
    with clock.frozen(AFTER):
        run_due(engine)
    return unit, other, listed, never


def test_who_lost_a_unit_by_its_closing_is_allocated_as_such(clean_database: Engine) -> None:
    engine = clean_database
    _, other, listed, never = _closed(engine)
    with clock.frozen(AFTER):
        report = allocate(engine, Request(REGION, AFTER.date()))
    assert listings(engine, listed) == [(other.id, "closure-allocation")]
    assert listings(engine, never) == [(other.id, "allocation")]
    assert (report["afterClosure"], report["listed"]) == (1, 2)
    query = "SELECT counted, counted_because FROM listing WHERE basis = 'closure-allocation'"
    assert rows(engine, query) == [(False, "closure")]


def test_choosing_afterwards_costs_no_change(clean_database: Engine) -> None:
    engine = clean_database
    _, _, listed, _ = _closed(engine)
    with clock.frozen(AFTER):
        allocate(engine, Request(REGION, AFTER.date()))
        with unit_of_work(engine) as session:
            [answer] = choose(session, resident(listed), "n", [wish(listed, unit_at(session, 7))])
    assert answer["changesLeft"] == 2


def test_a_region_may_leave_those_unlisted(clean_database: Engine) -> None:
    engine = clean_database
    policy = replace(Policy(), closure=Closure(afterwards="unlisted"))
    _, other, listed, never = _closed(engine, policy)
    with clock.frozen(AFTER):
        report = allocate(engine, Request(REGION, AFTER.date()))
    assert listings(engine, listed) == []
    assert listings(engine, never) == [(other.id, "allocation")]
    assert report["notListed"]["notAllocatedByTheRules"] == 1
