"""A unit's register closes: everyone is told, has time to choose, and whoever is left is moved or let go.

Announcing is one operation. Carrying out has a transaction per batch of people, so that it may be cut off
anywhere and started again, and never holds thousands of people at once.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from core import audit, clock
from core.database import unit_of_work
from listing.actor import Actor
from listing.errors import UnitUnknown, refuse
from listing.locking import UnitKey, lock_people, lock_registers
from listing.policy.codes import ListingType
from listing.policy.lookup import policy_for
from listing.rules import access, closure
from listing.rules.decision import Refused
from listing.services import journal, notices, state
from listing.services.operation import Context, once

BATCH = 200

_ANNOUNCE = text(
    """
    INSERT INTO unit_closure (care_unit_id, listing_type, announced_at, announced_by, choose_by, closes_on,
        successor_id, decision_reference)
    VALUES (:unit, :type, :at, :by, :choose_by, :closes_on, :successor, :reference) RETURNING id
    """
)
_TELL_LISTED = text(
    """
    INSERT INTO listing_notice (person_id, kind, listing_type, care_unit_id, detail, created_at)
    SELECT person_id, :kind, listing_type, care_unit_id, CAST(:detail AS jsonb), :at FROM listing
    WHERE care_unit_id = :unit AND listing_type = :type AND occupies AND upper_inf(valid)
    """
)
_END_QUEUE = text(
    """
    WITH ended AS (
        UPDATE queue_entry SET status = 'dropped', ended_at = :at, end_reason = 'unit-closing'
        WHERE care_unit_id = :unit AND listing_type = :type AND status IN ('waiting', 'offered')
        RETURNING id, person_id, care_unit_id, listing_type
    ), told AS (
        INSERT INTO listing_notice (person_id, kind, listing_type, care_unit_id, detail, created_at)
        SELECT person_id, 'queue-ended', listing_type, care_unit_id,
            jsonb_build_object('reason', 'unit-closing'), :at
        FROM ended
    )
    SELECT id, person_id FROM ended
    """
)
_UNSETTLE = text(
    "UPDATE unit_register SET unsettled = true WHERE care_unit_id = :unit AND listing_type = :type"
)
_WITHDRAW = text(
    """
    UPDATE unit_closure SET withdrawn_at = :at
    WHERE care_unit_id = :unit AND listing_type = :type AND carried_out_at IS NULL AND withdrawn_at IS NULL
    RETURNING id
    """
)
_DUE = text(
    """
    SELECT c.id, c.care_unit_id, c.listing_type, c.closes_on, c.successor_id, u.region_code
    FROM unit_closure c JOIN care_unit u ON u.id = c.care_unit_id
    WHERE c.carried_out_at IS NULL AND c.withdrawn_at IS NULL AND c.closes_on <= CAST(:today AS date)
    ORDER BY c.id
    """
)
_LEFT = text(
    """
    SELECT person_id FROM listing
    WHERE care_unit_id = :unit AND listing_type = :type AND upper_inf(valid) AND NOT isempty(valid)
    ORDER BY person_id LIMIT :most
    """
)
_END = text(
    """
    UPDATE listing SET end_reason = 'closed', occupies = false,
        valid = CASE WHEN lower(valid) >= CAST(:day AS date) THEN 'empty'::daterange
            ELSE daterange(lower(valid), CAST(:day AS date)) END
    WHERE care_unit_id = :unit AND listing_type = :type AND person_id = ANY(CAST(:people AS bigint[]))
        AND upper_inf(valid) AND NOT isempty(valid)
    RETURNING id, person_id
    """
)
_FOLLOW = text(
    """
    INSERT INTO listing (person_id, care_unit_id, listing_type, valid, chosen_at, registered_at,
        registered_by, basis, channel, counted, counted_because, exemption, begun)
    SELECT person, :successor, :type, daterange(:day, NULL), :at, :at, :by, 'successor', 'system', false,
        'successor', 'successor', true
    FROM unnest(CAST(:people AS bigint[])) AS person
    RETURNING id, person_id
    """
)
_CARRIED_OUT = text("UPDATE unit_closure SET carried_out_at = :at WHERE id = :id AND carried_out_at IS NULL")


@dataclass(frozen=True, slots=True)
class _Closure:
    id: int
    unit: UnitKey
    region: str
    closes_on: date
    successor_id: int | None
    after: closure.After


def announce(
    session: Session,
    actor: Actor,
    key: str,
    hsa_id: str,
    *,
    closes_on: date,
    decision_reference: str,
    successor_hsa_id: str | None = None,
    listing_type: ListingType = "health-centre",
) -> dict[str, Any]:
    """Tell that a register closes on a day (the first without it): the days of it and how many were told.

    From now on nobody new is listed or queues there, and a choice of another unit is no counted change.
    Whoever queues is told too and loses the place. Only the unit's region may.
    """
    request = {
        "operation": "closure",
        "unit": hsa_id,
        "type": listing_type,
        "closes": closes_on.isoformat(),
        "successor": successor_hsa_id,
        "reference": decision_reference,
    }

    def work(context: Context) -> dict[str, Any]:
        unit = _own_unit(session, context, hsa_id, listing_type)
        if not decision_reference.strip() or closes_on < context.today:
            because = "decision-missing" if closes_on >= context.today else "too-early"
            raise refuse(Refused("limit-not-possible", because, {"first": context.today}))
        successor = None
        if successor_hsa_id is not None:
            successor = state.units(session, [successor_hsa_id], listing_type)[successor_hsa_id.upper()]
        lock_registers(session, [(unit.id, listing_type)])
        policy = policy_for(session, unit.region, listing_type, context.today).policy
        plan = closure.plan(
            policy.closure, told_on=context.today, closes_on=closes_on, has_successor=successor is not None
        )
        values = {"unit": unit.id, "type": listing_type, "at": context.at}
        session.execute(
            _ANNOUNCE,
            {
                **values,
                "by": context.actor.key,
                "choose_by": plan.choose_until,
                "closes_on": closes_on,
                "successor": successor and successor.id,
                "reference": decision_reference,
            },
        )
        told = _tell_everyone(session, context, values, plan, successor_hsa_id)
        return {
            "hsaId": unit.hsa_id,
            "closesOn": closes_on.isoformat(),
            "chooseUntil": plan.choose_until.isoformat(),
            "afterwards": plan.after,
            "shortNotice": plan.short_notice,
            **told,
        }

    return once(session, actor, key, request, work)


def _tell_everyone(
    session: Session,
    context: Context,
    values: dict[str, Any],
    plan: closure.ClosurePlan,
    successor_hsa_id: str | None,
) -> dict[str, int]:
    detail = {
        "closes_on": plan.closes_on.isoformat(),
        "choose_until": plan.choose_until.isoformat(),
        "after": plan.after,
        "successor": successor_hsa_id,
    }
    told = {**values, "kind": "unit-closing", "detail": journal.as_json(detail)}
    listed = cast(int, session.execute(_TELL_LISTED, told).rowcount)  # type: ignore[attr-defined]
    ended = session.execute(_END_QUEUE, values).all()
    journal.write(
        session,
        context,
        [
            journal.Event(
                row.person_id,
                "queue-ended",
                values["type"],
                "system",
                values["unit"],
                queue_entry_id=row.id,
                reason="unit-closing",
            )
            for row in ended
        ],
    )
    session.execute(_UNSETTLE, values)
    _audit(session, context, "closure-announced", values["unit"], detail)
    return {"told": listed, "queueEnded": len(ended)}


def withdraw(
    session: Session, actor: Actor, key: str, hsa_id: str, listing_type: ListingType = "health-centre"
) -> dict[str, Any]:
    """Take back an announced closure; everyone who is still listed is told that the unit stays."""
    request = {"operation": "closure-withdrawn", "unit": hsa_id, "type": listing_type}

    def work(context: Context) -> dict[str, Any]:
        unit = _own_unit(session, context, hsa_id, listing_type)
        lock_registers(session, [(unit.id, listing_type)])
        values = {"unit": unit.id, "type": listing_type, "at": context.at}
        if not session.execute(_WITHDRAW, values).all():
            raise UnitUnknown("The unit has not been announced to close")
        session.execute(_TELL_LISTED, {**values, "kind": "closure-withdrawn", "detail": "{}"})
        session.execute(_UNSETTLE, values)
        _audit(session, context, "closure-withdrawn", unit.id, {})
        return {"hsaId": unit.hsa_id, "status": "withdrawn"}

    return once(session, actor, key, request, work)


def carry_out_due(engine: Engine, actor: Actor) -> int:
    """Move or let go everyone who is left at registers whose day has come; how many registers."""
    with unit_of_work(engine) as session:
        due = [_closure(session, row) for row in session.execute(_DUE, {"today": clock.today()})]
    for one in due:
        while _move_batch(engine, actor, one):
            pass
    return len(due)


def _closure(session: Session, row: Any) -> _Closure:
    policy = policy_for(session, row.region_code, row.listing_type, clock.today()).policy
    after = closure.after(policy.closure, has_successor=row.successor_id is not None)
    return _Closure(
        row.id, (row.care_unit_id, row.listing_type), row.region_code, row.closes_on, row.successor_id, after
    )


def _move_batch(engine: Engine, actor: Actor, one: _Closure) -> bool:
    """Move the next of those who are left; False when there was nobody, and the closure is carried out.

    Who is to be allocated loses the place here and is found without a unit by the region's next allocation
    (`listing.allocation`), which knows by the end's reason that it was not their wish.
    """
    context = Context(actor, clock.now(), clock.today())
    unit_id, listing_type = one.unit
    with unit_of_work(engine) as session:
        session.execute(text("SET LOCAL lock_timeout = '5s'"))
        values = {"unit": unit_id, "type": listing_type}
        people = list(session.scalars(_LEFT, {**values, "most": BATCH}))
        if not people:
            session.execute(_CARRIED_OUT, {"id": one.id, "at": context.at})
            return False
        lock_people(session, people)
        follows = one.successor_id if one.after == "successor" else None
        lock_registers(session, {one.unit, *([(follows, listing_type)] if follows else [])})
        ended = session.execute(_END, {**values, "people": people, "day": one.closes_on}).all()
        moved = [row.person_id for row in ended]
        _journal_ended(session, context, one, ended)
        if follows is not None and moved:
            _follow(session, context, one, follows, moved)
        kind = "moved-to-successor" if follows is not None else "unit-closed"
        _tell_moved(session, context, one, kind, follows or unit_id, moved)
    return True


def _journal_ended(session: Session, context: Context, one: _Closure, ended: Any) -> None:
    events = [
        journal.Event(
            row.person_id, "ended", one.unit[1], "system", one.unit[0], listing_id=row.id, reason="closed"
        )
        for row in ended
    ]
    journal.write(session, context, events)


def _follow(session: Session, context: Context, one: _Closure, successor: int, people: list[int]) -> None:
    values = {
        "successor": successor,
        "type": one.unit[1],
        "day": one.closes_on,
        "at": context.at,
        "by": context.actor.key,
        "people": people,
    }
    rows = session.execute(_FOLLOW, values).all()
    events = [
        journal.Event(
            row.person_id,
            "listed",
            one.unit[1],
            "system",
            successor,
            listing_id=row.id,
            reason="successor",
            counted_because="successor",
        )
        for row in rows
    ]
    journal.write(session, context, events)


def _tell_moved(
    session: Session, context: Context, one: _Closure, kind: str, unit_id: int, people: list[int]
) -> None:
    detail = {"closed_on": one.closes_on.isoformat(), "after": one.after}
    told = [notices.Notice(person, kind, one.unit[1], unit_id, detail) for person in people]
    notices.tell(session, context, told)


def _own_unit(session: Session, context: Context, hsa_id: str, listing_type: ListingType) -> state.UnitState:
    unit = state.units(session, [hsa_id], listing_type)[hsa_id.upper()]
    allowed = access.may_administer(context.actor, unit.region)
    if isinstance(allowed, Refused):
        raise refuse(allowed)
    return unit


def _audit(session: Session, context: Context, action: str, unit_id: int, detail: dict[str, Any]) -> None:
    actor = context.actor
    audit.record(
        session,
        actor=actor.key,
        action=action,
        subject_kind="unit",
        subject_key=str(unit_id),
        actor_role=actor.role.value,
        purpose=actor.purpose.value if actor.purpose else None,
        **detail,
    )
