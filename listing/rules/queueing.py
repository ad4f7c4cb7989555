"""The queue of a unit: who is before whom, who may stand in it, and how long an offer stands.

Source: regional practice. Order by time of application; before others only for a documented reason
(Stockholm's rule for medical need and home care); in Stockholm listing elsewhere gives up the place; one
queue at a time by the national service contract of 2010. The queue of a region that keeps it centrally
(Västernorrland) follows the same order for each unit.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from listing.policy.codes import PriorityReason
from listing.policy.model import Queue
from listing.rules.capacity import Room, to_serve
from listing.rules.days import beginning_of, civil_day, days_later
from listing.rules.decision import Allowed, Decision, Refused

OrderKey = tuple[int, datetime, int]


@dataclass(frozen=True, slots=True)
class Waiting:
    """One place in a queue. `number` is given out in the order of writing and breaks ties of time."""

    id: UUID | int
    queued_at: datetime
    number: int
    priority: int = 0


def order_key(entry: Waiting) -> OrderKey:
    """Sorts a queue: higher priority first, then earlier, then lower number. Numbers are unique: no ties."""
    return (-entry.priority, entry.queued_at, entry.number)


def in_order(entries: Sequence[Waiting]) -> list[Waiting]:
    """The queue from the first to the last."""
    return sorted(entries, key=order_key)


def position(entries: Sequence[Waiting], entry: Waiting) -> int:
    """The place in the queue, from 1: one more than those who stand before."""
    own = order_key(entry)
    return 1 + sum(order_key(other) < own for other in entries)


def served_next(entries: Sequence[Waiting], room: Room) -> list[Waiting]:
    """Those whose turn it is now, in order: as many as there are free places."""
    free = to_serve(room)
    queue = in_order(entries)
    return queue if free is None else queue[:free]


def may_queue(rule: Queue, *, at_this_unit: bool, listed_here: bool, queues: int, room: Room) -> Decision:
    """Whether a person may join this queue.

    `queues`: the queues in which the person stands now; `at_this_unit`: whether this is one of them. One does
    not queue for what one has, nor where there is a free place and nobody waits: then one is listed.
    """
    if listed_here:
        return Refused("already-listed", "listed-here")
    if at_this_unit:
        return Refused("already-queued", "queued-here")
    if rule.kind == "none":
        return Refused("queue-not-possible", "no-queue")
    if room.free is None or (room.free > 0 and room.waiting == 0):
        return Refused("queue-not-possible", "not-full")
    if queues >= rule.max_queues:
        return Refused("already-queued", "max-queues", {"max": rule.max_queues})
    return Allowed("may-queue")


def may_have_priority(rule: Queue, reason: PriorityReason, decision_reference: str | None) -> Decision:
    """Whether an entry may be put before others: a reason that the region has, and a documented decision."""
    if reason not in rule.priority_reasons:
        return Refused("reason-not-accepted", "not-a-reason-here", {"reason": reason})
    if not (decision_reference or "").strip():
        return Refused("reason-not-accepted", "decision-missing", {"reason": reason})
    return Allowed(reason)


def keeps_place_when_listed(rule: Queue, *, at_this_unit: bool) -> bool:
    """Whether a queue place stays when its person is listed somewhere.

    At the unit of the queue itself it has served its purpose; elsewhere the region's rule decides. Only a
    choice of the person's own drops it: whoever is allocated keeps waiting for the unit of their wish.
    """
    return not at_this_unit and not rule.listing_elsewhere_drops


def drops_place(rule: Queue, *, at_this_unit: bool, own_choice: bool) -> bool:
    """Whether the queue place ends by a listing; see `keeps_place_when_listed`."""
    if at_this_unit:
        return True
    return own_choice and not keeps_place_when_listed(rule, at_this_unit=False)


def last_day_of_offer(rule: Queue, offered_at: datetime) -> date:
    """The last civil day in Sweden on which an offer can be taken: whole days after the day of the offer."""
    return days_later(civil_day(offered_at), rule.offer_days or 0)


def offer_expires_at(rule: Queue, offered_at: datetime) -> datetime:
    """The first moment (UTC) at which the offer no longer stands: midnight in Sweden after its last day."""
    return beginning_of(days_later(last_day_of_offer(rule, offered_at), 1))


def remind_on(rule: Queue, offered_at: datetime) -> date | None:
    """The civil day on which somebody who has not answered is reminded; None where the region does not."""
    if rule.reminder_days is None:
        return None
    return max(civil_day(offered_at), days_later(last_day_of_offer(rule, offered_at), -rule.reminder_days))


def may_take(expires_at: datetime, now: datetime) -> Decision:
    """Whether an offer can still be taken at this moment, by what was promised when it was made."""
    if now >= expires_at:
        return Refused("offer-expired", "lapsed", {"last": days_later(civil_day(expires_at), -1)})
    return Allowed("offer-stands")
