"""Timed work: each thing falls due once, whoever runs it and however often."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, select, text

from core import clock
from core.database import unit_of_work
from listing.locking import lock_registers
from listing.models import Listing, ListingLimit, UnitRegister
from listing.policy.model import Policy
from listing.services.choosing import choose
from listing.services.timed import run_due
from tests.support.register import LONG_AGO, a_limit, a_person, a_policy, a_unit, events, resident, wish

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
KIND = "health-centre"


def _days_on(days: int) -> datetime:
    return NOW + timedelta(days=days)


def test_a_scheduled_listing_begins_and_the_former_place_is_free(clean_database: Engine) -> None:
    engine = clean_database
    with clock.frozen(NOW), unit_of_work(engine) as session:
        policy = Policy()
        a_policy(session, replace(policy, effective=replace(policy.effective, when="next-day")))
        here, there, person = a_unit(session), a_unit(session), a_person(session)
        choose(session, resident(person), "1", [wish(person, here)])
    with clock.frozen(_days_on(3)):
        with unit_of_work(engine) as session:
            choose(session, resident(person), "2", [wish(person, there)])
        assert run_due(engine).ended_units == 0
    with clock.frozen(_days_on(4)):
        first, again = run_due(engine), run_due(engine)
    assert (first.begun, first.ended_units) == (1, 1)
    assert (again.begun, again.ended_units, again.settled) == (0, 0, 0)
    with unit_of_work(engine) as session:
        counts = [session.get_one(UnitRegister, (unit.id, KIND)).listed for unit in (here, there)]
        assert counts == [0, 1]
        assert events(session, person)[-1] == ("begun", None)


def test_offers_lapse_and_the_next_is_offered(clean_database: Engine) -> None:
    engine = clean_database
    with clock.frozen(NOW), unit_of_work(engine) as session:
        policy = Policy()
        a_policy(session, replace(policy, queue=replace(policy.queue, serving="offer", offer_days=7)))
        unit = a_unit(session)
        limit = a_limit(session, unit, 0)
        people = [a_person(session) for _ in range(2)]
        for person in people:
            choose(session, resident(person), "q", [wish(person, unit, join_queue=True)])
    with clock.frozen(NOW):
        with unit_of_work(engine) as session:
            session.get_one(ListingLimit, limit.id).places = 1
            session.execute(text("UPDATE unit_register SET unsettled = true"))
        run_due(engine)
    with clock.frozen(_days_on(7)):
        assert run_due(engine).lapsed == 0
    with clock.frozen(_days_on(8)):
        assert run_due(engine).lapsed == 1
    with unit_of_work(engine) as session:
        assert events(session, people[0])[-2:] == [("offered", None), ("offer-lapsed", "lapsed")]
        assert events(session, people[1])[-1] == ("offered", None)


def test_a_limit_that_ends_by_the_clock_opens_the_unit_and_serves_the_queue(clean_database: Engine) -> None:
    engine = clean_database
    with clock.frozen(NOW), unit_of_work(engine) as session:
        unit, person = a_unit(session), a_person(session)
        last = clock.today() + timedelta(days=10)
        limit = a_limit(session, unit, 0)
        limit.valid = type(limit.valid)(LONG_AGO, last)
        session.flush()
        choose(session, resident(person), "q", [wish(person, unit, join_queue=True)])
    with clock.frozen(NOW):
        run_due(engine)
    with clock.frozen(_days_on(12)):
        run_due(engine)
    with unit_of_work(engine) as session:
        assert events(session, person)[-1][0] == "listed-from-queue"
        shown = text("SELECT status FROM care_unit_listing_status WHERE care_unit_id = :id")
        assert session.execute(shown, {"id": unit.id}).scalar_one() == "open"


def test_two_at_once_serve_each_of_the_queue_once_and_in_order(clean_database: Engine) -> None:
    engine = clean_database
    with clock.frozen(NOW), unit_of_work(engine) as session:
        unit = a_unit(session)
        limit = a_limit(session, unit, 0)
        people = [a_person(session) for _ in range(12)]
        for number, person in enumerate(people):
            with clock.frozen(NOW + timedelta(seconds=number)):
                choose(session, resident(person), "q", [wish(person, unit, join_queue=True)])
        limit.places = 7
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda _: run_due(engine), range(3)))
    run_due(engine)
    with unit_of_work(engine) as session:
        listed = session.scalars(select(Listing.person_id).order_by(Listing.registered_at)).all()
        assert list(listed) == [person.id for person in people[:7]]


def test_a_unit_that_somebody_holds_waits_and_keeps_no_other_back(clean_database: Engine) -> None:
    engine = clean_database
    with clock.frozen(NOW), unit_of_work(engine) as session:
        policy = Policy()
        a_policy(session, replace(policy, effective=replace(policy.effective, when="next-day")))
        held, free, aim = a_unit(session), a_unit(session), a_unit(session)
        people = [a_person(session), a_person(session)]
        for person, unit in zip(people, (held, free), strict=True):
            choose(session, resident(person), "1", [wish(person, unit)])
    with clock.frozen(_days_on(3)), unit_of_work(engine) as session:
        for person in people:
            choose(session, resident(person), "2", [wish(person, aim)])
    with clock.frozen(_days_on(4)):
        with unit_of_work(engine) as session:
            lock_registers(session, [(held.id, KIND)])
            assert run_due(engine).ended_units == 1
        assert run_due(engine).ended_units == 1
    with unit_of_work(engine) as session:
        assert [session.get_one(UnitRegister, (unit.id, KIND)).listed for unit in (held, free)] == [0, 0]


def test_who_has_not_answered_is_reminded_once_on_the_regions_day(clean_database: Engine) -> None:
    engine = clean_database
    with clock.frozen(NOW), unit_of_work(engine) as session:
        policy = Policy()
        queue = replace(policy.queue, serving="offer", offer_days=7, reminder_days=2)
        a_policy(session, replace(policy, queue=queue))
        unit, person = a_unit(session), a_person(session)
        limit = a_limit(session, unit, 0)
        choose(session, resident(person), "q", [wish(person, unit, join_queue=True)])
        limit.places = 1
    with clock.frozen(NOW):
        run_due(engine)
    with clock.frozen(_days_on(4)):
        assert run_due(engine).reminded == 0
    with clock.frozen(_days_on(5)):
        assert [run_due(engine).reminded, run_due(engine).reminded] == [1, 0]
    with unit_of_work(engine) as session:
        told = session.execute(
            text("SELECT kind, detail->>'last_day' FROM listing_notice WHERE person_id = :id ORDER BY id"),
            {"id": person.id},
        ).all()
        assert [tuple(row) for row in told] == [("offer", "2026-11-28"), ("offer-reminder", "2026-11-28")]
