"""What the register of listings tells the directory: how one can list at a unit and how long the queue is.

The register is the source `listing-register`. While it says something of a unit, no file is heard about the
unit's listing (`directory.rules.merge.LAST_WORD`); what files say is kept, and counts again when the register
no longer speaks for the unit.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import orjson
from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session

from core import clock, outbox
from directory.models import CareUnit, SourceRecord
from directory.rules.merge import LISTING_REGISTER, merge
from directory.services import history, states
from directory.services.sources import ensure_source
from directory.services.states import TOPIC

NAME = "Listningsregistret"
BATCH = 500


@dataclass(frozen=True)
class ListingState:
    """How one can list at a unit. `queue_length` only with a queue; `since`: first day of the status."""

    care_unit_id: int
    status: Literal["open", "queue", "closed"]
    queue_length: int | None = None
    since: date | None = None

    def __post_init__(self) -> None:
        """Refuse what the table would refuse, before anything is written."""
        if self.status not in ("open", "queue", "closed"):
            raise ValueError(f"no such listing status: {self.status}")
        if self.queue_length is not None and (self.status != "queue" or self.queue_length < 0):
            raise ValueError("a queue length is a number of people and stands with a queue")

    @property
    def listing(self) -> dict[str, Any]:
        """The record's `listing`."""
        since = self.since and self.since.isoformat()
        said = {"status": self.status, "queue_length": self.queue_length, "since": since}
        return {name: value for name, value in said.items() if value is not None}


_LOCK = text("""
    SELECT id, (SELECT s.id FROM source s WHERE s.key = :source) FROM care_unit
    WHERE id = ANY(CAST(:ids AS bigint[])) AND hsa_id IS NOT NULL ORDER BY hsa_id FOR NO KEY UPDATE
""")

# One statement for any number of units: `said` is what the register says, `news` what that changes in the
# record. The next version is made from the row that ends the last, so the two can never stand side by side.
_PUBLISH = text("""
WITH said AS (
    SELECT u.id, u.hsa_id, u.responsible_contact, r.listing
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r (care_unit_id bigint, listing jsonb)
    JOIN care_unit u ON u.id = r.care_unit_id
), stated AS (
    INSERT INTO source_record AS s (care_unit_id, source_id, record, said_at, present, changed_at)
    SELECT id, :source_id, jsonb_build_object('listing', listing),
           jsonb_build_object('listing', CAST(:moment AS text)), true, :at
    FROM said
    ON CONFLICT (care_unit_id, source_id) DO UPDATE
    SET record = excluded.record, said_at = excluded.said_at, present = true, changed_at = excluded.changed_at
    WHERE s.record IS DISTINCT FROM excluded.record OR NOT s.present
), placed AS (
    INSERT INTO care_unit_listing_status AS l
        (care_unit_id, status, queue_length, since, responsible_contact, updated_at, source_id)
    SELECT id, listing->>'status', CAST(listing->>'queue_length' AS integer),
           CAST(listing->>'since' AS date), responsible_contact, :at, :source_id
    FROM said
    ON CONFLICT (care_unit_id) DO UPDATE
    SET status = excluded.status, queue_length = excluded.queue_length, since = excluded.since,
        responsible_contact = excluded.responsible_contact, updated_at = excluded.updated_at,
        source_id = excluded.source_id, import_run_id = NULL
    WHERE (l.status, l.queue_length, l.since, l.source_id)
        IS DISTINCT FROM (excluded.status, excluded.queue_length, excluded.since, excluded.source_id)
), owned AS (
    UPDATE care_unit u SET field_origin = u.field_origin || jsonb_build_object('listing', :source_id)
    FROM said WHERE u.id = said.id AND u.field_origin->'listing' IS DISTINCT FROM to_jsonb(:source_id)
), news AS (
    SELECT said.id, said.hsa_id, said.listing, v.id AS version_id, v.record->'listing' AS earlier,
           (said.listing - 'queue_length') IS NOT DISTINCT FROM ((v.record->'listing') - 'queue_length')
               AS moved
    FROM said JOIN care_unit_version v ON v.care_unit_id = said.id AND upper_inf(v.period)
    WHERE v.record->'listing' IS DISTINCT FROM said.listing
), counted AS (
    UPDATE care_unit_version v SET record = v.record || jsonb_build_object('listing', news.listing)
    FROM news WHERE v.id = news.version_id AND news.moved
), ended AS (
    UPDATE care_unit_version v
    SET period = tstzrange(lower(v.period), greatest(:at, lower(v.period) + interval '1 microsecond'))
    FROM news WHERE v.id = news.version_id AND NOT news.moved
    RETURNING v.care_unit_id, v.hsa_id, upper(v.period) AS ends, v.record, v.position, v.published,
              news.listing
), begun AS (
    INSERT INTO care_unit_version (care_unit_id, hsa_id, period, record, position, published, source_id)
    SELECT care_unit_id, hsa_id, tstzrange(ends, NULL), record || jsonb_build_object('listing', listing),
           position, published, :source_id
    FROM ended
), noted AS (
    INSERT INTO care_unit_change
        (care_unit_id, changed_at, field, old_value, new_value, audience, actor, source_id)
    SELECT id, :at, 'listing', earlier, listing, 'public', :source, :source_id FROM news WHERE NOT moved
)
SELECT hsa_id FROM news ORDER BY hsa_id
""")


def publish_listing_status(session: Session, states: Sequence[ListingState]) -> list[str]:
    """Show that this is how one can list at these units, each named once; the HSA-ids of those that changed.

    A new status, or a status that holds since another day, is a new version with a row of history, as any
    other change of a record. Where only the number of people in the queue moves, the open version is
    corrected in place and no history is written: queues move all day, and what they were is told by the
    register itself. So a question about the past sees each version's last number. What is shown already
    writes nothing. The operation that calls writes the audit trail.

    All in the session's transaction; nothing is committed. Units are locked in the order of their HSA-ids,
    so call last in an operation that locks rows of its own; a file import that has changed one of the units
    is waited for. Raises `ValueError` for a unit that is named twice, is unknown or has no HSA-id.
    """
    if not states:
        return []
    session.flush()
    found = {state.care_unit_id: state.listing for state in states}
    if len(found) != len(states):
        raise ValueError("each unit may be named once")
    locked = session.execute(_LOCK, {"ids": list(found), "source": LISTING_REGISTER}).all()
    if len(locked) != len(found):
        raise ValueError(
            f"not care units with an HSA-id: {sorted(found.keys() - {row[0] for row in locked})}"
        )
    at = clock.now()
    values = {
        "rows": orjson.dumps(
            [{"care_unit_id": key, "listing": said} for key, said in found.items()]
        ).decode(),
        "source": LISTING_REGISTER,
        "source_id": locked[0][1] or ensure_source(session, LISTING_REGISTER, NAME).id,
        "at": at,
        "moment": at.isoformat(),
    }
    changed = list(session.scalars(_PUBLISH, values))
    outbox.publish(session, TOPIC, changed)
    return changed


def withdraw_listing_status(session: Session, care_unit_ids: Collection[int]) -> list[str]:
    """The register no longer speaks for these units: what files say of their listing counts again.

    Returns the HSA-ids of the units whose record changed by it, each with a new version and history. Units
    for which the register does not speak are passed over.
    """
    source = ensure_source(session, LISTING_REGISTER, NAME)
    context = history.Context(source.id, None, LISTING_REGISTER, clock.now())
    spoken = list(
        session.scalars(
            select(CareUnit.hsa_id)
            .join(SourceRecord)
            .where(CareUnit.id.in_(care_unit_ids), SourceRecord.source_id == source.id)
            .order_by(CareUnit.hsa_id)
        )
    )
    changed: list[str] = []
    for start in range(0, len(spoken), BATCH):
        known = states.load(session, [hsa_id for hsa_id in spoken[start : start + BATCH] if hsa_id])
        for state in known.values():
            state.statements = [said for said in state.statements if said.source_id != source.id]
            state.after = merge(state.statements, state.before)
        ids = [state.unit_id for state in known.values()]
        session.execute(
            delete(SourceRecord).where(
                SourceRecord.source_id == source.id, SourceRecord.care_unit_id.in_(ids)
            )
        )
        changing = [state for state in known.values() if state.changed]
        states.write(session, changing, context)
        changed += [state.hsa_id for state in changing]
    return changed
