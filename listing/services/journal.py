"""The history row, the audit row and the outbox row of what an operation did, written with the deed."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import text
from sqlalchemy.orm import Session

from core.roundtrip import Ask, together
from listing.actor import Purpose
from listing.services.context import Context, Event

__all__ = ["TOPIC", "Event", "as_json", "close", "write"]

TOPIC = "listing"
"""The outbox topic: the key is a person's number here, for whoever keeps a copy of the register."""


# One statement for the three, whatever their number: they are written or not written together.
_WRITTEN = """
    WITH said AS (
        SELECT * FROM jsonb_to_recordset(CAST(:events AS jsonb)) AS e (
            person_id bigint, kind text, listing_type text, channel text, care_unit_id bigint,
            listing_id uuid, queue_entry_id uuid, reason text, counted boolean,
            counted_because text, detail jsonb)
    ), history AS (
        INSERT INTO listing_event (at, person_id, kind, listing_type, channel, care_unit_id, listing_id,
            queue_entry_id, reason, counted, counted_because, detail, actor, actor_role, operation_id)
        SELECT :at, person_id, kind, listing_type, channel, care_unit_id, listing_id, queue_entry_id, reason,
            counted, counted_because, detail, :actor, :role, :operation_id
        FROM said
    ), audit AS (
        INSERT INTO audit_event (actor, actor_role, purpose, action, subject_kind, subject_key, detail)
        SELECT :actor, :role, :purpose, 'listing-' || kind, 'person', person_id::text, jsonb_strip_nulls(
            jsonb_build_object('operation', CAST(:operation_id AS uuid), 'unit', care_unit_id))
        FROM said
    )
    {last}
    """
_TELL = "INSERT INTO outbox (topic, key) SELECT DISTINCT :topic, person_id::text FROM said"
_WRITE = text(_WRITTEN.format(last=_TELL))
_CLOSE = text("UPDATE operation SET outcome = CAST(:outcome AS jsonb) WHERE id = :operation_id")
_WRITE_AND_CLOSE = text(_WRITTEN.format(last=f", told AS ({_TELL}) {_CLOSE.text}"))


def as_json(detail: Mapping[str, Any]) -> str:
    """Codes, numbers and days as the database takes them."""
    return orjson.dumps(detail).decode()


def write(session: Session, context: Context, events: Sequence[Event]) -> None:
    """Write what happened, for all three readers, in the order given; an operation does so at its end."""
    if context.pending is not None:
        context.pending.extend(events)
    elif events:
        together(session, Ask(_WRITE, _values(context, events)))


def close(session: Session, context: Context, answer: Mapping[str, Any]) -> None:
    """Write what waited for the operation's end, and all that it did with its answer in one statement."""
    outcome = {"outcome": orjson.dumps(answer).decode()}
    if context.pending:
        closing = Ask(_WRITE_AND_CLOSE, {**_values(context, context.pending), **outcome})
    else:
        closing = Ask(_CLOSE, {"operation_id": context.operation_id, **outcome})
    together(session, *(context.writes or ()), closing)


def _values(context: Context, events: Sequence[Event]) -> dict[str, Any]:
    rows = [
        {
            "person_id": event.person_id,
            "kind": event.kind,
            "listing_type": event.listing_type,
            "channel": event.channel,
            "care_unit_id": event.care_unit_id,
            "listing_id": event.listing_id,
            "queue_entry_id": event.queue_entry_id,
            "reason": event.reason,
            "counted": event.counted,
            "counted_because": event.counted_because,
            "detail": dict(event.detail),
        }
        for event in events
    ]
    actor = context.actor
    return {
        "events": orjson.dumps(rows).decode(),
        "at": context.at,
        "actor": actor.key,
        "role": actor.role.value,
        # What this service does with people's data is to administer (patientdatalagen 2 kap. 4 § point 2).
        "purpose": (actor.purpose or Purpose.ADMINISTRATION).value,
        "operation_id": context.operation_id,
        "topic": TOPIC,
    }
