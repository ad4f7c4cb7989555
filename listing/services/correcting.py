"""A listing that was registered in error is taken back, and what stood before it stands again."""

from typing import Any, Literal
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from listing.actor import Actor
from listing.errors import ListingUnknown, refuse
from listing.locking import lock_people, lock_registers
from listing.rules import access
from listing.rules.decision import Refused
from listing.services import doctors, forms, journal, notices
from listing.services.operation import Context, once

Error = Literal["wrong-person", "wrong-unit", "not-chosen", "duplicate", "wrong-date"]
ERRORS: tuple[Error, ...] = ("wrong-person", "wrong-unit", "not-chosen", "duplicate", "wrong-date")
"""What was wrong. The proof is kept outside; its reference stands in history."""

_FIND = text(
    """
    SELECT l.id, l.person_id, l.care_unit_id, l.listing_type, lower(l.valid) AS begins, l.counted,
        l.registered_at, l.paper_reference, u.hsa_id, u.region_code, p.protection
    FROM listing l JOIN care_unit u ON u.id = l.care_unit_id JOIN person p ON p.id = l.person_id
    WHERE l.id = :id AND NOT isempty(l.valid) AND upper_inf(l.valid)
    """
)
# What the listing in error put an end to: the latest that was changed on its first day, or the same day as it
# (then it holds no day at all, and begins again on the day when it was registered).
_BEFORE = text(
    """
    SELECT l.id, l.care_unit_id, l.occupies, isempty(l.valid) AS never,
        coalesce(lower(l.valid), (l.registered_at AT TIME ZONE 'Europe/Stockholm')::date) AS begins
    FROM listing l
    WHERE l.person_id = :person AND l.listing_type = :type AND l.id <> :id
        AND l.registered_at <= :registered_at AND l.end_reason = 'changed'
        AND CASE WHEN isempty(l.valid)
            THEN (l.registered_at AT TIME ZONE 'Europe/Stockholm')::date = :begins
            ELSE upper(l.valid) = :begins END
    ORDER BY l.registered_at DESC LIMIT 1
    """
)
_TAKE_BACK = text(
    """
    UPDATE listing SET valid = 'empty', occupies = false, end_reason = 'error', counted = false,
        counted_because = 'correction'
    WHERE id = :id
    """
)
_RESTORE = text(
    """
    UPDATE listing SET valid = daterange(:begins, NULL), end_reason = NULL, occupies = true,
        exemption = CASE WHEN occupies THEN exemption ELSE coalesce(exemption, 'correction') END
    WHERE id = :id
    """
)


def correct(
    session: Session, actor: Actor, key: str, listing_id: UUID, *, error: Error, evidence: str
) -> dict[str, Any]:
    """Take back a listing in force: `{"id", "status": "corrected", "restored": <listing id or None>}`.

    The change that it counted is given back, and the listing that it replaced holds on as if nothing had
    happened, also where the unit has become full since. Staff of the unit or of its region may, and the
    reference to the proof is required. Raises `ListingUnknown` when it does not hold any more: then
    somebody has chosen since, and that is corrected first.
    """
    if error not in ERRORS:
        raise ValueError("unknown kind of error")
    request = {"operation": "correct", "listing": str(listing_id), "error": error, "evidence": evidence}

    def work(context: Context) -> dict[str, Any]:
        row = _locked(session, context, listing_id)
        if not evidence.strip():
            raise refuse(Refused("reason-not-accepted", "evidence-missing", {"reason": error}))
        values = {"id": row.id, "person": row.person_id, "type": row.listing_type, "begins": row.begins}
        before = session.execute(_BEFORE, {**values, "registered_at": row.registered_at}).one_or_none()
        session.execute(_TAKE_BACK, {"id": row.id})
        forms.void(session, context, row.person_id, row.paper_reference)
        doctors.let_go(
            session, context, [row.person_id], row.listing_type, "staff", row.care_unit_id, row.begins
        )
        if before is not None:
            session.execute(_RESTORE, {"id": before.id, "begins": before.begins})
        _tell(session, context, row, before, error, evidence)
        return {"id": str(row.id), "status": "corrected", "restored": str(before.id) if before else None}

    return once(session, actor, key, request, work)


def _locked(session: Session, context: Context, listing_id: UUID) -> Any:
    """The listing with its person and units locked, when this actor may correct it."""
    seen = session.execute(_FIND, {"id": listing_id}).one_or_none()
    if seen is None:
        raise ListingUnknown("There is no listing in force with this id")
    lock_people(session, [seen.person_id])
    others = text(
        "SELECT DISTINCT care_unit_id FROM listing WHERE person_id = :person AND listing_type = :type"
    )
    units = session.scalars(others, {"person": seen.person_id, "type": seen.listing_type})
    lock_registers(session, {(unit, seen.listing_type) for unit in units})
    row = session.execute(_FIND, {"id": listing_id}).one_or_none()
    actor = context.actor
    here = access.may_act_at(actor, access.UnitPlace(seen.hsa_id, seen.region_code))
    hidden = seen.protection != "none" and not actor.may_see_protected
    if row is None or isinstance(here, Refused) or hidden:
        raise ListingUnknown("There is no listing in force with this id")
    if actor.person_id is not None:
        raise refuse(Refused("not-authorised", "role"))
    return row


def _tell(session: Session, context: Context, row: Any, before: Any, error: Error, evidence: str) -> None:
    taken_back = journal.Event(
        row.person_id,
        "corrected",
        row.listing_type,
        "staff",
        row.care_unit_id,
        listing_id=row.id,
        reason=error,
        counted_because="correction",
        detail={"evidence": evidence, "change_given_back": row.counted},
    )
    events = [taken_back]
    if before is not None:
        events.append(
            journal.Event(
                row.person_id,
                "restored",
                row.listing_type,
                "staff",
                before.care_unit_id,
                listing_id=before.id,
                reason=error,
            )
        )
    journal.write(session, context, events)
    notices.tell(
        session,
        context,
        [notices.Notice(row.person_id, "corrected", row.listing_type, row.care_unit_id, {"error": error})],
    )
