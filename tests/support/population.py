"""People of a population file, and what the register knows of them after it."""

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from core import clock
from core.database import unit_of_work
from directory.models import CareUnit
from importers.synthetic.numbers import NumberSeries
from listing.actor import Actor, Purpose, Role
from listing.models import Person
from listing.people.queries import find_person_id
from listing.services.choosing import choose
from listing.services.requests import Choice

Row = dict[str, object]
NOW = datetime(2026, 5, 10, 9, tzinfo=UTC)
SERIES = NumberSeries(date(2026, 11, 1))
ANNA = SERIES.next(date(1980, 5, 17), "female").value
BO = SERIES.next(date(1979, 2, 28), "male").value
CHILD = SERIES.next(date(2026, 5, 4), "female").value
HOME: Row = {
    "street": "Hemliga gränden 7",
    "postal_code": "753 10",
    "city": "Uppsala",
    "municipality": "0380",
    "region": "03",
    "district": "Vaksala",
    "lat": "59.8582",
    "lon": "17.6389",
    "household": "dwelling-77",
}
AWAY: Row = {**HOME, "street": "Storgatan 1", "municipality": "1480", "region": "14", "city": "Göteborg"}
PERSON: Row = {"person_id": ANNA, "given_name": "Anna", "family_name": "Prov", **HOME, "guardians": ""}
FATHER: Row = {**PERSON, "person_id": BO, "given_name": "Bo"}
BORN: Row = {**PERSON, "person_id": CHILD, "given_name": "", "guardians": f"{ANNA}|{BO}", "event": "born"}


def rows(engine: Engine, query: str, **values: object) -> list[tuple[Any, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query), values)]


def person(engine: Engine, number: str = ANNA) -> Person:
    with Session(engine, expire_on_commit=False) as session:
        found = find_person_id(session, number)
        assert found is not None
        return session.get_one(Person, found)


def listed(engine: Engine, unit: CareUnit, number: str = ANNA, **more: Any) -> int:
    """The person lists at the unit; returns the person's key."""
    with clock.frozen(NOW), unit_of_work(engine) as session:
        person_id = find_person_id(session, number)
        assert person_id is not None
        actor = Actor(Role.RESIDENT, f"person:{person_id}", person_id=person_id, purpose=Purpose.OWN_MATTER)
        choose(session, actor, f"key-{number}", [Choice(person_id, unit.hsa_id or "", **more)])
        return person_id


def listings(engine: Engine) -> list[tuple[Any, ...]]:
    query = (
        "SELECT person_id, upper(valid)::text, isempty(valid), end_reason, occupies, counted"
        " FROM listing ORDER BY registered_at, person_id"
    )
    return rows(engine, query)


def history(engine: Engine, person_id: int) -> list[tuple[Any, ...]]:
    query = (
        "SELECT kind, reason, counted, counted_because FROM listing_event WHERE person_id = :id ORDER BY id"
    )
    return rows(engine, query, id=person_id)


def everything(engine: Engine) -> dict[str, list[Any]]:
    """All rows of all tables that a file of people may touch, but its own run and audit of it."""
    tables = ("person", "former_identity", "guardianship", "representation", "listing", "queue_entry",
              "unit_register", "listing_event", "listing_notice", "doctor_assignment", "outbox")  # fmt: skip
    return {name: rows(engine, f"SELECT t::text FROM {name} t ORDER BY 1") for name in tables}
