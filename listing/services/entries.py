"""The rows of the register: written and ended here, with nothing decided."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from sqlalchemy import text
from sqlalchemy.orm import Session

from core.roundtrip import Ask, ask, together
from listing.services.context import Context, write_late

_LIST = text(
    """
    INSERT INTO listing (id, person_id, care_unit_id, listing_type, valid, chosen_at, registered_at,
        registered_by, basis, channel, signed_on, paper_reference, reason, counted, counted_because,
        exemption, begun)
    VALUES (:id, :person_id, :care_unit_id, :listing_type, daterange(:valid_from, NULL), :chosen_at, :at, :by,
        :basis, :channel, :signed_on, :paper_reference, :reason, :counted, :counted_because, :exemption,
        :valid_from <= :today)
    """
)
_END = text(
    """
    UPDATE listing
    SET valid = CASE WHEN lower(valid) >= CAST(:last AS date) THEN 'empty'::daterange
            ELSE daterange(lower(valid), CAST(:last AS date)) END,
        end_reason = :reason,
        occupies = CAST(:last AS date) > CAST(:today AS date) AND lower(valid) < CAST(:last AS date),
        counted = counted AND NOT :uncounted
    WHERE id = :id
    """
)
_QUEUE = text(
    """
    INSERT INTO queue_entry (person_id, care_unit_id, listing_type, slot, queued_at, registered_at,
        registered_by, channel, signed_on, paper_reference, reason)
    VALUES (:person_id, :care_unit_id, :listing_type, :slot, :at, :at, :by, :channel, :signed_on,
        :paper_reference, :reason)
    RETURNING id
    """
)
_POSITION = text(
    """
    SELECT 1 + count(*) AS position FROM queue_entry o, queue_entry me
    WHERE me.id = :id AND o.care_unit_id = me.care_unit_id AND o.listing_type = me.listing_type
        AND o.status = 'waiting'
        AND (-o.priority, o.queued_at, o.number) < (-me.priority, me.queued_at, me.number)
    """
)
_END_QUEUE = text(
    """
    UPDATE queue_entry SET status = :status, ended_at = :at, end_reason = :reason
    WHERE id = ANY(CAST(:ids AS uuid[])) AND status IN ('waiting', 'offered')
    RETURNING id, person_id, care_unit_id, listing_type, channel
    """
)


class End(NamedTuple):
    """A listing that holds no longer from a day. One that never began holds no day, and need not count."""

    listing_id: UUID
    until: date
    reason: str
    uncounted: bool = False

    def asked(self, context: Context) -> Ask:
        """The statement that says so."""
        values = {"last": self.until, "today": context.today, "reason": self.reason}
        return Ask(_END, {**values, "id": self.listing_id, "uncounted": self.uncounted})


def add_listing(
    session: Session, context: Context, values: Mapping[str, Any], ending: Sequence[End] = ()
) -> UUID:
    """Write a listing and the end of those that give way to it, with the operation's history.

    The database refuses a second one at a time, and one beyond the limit.
    """
    known = {"signed_on": None, "paper_reference": None, "reason": None, "exemption": None}
    row = {
        **known,
        "at": context.at,
        "by": context.actor.key,
        "today": context.today,
        **values,
        "id": uuid4(),
    }
    write_late(session, context, [*(one.asked(context) for one in ending), Ask(_LIST, row)])
    added: UUID = row["id"]
    return added


def end_listing(
    session: Session, context: Context, listing_id: UUID, until: date, reason: str, *, uncounted: bool = False
) -> None:
    """Let a listing hold no longer from a day; see `End`."""
    together(session, End(listing_id, until, reason, uncounted).asked(context))


def add_queue_entry(session: Session, context: Context, values: Mapping[str, Any]) -> UUID:
    """Write a queue place behind all others of the same time or earlier."""
    known = {"signed_on": None, "paper_reference": None, "reason": None}
    row = {**known, "at": context.at, "by": context.actor.key, **values}
    added: UUID = ask(session, _QUEUE, row)[0].id
    return added


def queue_position(session: Session, entry_id: UUID) -> int:
    """The place in the queue from 1."""
    return int(ask(session, _POSITION, {"id": entry_id})[0].position)


def end_queue_entries(
    session: Session, context: Context, ids: Sequence[UUID], status: str, reason: str
) -> Sequence[Any]:
    """Take these out of their queues; returns those that still stood there."""
    values = {"ids": list(ids), "status": status, "reason": reason, "at": context.at}
    return session.execute(_END_QUEUE, values).all() if ids else []
