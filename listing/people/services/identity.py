"""A person gets another identity number: the row stays, and with it listing, queue place and history.

The old number is kept in two places, so that it still finds the person (an old form, another system's
file): hashed in `former_identity`, and sealed with the details, to be hashed again under a new key.

A new identity given for protection (fingerade personuppgifter, lag 1991:483) is the exception: nothing that
leads from the old number or name to the new may be readable. Then every former number is deleted from both
places, names and address are replaced, the person becomes protected, and the history says no more than of
any change of number. What remains is the row's key: whoever has both an old backup and the key file can see
that one row had two identities. docs/threat-model.md says when to register the person anew instead.
"""

from datetime import date

from sqlalchemy import delete
from sqlalchemy.orm import Session

from codes.identifiers import CoordinationNumber, PersonalIdentityNumber, PersonId
from core import clock
from listing.actor import Actor
from listing.locking import lock_people
from listing.models import FormerIdentity, Person
from listing.people import sealing
from listing.people.errors import IdentityTaken
from listing.people.queries import details_of, find_person_id
from listing.people.record import kind_of, sex_of
from listing.people.services.auditing import audit_person
from listing.people.services.protection import locked_person, protect


def change_identity(
    session: Session,
    actor: Actor,
    person_id: int,
    new: PersonId,
    *,
    protective_name: tuple[str, str] | None = None,
) -> bool:
    """Give the person `new`; False when it is the person's number already, so that a repeat does nothing.

    `protective_name` (given, family) says that the new identity was given for protection. Raises
    `PersonUnknown`, or `IdentityTaken` when somebody else has or had the number. A birth date and a legal sex
    that the new number states replace those of the old.
    """
    lock_people(session, [person_id])
    person = locked_person(session, person_id)
    details = details_of(person)
    if details.identity == new.value:
        return False
    if find_person_id(session, new) not in (None, person_id):
        raise IdentityTaken("The new identity number belongs to another person in the register")
    old, details.identity = details.identity, new.value
    if protective_name is None:
        _keep(session, person, details, old, new)
    else:
        _forget(session, person_id)
        details.former = ()
        details.given_name, details.family_name = protective_name
    _write(person, details, new)
    if protective_name is not None:
        protect(session, person, "protected-registration", details)
    audit_person(session, actor, "person-identity-changed", person_id)
    session.flush()
    return True


def _keep(session: Session, person: Person, details: sealing.Details, old: str, new: PersonId) -> None:
    """Keep the old number; when the new one is a former one (an error put right), that is former no more."""
    session.execute(
        delete(FormerIdentity).where(FormerIdentity.identity_hash.in_(sealing.lookup_hashes(new)))
    )
    identity_hash, hash_key = sealing.lookup_hash(old)
    session.add(
        FormerIdentity(
            identity_hash=identity_hash, hash_key=hash_key, person_id=person.id, until=clock.today()
        )
    )
    details.former = (*(number for number in details.former if number != new.value), old)


def _forget(session: Session, person_id: int) -> None:
    session.execute(delete(FormerIdentity).where(FormerIdentity.person_id == person_id))


def _write(person: Person, details: sealing.Details, new: PersonId) -> None:
    sealed = sealing.seal(details, person.id)
    person.identity_hash, person.hash_key = sealing.lookup_hash(new)
    person.sealed, person.seal_key = sealed.value, sealed.key
    person.identity_kind = kind_of(new)
    person.birth_date = _birth_date(new) or person.birth_date
    person.sex = sex_of(new) or person.sex
    person.updated_at = clock.now()


def _birth_date(identity: PersonId) -> date | None:
    if isinstance(identity, PersonalIdentityNumber | CoordinationNumber):
        return identity.birth_date
    return None
