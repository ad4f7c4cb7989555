"""A person, a child or a household chooses a unit: listed, scheduled or queued, together or not at all."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from core.roundtrip import Rows
from listing.actor import Actor, Role
from listing.errors import Concerns, refuse
from listing.locking import lock_registers
from listing.policy import lookup
from listing.policy.codes import ListingType
from listing.policy.lookup import policy_for
from listing.policy.model import Policy
from listing.rules import access, choosing, effective, guardianship, queueing
from listing.rules.capacity import Room
from listing.rules.change_limit import DecidedBy
from listing.rules.choosing import Plan
from listing.rules.days import beginning_of
from listing.rules.decision import Refused
from listing.services import doctors, entries, forms, journal, relations, state
from listing.services.context import Context, flush
from listing.services.operation import once
from listing.services.requests import Choice, Outcome
from listing.services.state import PersonState, UnitState

_DECIDES: dict[Role, DecidedBy] = {Role.UNIT: "unit", Role.REGION: "region", Role.SYSTEM: "region"}
MOST_TOGETHER = 20


@dataclass(frozen=True, slots=True)
class Case:
    """One choice with what was read for it; the unit's `room` where that was read with the rest."""

    choice: Choice
    person: PersonState
    unit: UnitState
    policy: Policy
    room: Rows | None = None


def choose(session: Session, actor: Actor, key: str, choices: Sequence[Choice]) -> list[dict[str, Any]]:
    """List or queue these people; all of them or, when one is refused, none. One outcome each, in order.

    All choices are of one listing type. Raises `ListingRefused` with `index` for the first that is refused,
    `PersonUnknown`, `UnitUnknown`, `KeyReused`; see `listing.services.requests` for the values.
    """
    check(choices)
    request = {"operation": "choose", "choices": [choice.as_json() for choice in choices]}

    def work(context: Context) -> dict[str, Any]:
        return {"outcomes": [outcome.as_json() for outcome in _choose(session, context, choices)]}

    people = [choice.person_id for choice in choices]
    answer: list[dict[str, Any]] = once(session, actor, key, request, work, people)["outcomes"]
    return answer


def check(choices: Sequence[Choice]) -> None:
    """Refuse what no caller may ask: too many or none, several types, or somebody twice."""
    if not 1 <= len(choices) <= MOST_TOGETHER or len({choice.listing_type for choice in choices}) != 1:
        raise ValueError(f"1 to {MOST_TOGETHER} choices of one listing type")
    if len({choice.person_id for choice in choices}) != len(choices):
        raise ValueError("each person may be named once")


def _choose(session: Session, context: Context, choices: Sequence[Choice]) -> list[Outcome]:
    kind = choices[0].listing_type
    people, units = state.people_and_units(
        session,
        [choice.person_id for choice in choices],
        [choice.hsa_id for choice in choices],
        kind,
        context.today,
    )
    room: Rows | None = _lock(session, people, units, units[choices[0].hsa_id.upper()], kind)
    outcomes = []
    for index, choice in enumerate(choices):
        unit = units[choice.hsa_id.upper()]
        policy = policy_for(session, unit.region, kind, context.today).policy
        case = Case(choice, people[choice.person_id], unit, policy, room)
        plan = decide(session, context, case)
        if isinstance(plan, Refused):
            concerns = Concerns(choice.person_id, unit.id, kind, choice.channel)
            raise refuse(plan, concerns, index=index)
        outcomes.append(_carry_out(session, context, case, plan))
        room = None  # The next may want the same unit, and sees what is left of it.
    return outcomes


def _lock(
    session: Session,
    people: dict[int, PersonState],
    units: dict[str, UnitState],
    first: UnitState,
    kind: ListingType,
) -> Rows:
    """Lock the registers of these choices; behind the locks the first unit's rules and room are read."""
    touched = {(unit.id, kind) for unit in units.values()}
    touched |= {(held.care_unit_id, kind) for person in people.values() for held in person.listings}
    touched |= {(entry.care_unit_id, kind) for person in people.values() for entry in person.queues}
    rules, room = lock_registers(
        session, touched, lookup.asked(first.region, kind), state.room_asked(first.id, kind)
    )
    lookup.keep(session, first.region, kind, rules)
    return room


def decide(session: Session, context: Context, case: Case) -> Plan | Refused:
    """What becomes of one choice as things stand; writes nothing. See also `listing.services.preview`."""
    choice, person, unit = case.choice, case.person, case.unit
    allowed = access.may_act_at(context.actor, access.UnitPlace(unit.hsa_id, unit.region))
    if isinstance(allowed, Refused):
        return allowed
    paper = choice.paper
    decided_by = _DECIDES.get(context.actor.role, "person")
    if choice.channel == "paper":
        refused = forms.check(session, case.policy, choice, unit.id, decided_by)
        if refused is not None:
            return refused
    acting = relations.acting(session, context.actor, person, choice.channel, choice.guardians, context.today)
    desk = guardianship.check_desk(acting, choice.identity_check)
    if isinstance(desk, Refused):
        return desk
    # The limit of the day on which the listing begins is the one that the database holds it against.
    first = choice.wished or effective.earliest(
        case.policy.effective, registered_at=context.at, chosen_on=paper.signed_on if paper else None
    )
    return choosing.decide(
        case.policy,
        choosing.Wish(
            unit.region,
            choice.channel,
            choice.join_queue,
            choice.reason,
            choice.evidence,
            choice.wished,
            paper.signed_on if paper else None,
            paper.reference if paper else None,
        ),
        choosing.Chooser(
            standing=person.standing,
            acting=acting,
            decided_by=decided_by,
            sees_protected=context.actor.may_see_protected,
            before=person.before(context.today),
            changes=person.changes,
            listed_here=_listed_here(person, unit),
            queued_here=any(entry.care_unit_id == unit.id for entry in person.queues),
            queues=len(person.queues),
            shown=person.shown(context.today),
        ),
        choosing.Offered(
            unit.contracts,
            _room(session, context, case, first),
            unit.active,
            unit.closes_on,
        ),
        context.at,
        lambda day: relations.exemption(
            session, case.policy.cap_exemptions, person.id, unit.id, choice.listing_type, day
        ),
    )


def _room(session: Session, context: Context, case: Case, day: date) -> Room:
    if case.room is not None:
        return state.room_on(case.room, day)
    flush(session, context)
    return state.room(session, case.unit.id, case.choice.listing_type, day)


def _listed_here(person: PersonState, unit: UnitState) -> bool:
    """Listed at the unit or about to be. Who regrets a coming change takes it back instead: it costs none."""
    return any(held.care_unit_id == unit.id for held in person.listings)


def _carry_out(session: Session, context: Context, case: Case, plan: Plan) -> Outcome:
    carry_out = _join_queue if plan.action == "queue" else _list
    outcome = carry_out(session, context, case, plan)
    if case.choice.paper is None:
        return outcome
    forms.claim(session, context, case.choice, case.unit.id)
    return replace(outcome, form_reference=forms.reference(case.choice.paper))


def _join_queue(session: Session, context: Context, case: Case, plan: Plan) -> Outcome:
    choice, unit = case.choice, case.unit
    taken = {entry.slot for entry in case.person.queues}
    slot = next(slot for slot in range(len(taken) + 1) if slot not in taken)
    entry_id = entries.add_queue_entry(session, context, {**_written(case), "slot": slot})
    position = entries.queue_position(session, entry_id)
    told = {"because": plan.because, "position": position, **_at_the_desk(choice)}
    event = journal.Event(
        choice.person_id,
        "queued",
        choice.listing_type,
        choice.channel,
        unit.id,
        queue_entry_id=entry_id,
        reason=choice.reason,
        counted_because=plan.counted_because,
        detail=told,
    )
    journal.write(session, context, [event])
    warnings = ("doctor-not-chosen",) if choice.professional_hsa_id else ()
    return Outcome(entry_id, "queued", unit.hsa_id, None, position, plan.changes_left, warnings)


def _list(session: Session, context: Context, case: Case, plan: Plan) -> Outcome:
    choice, unit = case.choice, case.unit
    ending = make_way(session, context, case.person, choice.listing_type, choice.channel, plan.valid_from)
    row = {
        **_written(case),
        "chosen_at": _chosen_at(case, context),
        "valid_from": plan.valid_from,
        "basis": "choice",
        "counted": plan.counted,
        "counted_because": plan.counted_because,
        "exemption": plan.exemption,
    }
    leave_queues(session, context, case.person, unit.id, choice.listing_type, choice.channel)
    listing_id = entries.add_listing(session, context, row, ending)
    scheduled = plan.valid_from > context.today
    event = journal.Event(
        choice.person_id,
        "scheduled" if scheduled else "listed",
        choice.listing_type,
        choice.channel,
        unit.id,
        listing_id=listing_id,
        reason=choice.reason,
        counted=plan.counted,
        counted_because=plan.counted_because,
        detail={
            "because": plan.because,
            "valid_from": plan.valid_from.isoformat(),
            **_at_the_desk(choice),
        },
    )
    journal.write(session, context, [event])
    doctors.leave(
        session, context, case.person, choice.listing_type, choice.channel, unit.id, plan.valid_from
    )
    warnings = doctors.choose_with_listing(session, context, case.policy, choice, unit.id, plan.valid_from)
    return Outcome(
        listing_id,
        "scheduled" if scheduled else "listed",
        unit.hsa_id,
        plan.valid_from,
        changes_left=plan.changes_left,
        warnings=warnings,
    )


def _at_the_desk(choice: Choice) -> dict[str, str]:
    """How staff made sure who asked, where they did."""
    return {"identity_check": choice.identity_check} if choice.identity_check else {}


def _written(case: Case) -> dict[str, Any]:
    choice, paper = case.choice, case.choice.paper
    return {
        "person_id": choice.person_id,
        "care_unit_id": case.unit.id,
        "listing_type": choice.listing_type,
        "channel": choice.channel,
        "signed_on": paper.signed_on if paper else None,
        "paper_reference": forms.reference(paper),
        "reason": choice.reason,
    }


def _chosen_at(case: Case, context: Context) -> datetime:
    """When the person chose: the day on the form begins at midnight here, whatever hour it was signed."""
    return beginning_of(case.choice.paper.signed_on) if case.choice.paper else context.at


def make_way(
    session: Session, context: Context, person: PersonState, listing_type: str, channel: str, day: date
) -> list[entries.End]:
    """What the person has of this type and has to end for `day`: a present listing then, a coming one
    altogether. It is ended by the listing that is added.

    A coming listing that gives way has never held, so a change that it counted is given back.
    """
    happened, ending = [], []
    for held in person.listings:
        if held.ends is not None and held.ends <= day:
            continue
        replaced = held.begins > context.today
        reason = "replaced" if replaced else "changed"
        ending.append(entries.End(held.id, held.begins if replaced else day, reason, uncounted=replaced))
        happened.append(
            journal.Event(
                person.id,
                "withdrawn" if replaced else "ended",
                listing_type,
                channel,
                held.care_unit_id,
                listing_id=held.id,
                reason=reason,
                detail={"until": day.isoformat()},
            )
        )
    journal.write(session, context, happened)
    return ending


def leave_queues(
    session: Session,
    context: Context,
    person: PersonState,
    unit_id: int,
    listing_type: ListingType,
    channel: str,
    served: UUID | None = None,
) -> None:
    """End the queue places that a listing at `unit_id` by own choice makes needless, but `served`."""
    events = []
    for entry in person.queues:
        at_this_unit = entry.care_unit_id == unit_id
        policy = policy_for(session, entry.region, listing_type, context.today).policy
        if entry.id == served or not queueing.drops_place(
            policy.queue, at_this_unit=at_this_unit, own_choice=True
        ):
            continue
        reason = "listed-here" if at_this_unit else "listed-elsewhere"
        entries.end_queue_entries(session, context, [entry.id], "dropped", reason)
        events.append(
            journal.Event(
                person.id,
                "queue-ended",
                listing_type,
                channel,
                entry.care_unit_id,
                queue_entry_id=entry.id,
                reason=reason,
            )
        )
    journal.write(session, context, events)
