"""A run: who is listed where, what is written of it, never over a limit, and the same when only tried."""

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine

from core import clock
from core.database import unit_of_work
from listing.allocation.errors import AllocationRunning, DayNotPossible, RegionUnknown
from listing.allocation.running import Request, allocate, only_one
from listing.policy.model import Closure, NonChoice, Policy
from listing.services.choosing import choose
from tests.listing.allocation.places import (
    NOW,
    REGION,
    TODAY,
    along,
    listings,
    person_at,
    rows,
    run,
    unit_at,
    unit_told,
)
from tests.support.register import a_limit, a_person, a_policy, a_unit, resident, wish

WRITTEN = ("listing", "listing_event", "audit_event", "listing_notice", "outbox", "allocation_run")


def _counts(engine: Engine) -> dict[str, int]:
    return {table: rows(engine, f"SELECT count(*) FROM {table}")[0][0] for table in WRITTEN}


def test_everyone_is_listed_at_the_nearest_and_all_of_it_is_written(clean_database: Engine) -> None:
    engine = clean_database
    with unit_of_work(engine) as session:
        south, north = unit_at(session, 0), unit_at(session, 10)
        near_south, near_north = person_at(session, 1), person_at(session, 8)
    report = run(engine)
    assert (report["listed"], report["people"], report["byStep"]) == (2, 2, {"nearest": 2})
    assert listings(engine, near_south) == [(south.id, "allocation")]
    assert listings(engine, near_north) == [(north.id, "allocation")]
    [(channel, counted, because, run_id, begun, chosen, registered)] = rows(
        engine,
        "SELECT channel, counted, counted_because, allocation_run_id, begun, chosen_at, registered_at"
        " FROM listing WHERE person_id = :id",
        id=near_south.id,
    )
    assert (channel, counted, because, run_id, begun) == ("system", False, "allocation", report["run"], True)
    assert chosen == registered == NOW
    [(kind, actor, detail)] = rows(
        engine, "SELECT kind, actor, detail FROM listing_event WHERE person_id = :id", id=near_south.id
    )
    assert (kind, actor, detail) == ("listed", "system:allocation", {"step": "nearest", "run": report["run"]})
    audited = rows(
        engine, "SELECT subject_key, purpose FROM audit_event WHERE subject_kind = 'person' ORDER BY id"
    )
    assert sorted(audited) == sorted((str(one.id), "administration") for one in (near_south, near_north))
    assert rows(engine, "SELECT kind, care_unit_id FROM listing_notice ORDER BY care_unit_id") == [
        ("allocated", south.id),
        ("allocated", north.id),
    ]
    assert set(rows(engine, "SELECT topic, key FROM outbox WHERE topic LIKE 'listing%'")) == {
        ("listing-allocation", str(report["run"]))
    }
    assert rows(engine, "SELECT care_unit_id, listed FROM unit_register ORDER BY 1") == [
        (south.id, 1),
        (north.id, 1),
    ]
    assert unit_told(report, south)["receives"] == 1
    again = run(engine)
    assert (again["people"], again["listed"]) == (0, 0)


def test_a_limit_is_met_exactly_and_who_was_passed_over_knows_why(clean_database: Engine) -> None:
    engine = clean_database
    with unit_of_work(engine) as session:
        full, other = unit_at(session, 0), unit_at(session, 50)
        a_limit(session, full, 3)
        early = [person_at(session, 1, region_since=date(2020, 1, 1)) for _ in range(3)]
        late = [person_at(session, 0.5, region_since=date(2021, 1, 1)) for _ in range(4)]
    report = run(engine)
    assert [listings(engine, one) for one in early] == [[(full.id, "allocation")]] * 3
    assert [listings(engine, one) for one in late] == [[(other.id, "allocation")]] * 4
    told = unit_told(report, full)
    assert (told["receives"], told["roomBefore"], told["roomAfter"]) == (3, 3, 0)
    assert (told["passedOverBecauseFull"], report["passedOverBecauseFull"]) == (4, 4)
    assert rows(
        engine, "SELECT detail ->> 'full' FROM listing_event WHERE person_id = :id", id=late[0].id
    ) == [(full.hsa_id,)]


def test_nobody_is_put_over_the_last_limit(clean_database: Engine) -> None:
    engine = clean_database
    with unit_of_work(engine) as session:
        a_limit(session, unit_at(session, 0), 2)
        a_limit(session, unit_at(session, 1), 1)
        for _ in range(5):
            person_at(session, 0)
        a_person(session)
        a_person(session, protection="protected-registration")
    report = run(engine)
    assert report["listed"] == 3
    assert report["notListed"] == {
        "protected": 1,
        "notAllocatedByTheRules": 0,
        "everyUnitFull": 2,
        "noPosition": 1,
        "noUnit": 0,
        "takenMeanwhile": 0,
    }
    assert rows(engine, "SELECT listed FROM unit_register ORDER BY listed") == [(1,), (2,)]


def test_a_dry_run_tells_the_same_and_writes_nothing(clean_database: Engine) -> None:
    engine = clean_database
    with unit_of_work(engine) as session:
        a_limit(session, unit_at(session, 0), 4)
        unit_at(session, 3)
        for number in range(20):
            person_at(session, number / 7)
    before = _counts(engine)
    with only_one(engine, REGION, "health-centre"):  # A trial waits for nobody.
        tried = run(engine, dry_run=True)
    assert _counts(engine) == before
    done = run(engine)
    ours = ("seconds", "status", "run", "listedBefore")
    assert {k: v for k, v in tried.items() if k not in ours} == {
        k: v for k, v in done.items() if k not in ours
    }
    assert (tried["status"], done["status"], done["listed"]) == ("dry-run", "applied", 20)


def test_ties_go_by_hsa_id_and_the_order_of_people_is_the_same_every_time(clean_database: Engine) -> None:
    engine = clean_database
    with unit_of_work(engine) as session:
        first, second = unit_at(session, 4), unit_at(session, 4)
        a_limit(session, first, 2)
        people = [person_at(session, 1) for _ in range(6)]
    run_id = run(engine)["run"]
    there = [one.id for one in people if listings(engine, one) == [(first.id, "allocation")]]
    assert len(there) == 2
    with unit_of_work(engine) as session:
        session.connection().exec_driver_sql("DELETE FROM listing")
    assert run(engine)["run"] != run_id
    assert [one.id for one in people if listings(engine, one) == [(first.id, "allocation")]] == there
    assert rows(engine, "SELECT count(*) FROM listing WHERE care_unit_id = :id", id=second.id) == [(4,)]


def test_only_those_without_a_unit_in_the_region_are_listed(clean_database: Engine) -> None:
    engine = clean_database
    with clock.frozen(NOW), unit_of_work(engine) as session:
        unit = unit_at(session, 0)
        away = a_unit(session, "01")
        chosen, coming, moved, gone = (person_at(session, 1) for _ in range(4))
        moved.region_code, gone.registered = "01", False
        gone.deregistered_on, gone.deregistration_reason = TODAY, "AV"
        session.flush()
        choose(session, resident(chosen), "k", [wish(chosen, away)])
        choose(session, resident(coming), "k", [wish(coming, away, wished=TODAY + timedelta(days=9))])
    report = run(engine)
    assert (report["people"], unit_told(report, unit)["receives"]) == (0, 0)


def test_a_unit_without_contract_or_that_closes_receives_nobody(clean_database: Engine) -> None:
    engine = clean_database
    with unit_of_work(engine) as session:
        unit_at(session, 1, contract=False)
        far = unit_at(session, 30)
        person = person_at(session, 1)
    run(engine)
    assert listings(engine, person) == [(far.id, "allocation")]


def test_a_coming_day_begins_then(clean_database: Engine) -> None:
    engine = clean_database
    with unit_of_work(engine) as session:
        unit_at(session, 0)
        person_at(session, 1)
    run(engine, day=TODAY + timedelta(days=10))
    assert rows(engine, "SELECT begun, lower(valid) FROM listing") == [(False, TODAY + timedelta(days=10))]


@pytest.mark.parametrize("days", [-1, 367])
def test_a_day_that_is_past_or_too_far_is_refused(engine: Engine, days: int) -> None:
    with pytest.raises(DayNotPossible):
        run(engine, day=TODAY + timedelta(days=days))


def test_an_unknown_region_is_refused(engine: Engine) -> None:
    with pytest.raises(RegionUnknown):
        allocate(engine, Request("99", clock.today()))


def test_two_at_once_refuse(clean_database: Engine) -> None:
    with only_one(clean_database, REGION, "health-centre"), pytest.raises(AllocationRunning):
        run(clean_database)
    assert run(clean_database)["listed"] == 0


def test_a_region_without_allocation_lists_nobody(clean_database: Engine) -> None:
    engine = clean_database
    with unit_of_work(engine) as session:
        a_policy(session, Policy(non_choice=NonChoice(method="none"), closure=Closure(afterwards="unlisted")))
        unit_at(session, 0)
        person_at(session, 1)
    report = run(engine)
    assert (report["listed"], report["notListed"]["noUnit"], report["policy"]["reference"]) == (
        0,
        1,
        "RS 2026-2",
    )


def test_few_people_give_no_distance_away(clean_database: Engine) -> None:
    engine = clean_database
    with unit_of_work(engine) as session:
        few, many = unit_at(session, 0), unit_at(session, 100)
        for _ in range(4):
            person_at(session, 1)
        for _ in range(5):
            person_at(session, 99)
    report = run(engine)
    assert unit_told(report, few)["maxMetres"] is None
    assert unit_told(report, many)["maxMetres"] == pytest.approx(1000, rel=0.01)
    assert along(1) not in str(report)


def test_free_places_are_the_queues_while_anybody_waits(clean_database: Engine) -> None:
    engine = clean_database
    with clock.frozen(NOW), unit_of_work(engine) as session:
        unit, far = unit_at(session, 0), unit_at(session, 60)
        limit = a_limit(session, unit, 0)
        waiting = person_at(session, 1, region_code="01")
        choose(session, resident(waiting), "q", [wish(waiting, unit, join_queue=True)])
        limit.places = 2
        people = [person_at(session, 1) for _ in range(3)]
    report = run(engine)
    assert (unit_told(report, unit)["receives"], unit_told(report, far)["receives"]) == (1, 2)
    assert sum(len(listings(engine, person)) for person in people) == 3
