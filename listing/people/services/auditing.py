"""The audit rows of what is done to people and read of them, with who, in which role, where from and why.

What the log must hold: HSLF-FS 2016:40, 4 kap. 9 §; a patient's right to know it: patientdatalagen
(2008:355) 8 kap. 5 §.
"""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from core import audit
from listing.actor import Actor, Purpose
from listing.models import Person
from listing.people.queries import details_of
from listing.people.sealing import Details


def audit_person(session: Session, actor: Actor, action: str, person_id: int, **detail: object) -> None:
    """One row. Without a stated purpose it is administration, which is what this service does."""
    audit.record(
        session,
        actor=actor.key,
        actor_role=actor.role.value,
        purpose=_purpose(actor),
        action=action,
        subject_kind="person",
        subject_key=str(person_id),
        **_workplace(actor),
        **detail,
    )


def audit_people(
    session: Session, actor: Actor, action: str, person_ids: Iterable[int], **detail: object
) -> int:
    """One row each, for lists and files; returns how many."""
    shared = {**_workplace(actor), **detail}
    entries = (audit.Entry(action, "person", str(person_id), shared) for person_id in person_ids)
    return audit.record_many(
        session, entries, actor=actor.key, actor_role=actor.role.value, purpose=_purpose(actor)
    )


def read_details(session: Session, actor: Actor, person: Person, action: str = "person-read") -> Details:
    """The person's details decrypted, and the reading audited in the same transaction."""
    audit_person(session, actor, action, person.id)
    return details_of(person)


def _purpose(actor: Actor) -> str:
    return (actor.purpose or Purpose.ADMINISTRATION).value


def _workplace(actor: Actor) -> dict[str, object]:
    places = {"actor_unit": actor.unit, "actor_region": actor.region}
    return {name: place for name, place in places.items() if place}
