"""Finding people. Nobody is found by anything but the whole identity number, and found and not found cost
the same: one statement, two index look-ups per live key.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from codes.identifiers import PersonId, parse_person_id
from core import audit
from core.roundtrip import ask
from listing.models import Person
from listing.people import sealing
from listing.people.errors import PersonUnknown
from listing.people.keys import KeyRing
from listing.people.sealing import Details

# A present identity wins over a former one, should a population file ever give both.
_FIND = text(
    """
    SELECT id FROM (
        SELECT id, 0 AS former FROM person WHERE identity_hash = ANY(CAST(:hashes AS bytea[]))
        UNION ALL
        SELECT person_id, 1 FROM former_identity WHERE identity_hash = ANY(CAST(:hashes AS bytea[]))
    ) found ORDER BY former LIMIT 1
    """
)

_FIND_MANY = text(
    """
    SELECT DISTINCT ON (hash) hash, id FROM (
        SELECT identity_hash AS hash, id, 0 AS former FROM person
        WHERE identity_hash = ANY(CAST(:hashes AS bytea[]))
        UNION ALL
        SELECT identity_hash, person_id, 1 FROM former_identity
        WHERE identity_hash = ANY(CAST(:hashes AS bytea[]))
    ) found ORDER BY hash, former
    """
)


def find_person_id(session: Session, identity: PersonId | str, *, on: date | None = None) -> int | None:
    """The key of the person who has, or had, that identity.

    A text may have ten or twelve digits with or without hyphen; `on` is the day that ten digits are read
    for. Refuses what is no identity (`InvalidIdentifier`).
    """
    number = parse_person_id(identity, on=on) if isinstance(identity, str) else identity
    found: int | None = session.scalar(_FIND, {"hashes": sealing.lookup_hashes(number)})
    return found


def find_person(session: Session, identity: PersonId | str, *, on: date | None = None) -> Person | None:
    """The person's row, or None; see `find_person_id`."""
    person_id = find_person_id(session, identity, on=on)
    return None if person_id is None else session.get(Person, person_id)


def person_with(session: Session, person_id: int) -> Person:
    """The row with that key; raises `PersonUnknown`."""
    person = session.get(Person, person_id)
    if person is None:
        raise PersonUnknown("The person is not in the register")
    return person


def find_people(
    session: Session, identities: Sequence[PersonId | str], ring: KeyRing | None = None
) -> dict[str, int]:
    """Canonical identity -> person key, of those that are found, former identities too.

    For files: texts must be canonical already. One statement for all, so give some ten thousand at a time.
    """
    by_hash: dict[bytes, str] = {}
    for identity in identities:
        canonical = identity if isinstance(identity, str) else identity.value
        by_hash.update(dict.fromkeys(sealing.lookup_hashes(canonical, ring), canonical))
    rows = ask(session, _FIND_MANY, {"hashes": list(by_hash)})
    return {by_hash[bytes(row.hash)]: row.id for row in rows}


def details_of(person: Person, ring: KeyRing | None = None) -> Details:
    """The person's identity, names and address, decrypted. Whoever shows them audits the reading
    (`services.read_details` does both); patientdatalagen (2008:355) 4 kap. 3 §, 8 kap. 5 §.
    """
    return sealing.unseal(person.sealed, person.seal_key, person.id, ring)


@dataclass(frozen=True, slots=True)
class Access:
    """One thing that somebody did to, or read of, a person. `unit` is the HSA-id where `actor` works."""

    id: int
    at: datetime
    actor: str
    role: str
    purpose: str
    action: str
    unit: str | None
    region: str | None


def who_has_looked(
    session: Session, person_id: int, *, limit: int = 100, before: int | None = None
) -> list[Access]:
    """Who has done what to, or read what of, the person, newest first; `before` is the last id of the page
    before. What the person may know on request: from which unit, and when (patientdatalagen 8 kap. 5 §).
    """
    return [
        Access(
            id=event.id,
            at=event.at,
            actor=event.actor,
            role=event.actor_role or "",
            purpose=event.purpose or "",
            action=event.action,
            unit=event.detail.get("actor_unit"),
            region=event.detail.get("actor_region"),
        )
        for event in audit.about(session, audit.PERSON, str(person_id), limit=limit, before=before)
    ]
