"""A run taken back: what stands never held, everybody is told, who has chosen since is left alone."""

import pytest
from sqlalchemy import Engine
from sqlalchemy.dialects.postgresql import Range

from core import clock
from core.database import unit_of_work
from listing.allocation import undo, undoing
from listing.allocation.errors import AllocationRunning, RunUnknown
from listing.allocation.running import only_one
from listing.models import RegularDoctor
from listing.services.choosing import choose
from listing.services.doctors import choose_doctor
from tests.listing.allocation.places import NOW, REGION, listings, person_at, rows, run, unit_at
from tests.support.register import LONG_AGO, events, resident, wish


def test_what_stands_is_annulled_and_what_was_chosen_since_is_not(
    clean_database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(undoing, "BATCH", 2)
    engine = clean_database
    with unit_of_work(engine) as session:
        near, far = unit_at(session, 0), unit_at(session, 50)
        people = [person_at(session, 1) for _ in range(5)]
        distant, chooser = person_at(session, 49), person_at(session, 1)
    run_id = run(engine)["run"]
    with clock.frozen(NOW):
        with unit_of_work(engine) as session:
            choose(session, resident(chooser), "k", [wish(chooser, far)])
        done = undo(engine, run_id)
    assert (done.annulled, done.left_alone) == (6, 1)
    assert [listings(engine, person) for person in [*people, distant]] == [[]] * 6
    assert listings(engine, chooser) == [(far.id, "choice")]
    query = (
        "SELECT DISTINCT isempty(valid), occupies, end_reason FROM listing"
        " WHERE allocation_run_id = :run AND person_id <> :chooser"
    )
    assert rows(engine, query, run=run_id, chooser=chooser.id) == [(True, False, "allocation-undone")]
    assert rows(engine, "SELECT care_unit_id, listed FROM unit_register ORDER BY 1") == [
        (near.id, 0),
        (far.id, 1),
    ]
    with unit_of_work(engine) as session:
        assert events(session, people[0]) == [("listed", "allocation"), ("corrected", "allocation-undone")]
        assert events(session, chooser)[-1] != ("corrected", "allocation-undone")
    told = rows(engine, "SELECT count(*) FROM listing_notice WHERE kind = 'allocation-undone'")
    audited = rows(engine, "SELECT count(*) FROM audit_event WHERE action = 'listing-corrected'")
    assert told == audited == [(6,)]
    assert undo(engine, run_id).annulled == 0
    assert run(engine)["listed"] == 6


def test_an_undone_run_is_not_continued(clean_database: Engine) -> None:
    engine = clean_database
    with unit_of_work(engine) as session:
        unit_at(session, 0)
        person_at(session, 1)
    run_id = run(engine)["run"]
    with unit_of_work(engine) as session:
        session.connection().exec_driver_sql('UPDATE allocation_run SET report = \'{"status": "running"}\'')
    undo(engine, run_id)
    assert run(engine)["run"] != run_id


def test_an_unknown_run_is_refused(engine: Engine) -> None:
    with pytest.raises(RunUnknown):
        undo(engine, 4711)


def test_it_does_not_work_beside_a_run(clean_database: Engine) -> None:
    run_id = run(clean_database)["run"]
    with only_one(clean_database, REGION, "health-centre"), pytest.raises(AllocationRunning):
        undo(clean_database, run_id)


def test_a_regular_doctor_chosen_there_is_let_go(clean_database: Engine) -> None:
    engine = clean_database
    with unit_of_work(engine) as session:
        unit, person = unit_at(session, 0), person_at(session, 1)
        doctor = RegularDoctor(
            professional_hsa_id="SE2321000024-DOC1",
            care_unit_id=unit.id,
            name="Läkare Prov",
            valid=Range(LONG_AGO, None),
        )
        session.add(doctor)
    run_id = run(engine)["run"]
    with clock.frozen(NOW):
        with unit_of_work(engine) as session:
            choose_doctor(session, resident(person), "d", person.id, doctor.professional_hsa_id)
        undo(engine, run_id)
    assert rows(engine, "SELECT patients FROM regular_doctor") == [(0,)]
    assert rows(engine, "SELECT count(*) FROM listing_event WHERE kind = 'doctor-ended'") == [(1,)]
