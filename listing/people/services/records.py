"""Rows of people, many at a time. The importer or the operation that calls audits who did it and why."""

from collections.abc import Sequence
from typing import Any

from psycopg.errors import UniqueViolation
from sqlalchemy import text
from sqlalchemy.orm import Session

from core import clock
from core.bulk import copy_rows
from listing.models import Person
from listing.people import sealing
from listing.people.checking import confirm_keys
from listing.people.errors import IdentityTaken, PersonUnknown
from listing.people.keys import KeyRing, Use, key_ring
from listing.people.queries import find_people
from listing.people.record import PersonRecord, details_from, kind_of, place_of

_LOCK = 7_235_104
_CHUNK = 10_000

_NEXT_IDS = text("SELECT nextval(pg_get_serial_sequence('person', 'id')) FROM generate_series(1, :count)")

_LOCKED = text(
    "SELECT id, sealed, seal_key, protection FROM person WHERE id = ANY(CAST(:ids AS bigint[]))"
    " ORDER BY id FOR NO KEY UPDATE"
)

_UPDATED = {
    "sealed": "bytea",
    "seal_key": "smallint",
    "birth_date": "date",
    "sex": "text",
    "region_code": "text",
    "municipality_code": "text",
    "district": "text",
    "position": "text",
    "household": "bytea",
    "registered": "boolean",
    "registered_since": "date",
    "region_since": "date",
    "deregistered_on": "date",
    "deregistration_reason": "text",
    "source_id": "bigint",
    "import_run_id": "bigint",
}
"""The columns that a new statement of a person replaces, and their types on the way."""

_UPDATE = text(
    "UPDATE person SET updated_at = :now, "  # noqa: S608 - constants only
    + ", ".join(
        f"{column} = " + ("CAST(new.position AS geography)" if column == "position" else f"new.{column}")
        for column in _UPDATED
    )
    + " FROM unnest(CAST(:id AS bigint[]), "
    + ", ".join(f"CAST(:{column} AS {kind}[])" for column, kind in _UPDATED.items())
    + ") AS new (id, "
    + ", ".join(_UPDATED)
    + ") WHERE person.id = new.id"
)


def add_people(session: Session, people: Sequence[PersonRecord], ring: KeyRing | None = None) -> list[int]:
    """Add people who are known to be new (`queries.find_people`), by COPY; returns their keys in order.

    Raises `IdentityTaken` when one is in the register after all.
    """
    ring = ring or key_ring()
    confirm_keys(session, ring)
    _refuse_two_keys_for_one(session, people, ring)
    ids = [int(found) for found in session.scalars(_NEXT_IDS, {"count": len(people)})]
    try:
        for start in range(0, len(people), _CHUNK):
            part = slice(start, start + _CHUNK)
            rows = [_new_row(*pair, ring) for pair in zip(ids[part], people[part], strict=True)]
            copy_rows(session, Person, rows)
    except UniqueViolation:
        # Not `from error`: the database's message carries the value.
        raise IdentityTaken("A person with one of these identity numbers is in the register") from None
    return ids


def update_people(
    session: Session, people: Sequence[tuple[int, PersonRecord]], ring: KeyRing | None = None
) -> None:
    """Replace what is stated of people by key: names, address, place, registration.

    Identity and protection stay as they are; they change by operations of their own. Whoever is protected
    in the register is given no place, whatever the record says. Raises `PersonUnknown`.
    """
    ring = ring or key_ring()
    ordered = sorted(people, key=lambda pair: pair[0])  # rows are locked in the order of their keys
    for start in range(0, len(ordered), _CHUNK):
        _update(session, dict(ordered[start : start + _CHUNK]), ring)


def _update(session: Session, people: dict[int, PersonRecord], ring: KeyRing) -> None:
    columns: dict[str, list[Any]] = {column: [] for column in ("id", *_UPDATED)}
    for row in session.execute(_LOCKED, {"ids": list(people)}).all():
        before = sealing.unseal(bytes(row.sealed), row.seal_key, row.id, ring)
        record, protected = people[row.id], row.protection != "none"
        details = details_from(record, protected, before.former)
        details.identity = before.identity
        for column, value in {"id": row.id, **_stated(row.id, record, details, protected, ring)}.items():
            columns[column].append(value)
    if len(columns["id"]) < len(people):
        raise PersonUnknown("A person to be updated is not in the register")
    session.execute(_UPDATE, {**columns, "now": clock.now()})


def _stated(
    person_id: int, record: PersonRecord, details: sealing.Details, protected: bool, ring: KeyRing
) -> dict[str, Any]:
    sealed = sealing.seal(details, person_id, ring)
    return {
        "sealed": sealed.value,
        "seal_key": sealed.key,
        "birth_date": record.birth_date,
        "sex": record.sex,
        "region_code": record.region_code,
        **place_of(record, protected),
        "registered": record.registered,
        "registered_since": record.registered_since,
        "region_since": record.region_since,
        "deregistered_on": record.deregistered_on,
        "deregistration_reason": record.deregistration_reason,
        "source_id": record.source_id,
        "import_run_id": record.import_run_id,
    }


def _new_row(person_id: int, record: PersonRecord, ring: KeyRing) -> dict[str, Any]:
    protected = record.protection != "none"
    identity_hash, hash_key = sealing.lookup_hash(record.identity, ring)
    return {
        "id": person_id,
        "identity_hash": identity_hash,
        "hash_key": hash_key,
        "identity_kind": kind_of(record.identity),
        "protection": record.protection,
        **_stated(person_id, record, details_from(record, protected), protected, ring),
    }


def _refuse_two_keys_for_one(session: Session, people: Sequence[PersonRecord], ring: KeyRing) -> None:
    """While two look-up keys are live, one person could be added under each by processes that disagree on
    which is current, and no unique index would tell. So whoever adds then takes turns and looks first.
    """
    if len(ring[Use.LOOKUP].numbers) == 1:
        return
    session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    for start in range(0, len(people), _CHUNK):
        if find_people(session, [person.identity for person in people[start : start + _CHUNK]], ring):
            raise IdentityTaken("A person with one of these identity numbers is in the register")
