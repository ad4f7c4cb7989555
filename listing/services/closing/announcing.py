"""Telling that a unit's register closes, and taking that back: one operation each."""

from datetime import date
from typing import Any, cast

from sqlalchemy import text
from sqlalchemy.orm import Session

from core import audit
from listing.actor import Actor
from listing.errors import ClosureUnknown, refuse
from listing.locking import lock_registers
from listing.policy.codes import ListingType
from listing.policy.lookup import policy_for
from listing.rules import access, closure
from listing.rules.decision import Refused
from listing.services import journal, state
from listing.services.operation import Context, once

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
_PENDING = text(
    "SELECT 1 FROM unit_closure WHERE care_unit_id = :unit AND listing_type = :type"
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
        if session.execute(_PENDING, {"unit": unit.id, "type": listing_type}).first():
            raise refuse(Refused("limit-not-possible", "already-closing"))
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
            raise ClosureUnknown("The unit has not been announced to close")
        session.execute(_TELL_LISTED, {**values, "kind": "closure-withdrawn", "detail": "{}"})
        session.execute(_UNSETTLE, values)
        _audit(session, context, "closure-withdrawn", unit.id, {})
        return {"hsaId": unit.hsa_id, "status": "withdrawn"}

    return once(session, actor, key, request, work)


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
