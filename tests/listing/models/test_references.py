"""What history, notices and allocated listings refer to exists and stays, as a foreign key would have it."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError, NotSupportedError
from sqlalchemy.orm import Session

from core.database import unit_of_work
from listing.models import AllocationRun, ListingNotice
from tests.support.register import a_person, a_unit

NOBODY = 9_000_000_000
_INSERTS = {
    "fk_listing_allocation_run_id": (
        "INSERT INTO listing (person_id, care_unit_id, listing_type, valid, chosen_at, registered_at,"
        " registered_by, basis, channel, counted, counted_because, allocation_run_id)"
        " SELECT :person, :unit, 'health-centre', '[2026-01-01,)', now(), now(), 'test', 'allocation',"
        " 'system', false, 'allocation', :run"
    ),
    "fk_listing_event_person_id": (
        "INSERT INTO listing_event (at, person_id, kind, care_unit_id, listing_type, actor, actor_role,"
        " channel) SELECT now(), p, 'listed', :unit, 'health-centre', 'test', 'internal', 'system'"
        " FROM unnest(ARRAY[:person, CAST(:other AS bigint)]) p"
    ),
    "fk_listing_notice_person_id": (
        "INSERT INTO listing_notice (person_id, kind, care_unit_id, listing_type)"
        " SELECT p, 'allocated', :unit, 'health-centre' FROM unnest(ARRAY[:person, CAST(:other AS bigint)]) p"
    ),
}
_INSERTS["fk_listing_event_care_unit_id"] = _INSERTS["fk_listing_event_person_id"]
_INSERTS["fk_listing_notice_care_unit_id"] = _INSERTS["fk_listing_notice_person_id"]
_MISSING = {"run_id": "run", "event_person_id": "other", "notice_person_id": "other", "unit_id": "unit"}


def _there(session: Session) -> dict[str, Any]:
    """A unit, two people and a run, all of which exist."""
    run = AllocationRun(
        region_code="03",
        listing_type="health-centre",
        day="2026-01-01",
        actor="test",
        started_at="2026-01-01",
        policy={},
        report={},
    )
    session.add(run)
    session.flush()
    person, other = a_person(session), a_person(session)
    return {"unit": a_unit(session).id, "person": person.id, "other": other.id, "run": run.id}


def _constraint(error: pytest.ExceptionInfo[IntegrityError]) -> str | None:
    assert isinstance(error.value.orig, psycopg.errors.ForeignKeyViolation)
    return error.value.orig.diag.constraint_name


@pytest.mark.parametrize("name", sorted(_INSERTS))
def test_one_row_of_many_that_refers_to_nothing_is_refused(session: Session, name: str) -> None:
    values = _there(session)
    session.execute(text(_INSERTS[name]), values)
    missing = next(key for end, key in _MISSING.items() if name.endswith(end))
    with pytest.raises(IntegrityError) as refused:
        session.execute(text(_INSERTS[name]), {**values, "person": values["other"], missing: NOBODY})
    assert _constraint(refused) == name


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("fk_listing_allocation_run_id", "UPDATE listing SET allocation_run_id = :nobody"),
        ("fk_listing_notice_person_id", "UPDATE listing_notice SET person_id = :nobody"),
        ("fk_listing_notice_care_unit_id", "UPDATE listing_notice SET care_unit_id = :nobody"),
    ],
)
def test_a_row_is_not_made_to_refer_to_nothing(session: Session, name: str, change: str) -> None:
    values = _there(session)
    session.execute(text(_INSERTS[name]), values)
    with pytest.raises(IntegrityError) as refused:
        session.execute(text(change), {"nobody": NOBODY})
    assert _constraint(refused) == name


def test_a_row_may_come_to_refer_to_another_or_to_nothing_where_that_is_allowed(session: Session) -> None:
    values = _there(session)
    session.execute(text(_INSERTS["fk_listing_notice_person_id"]), values)
    session.execute(text("UPDATE listing_notice SET care_unit_id = NULL"))
    session.execute(text("UPDATE listing_notice SET person_id = :other"), values)
    assert session.query(ListingNotice).filter_by(person_id=values["other"], care_unit_id=None).count() == 2


@pytest.mark.parametrize(
    ("name", "delete"),
    [
        ("fk_listing_allocation_run_id", "DELETE FROM allocation_run WHERE id = :run"),
        ("fk_listing_event_person_id", "DELETE FROM person WHERE id = :other"),
        ("fk_listing_event_care_unit_id", "DELETE FROM care_unit WHERE id = :unit"),
        ("fk_listing_notice_care_unit_id", "DELETE FROM care_unit WHERE id = :unit"),
        ("fk_listing_event_person_id", "UPDATE person SET id = 8000000000 WHERE id = :other"),
        ("fk_listing_notice_person_id", "UPDATE person SET id = 8000000000 WHERE id = :other"),
    ],
)
def test_what_is_referred_to_stays(session: Session, name: str, delete: str) -> None:
    values = _there(session)
    session.execute(text("DELETE FROM unit_contract"))
    session.execute(text(_INSERTS[name]), values)
    with pytest.raises(IntegrityError) as refused:
        session.execute(text(delete), values)
    assert _constraint(refused) == name


def test_notices_go_with_a_person_who_has_no_history(session: Session) -> None:
    values = _there(session)
    session.execute(text(_INSERTS["fk_listing_notice_person_id"]), values)
    session.execute(text("DELETE FROM person WHERE id = :other"), values)
    assert session.query(ListingNotice).filter_by(person_id=values["other"]).count() == 0
    assert session.query(ListingNotice).filter_by(person_id=values["person"]).count() == 1


@pytest.fixture
def committed(clean_database: Engine) -> tuple[Engine, dict[str, Any]]:
    """Rows that exist for every connection."""
    with unit_of_work(clean_database) as session:
        values = _there(session)
    return clean_database, values


def test_who_deletes_waits_for_who_refers_and_then_sees_it(
    committed: tuple[Engine, dict[str, Any]],
) -> None:
    engine, values = committed

    def delete() -> None:
        with unit_of_work(engine) as session:
            session.execute(text("DELETE FROM person WHERE id = :other"), values)

    with ThreadPoolExecutor(1) as pool:
        with unit_of_work(engine) as session:
            session.execute(text(_INSERTS["fk_listing_event_person_id"]), values)
            deleted = pool.submit(delete)
            _until_somebody_waits(engine)
        with pytest.raises(IntegrityError) as refused:
            deleted.result(timeout=30)
    assert _constraint(refused) == "fk_listing_event_person_id"


def test_who_refers_waits_for_who_deletes_and_is_refused(
    committed: tuple[Engine, dict[str, Any]],
) -> None:
    engine, values = committed

    def refer() -> None:
        with unit_of_work(engine) as session:
            session.execute(text(_INSERTS["fk_listing_notice_person_id"]), values)

    with ThreadPoolExecutor(1) as pool:
        with unit_of_work(engine) as session:
            session.execute(text("DELETE FROM person WHERE id = :other"), values)
            referred = pool.submit(refer)
            _until_somebody_waits(engine)
        with pytest.raises(IntegrityError) as refused:
            referred.result(timeout=30)
    assert _constraint(refused) == "fk_listing_notice_person_id"


def test_nothing_is_deleted_by_a_transaction_that_cannot_see_who_refers_to_it(
    committed: tuple[Engine, dict[str, Any]],
) -> None:
    engine, values = committed
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        delete = text("DELETE FROM person WHERE id = :other")
        with pytest.raises(NotSupportedError):
            connection.execute(delete, values)


def _until_somebody_waits(engine: Engine) -> None:
    """Return once a connection of this database waits for a lock."""
    waits = text(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    for _ in range(10_000):
        with engine.connect() as connection:
            if connection.scalar(waits):
                return
    raise AssertionError("nobody waits")
