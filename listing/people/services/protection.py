"""Protected personal data: sekretessmarkering (OSL 2009:400, 22 kap. 1 §) and skyddad folkbokföring
(folkbokföringslagen 1991:481, 16 §). Nothing that tells where the person is may stay, in one statement.

A guardian's or ombud's access could lead the one whom the person is protected from to the person: custody
links are suspended while either side is protected, an ombud's power ends. A god man or förvaltare is
appointed by a court and stays.
"""

from datetime import timedelta

from sqlalchemy import text, update
from sqlalchemy.orm import Session

from core import clock
from listing.actor import Actor
from listing.locking import lock_people
from listing.models import Person
from listing.people import sealing
from listing.people.errors import PersonUnknown
from listing.people.queries import details_of
from listing.people.services.auditing import audit_person

_SUSPEND = text(
    "UPDATE guardianship SET suspended = true, updated_at = :now"
    " WHERE (child_id = :id OR guardian_id = :id) AND NOT suspended"
)

_RESUME = text(
    """
    UPDATE guardianship g SET suspended = false, updated_at = :now
    WHERE (g.child_id = :id OR g.guardian_id = :id) AND g.suspended
      AND NOT EXISTS (
        SELECT FROM person p WHERE p.id IN (g.child_id, g.guardian_id) AND p.protection <> 'none'
      )
    """
)

_END_OMBUD = text(
    """
    UPDATE representation SET updated_at = :now, valid = CASE
        WHEN lower(valid) > CAST(:last AS date) THEN 'empty'::daterange
        ELSE daterange(lower(valid), CAST(:last AS date), '[]') END
    WHERE (person_id = :id OR representative_id = :id) AND basis = 'ombud'
      AND NOT isempty(valid) AND (upper_inf(valid) OR upper(valid) > CAST(:last AS date) + 1)
    """
)


def set_protection(session: Session, actor: Actor, person_id: int, protection: str) -> bool:
    """Protect the person as `confidentiality-mark` or `protected-registration`.

    False when that is so already. Who is responsible (`region_code`) stays. Raises `PersonUnknown`.
    """
    if protection not in ("confidentiality-mark", "protected-registration"):
        raise ValueError("not a kind of protection")
    lock_people(session, [person_id])
    person = locked_person(session, person_id)
    if person.protection == protection:
        return False
    protect(session, person, protection, details_of(person))
    audit_person(session, actor, "person-protected", person_id)
    return True


def protect(session: Session, person: Person, protection: str, details: sealing.Details) -> None:
    """Write the protection and everything that it empties: place, address, household, whereabouts in care."""
    details.street = details.postal_code = details.city = None
    sealed = sealing.seal(details, person.id)
    now = clock.now()
    session.flush()
    session.execute(
        update(Person)
        .where(Person.id == person.id)
        .values(
            protection=protection,
            sealed=sealed.value,
            seal_key=sealed.key,
            position=None,
            municipality_code=None,
            district=None,
            household=None,
            special_care=None,
            special_care_unit_id=None,
            last_visited_unit_id=None,
            last_visited_on=None,
            updated_at=now,
        )
        .execution_options(synchronize_session=False)
    )
    session.execute(_SUSPEND, {"id": person.id, "now": now})
    session.execute(_END_OMBUD, {"id": person.id, "now": now, "last": clock.today() - timedelta(days=1)})
    session.refresh(person)


def lift_protection(session: Session, actor: Actor, person_id: int) -> bool:
    """End the protection; False when there is none. Address and place come with the next statement of the
    population register (`update_people`). Custody links work again where nobody else is protected.
    """
    lock_people(session, [person_id])
    person = locked_person(session, person_id)
    if person.protection == "none":
        return False
    person.protection = "none"
    person.updated_at = clock.now()
    session.flush()
    session.execute(_RESUME, {"id": person_id, "now": clock.now()})
    audit_person(session, actor, "person-protection-lifted", person_id)
    return True


def locked_person(session: Session, person_id: int) -> Person:
    """The row as it is now, held until the transaction ends."""
    person = session.get(Person, person_id, with_for_update=True, populate_existing=True)
    if person is None:
        raise PersonUnknown("The person is not in the register")
    return person
