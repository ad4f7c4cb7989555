"""A unit's queue for its staff: everyone counted, those shown whom the reader may see, each audited."""

from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from listing.actor import Actor
from listing.people.services import audit_people
from listing.policy.codes import ListingType
from listing.queries.people import PersonShown, person_shown
from listing.queries.units import staffed_unit

# Offers stand before the queue: their places are held. The place is the one that the person is told.
_PAGE = text(
    """
    SELECT q.id, q.status, q.queued_at, q.channel, q.priority, q.priority_reason, q.offered_at,
        q.offer_expires_at, count(*) OVER () AS total,
        CASE q.status WHEN 'waiting' THEN row_number() OVER (
            PARTITION BY q.status ORDER BY q.priority DESC, q.queued_at, q.number) END AS position,
        q.person_id, p.protection, p.sealed, p.seal_key
    FROM queue_entry q JOIN person p ON p.id = q.person_id
    WHERE q.care_unit_id = :unit AND q.listing_type = :type AND q.status IN ('waiting', 'offered')
    ORDER BY q.status, q.priority DESC, q.queued_at, q.number
    LIMIT :limit OFFSET :skipped
    """
)
_TOTAL = text("SELECT waiting + held FROM unit_register WHERE care_unit_id = :unit AND listing_type = :type")


def queue_page(
    session: Session, actor: Actor, hsa_id: str, listing_type: ListingType, *, limit: int, page: int
) -> tuple[int, list[dict[str, Any]]]:
    """How many stand in the queue or have an offer, and one page of them in order, first to last.

    Protected persons keep their place in the list without anything of theirs, for whoever may not see them.
    Raises `UnitUnknown`, or `ListingRefused` when it is another's unit.
    """
    unit = staffed_unit(session, actor, hsa_id)
    where = {"unit": unit.id, "type": listing_type}
    rows = session.execute(_PAGE, {**where, "limit": limit, "skipped": (page - 1) * limit}).all()
    total = rows[0].total if rows else (session.scalar(_TOTAL, where) or 0)
    people = [person_shown(row, actor) for row in rows]
    seen = [row.person_id for row, person in zip(rows, people, strict=True) if person.details is not None]
    audit_people(session, actor, "queue-read", seen, unit=unit.hsa_id)
    return total, [_item(row, person) for row, person in zip(rows, people, strict=True)]


def _item(row: Any, person: PersonShown) -> dict[str, Any]:
    """One place. Of a person who is not shown, nothing but the place: not even when it was taken."""
    hidden = person.details is None
    return {
        "id": None if hidden else row.id,
        "status": row.status,
        "queuePosition": row.position,
        "queuedAt": None if hidden else row.queued_at,
        "channel": None if hidden else row.channel,
        "priorityReason": None if hidden else row.priority_reason,
        "offeredAt": None if hidden else row.offered_at,
        "offerExpiresAt": None if hidden else row.offer_expires_at,
        "person": person.view(),
    }
