"""Telling that a unit's register closes, and taking that back: one operation each."""

from datetime import date
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from listing.actor import Actor
from listing.errors import ClosureUnknown, refuse
from listing.locking import lock_registers
from listing.policy.codes import ListingType
from listing.policy.lookup import policy_for
from listing.rules import access, closure
from listing.rules.decision import Refused
from listing.services import state
from listing.services.closing import telling
from listing.services.operation import Context, once

_ANNOUNCE = text(
    """
    INSERT INTO unit_closure (care_unit_id, listing_type, announced_at, announced_by, choose_by, closes_on,
        successor_id, decision_reference)
    VALUES (:unit, :type, :at, :by, :choose_by, :closes_on, :successor, :reference) RETURNING id
    """
)
_PENDING = text(
    "SELECT cause FROM unit_closure WHERE care_unit_id = :unit AND listing_type = :type"
    " AND carried_out_at IS NULL AND withdrawn_at IS NULL"
)
_WITHDRAW = text(
    """
    UPDATE unit_closure SET withdrawn_at = :at
    WHERE care_unit_id = :unit AND listing_type = :type AND carried_out_at IS NULL AND withdrawn_at IS NULL
    RETURNING id
    """
)


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
            if successor.id == unit.id:
                raise refuse(Refused("limit-not-possible", "own-successor"))
        lock_registers(session, [(unit.id, listing_type)])
        values = {"unit": unit.id, "type": listing_type, "at": context.at}
        pending = session.scalar(_PENDING, values)
        if pending == "decision":
            raise refuse(Refused("limit-not-possible", "already-closing"))
        if pending is not None:  # What the region decides goes before what a contract led to.
            session.execute(_WITHDRAW, values)
        policy = policy_for(session, unit.region, listing_type, context.today).policy
        plan = closure.plan(
            policy.closure, told_on=context.today, closes_on=closes_on, has_successor=successor is not None
        )
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
    detail = {**telling.days_of(plan), "successor": successor_hsa_id}
    listed = telling.tell_listed(session, values, "unit-closing", detail)
    ended = telling.end_queue(session, context, values, "unit-closing")
    telling.finish(session, context, values, "closure-announced", detail)
    return {"told": listed, "queueEnded": ended}


def withdraw(
    session: Session, actor: Actor, key: str, hsa_id: str, listing_type: ListingType = "health-centre"
) -> dict[str, Any]:
    """Take back an announced closure; everyone who is still listed is told that the unit stays.

    What follows from the end of a contract is taken back by a new contract, and by nothing else.
    """
    request = {"operation": "closure-withdrawn", "unit": hsa_id, "type": listing_type}

    def work(context: Context) -> dict[str, Any]:
        unit = _own_unit(session, context, hsa_id, listing_type)
        lock_registers(session, [(unit.id, listing_type)])
        values = {"unit": unit.id, "type": listing_type, "at": context.at}
        if session.scalar(_PENDING, values) == "contract-ended":
            raise refuse(Refused("limit-not-possible", "contract-ended"))
        if not session.execute(_WITHDRAW, values).all():
            raise ClosureUnknown("The unit has not been announced to close")
        telling.tell_listed(session, values, "closure-withdrawn", {})
        telling.finish(session, context, values, "closure-withdrawn", {})
        return {"hsaId": unit.hsa_id, "status": "withdrawn"}

    return once(session, actor, key, request, work)


def _own_unit(session: Session, context: Context, hsa_id: str, listing_type: ListingType) -> state.UnitState:
    unit = state.units(session, [hsa_id], listing_type)[hsa_id.upper()]
    allowed = access.may_administer(context.actor, unit.region)
    if isinstance(allowed, Refused):
        raise refuse(allowed)
    return unit
