"""What a choice would lead to, told before anybody confirms it: by the operation's own reading and rules.

Takes no locks and promises nothing: between the telling and the doing others may take the place. Whoever
carries the choice out afterwards compares what came of it with what was told.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from sqlalchemy import text
from sqlalchemy.orm import Session

from listing.actor import Actor
from listing.policy.codes import ListingType, ReasonCode
from listing.policy.lookup import policy_for
from listing.policy.model import HEALTH_CENTRE, Policy
from listing.rules import change_limit, queueing
from listing.rules.choosing import Plan
from listing.rules.decision import Refused
from listing.services import choosing, state
from listing.services.operation import context
from listing.services.requests import Choice


@dataclass(frozen=True, slots=True)
class Affected:
    """A listing or a queue place that the person has at another unit, and what becomes of it.

    `change`: a present listing `ends` on `day`, a coming one is `replaced`; a queue place is `dropped` or
    `kept`; the regular doctor there is let go (`doctor-ends`).
    """

    unit: str
    hsa_id: str
    change: Literal["ends", "replaced", "dropped", "kept", "doctor-ends"]
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Preview:
    """One person's choice. `plan` is None when it would be `refused`.

    `position` is the place in the queue that the person would get now. `next_change`: the day on which a
    change comes back as things would then stand, None while none is used up. `reasons`
    can be stated by the person and would be accepted; `reasons_by_staff` the unit or the region decides on.
    """

    person_id: int
    plan: Plan | None
    refused: Refused | None
    position: int | None
    affected: tuple[Affected, ...]
    changes_left: int | None
    next_change: date | None
    reasons: tuple[ReasonCode, ...]
    reasons_by_staff: tuple[ReasonCode, ...]
    evidence_for: tuple[ReasonCode, ...]


_DOCTOR = text(
    """
    SELECT u.name, u.hsa_id FROM doctor_assignment a JOIN regular_doctor r ON r.id = a.doctor_id
    JOIN care_unit u ON u.id = r.care_unit_id
    WHERE a.person_id = :person AND NOT isempty(a.valid)
        AND (upper_inf(a.valid) OR upper(a.valid) > CAST(:day AS date))
    """
)
_NAMES = text("SELECT id, name, hsa_id FROM care_unit WHERE id = ANY(CAST(:ids AS bigint[]))")


def preview(session: Session, actor: Actor, choices: Sequence[Choice]) -> list[Preview]:
    """What each of these choices would lead to by itself, in order; raises as `choosing.choose`, but refuses

    nothing: a refusal is part of the answer. The caller has checked that the actor may speak of the people.
    """
    choosing.check(choices)
    kind = choices[0].listing_type
    here = context(actor)
    people = state.people(session, [choice.person_id for choice in choices], kind, here.today)
    units = state.units(session, [choice.hsa_id for choice in choices], kind)
    found = []
    for choice in choices:
        unit = units[choice.hsa_id.upper()]
        policy = policy_for(session, unit.region, kind, here.today).policy
        case = choosing.Case(choice, people[choice.person_id], unit, policy)
        found.append(_preview(session, case, choosing.decide(session, here, case), here.today))
    return found


def _preview(session: Session, case: choosing.Case, decided: Plan | Refused, today: date) -> Preview:
    plan = None if isinstance(decided, Refused) else decided
    position = None
    if plan is not None and plan.action == "queue":
        # Whoever joins stands last; only a later priority changes that.
        position = state.room(session, case.unit.id, case.choice.listing_type, today).waiting + 1
    now = change_limit.allowance(case.policy.change_limit, case.person.changes, today)
    own, staff, evidence = _reasons(case.policy, case.person.shown(today))
    return Preview(
        case.person.id,
        plan,
        decided if isinstance(decided, Refused) else None,
        position,
        _affected(session, case, plan, today) if plan is not None else (),
        now.left,
        _next_back(case, plan, today),
        own,
        staff,
        evidence,
    )


def _next_back(case: choosing.Case, plan: Plan | None, today: date) -> date | None:
    changes = list(case.person.changes)
    if plan is not None and plan.counted:
        changes.append(change_limit.Change(today, True))
    return next(iter(change_limit.returns(case.policy.change_limit, changes, today)), None)


def _affected(session: Session, case: choosing.Case, plan: Plan, today: date) -> tuple[Affected, ...]:
    """What the operation would do to what the person has: `choosing.make_way` and `leave_queues`."""
    person, kind = case.person, case.choice.listing_type
    ids = [held.care_unit_id for held in person.listings] + [entry.care_unit_id for entry in person.queues]
    doctors: list[Affected] = []
    if plan.action == "list" and kind == HEALTH_CENTRE:
        had = session.execute(_DOCTOR, {"person": person.id, "day": plan.valid_from})
        doctors = [Affected(row.name, row.hsa_id, "doctor-ends", plan.valid_from) for row in had]
    if not ids:
        return tuple(doctors)
    names = {row.id: (row.name, row.hsa_id) for row in session.execute(_NAMES, {"ids": ids})}
    found: list[Affected] = []
    if plan.action == "list":
        for held in person.listings:
            if held.ends is not None and held.ends <= plan.valid_from:
                continue
            if held.begins > today:
                found.append(Affected(*names[held.care_unit_id], "replaced"))
            else:
                found.append(Affected(*names[held.care_unit_id], "ends", plan.valid_from))
    for entry in person.queues:
        drops = plan.action == "list" and _drops(
            session, entry, entry.care_unit_id == case.unit.id, kind, today
        )
        found.append(Affected(*names[entry.care_unit_id], "dropped" if drops else "kept"))
    return (*found, *doctors)


def _drops(session: Session, entry: state.Waits, at_this_unit: bool, kind: ListingType, today: date) -> bool:
    policy = policy_for(session, entry.region, kind, today).policy
    return queueing.drops_place(policy.queue, at_this_unit=at_this_unit, own_choice=True)


def _reasons(
    policy: Policy, shown: Sequence[ReasonCode]
) -> tuple[tuple[ReasonCode, ...], tuple[ReasonCode, ...], tuple[ReasonCode, ...]]:
    """The region's special reasons: those that the person's own word will do for, and the others."""
    rule = policy.change_limit
    own = tuple(
        one.code
        for one in rule.special_reasons
        if change_limit.special_reason(rule, one.code, "person", shown)
    )
    others = tuple(one.code for one in rule.special_reasons if one.code not in own)
    return (
        own,
        others,
        tuple(one.code for one in rule.special_reasons if one.code in own and one.needs_evidence),
    )
