"""The operation: what was two people's is one person's, with the history of both kept and reachable."""

from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from listing.actor import Actor
from listing.errors import refuse
from listing.locking import lock_people, lock_registers
from listing.models import Person
from listing.models.words import LISTING_TYPES
from listing.people.errors import PersonUnknown
from listing.people.services import audit_person
from listing.people.services.protection import locked_person
from listing.rules import access
from listing.rules.decision import Refused
from listing.services import journal, notices
from listing.services.merging import belongings, identities, register
from listing.services.operation import Context, once

_UNITS = text(
    """
    SELECT care_unit_id, listing_type FROM listing WHERE person_id IN (:kept, :merged) AND occupies
    UNION SELECT care_unit_id, listing_type FROM queue_entry
    WHERE person_id IN (:kept, :merged) AND status IN ('waiting', 'offered')
    """
)


def merge(
    session: Session, actor: Actor, key: str, kept_id: int, merged_id: int, *, evidence: str
) -> dict[str, Any]:
    """Let `merged_id` be `kept_id` from now on: `{"status": "merged", "moved", "ended", "queueEnded"}`.

    `kept_id` is the row with the number that holds now; the other's number becomes a former one of it. Only
    the person's region may, and somebody protected is merged only by who has that right, into a row that is
    protected too. The merged row stays, without any number, for the history that names it. Raises
    `PersonUnknown`, `ListingRefused`.
    """
    request = {"operation": "merge", "kept": kept_id, "merged": merged_id, "evidence": evidence}
    return once(session, actor, key, request, lambda context: _merge(session, context, request))


def _merge(session: Session, context: Context, request: dict[str, Any]) -> dict[str, Any]:
    kept_id, merged_id = int(request["kept"]), int(request["merged"])
    lock_people(session, [kept_id, merged_id])
    kept, merged = _both(session, context, kept_id, merged_id)
    if not str(request["evidence"]).strip():
        raise refuse(Refused("reason-not-accepted", "evidence-missing", {"reason": "merge"}))
    both = {"kept": kept_id, "merged": merged_id}
    units = [(row[0], row[1]) for row in session.execute(_UNITS, both)]
    lock_registers(session, units)
    done = {"moved": 0, "ended": 0, "queueEnded": 0}
    for listing_type in LISTING_TYPES:
        for name, count in register.merge(session, context, kept_id, merged_id, listing_type).items():
            done[name] += count
    belongings.move(session, kept_id, merged_id, context.today)
    identities.join(session, context, kept, merged)
    _tell(session, context, kept_id, merged_id, str(request["evidence"]))
    return {"status": "merged", **done}


def _both(session: Session, context: Context, kept_id: int, merged_id: int) -> tuple[Person, Person]:
    kept, merged = locked_person(session, kept_id), locked_person(session, merged_id)
    if kept_id == merged_id or kept.merged_into_id is not None or merged.merged_into_id is not None:
        raise PersonUnknown("The person is not in the register")
    allowed = access.may_administer(context.actor, kept.region_code or merged.region_code)
    if isinstance(allowed, Refused):
        raise refuse(allowed)
    hidden = {kept.protection, merged.protection} != {"none"}
    if hidden and not context.actor.may_see_protected:
        raise PersonUnknown("The person is not in the register")
    if merged.protection != "none" and kept.protection == "none":
        raise refuse(Refused("person-protected", "merge-uncovers"))
    return kept, merged


def _tell(session: Session, context: Context, kept_id: int, merged_id: int, evidence: str) -> None:
    journal.write(
        session,
        context,
        [
            journal.Event(person, "merged", "health-centre", "staff", detail={"evidence": evidence})
            for person in (kept_id, merged_id)
        ],
    )
    notices.tell(session, context, [notices.Notice(kept_id, "merged", "health-centre")])
    audit_person(session, context.actor, "person-merged", kept_id, merged_person=merged_id)
    audit_person(session, context.actor, "person-merged-into", merged_id, kept_person=kept_id)
