"""The history row, the audit row and the outbox row of what an operation did, written with the deed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.orm import Session

from listing.actor import Purpose
from listing.services.operation import Context

TOPIC = "listing"
"""The outbox topic: the key is a person's number here, for whoever keeps a copy of the register."""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened. `detail` holds codes, numbers and days, never anything of a person."""

    person_id: int
    kind: str
    listing_type: str
    channel: str
    care_unit_id: int | None = None
    listing_id: UUID | None = None
    queue_entry_id: UUID | None = None
    reason: str | None = None
    counted: bool = False
    counted_because: str | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)


# One statement for the three, whatever their number: they are written or not written together.
_WRITE = text(
    """
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
    INSERT INTO outbox (topic, key) SELECT DISTINCT :topic, person_id::text FROM said
    """
)


def as_json(detail: Mapping[str, Any]) -> str:
    """Codes, numbers and days as the database takes them."""
    return orjson.dumps(detail).decode()


def write(session: Session, context: Context, events: Sequence[Event]) -> None:
    """Write what happened, for all three readers, in the order given."""
    if not events:
        return
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
    values = {
        "events": orjson.dumps(rows).decode(),
        "at": context.at,
        "actor": actor.key,
        "role": actor.role.value,
        # What this service does with people's data is to administer (patientdatalagen 2 kap. 4 § point 2).
        "purpose": (actor.purpose or Purpose.ADMINISTRATION).value,
        "operation_id": context.operation_id,
        "topic": TOPIC,
    }
    session.execute(_WRITE, values)
