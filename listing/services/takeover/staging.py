"""Rows of a register that is taken over, waiting until all have been seen; and what stands against some."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID, uuid5

from sqlalchemy import text
from sqlalchemy.orm import Session

from listing.services.life_events.staging import copy
from listing.services.takeover.entries import Fault, Held, Waiting

_NAMESPACE = UUID("6d1a2b0e-6f0a-5d8e-9a53-5f1f0f6d2c11")
"""So that what has been taken over once is known again, whatever has become of it since."""

_TABLES = (
    "DROP TABLE IF EXISTS takeover_listing, takeover_queue",
    """
    CREATE TEMPORARY TABLE takeover_listing (
        row_number bigint, id uuid, person_id bigint, care_unit_id bigint, listing_type text, begins date,
        until date, chosen_at timestamptz, own_choice boolean, counted boolean, end_reason text,
        fault text, other bigint, known boolean DEFAULT false, exemption text
    ) ON COMMIT DROP
    """,
    """
    CREATE TEMPORARY TABLE takeover_queue (
        row_number bigint, id uuid, person_id bigint, care_unit_id bigint, listing_type text,
        queued_at timestamptz, priority smallint, priority_reason text, decision_reference text,
        fault text, other bigint, known boolean DEFAULT false, slot integer
    ) ON COMMIT DROP
    """,
)
_HELD = ("row_number", "id", "person_id", "care_unit_id", "listing_type", "begins", "until", "chosen_at",
         "own_choice", "counted", "end_reason")  # fmt: skip
_WAITING = ("row_number", "id", "person_id", "care_unit_id", "listing_type", "queued_at", "priority",
            "priority_reason", "decision_reference")  # fmt: skip

_KNOWN = (
    "UPDATE takeover_listing t SET known = true FROM listing l WHERE l.id = t.id",
    "UPDATE takeover_queue t SET known = true FROM queue_entry q WHERE q.id = t.id",
)
# The first row in the file stands; the later ones that say otherwise are told of it.
_FAULTS = (
    """
    UPDATE takeover_listing t SET fault = 'two-at-once', other = (
        SELECT min(o.row_number) FROM takeover_listing o
        WHERE o.person_id = t.person_id AND o.listing_type = t.listing_type AND o.row_number < t.row_number
            AND daterange(o.begins, o.until) && daterange(t.begins, t.until))
    WHERE EXISTS (
        SELECT FROM takeover_listing o
        WHERE o.person_id = t.person_id AND o.listing_type = t.listing_type AND o.row_number < t.row_number
            AND daterange(o.begins, o.until) && daterange(t.begins, t.until))
    """,
    """
    UPDATE takeover_listing t SET fault = 'listed-already' FROM listing l
    WHERE t.fault IS NULL AND NOT t.known AND l.person_id = t.person_id AND l.listing_type = t.listing_type
        AND l.valid && daterange(t.begins, t.until)
    """,
    """
    UPDATE takeover_listing t SET fault = 'person-gone' FROM person p
    WHERE t.fault IS NULL AND NOT t.known AND p.id = t.person_id AND p.deregistered_on IS NOT NULL
        AND (t.until IS NULL OR t.until > p.deregistered_on)
    """,
    """
    UPDATE takeover_queue t SET fault = 'person-gone' FROM person p
    WHERE NOT t.known AND p.id = t.person_id AND p.deregistered_on IS NOT NULL
    """,
    """
    UPDATE takeover_queue t SET fault = 'queued-twice', other = o.row_number FROM takeover_queue o
    WHERE t.fault IS NULL AND o.person_id = t.person_id AND o.care_unit_id = t.care_unit_id
        AND o.listing_type = t.listing_type AND o.row_number < t.row_number
    """,
    """
    UPDATE takeover_queue t SET fault = 'queued-already' FROM queue_entry q
    WHERE t.fault IS NULL AND NOT t.known AND q.person_id = t.person_id AND q.care_unit_id = t.care_unit_id
        AND q.listing_type = t.listing_type AND q.status IN ('waiting', 'offered')
    """,
    """
    UPDATE takeover_queue t SET fault = 'listed-here'
    WHERE t.fault IS NULL AND NOT t.known AND (
        EXISTS (SELECT FROM listing l WHERE l.person_id = t.person_id AND l.care_unit_id = t.care_unit_id
            AND l.listing_type = t.listing_type AND upper_inf(l.valid) AND NOT isempty(l.valid))
        OR EXISTS (SELECT FROM takeover_listing l WHERE l.person_id = t.person_id AND l.fault IS NULL
            AND l.care_unit_id = t.care_unit_id AND l.listing_type = t.listing_type AND l.until IS NULL))
    """,
)
_FOUND = text(
    "SELECT row_number, fault, other FROM takeover_listing WHERE fault IS NOT NULL"
    " UNION ALL SELECT row_number, fault, other FROM takeover_queue WHERE fault IS NOT NULL ORDER BY 1"
)


def create(session: Session) -> None:
    """Empty tables, gone with the transaction."""
    for statement in _TABLES:
        session.execute(text(statement))


def add(session: Session, held: Sequence[Held], waiting: Sequence[Waiting]) -> None:
    """Put a batch in."""
    copy(
        session,
        "takeover_listing",
        _HELD,
        [
            (
                one.row,
                _id("listing", one, one.begins),
                one.person_id,
                one.unit_id,
                one.listing_type,
                one.begins,
                one.until,
                one.chosen_at,
                one.own_choice,
                one.counted,
                one.end_reason,
            )
            for one in held
        ],
    )
    copy(
        session,
        "takeover_queue",
        _WAITING,
        [
            (
                one.row,
                _id("queue", one, one.queued_at),
                one.person_id,
                one.unit_id,
                one.listing_type,
                one.queued_at,
                one.priority,
                one.priority_reason,
                one.decision_reference,
            )
            for one in waiting
        ],
    )


def check(session: Session) -> list[Fault]:
    """Mark what is here already and what cannot be; returns the faults in the order of the rows."""
    for table in ("takeover_listing", "takeover_queue"):
        session.execute(text(f"CREATE INDEX ON {table} (person_id)"))
        session.execute(text(f"ANALYZE {table}"))
    for statement in (*_KNOWN, *_FAULTS):
        session.execute(text(statement))
    return [Fault(row.row_number, row.fault, row.other) for row in session.execute(_FOUND)]


def _id(kind: str, one: Held | Waiting, when: date) -> UUID:
    said = f"{kind}:{one.person_id}:{one.unit_id}:{one.listing_type}:{when.isoformat()}"
    return uuid5(_NAMESPACE, said)
