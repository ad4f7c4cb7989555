"""A unit's limit (listningstak): decided by the region, with places, a period and a reference."""

from datetime import date
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from core import audit
from listing.actor import Actor
from listing.errors import refuse
from listing.locking import lock_registers
from listing.policy.codes import ListingType
from listing.policy.lookup import policy_for
from listing.rules import access, capacity
from listing.rules.decision import Refused
from listing.services import state
from listing.services.operation import Context, once

# What stood before gives way for as long as the new decision holds: it is cut at the new one's first day and,
# where it was to last longer than the new one, goes on after it.
_GIVE_WAY = text(
    """
    WITH former AS (
        DELETE FROM listing_limit
        WHERE care_unit_id = :unit AND listing_type = :type AND valid && daterange(:first, :until)
        RETURNING *
    ), pieces AS (
        SELECT former.*, piece FROM former, LATERAL (VALUES
            (daterange(lower(valid), CAST(:first AS date))),
            (daterange(CAST(:until AS date), upper(valid)))
        ) AS cut (piece)
        WHERE (lower(piece) = lower(valid) AND lower(valid) < CAST(:first AS date))
            OR (CAST(:until AS date) IS NOT NULL AND lower(piece) = CAST(:until AS date)
                AND (upper_inf(valid) OR upper(valid) > CAST(:until AS date)))
    )
    INSERT INTO listing_limit (care_unit_id, listing_type, places, valid, decision_reference, decided_by,
        source_id, import_run_id)
    SELECT care_unit_id, listing_type, places, piece, decision_reference, decided_by, source_id, import_run_id
    FROM pieces
    """
)
_DECIDE = text(
    """
    INSERT INTO listing_limit (care_unit_id, listing_type, places, valid, decision_reference, decided_by)
    VALUES (:unit, :type, :places, daterange(:first, :until), :reference, :by)
    """
)
_UNSETTLE = text(
    "UPDATE unit_register SET unsettled = true WHERE care_unit_id = :unit AND listing_type = :type"
)


def set_limit(
    session: Session,
    actor: Actor,
    key: str,
    hsa_id: str,
    *,
    places: int | None,
    valid_from: date,
    valid_to: date | None,
    decision_reference: str,
    decided_by: str | None = None,
    listing_type: ListingType = "health-centre",
) -> dict[str, Any]:
    """Let a limit hold from a day until before another, in place of what was decided for those days.

    `places` None: no limit during them. A raised limit serves the queue in order when the unit is settled
    (`listing.services.settling`); a lowered one removes nobody and takes nobody new. Raises `ListingRefused`
    with `limit-not-possible` or, for another region's unit, `not-authorised`.
    """
    request = {
        "operation": "limit",
        "unit": hsa_id,
        "type": listing_type,
        "places": places,
        "from": valid_from.isoformat(),
        "to": valid_to and valid_to.isoformat(),
        "reference": decision_reference,
    }

    def work(context: Context) -> dict[str, Any]:
        unit = state.units(session, [hsa_id], listing_type)[hsa_id.upper()]
        _check(session, context, unit.region, listing_type, places, valid_from, valid_to, decision_reference)
        lock_registers(session, [(unit.id, listing_type)])
        values = {"unit": unit.id, "type": listing_type, "first": valid_from, "until": valid_to}
        session.execute(_GIVE_WAY, values)
        if places is not None:
            decided = {"places": places, "reference": decision_reference, "by": decided_by}
            session.execute(_DECIDE, {**values, **decided})
        session.execute(_UNSETTLE, {"unit": unit.id, "type": listing_type})
        audit.record(
            session,
            actor=context.actor.key,
            action="listing-limit",
            subject_kind="unit",
            subject_key=unit.hsa_id,
            actor_role=context.actor.role.value,
            purpose=context.actor.purpose.value if context.actor.purpose else None,
            listing_type=listing_type,
            places=places,
            valid_from=valid_from.isoformat(),
            valid_to=valid_to and valid_to.isoformat(),
            reference=decision_reference,
        )
        room = state.room(session, unit.id, listing_type, context.today)
        return {
            "hsaId": unit.hsa_id,
            "listingType": listing_type,
            "places": places,
            "validFrom": valid_from.isoformat(),
            "validTo": valid_to and valid_to.isoformat(),
            "decisionReference": decision_reference,
            "listed": room.listed,
        }

    return once(session, actor, key, request, work)


def _check(
    session: Session,
    context: Context,
    region: str,
    listing_type: ListingType,
    places: int | None,
    valid_from: date,
    valid_to: date | None,
    reference: str,
) -> None:
    allowed = access.may_administer(context.actor, region)
    if isinstance(allowed, Refused):
        raise refuse(allowed)
    if not reference.strip():
        raise refuse(Refused("limit-not-possible", "decision-missing"))
    policy = policy_for(session, region, listing_type, context.today).policy
    frame = capacity.check_limit(
        policy.cap, places=0 if places is None else places, valid_from=valid_from, valid_to=valid_to
    )
    if frame is not None and not (places is None and frame.because == "too-long"):
        raise refuse(frame)
