"""Listings, queue places and regular doctor of two rows, of one listing type, become one person's."""

from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from listing.rules import merging
from listing.services import doctors, journal
from listing.services.operation import Context

_LASTING = text(
    """
    SELECT id, CASE person_id WHEN :kept THEN 'kept' ELSE 'merged' END, care_unit_id, lower(valid), chosen_at
    FROM listing WHERE person_id IN (:kept, :merged) AND listing_type = :type AND NOT isempty(valid)
        AND (upper_inf(valid) OR upper(valid) > CAST(:today AS date))
    ORDER BY lower(valid)
    """
)
_END = text(
    """
    UPDATE listing SET occupies = false, counted = false, counted_because = 'correction',
        end_reason = 'error', valid = CASE WHEN CAST(:until AS date) IS NULL THEN 'empty'::daterange
            ELSE daterange(lower(valid), CAST(:until AS date)) END
    WHERE id = :id
    """
)
_END_LATER = text(
    """
    UPDATE listing SET counted = false, counted_because = 'correction', end_reason = 'changed',
        valid = daterange(lower(valid), CAST(:until AS date))
    WHERE id = :id
    """
)
# What cannot stand beside the other's (both listed somewhere in the past) stays with the merged row.
_MOVE = text(
    """
    UPDATE listing l SET person_id = :kept
    WHERE l.person_id = :merged AND l.listing_type = :type AND NOT EXISTS (
        SELECT FROM listing k
        WHERE k.person_id = :kept AND k.listing_type = l.listing_type AND k.valid && l.valid)
    RETURNING l.id
    """
)
_PLACES = text(
    """
    SELECT id, CASE person_id WHEN :kept THEN 'kept' ELSE 'merged' END, care_unit_id, status = 'offered',
        queued_at, priority, number
    FROM queue_entry WHERE person_id IN (:kept, :merged) AND listing_type = :type
        AND status IN ('waiting', 'offered') ORDER BY number
    """
)
_DROP = text(
    """
    UPDATE queue_entry SET status = 'dropped', ended_at = :at, end_reason = :reason
    WHERE id = :id AND status IN ('waiting', 'offered')
    """
)
_EARLIER = text("UPDATE queue_entry SET queued_at = :queued_at WHERE id = :id AND queued_at > :queued_at")
_MOVE_PLACES = text(
    """
    UPDATE queue_entry q SET person_id = :kept, slot = CASE WHEN q.status IN ('waiting', 'offered')
        THEN (SELECT min(s) FROM generate_series(0, 100) s WHERE NOT EXISTS (
            SELECT FROM queue_entry k WHERE k.person_id = :kept AND k.listing_type = q.listing_type
                AND k.slot = s AND k.status IN ('waiting', 'offered'))) ELSE q.slot END
    WHERE q.id = :id
    """
)
_THEIR_PLACES = text(
    "SELECT id FROM queue_entry WHERE person_id = :merged AND listing_type = :type ORDER BY number"
)


def merge(session: Session, context: Context, kept: int, merged: int, listing_type: str) -> dict[str, int]:
    """Carry out what `listing.rules.merging` says; how many listings moved and ended, and places ended."""
    values = {"kept": kept, "merged": merged, "type": listing_type, "today": context.today}
    lasting = [merging.Lasting(*row) for row in session.execute(_LASTING, values)]
    endings = merging.listings_that_give_way(lasting, context.today)
    gone = {one.listing.id for one in endings}
    stays_at = {one.care_unit_id for one in lasting if one.id not in gone}
    for one in endings:
        person = {"kept": kept, "merged": merged}[one.listing.whose]
        _end(session, context, one, person, listing_type)
        if one.listing.care_unit_id not in stays_at:  # The regular doctor goes with the listing.
            unit, day = one.listing.care_unit_id, one.until or context.today
            doctors.let_go(session, context, [person], listing_type, "staff", unit, day)
    moved = session.execute(_MOVE, values).all()
    ended = _places(session, context, values, stays_at)
    return {"moved": len(moved), "ended": len(endings), "queueEnded": ended}


def _end(session: Session, context: Context, one: merging.Ending, person: int, listing_type: str) -> None:
    later = one.until is not None and one.until > context.today
    session.execute(_END_LATER if later else _END, {"id": one.listing.id, "until": one.until})
    event = journal.Event(
        person,
        "corrected",
        listing_type,
        "staff",
        one.listing.care_unit_id,
        listing_id=one.listing.id,
        reason="duplicate",
        counted_because="correction",
        detail={"until": one.until.isoformat() if one.until else None},
    )
    journal.write(session, context, [event])


def _places(session: Session, context: Context, values: dict[str, Any], listed_at: set[int]) -> int:
    """Join the queue places; one at a unit where the person is listed after all is needless."""
    places = [
        merging.Place(id_, whose, unit, offered, at, (-priority, at, number))
        for id_, whose, unit, offered, at, priority, number in session.execute(_PLACES, values)
    ]
    ended = 0
    for stays, since, replaced in merging.places_that_go_on(places):
        drop = [(one, "merged") for one in replaced]
        if stays.care_unit_id in listed_at:
            drop.append((stays, "listed-here"))
        for one, reason in drop:
            session.execute(_DROP, {"id": one.id, "at": context.at, "reason": reason})
            person = values[one.whose]
            event = journal.Event(
                person,
                "queue-ended",
                values["type"],
                "staff",
                one.care_unit_id,
                queue_entry_id=one.id,
                reason=reason,
            )
            journal.write(session, context, [event])
        ended += len(drop)
        session.execute(_EARLIER, {"id": stays.id, "queued_at": since})
    for id_ in session.scalars(_THEIR_PLACES, values).all():
        session.execute(_MOVE_PLACES, {**values, "id": id_})
    return ended
