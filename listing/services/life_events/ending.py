"""Whoever died, left the country or is not registered any more: listing, queue places and doctor end."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from listing.rules.life_events import ENDS
from listing.services import journal, notices
from listing.services.operation import Context

CHUNK = 5000

_HOLD = text(
    "SELECT id FROM person WHERE id IN (SELECT person_id FROM population_effect WHERE kind = ANY(:kinds))"
    " ORDER BY id FOR UPDATE"
)
_END = text(
    """
    UPDATE listing l
    SET valid = CASE WHEN lower(l.valid) >= e.day THEN 'empty'::daterange
            ELSE daterange(lower(l.valid), e.day) END,
        end_reason = e.reason, occupies = e.day > CAST(:today AS date),
        counted = l.counted AND lower(l.valid) < e.day
    FROM unnest(CAST(:people AS bigint[]), CAST(:types AS text[]), CAST(:days AS date[]),
        CAST(:reasons AS text[])) AS e (person_id, listing_type, day, reason)
    WHERE l.person_id = e.person_id AND (e.listing_type IS NULL OR l.listing_type = e.listing_type)
        AND NOT isempty(l.valid) AND (upper_inf(l.valid) OR upper(l.valid) > e.day)
    RETURNING l.id, l.person_id, l.listing_type, l.care_unit_id, e.day, e.reason
    """
)
_QUEUES = text(
    """
    UPDATE queue_entry q SET status = 'dropped', ended_at = :at, end_reason = e.reason
    FROM unnest(CAST(:people AS bigint[]), CAST(:days AS date[]), CAST(:reasons AS text[]))
        AS e (person_id, day, reason)
    WHERE q.person_id = e.person_id AND q.status IN ('waiting', 'offered')
    RETURNING q.id, q.person_id, q.listing_type, q.care_unit_id, e.day, e.reason
    """
)
_DOCTORS = text(
    """
    UPDATE doctor_assignment a
    SET valid = CASE WHEN lower(a.valid) >= e.day THEN 'empty'::daterange
        ELSE daterange(lower(a.valid), e.day) END
    FROM unnest(CAST(:people AS bigint[]), CAST(:days AS date[])) AS e (person_id, day)
    WHERE a.person_id = e.person_id AND NOT isempty(a.valid)
        AND (upper_inf(a.valid) OR upper(a.valid) > e.day)
    RETURNING a.person_id
    """
)
_LAPSE = [
    text(
        f"""
        UPDATE {table} t SET updated_at = :at,
            valid = CASE WHEN lower(t.valid) >= e.day THEN 'empty'::daterange
                ELSE daterange(lower(t.valid), e.day) END
        FROM unnest(CAST(:people AS bigint[]), CAST(:days AS date[])) AS e (person_id, day)
        WHERE e.person_id IN (t.{one}, t.{other}) AND NOT isempty(t.valid)
            AND (upper_inf(t.valid) OR upper(t.valid) > e.day)
        """  # noqa: S608 - constants only
    )
    for table, one, other in (
        ("guardianship", "child_id", "guardian_id"),
        ("representation", "person_id", "representative_id"),
    )
]
_WHO = text(
    "SELECT DISTINCT ON (person_id) person_id, kind, day FROM population_effect"
    " WHERE kind = ANY(:kinds) ORDER BY person_id, day"
)


def hold(session: Session) -> None:
    """Hold the people whose listings end, in a strength that a listing made meanwhile has to wait for."""
    session.execute(_HOLD, {"kinds": list(ENDS)})


def end_all(session: Session, context: Context) -> dict[str, int]:
    """End what they have from the day on; how many of each."""
    rows = session.execute(_WHO, {"kinds": list(ENDS)}).all()
    if not rows:
        return {}
    people, days = [row.person_id for row in rows], [row.day for row in rows]
    reasons = [ENDS[row.kind] for row in rows]
    doctors = session.execute(_DOCTORS, {"people": people, "days": days}).all()
    queued = session.execute(
        _QUEUES, {"people": people, "days": days, "reasons": reasons, "at": context.at}
    ).all()
    ended = end_listings(session, context, people, None, days, reasons)
    for statement in _LAPSE:
        session.execute(statement, {"people": _dead(rows), "days": _dead_days(rows), "at": context.at})
    events = [_event(row, "queue-ended", queue_entry_id=row.id) for row in queued] + [
        journal.Event(row.person_id, "doctor-ended", "health-centre", "system", detail={"because": "gone"})
        for row in doctors
    ]
    journal.write(session, context, events)
    found = {"listingsEnded": len(ended), "queuePlacesEnded": len(queued), "doctorsEnded": len(doctors)}
    return {name: count for name, count in found.items() if count}


def end_listings(
    session: Session,
    context: Context,
    people: Sequence[int],
    types: Sequence[str] | None,
    days: Sequence[date],
    reasons: Sequence[str],
) -> Sequence[Any]:
    """End the listings of these people, of a type each or of all types, each with its history."""
    values = {
        "people": list(people),
        "types": list(types) if types is not None else [None] * len(people),
        "days": list(days),
        "reasons": list(reasons),
        "today": context.today,
    }
    ended = session.execute(_END, values).all()
    for start in range(0, len(ended), CHUNK):
        part = ended[start : start + CHUNK]
        journal.write(session, context, [_event(row, "ended", listing_id=row.id) for row in part])
        notices.tell(session, context, [_notice(row) for row in part if row.reason != "deceased"])
    return ended


def _notice(row: Any) -> notices.Notice:
    detail = {"because": row.reason, "until": row.day.isoformat()}
    return notices.Notice(row.person_id, "listing-ended", row.listing_type, row.care_unit_id, detail)


def _event(row: Any, kind: str, **more: Any) -> journal.Event:
    return journal.Event(
        row.person_id,
        kind,
        row.listing_type,
        "system",
        row.care_unit_id,
        reason=row.reason,
        detail={"until": row.day.isoformat()},
        **more,
    )


def _dead(rows: Sequence[Any]) -> list[int]:
    return [row.person_id for row in rows if row.kind == "died"]


def _dead_days(rows: Sequence[Any]) -> list[date]:
    return [row.day for row in rows if row.kind == "died"]
