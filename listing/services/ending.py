"""A person leaves a unit's register, or takes back a listing that has not begun."""

from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from listing.actor import Actor
from listing.errors import ListingUnknown
from listing.locking import lock_people, lock_registers
from listing.rules import access
from listing.services import doctors, entries, journal, state
from listing.services.operation import Context, once
from listing.services.requests import Channel
from listing.services.rights import may_touch

_FIND = text(
    """
    SELECT l.id, l.person_id, l.care_unit_id, l.listing_type, lower(l.valid) AS begins, u.hsa_id,
        u.region_code
    FROM listing l JOIN care_unit u ON u.id = l.care_unit_id
    WHERE l.id = :id AND NOT isempty(l.valid) AND upper_inf(l.valid)
    """
)


def leave(
    session: Session, actor: Actor, key: str, listing_id: UUID, channel: Channel = "web"
) -> dict[str, Any]:
    """End a listing today, or take back a coming one: `{"id", "status": "ended" | "withdrawn", "until"}`.

    A coming listing that is taken back gives back the change that it counted, and lets the present one hold
    on. Raises `ListingUnknown` for what does not hold, or belongs to somebody the actor may not act for.
    """
    request = {"operation": "leave", "listing": str(listing_id), "channel": channel}
    return once(session, actor, key, request, lambda context: _leave(session, context, listing_id, channel))


def _leave(session: Session, context: Context, listing_id: UUID, channel: Channel) -> dict[str, Any]:
    row = session.execute(_FIND, {"id": listing_id}).one_or_none()
    if row is None:
        raise ListingUnknown("There is no listing in force with this id")
    lock_people(session, [row.person_id])
    lock_registers(session, [(row.care_unit_id, row.listing_type)])
    row = session.execute(_FIND, {"id": listing_id}).one_or_none()
    if row is None:
        raise ListingUnknown("There is no listing in force with this id")
    person = state.people(session, [row.person_id], row.listing_type, context.today)[row.person_id]
    may_touch(
        session, context, person, access.UnitPlace(row.hsa_id, row.region_code), row.listing_type, channel
    )
    coming = row.begins > context.today
    until = row.begins if coming else context.today
    entries.end_listing(session, context, row.id, until, "withdrawn" if coming else "left", uncounted=coming)
    if coming:
        let_present_go_on(session, person, row.begins)
    else:
        doctors.let_go(session, context, [row.person_id], row.listing_type, channel, row.care_unit_id, until)
    kind = "withdrawn" if coming else "ended"
    event = journal.Event(
        row.person_id,
        kind,
        row.listing_type,
        channel,
        row.care_unit_id,
        listing_id=row.id,
        reason="left",
        detail={"until": until.isoformat()},
    )
    journal.write(session, context, [event])
    return {"id": str(row.id), "status": kind, "until": until.isoformat()}


_GO_ON = text(
    """
    UPDATE listing SET valid = daterange(lower(valid), NULL), end_reason = NULL
    WHERE id = :id AND occupies AND end_reason = 'changed'
    """
)


def let_present_go_on(session: Session, person: state.PersonState, begins: Any) -> None:
    """The listing that was to give way on the day when the other would have begun stays, its doctor too."""
    for held in person.listings:
        if held.ends == begins:
            session.execute(_GO_ON, {"id": held.id})
            doctors.keep(session, person.id, begins)
