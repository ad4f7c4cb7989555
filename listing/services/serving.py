"""A free place goes to the queue's first: listed at once, or offered and held until it is answered."""

from typing import Any, cast
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from core import clock
from listing.actor import Actor
from listing.errors import NotWaiting, refuse
from listing.locking import UnitKey, lock_people, lock_registers
from listing.policy.codes import ListingType
from listing.policy.lookup import policy_for
from listing.policy.model import Policy
from listing.rules import change_limit, effective, entitlement, queueing
from listing.rules.decision import Refused
from listing.services import choosing, contracted, doctors, entries, journal, notices, state
from listing.services.operation import Context, once
from listing.services.queueing import held_entry
from listing.services.requests import Channel

_FIRST = text(
    """
    SELECT q.id, q.person_id, q.channel, q.reason, q.queued_at, q.signed_on, q.paper_reference, u.hsa_id,
        u.region_code, u.status = 'active' AS active
    FROM queue_entry q JOIN care_unit u ON u.id = q.care_unit_id
    WHERE q.care_unit_id = :unit AND q.listing_type = :type AND q.status = 'waiting'
    ORDER BY q.priority DESC, q.queued_at, q.number LIMIT 1
    """
)
_ELSEWHERE = text(
    """
    SELECT care_unit_id FROM listing WHERE person_id = :person AND listing_type = :type AND occupies
    UNION SELECT care_unit_id FROM queue_entry
    WHERE person_id = :person AND listing_type = :type AND status IN ('waiting', 'offered')
    """
)
_OFFER = text(
    "UPDATE queue_entry SET status = 'offered', offered_at = :at, offer_expires_at = :expires WHERE id = :id"
)


def serve_first(session: Session, actor: Actor, unit: UnitKey) -> bool:
    """Serve the queue's first if there is a free place; False when there is nobody or no place.

    One transaction serves one person. The first is looked up without lock, then the person and the units are
    locked in order, and the first is looked up again: whoever has got before meanwhile is served next time.
    """
    care_unit_id, listing_type = unit
    values = {"unit": care_unit_id, "type": listing_type}
    seen = session.execute(_FIRST, values).one_or_none()
    if seen is None:
        return False
    context = Context(actor, clock.now(), clock.today())
    lock_people(session, [seen.person_id])
    own = session.scalars(_ELSEWHERE, {"person": seen.person_id, "type": listing_type})
    lock_registers(session, {unit, *((other, listing_type) for other in own)})
    first = session.execute(_FIRST, values).one_or_none()
    if first is None or first.id != seen.id:
        return first is not None
    day = context.today
    policy = policy_for(session, first.region_code, _kind(listing_type), day).policy
    # There must be room on both days: a place is held from today, and taken from the listing's first day,
    # by whose limit the database judges it.
    for on in {day, effective.earliest(policy.effective, registered_at=context.at)}:
        if state.room(session, care_unit_id, listing_type, on).free == 0:
            return False
        if contracted.refusal(session, care_unit_id, listing_type, on) is not None:
            return False  # The queue stands still until there is a contract again.
    person = state.people(session, [first.person_id], listing_type, day)[first.person_id]
    gone = _not_served(policy, person, first.region_code)
    if gone is not None:
        _drop(session, context, first, care_unit_id, listing_type, gone)
    elif policy.queue.serving == "offer":
        _offer(session, context, policy, first, care_unit_id, listing_type)
    else:
        _list(session, context, policy, person, first, care_unit_id, listing_type, "served")
    return True


def _kind(listing_type: str) -> ListingType:
    return cast(ListingType, listing_type)


def _not_served(policy: Policy, person: state.PersonState, region: str) -> str | None:
    """Why somebody whose turn it is cannot be listed any more: gone from the country, or dead.

    Only what has become of the person since counts. The number of changes was looked at when the person
    applied; a wish that was allowed then is not refused after the wait.
    """
    decision = entitlement.may_list(
        policy, person.standing, unit_region=region, channel="staff", sees_protected=True
    )
    return decision.because if isinstance(decision, Refused) else None


def _drop(session: Session, context: Context, row: Any, unit: int, listing_type: str, because: str) -> None:
    entries.end_queue_entries(session, context, [row.id], "dropped", because)
    event = journal.Event(
        row.person_id, "passed-over", listing_type, "system", unit, queue_entry_id=row.id, reason=because
    )
    journal.write(session, context, [event])


def _offer(
    session: Session, context: Context, policy: Policy, row: Any, unit: int, listing_type: str
) -> None:
    expires = queueing.offer_expires_at(policy.queue, context.at)
    session.execute(_OFFER, {"id": row.id, "at": context.at, "expires": expires})
    last = queueing.last_day_of_offer(policy.queue, context.at).isoformat()
    event = journal.Event(
        row.person_id,
        "offered",
        listing_type,
        "system",
        unit,
        queue_entry_id=row.id,
        detail={"last_day": last},
    )
    journal.write(session, context, [event])
    notices.tell(
        session, context, [notices.Notice(row.person_id, "offer", listing_type, unit, {"last_day": last})]
    )


def _list(
    session: Session,
    context: Context,
    policy: Policy,
    person: state.PersonState,
    row: Any,
    unit: int,
    listing_type: str,
    status: str,
) -> tuple[UUID, Any, int | None]:
    """List somebody who has waited. The queue place ends first: what it held becomes the listing's."""
    first_day = effective.earliest(policy.effective, registered_at=context.at)
    cause = change_limit.cause_of_choice(person.before(context.today))
    counted = change_limit.consider(policy.change_limit, person.changes, context.today, cause=cause)
    counts, because, left = (True, "change-from-queue", 0)
    if not isinstance(counted, Refused):
        counts, because, left = counted.counts, counted.because, counted.left  # type: ignore[assignment]
    entries.end_queue_entries(session, context, [row.id], status, status)
    ending = choosing.make_way(session, context, person, listing_type, row.channel, first_day)
    choosing.leave_queues(session, context, person, unit, _kind(listing_type), row.channel, served=row.id)
    doctors.leave(session, context, person, listing_type, row.channel, unit, first_day)
    listing_id = entries.add_listing(
        session,
        context,
        {
            "person_id": row.person_id,
            "care_unit_id": unit,
            "listing_type": listing_type,
            "valid_from": first_day,
            "chosen_at": row.queued_at,
            "basis": "choice",
            "channel": row.channel,
            "signed_on": row.signed_on,
            "paper_reference": row.paper_reference,
            "reason": row.reason,
            "counted": counts,
            "counted_because": because,
        },
        ending,
    )
    event = journal.Event(
        row.person_id,
        "listed-from-queue",
        listing_type,
        row.channel,
        unit,
        listing_id=listing_id,
        queue_entry_id=row.id,
        counted=counts,
        counted_because=because,
        detail={"valid_from": first_day.isoformat()},
    )
    journal.write(session, context, [event])
    told = {"valid_from": first_day.isoformat()}
    notices.tell(session, context, [notices.Notice(row.person_id, "listed", listing_type, unit, told)])
    return listing_id, first_day, left


def accept(
    session: Session, actor: Actor, key: str, entry_id: UUID, channel: Channel = "web"
) -> dict[str, Any]:
    """Take an offered place: the same answer as a listing. Raises `NotWaiting` without an offer, and

    `ListingRefused` with `offer-expired` after its last day, whether or not the timed work has been by.
    """
    request = {"operation": "accept", "entry": str(entry_id), "channel": channel}

    def work(context: Context) -> dict[str, Any]:
        row = held_entry(session, context, entry_id, channel)
        if row.status != "offered":
            raise NotWaiting("No place has been offered yet", entryStatus=row.status)
        stands = queueing.may_take(row.offer_expires_at, context.at)
        if isinstance(stands, Refused):
            raise refuse(stands)
        policy = policy_for(session, row.region_code, row.listing_type, context.today).policy
        person = state.people(session, [row.person_id], row.listing_type, context.today)[row.person_id]
        first = effective.earliest(policy.effective, registered_at=context.at)
        without = contracted.refusal(session, row.care_unit_id, row.listing_type, first)
        if without is not None:
            raise refuse(without)
        listing_id, first_day, left = _list(
            session, context, policy, person, row, row.care_unit_id, row.listing_type, "taken"
        )
        return {
            "id": str(listing_id),
            "status": "scheduled" if first_day > context.today else "listed",
            "hsaId": row.hsa_id,
            "validFrom": first_day.isoformat(),
            "queuePosition": None,
            "changesLeft": left,
            "warnings": [],
        }

    return once(session, actor, key, request, work)
