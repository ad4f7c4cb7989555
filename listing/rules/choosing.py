"""One wish to be listed, against everything that is known: what becomes of it, or why not.

Puts the single rules together in the order in which a refusal is most useful to hear: who acts, who is
listed, the unit, what one has already, the form, the day, the number of changes, and last the room, because
that alone may be waited for. Sources stand with each rule.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from listing.policy.codes import Exemption, ReasonCode
from listing.policy.model import Policy
from listing.rules import (
    capacity,
    change_limit,
    contract,
    effective,
    entitlement,
    guardianship,
    queueing,
)
from listing.rules.change_limit import Before, Change, DecidedBy
from listing.rules.days import civil_day
from listing.rules.decision import Decision, Refused


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked: where (`unit_region`), how, and from when."""

    unit_region: str
    channel: entitlement.Channel
    join_queue: bool = False
    reason: ReasonCode | None = None
    evidence: str | None = None
    wished: date | None = None
    signed_on: date | None = None
    paper_reference: str | None = None


@dataclass(frozen=True, slots=True)
class Chooser:
    """The person, what the person has, and by whom the wish is made.

    `shown` are the special reasons that the population register itself shows.
    `listed_here`: listed, or to be listed, at this unit. `queues`, `queued_here`: places of this type.
    """

    standing: entitlement.Standing
    acting: guardianship.Acting
    decided_by: DecidedBy
    sees_protected: bool
    before: Before | None
    changes: Sequence[Change]
    listed_here: bool
    queued_here: bool
    queues: int
    shown: Sequence[ReasonCode] = ()


@dataclass(frozen=True, slots=True)
class Offered:
    """The unit: its contracts, whether it is active, when it closes, and its register."""

    contracts: Sequence[contract.Period]
    room: capacity.Room
    open_unit: bool = True
    closes_on: date | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done, and what history keeps of why."""

    action: Literal["list", "queue"]
    valid_from: date
    because: str
    counted: bool
    counted_because: str
    changes_left: int | None
    exemption: Exemption | None = None


def decide(
    policy: Policy,
    wish: Wish,
    person: Chooser,
    unit: Offered,
    now: datetime,
    exemption: Callable[[date], Exemption | None],
) -> Plan | Refused:
    """What becomes of the wish at this moment. `exemption` is asked only when the unit has no room."""
    today = civil_day(now)
    day = effective.valid_from(
        policy.effective, registered_at=now, chosen_on=wish.signed_on, wished=wish.wished
    )
    if isinstance(day, Refused):
        return day
    first = day.arguments["valid_from"]
    assert isinstance(first, date)
    for decision in _preconditions(policy, wish, person, unit, today, first):
        if isinstance(decision, Refused):
            return decision
    changed = change_limit.consider(
        policy.change_limit,
        person.changes,
        today,
        cause=change_limit.cause_of_choice(person.before),
        reason=wish.reason,
        decided_by=person.decided_by,
        shown=person.shown,
    )
    if isinstance(changed, Refused):
        return changed
    if changed.evidence_required and not (wish.evidence or "").strip():
        return Refused("reason-not-accepted", "evidence-missing", {"reason": wish.reason})
    placed = _placed(policy, wish, person, unit.room, exemption, first)
    if isinstance(placed, Refused):
        return placed
    if placed.action == "queue":
        left = change_limit.allowance(policy.change_limit, person.changes, today).left
        return Plan("queue", first, placed.because, False, "queued", left)
    return Plan(
        "list", first, placed.because, changed.counts, changed.because, changed.left, placed.exemption
    )


def _preconditions(
    policy: Policy, wish: Wish, person: Chooser, unit: Offered, today: date, first: date
) -> list[Decision]:
    """What must hold before changes and room are looked at, in the order of telling."""
    decisions = [
        guardianship.may_act(policy, person.acting, today),
        entitlement.may_list(
            policy,
            person.standing,
            unit_region=wish.unit_region,
            channel=wish.channel,
            sees_protected=person.sees_protected,
        ),
        contract.listable(unit.contracts, first, open_unit=unit.open_unit, closes_on=unit.closes_on),
    ]
    if person.listed_here:
        decisions.append(Refused("already-listed", "listed-here"))
    if wish.channel == "paper" and wish.signed_on is not None:
        decisions.append(
            effective.check_form(
                policy.paper, signed_on=wish.signed_on, registered_on=today, reference=wish.paper_reference
            )
        )
    return decisions


def _placed(
    policy: Policy,
    wish: Wish,
    person: Chooser,
    room: capacity.Room,
    exemption: Callable[[date], Exemption | None],
    first: date,
) -> capacity.Placed | Refused:
    full = room.free is not None and (room.free == 0 or room.waiting > 0)
    exempt = exemption(first) if full else None
    if full and exempt is None and person.queued_here:
        return Refused("already-queued", "queued-here")
    placed = capacity.place(room, policy.queue, exemption=exempt, join_queue=wish.join_queue)
    if isinstance(placed, Refused) or placed.action == "list":
        return placed
    joined = queueing.may_queue(
        policy.queue,
        at_this_unit=person.queued_here,
        listed_here=person.listed_here,
        queues=person.queues,
        room=room,
    )
    return joined if isinstance(joined, Refused) else placed
