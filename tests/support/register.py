"""Units and people for tests of the listing register, written straight into the tables."""

from datetime import date, timedelta
from hashlib import sha256
from itertools import count
from typing import Any

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from core import clock
from directory.models import CareUnit
from listing.actor import Actor, Purpose, Role
from listing.models import Guardianship, ListingLimit, ListingPolicy, Person, UnitContract
from listing.policy.lookup import forget
from listing.policy.model import Policy
from listing.policy.parse import to_record
from listing.services.requests import Choice

LONG_AGO = date(2010, 1, 1)
_numbers = count(1)


def a_unit(session: Session, region: str = "03", *, contract: bool = True, **columns: Any) -> CareUnit:
    """A health centre with a contract since long ago."""
    number = next(_numbers)
    unit = CareUnit(
        kind="unit",
        hsa_id=f"SE2321000024-TEST{number:06d}",
        name=f"Prov vårdcentral {number}",
        region_code=region,
        **columns,
    )
    session.add(unit)
    session.flush()
    if contract:
        valid = Range(LONG_AGO, None)
        session.add(UnitContract(care_unit_id=unit.id, listing_type="health-centre", valid=valid))
    session.flush()
    return unit


def a_limit(session: Session, unit: CareUnit, places: int, **columns: Any) -> ListingLimit:
    """A limit decided long ago and still in force."""
    values = {"valid": Range(LONG_AGO, None), "decision_reference": "RS 2026-1", **columns}
    limit = ListingLimit(care_unit_id=unit.id, listing_type="health-centre", places=places, **values)
    session.add(limit)
    session.flush()
    return limit


def a_person(session: Session, born: date = date(1980, 5, 17), region: str = "03", **columns: Any) -> Person:
    """Somebody registered in the region, with sealed details that nobody opens."""
    number = next(_numbers)
    values: dict[str, Any] = {
        "identity_hash": sha256(f"test person {number}".encode()).digest(),
        "hash_key": 1,
        "sealed": b"sealed",
        "seal_key": 1,
        "identity_kind": "personal",
        "birth_date": born,
        "region_code": region,
        "registered": True,
        "updated_at": clock.now(),
    }
    person = Person(**{**values, **columns})
    session.add(person)
    session.flush()
    return person


def guardian_of(session: Session, child: Person, guardian: Person) -> None:
    """Custody since the child's birth."""
    valid = Range(child.birth_date, child.birth_date + timedelta(days=18 * 366))
    session.add(Guardianship(child_id=child.id, guardian_id=guardian.id, valid=valid))
    session.flush()


def a_policy(session: Session, policy: Policy, region: str = "03") -> None:
    """A region's rules since long ago."""
    session.add(
        ListingPolicy(
            region_code=region,
            listing_type="health-centre",
            valid=Range(LONG_AGO, None),
            decision_reference="RS 2026-2",
            parameters=to_record(policy),
        )
    )
    session.flush()
    forget(session)


def wish(person: Person, unit: CareUnit, **more: Any) -> Choice:
    """The person's wish to be listed at the unit."""
    return Choice(person.id, unit.hsa_id or "", **more)


def resident(person: Person) -> Actor:
    """The person, signed in."""
    return Actor(Role.RESIDENT, f"person:{person.id}", person_id=person.id, purpose=Purpose.OWN_MATTER)


def unit_staff(unit: CareUnit, *, may_see_protected: bool = False) -> Actor:
    """Somebody at the unit's desk."""
    return Actor(
        Role.UNIT,
        "staff:SE2321000024-STAFF",
        region=unit.region_code,
        unit=unit.hsa_id,
        purpose=Purpose.ADMINISTRATION,
        may_see_protected=may_see_protected,
    )


def region_staff(region: str = "03", *, may_see_protected: bool = False) -> Actor:
    """Somebody at the region's office."""
    return Actor(
        Role.REGION,
        "staff:SE2321000024-REGION",
        region=region,
        purpose=Purpose.ADMINISTRATION,
        may_see_protected=may_see_protected,
    )


def events(session: Session, person: Person) -> list[tuple[str, str | None]]:
    """What history says of the person, in order: kind and reason or why it counted."""
    rows = session.execute(
        text(
            "SELECT kind, coalesce(reason, counted_because) FROM listing_event"
            " WHERE person_id = :id ORDER BY id"
        ),
        {"id": person.id},
    )
    return [(row[0], row[1]) for row in rows]
