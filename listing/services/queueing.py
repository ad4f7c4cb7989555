"""A queue place that is left, declined, or put before others by a documented decision."""

from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from listing.actor import Actor
from listing.errors import ListingUnknown, NotWaiting, QueueEntryUnknown, refuse
from listing.locking import lock_people, lock_registers
from listing.policy.codes import PriorityReason
from listing.policy.lookup import policy_for
from listing.rules import access, queueing
from listing.rules.decision import Refused
from listing.services import entries, journal, state
from listing.services.operation import Context, once
from listing.services.requests import Channel
from listing.services.rights import may_touch

_FIND = text(
    """
    SELECT q.id, q.person_id, q.care_unit_id, q.listing_type, q.status, q.offer_expires_at, q.priority,
        q.priority_reason, q.reason, q.queued_at, q.channel, q.signed_on, q.paper_reference,
        u.hsa_id, u.region_code
    FROM queue_entry q JOIN care_unit u ON u.id = q.care_unit_id WHERE q.id = :id
    """
)
_SET_PRIORITY = text(
    """
    UPDATE queue_entry SET priority = :priority, priority_reason = :reason, decision_reference = :reference
    WHERE id = :id
    """
)
PRIORITY = 1
"""One step before others: within it the order is the time of application, as without it."""


def leave_queue(
    session: Session, actor: Actor, key: str, entry_id: UUID, channel: Channel = "web"
) -> dict[str, Any]:
    """Give up a queue place, or decline what it has been offered: `{"id", "status": "left" | "declined"}`.

    Raises `QueueEntryUnknown` for what this actor may not know of, `NotWaiting` when it has ended already.
    """
    request = {"operation": "leave-queue", "entry": str(entry_id), "channel": channel}
    return once(session, actor, key, request, lambda context: _leave(session, context, entry_id, channel))


def _leave(session: Session, context: Context, entry_id: UUID, channel: Channel) -> dict[str, Any]:
    row = held_entry(session, context, entry_id, channel)
    status = "declined" if row.status == "offered" else "left"
    entries.end_queue_entries(session, context, [row.id], status, status)
    event = journal.Event(
        row.person_id,
        "offer-declined" if status == "declined" else "queue-ended",
        row.listing_type,
        channel,
        row.care_unit_id,
        queue_entry_id=row.id,
        reason=status,
    )
    journal.write(session, context, [event])
    return {"id": str(row.id), "status": status}


def held_entry(session: Session, context: Context, entry_id: UUID, channel: Channel) -> Any:
    """The entry with its person and its unit locked, if the actor may touch it and it still stands."""
    row = session.execute(_FIND, {"id": entry_id}).one_or_none()
    if row is None:
        raise QueueEntryUnknown("There is no queue entry with this id")
    lock_people(session, [row.person_id])
    person = state.people(session, [row.person_id], row.listing_type, context.today)[row.person_id]
    place = access.UnitPlace(row.hsa_id, row.region_code)
    try:
        may_touch(session, context, person, place, row.listing_type, channel)
    except ListingUnknown:  # What one may not know of looks like what is not there.
        raise QueueEntryUnknown("There is no queue entry with this id") from None
    touched = {(row.care_unit_id, row.listing_type)}
    touched |= {(held.care_unit_id, row.listing_type) for held in person.listings}
    touched |= {(entry.care_unit_id, row.listing_type) for entry in person.queues}
    lock_registers(session, touched)
    row = session.execute(_FIND, {"id": entry_id}).one()
    if row.status not in ("waiting", "offered"):
        raise NotWaiting("The queue entry has ended", entryStatus=row.status)
    return row


def set_priority(
    session: Session,
    actor: Actor,
    key: str,
    entry_id: UUID,
    *,
    reason: PriorityReason | None,
    decision_reference: str | None = None,
) -> dict[str, Any]:
    """Put a queue place before others (förtur), or with `reason` None take that back.

    Staff of the unit or the region only; the reason must be one of the region's and the decision documented.
    """
    request = {
        "operation": "priority",
        "entry": str(entry_id),
        "reason": reason,
        "reference": decision_reference,
    }

    def work(context: Context) -> dict[str, Any]:
        row = held_entry(session, context, entry_id, "staff")
        if context.actor.person_id is not None:
            raise refuse(Refused("not-authorised", "role"))
        if reason is not None:
            policy = policy_for(session, row.region_code, row.listing_type, context.today).policy
            decision = queueing.may_have_priority(policy.queue, reason, decision_reference)
            if isinstance(decision, Refused):
                raise refuse(decision)
        if row.status != "waiting":
            raise NotWaiting("The entry has been offered a place already", entryStatus=row.status)
        values = {
            "id": row.id,
            "priority": PRIORITY if reason else 0,
            "reason": reason,
            "reference": decision_reference if reason else None,
        }
        session.execute(_SET_PRIORITY, values)
        position = entries.queue_position(session, row.id)
        event = journal.Event(
            row.person_id,
            "priority-given" if reason else "priority-withdrawn",
            row.listing_type,
            "staff",
            row.care_unit_id,
            queue_entry_id=row.id,
            reason=reason or row.priority_reason,
            detail={"position": position},
        )
        journal.write(session, context, [event])
        return {"id": str(row.id), "priority": values["priority"], "queuePosition": position}

    return once(session, actor, key, request, work)
