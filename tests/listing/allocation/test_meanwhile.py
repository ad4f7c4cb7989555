"""People who choose meanwhile, places that go, a run cut off: nobody twice, nothing over, all listed."""

import threading
from collections.abc import Callable

import numpy as np
import pytest
from sqlalchemy import Engine, text

from core import clock
from core.database import unit_of_work
from listing.allocation import running, writing
from listing.allocation.planning import Plan, make_plan
from listing.services.choosing import choose
from listing.services.closing import announce
from tests.listing.allocation.places import NOW, listings, person_at, rows, run, unit_at, unit_told
from tests.support.register import a_limit, region_staff, resident, wish


@pytest.fixture
def after_the_plan(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], None]], None]:
    """Let something happen once, between the plan and the writing."""

    def arrange(happens: Callable[[], None]) -> None:
        left = [happens]

        def planned(*args: object) -> Plan:
            plan = make_plan(*args)  # type: ignore[arg-type]
            while left:
                left.pop()()
            return plan

        monkeypatch.setattr(running, "make_plan", planned)

    return arrange


Arrange = Callable[[Callable[[], None]], None]


def test_who_has_chosen_meanwhile_keeps_the_choice(clean_database: Engine, after_the_plan: Arrange) -> None:
    engine = clean_database
    with unit_of_work(engine) as session:
        near, far = unit_at(session, 0), unit_at(session, 50)
        chooser, other = person_at(session, 1), person_at(session, 1)

    def choice() -> None:
        with unit_of_work(engine) as session:
            choose(session, resident(chooser), "k", [wish(chooser, far)])

    after_the_plan(choice)
    report = run(engine)
    assert listings(engine, chooser) == [(far.id, "choice")]
    assert listings(engine, other) == [(near.id, "allocation")]
    assert (report["listed"], report["notListed"]["takenMeanwhile"]) == (1, 1)
    assert rows(engine, "SELECT count(*) FROM listing_notice WHERE person_id = :id AND kind = 'allocated'",
                id=chooser.id) == [(0,)]  # fmt: skip


def test_who_is_choosing_in_the_same_moment_comes_first(
    clean_database: Engine, after_the_plan: Arrange
) -> None:
    """The choice is written and not yet committed: the run waits for it, and leaves that person out."""
    engine = clean_database
    with unit_of_work(engine) as session:
        near, far = unit_at(session, 0), unit_at(session, 50)
        chooser, other = person_at(session, 1), person_at(session, 1)
    written, waited = threading.Event(), threading.Event()

    def choosing() -> None:
        with clock.frozen(NOW), unit_of_work(engine) as session:
            choose(session, resident(chooser), "k", [wish(chooser, far)])
            written.set()
            while not _somebody_waits(engine):
                pass
            waited.set()

    resident_thread = threading.Thread(target=choosing)

    def begin() -> None:
        resident_thread.start()
        assert written.wait(10)

    after_the_plan(begin)
    report = run(engine)
    resident_thread.join()
    assert waited.is_set()
    assert listings(engine, chooser) == [(far.id, "choice")]
    assert listings(engine, other) == [(near.id, "allocation")]
    assert report["listed"] == 1


def _somebody_waits(engine: Engine) -> bool:
    query = "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with engine.connect() as connection:
        return connection.execute(text(query)).first() is not None


def test_a_place_that_goes_meanwhile_is_not_sold_twice(
    clean_database: Engine, after_the_plan: Arrange
) -> None:
    engine = clean_database
    with unit_of_work(engine) as session:
        near, far = unit_at(session, 0), unit_at(session, 50)
        a_limit(session, near, 3)
        people = [person_at(session, 1) for _ in range(3)]
        chooser = person_at(session, 1, region_code="01")

    def choice() -> None:
        with unit_of_work(engine) as session:
            choose(session, resident(chooser), "k", [wish(chooser, near)])

    after_the_plan(choice)
    report = run(engine)
    units = sorted(unit for person in people for unit, _ in listings(engine, person))
    assert units == sorted([near.id, near.id, far.id])
    assert (report["rounds"], report["listed"], unit_told(report, far)["receives"]) == (2, 3, 1)
    assert rows(engine, "SELECT listed FROM unit_register WHERE care_unit_id = :id", id=near.id) == [(3,)]


def test_a_unit_that_tells_meanwhile_that_it_closes_receives_nobody(
    clean_database: Engine, after_the_plan: Arrange
) -> None:
    engine = clean_database
    with unit_of_work(engine) as session:
        near, far = unit_at(session, 0), unit_at(session, 50)
        person = person_at(session, 1)

    def closing() -> None:
        with clock.frozen(NOW), unit_of_work(engine) as session:
            announce(
                session,
                region_staff(),
                "c",
                near.hsa_id or "",
                closes_on=NOW.date().replace(year=2027),
                decision_reference="HSN 2026-9",
            )

    after_the_plan(closing)
    assert run(engine)["listed"] == 0
    assert run(engine)["listed"] == 1
    assert listings(engine, person) == [(far.id, "allocation")]


def test_who_is_being_changed_is_left_for_the_next_run(clean_database: Engine) -> None:
    engine = clean_database
    with unit_of_work(engine) as session:
        unit_at(session, 0)
        person, other = person_at(session, 1), person_at(session, 1)
    with unit_of_work(engine) as session:
        session.execute(text("UPDATE person SET updated_at = now() WHERE id = :id"), {"id": person.id})
        assert run(engine)["listed"] == 1
    assert (len(listings(engine, person)), len(listings(engine, other))) == (0, 1)
    assert run(engine)["listed"] == 1


def test_a_run_that_is_cut_off_is_finished_by_the_next(
    clean_database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = clean_database
    with unit_of_work(engine) as session:
        units = [unit_at(session, km) for km in (0, 20, 40)]
        people = [person_at(session, km) for km in (0, 1, 20, 21, 40, 41)]
    done = writing._Work.batch
    left = [1]

    def cut_off(work: writing._Work, who: np.ndarray) -> object:
        if not left:
            raise KeyboardInterrupt
        left.pop()
        return done(work, who)

    with monkeypatch.context() as patch:
        patch.setattr(writing, "BATCH", 2)
        patch.setattr(writing, "WRITERS", 1)
        patch.setattr(writing._Work, "batch", cut_off)
        with pytest.raises(KeyboardInterrupt):
            run(engine)
    [(first,)] = rows(engine, "SELECT id FROM allocation_run")
    assert rows(engine, "SELECT count(*) FROM listing") == [(2,)]
    report = run(engine)
    assert (report["run"], report["listedBefore"], report["listed"]) == (first, 2, 4)
    assert [len(listings(engine, person)) for person in people] == [1] * 6
    assert rows(engine, "SELECT DISTINCT allocation_run_id FROM listing") == [(first,)]
    assert rows(engine, "SELECT care_unit_id, listed FROM unit_register ORDER BY 1") == [
        (unit.id, 2) for unit in units
    ]
    assert run(engine)["run"] != first


def test_a_large_unit_is_written_in_parts(clean_database: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = clean_database
    monkeypatch.setattr(writing, "BATCH", 3)
    with unit_of_work(engine) as session:
        first, second, third = (unit_at(session, km) for km in (0, 20, 40))
        a_limit(session, first, 8)
        for km in (0,) * 10 + (20,) * 1 + (40,) * 2:
            person_at(session, km)
    report = run(engine)
    assert [unit_told(report, unit)["receives"] for unit in (first, second, third)] == [8, 3, 2]
    assert rows(engine, "SELECT care_unit_id, listed FROM unit_register ORDER BY 1") == [
        (first.id, 8),
        (second.id, 3),
        (third.id, 2),
    ]
