"""A straight road for the tests: a position is a number of kilometres along it."""

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from core import clock
from core.database import unit_of_work
from directory.models import CareUnit
from listing.allocation import Request, allocate
from listing.models import Listing, Person
from tests.support.register import a_person, a_unit

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
TODAY = NOW.date()
REGION = "03"


def along(km: float) -> str:
    """The position so far north of the road's beginning near Uppsala."""
    return f"SRID=4326;POINT(17.6 {59.5 + km / 111.4})"


def unit_at(session: Session, km: float, **columns: Any) -> CareUnit:
    """A health centre on the road."""
    return a_unit(session, position=along(km), position_origin="wgs84", **columns)


def person_at(session: Session, km: float, born: date = date(1980, 5, 17), **columns: Any) -> Person:
    """Somebody who lives on the road and has no unit."""
    return a_person(session, born, position=along(km), **columns)


def run(engine: Engine, **request: Any) -> dict[str, Any]:
    """Allocate the road's region at the tests' moment."""
    with clock.frozen(NOW):
        return allocate(engine, Request(REGION, request.pop("day", TODAY), **request))


def listings(engine: Engine, person: Person) -> list[tuple[int, str]]:
    """Where the person is listed, and on what ground."""
    query = select(Listing.care_unit_id, Listing.basis).where(
        Listing.person_id == person.id, text("upper_inf(valid) AND NOT isempty(valid)")
    )
    with unit_of_work(engine) as session:
        return [(row[0], row[1]) for row in session.execute(query)]


def unit_told(report: dict[str, Any], unit: CareUnit) -> dict[str, Any]:
    """What the report says of a unit."""
    [told] = [one for one in report["units"] if one["hsaId"] == unit.hsa_id]
    return dict(told)


def rows(engine: Engine, query: str, **values: Any) -> list[tuple[Any, ...]]:
    """What the database says."""
    with unit_of_work(engine) as session:
        return [tuple(row) for row in session.execute(text(query), values)]
