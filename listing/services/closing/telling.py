"""Telling everyone at a register that it ends, or does not after all: those listed, and the queue."""

from collections.abc import Mapping
from typing import Any, cast

from sqlalchemy import text
from sqlalchemy.orm import Session

from core import audit
from listing.rules.closure import ClosurePlan
from listing.services import journal
from listing.services.operation import Context

_TELL_LISTED = text(
    """
    INSERT INTO listing_notice (person_id, kind, listing_type, care_unit_id, detail, created_at)
    SELECT person_id, :kind, listing_type, care_unit_id, CAST(:detail AS jsonb), :at FROM listing
    WHERE care_unit_id = :unit AND listing_type = :type AND occupies AND upper_inf(valid)
    """
)
_TELL_QUEUE = text(
    """
    INSERT INTO listing_notice (person_id, kind, listing_type, care_unit_id, created_at)
    SELECT person_id, :kind, listing_type, care_unit_id, :at FROM queue_entry
    WHERE care_unit_id = :unit AND listing_type = :type AND status IN ('waiting', 'offered')
    """
)
_END_QUEUE = text(
    """
    WITH ended AS (
        UPDATE queue_entry SET status = 'dropped', ended_at = :at, end_reason = :reason
        WHERE care_unit_id = :unit AND listing_type = :type AND status IN ('waiting', 'offered')
        RETURNING id, person_id, care_unit_id, listing_type
    ), told AS (
        INSERT INTO listing_notice (person_id, kind, listing_type, care_unit_id, detail, created_at)
        SELECT person_id, 'queue-ended', listing_type, care_unit_id,
            jsonb_build_object('reason', CAST(:reason AS text)), :at
        FROM ended
    )
    SELECT id, person_id FROM ended
    """
)
_UNSETTLE = text(
    "UPDATE unit_register SET unsettled = true WHERE care_unit_id = :unit AND listing_type = :type"
)


def days_of(plan: ClosurePlan) -> dict[str, str]:
    """The days and what comes afterwards, as notices and the audit trail keep them."""
    return {
        "closes_on": plan.closes_on.isoformat(),
        "choose_until": plan.choose_until.isoformat(),
        "after": plan.after,
    }


def tell_listed(session: Session, values: Mapping[str, Any], kind: str, detail: Mapping[str, Any]) -> int:
    """Tell everyone who is or will be listed here; how many."""
    told = {**values, "kind": kind, "detail": journal.as_json(detail)}
    return cast(int, session.execute(_TELL_LISTED, told).rowcount)  # type: ignore[attr-defined]


def tell_queue(session: Session, values: Mapping[str, Any], kind: str) -> None:
    """Tell everyone who waits here, and leave them where they stand."""
    session.execute(_TELL_QUEUE, {**values, "kind": kind})


def end_queue(session: Session, context: Context, values: Mapping[str, Any], reason: str) -> int:
    """End every place in the queue and tell whose it was; how many."""
    ended = session.execute(_END_QUEUE, {**values, "reason": reason}).all()
    events = [
        journal.Event(
            row.person_id,
            "queue-ended",
            values["type"],
            "system",
            values["unit"],
            queue_entry_id=row.id,
            reason=reason,
        )
        for row in ended
    ]
    journal.write(session, context, events)
    return len(ended)


def finish(
    session: Session, context: Context, values: Mapping[str, Any], action: str, detail: Mapping[str, Any]
) -> None:
    """Have the public status looked at again, and the trail kept."""
    session.execute(_UNSETTLE, values)
    actor = context.actor
    audit.record(
        session,
        actor=actor.key,
        action=action,
        subject_kind="unit",
        subject_key=str(values["unit"]),
        actor_role=actor.role.value,
        purpose=actor.purpose.value if actor.purpose else None,
        **detail,
    )
