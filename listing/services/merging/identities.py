"""The numbers of two rows: all of them find the one that is kept, and none the other."""

from sqlalchemy.orm import Session

from core import clock
from listing.models import FormerIdentity, Person
from listing.people import sealing
from listing.people.queries import details_of
from listing.services.operation import Context

REASON = "GN"
"""The population register's own code for a number that has been replaced by another."""


def join(session: Session, context: Context, kept: Person, merged: Person) -> None:
    """Make the merged row's number a former one of the kept, and empty the merged row.

    What the emptied row is found by is no number: it is the same after a rotation of keys, and never asked.
    """
    session.refresh(kept)
    ours, theirs = details_of(kept), details_of(merged)
    former_hash, former_key = bytes(merged.identity_hash), merged.hash_key
    empty = sealing.Details(identity=f"merged:{merged.id}")
    sealed = sealing.seal(empty, merged.id)
    merged.identity_hash, merged.hash_key = sealing.lookup_hash(empty.identity)
    merged.sealed, merged.seal_key = sealed.value, sealed.key
    merged.municipality_code = merged.district = merged.position = merged.household = None
    merged.special_care = merged.special_care_unit_id = None
    merged.last_visited_unit_id = merged.last_visited_on = None
    merged.registered, merged.deregistered_on = False, merged.deregistered_on or context.today
    merged.deregistration_reason = REASON
    merged.merged_into_id = kept.id
    merged.updated_at = clock.now()
    session.flush()
    ours.former = tuple(dict.fromkeys((*ours.former, *theirs.former, theirs.identity)))
    sealed = sealing.seal(ours, kept.id)
    kept.sealed, kept.seal_key = sealed.value, sealed.key
    kept.updated_at = clock.now()
    session.add(
        FormerIdentity(identity_hash=former_hash, hash_key=former_key, person_id=kept.id, until=context.today)
    )
    session.flush()
