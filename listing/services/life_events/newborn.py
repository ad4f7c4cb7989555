"""Newborns: listed at a guardian's unit where the region does so, otherwise left to the allocation.

Source: regional practice (`listing.policy.parts.Newborn`); the exemption from a full unit's limit stands in
the decisions on limits (`CapExemptions`). Nobody protected is listed here or leads to a listing, because the
child's unit would tell where the guardian is.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from listing.policy.lookup import policy_for
from listing.policy.model import HEALTH_CENTRE, Policy
from listing.rules.capacity import Circumstances, exemption_for
from listing.services import journal, notices, state
from listing.services.operation import Context

# Of two guardians at different units the one who is stated first decides.
_BORN = text(
    """
    SELECT DISTINCT ON (c.id) c.id AS person_id, c.birth_date, c.region_code, l.care_unit_id
    FROM population_effect e
    JOIN person c ON c.id = e.person_id AND c.registered AND c.protection = 'none'
    JOIN guardianship g ON g.child_id = c.id AND g.valid @> CAST(:today AS date) AND NOT g.suspended
    JOIN person w ON w.id = g.guardian_id AND w.protection = 'none' AND w.registered
    JOIN listing l ON l.person_id = g.guardian_id AND l.listing_type = :type
        AND l.valid @> CAST(:today AS date) AND upper_inf(l.valid)
    JOIN care_unit u ON u.id = l.care_unit_id AND u.status = 'active'
    JOIN unit_contract k ON k.care_unit_id = u.id AND k.listing_type = :type
        AND k.valid @> CAST(:today AS date)
    WHERE e.kind = 'born' AND NOT EXISTS (
        SELECT FROM listing o WHERE o.person_id = c.id AND o.listing_type = :type AND NOT isempty(o.valid))
        AND NOT EXISTS (SELECT FROM unit_closure x WHERE x.care_unit_id = u.id AND x.listing_type = :type
            AND x.carried_out_at IS NULL AND x.withdrawn_at IS NULL)
    ORDER BY c.id, g.id
    """
)
_LIST = text(
    """
    INSERT INTO listing (person_id, care_unit_id, listing_type, valid, chosen_at, registered_at,
        registered_by, basis, channel, counted, counted_because, exemption, begun)
    SELECT person, unit, :type, daterange(CAST(:today AS date), NULL), :at, :at, :by, 'newborn', 'system',
        false, 'newborn', exemption, true
    FROM unnest(CAST(:people AS bigint[]), CAST(:units AS bigint[]), CAST(:exemptions AS text[]))
        AS k (person, unit, exemption)
    RETURNING id, person_id, care_unit_id
    """
)


def units_of(session: Session, context: Context) -> set[int]:
    """The units at which newborns of this file may be listed, to be locked before that is decided."""
    return {row.care_unit_id for row in _born(session, context)}


def carry_out(session: Session, context: Context) -> dict[str, int]:
    """List the newborns whose region lists them at a guardian's unit; how many were, and how many were not.

    The units' registers are held. Beyond a limit only where the region exempts newborns.
    """
    room: dict[int, int | None] = {}
    listed: list[tuple[int, int, str | None]] = []
    for row in _born(session, context):
        policy = policy_for(session, row.region_code or "", HEALTH_CENTRE, context.today).policy
        if policy.newborn.method != "guardian-unit":
            continue
        if row.care_unit_id not in room:
            room[row.care_unit_id] = _free(session, row.care_unit_id, context.today)
        free = room[row.care_unit_id]
        exemption = None
        if free is not None and free <= 0:
            exemption = _exemption(policy, row.birth_date, context.today)
            if exemption is None:
                continue
        elif free is not None:
            room[row.care_unit_id] = free - 1
        listed.append((row.person_id, row.care_unit_id, exemption))
    if listed:
        _list(session, context, listed)
    return {"newbornsListed": len(listed)} if listed else {}


def _born(session: Session, context: Context) -> Sequence[Any]:
    return session.execute(_BORN, {"today": context.today, "type": HEALTH_CENTRE}).all()


def _free(session: Session, unit_id: int, today: date) -> int | None:
    room = state.room(session, unit_id, HEALTH_CENTRE, today)
    # Free places belong to those who wait.
    return 0 if room.waiting else room.free


def _exemption(policy: Policy, born: date, today: date) -> str | None:
    person = Circumstances(born, guardian_listed_here=True)
    found = exemption_for(policy.cap_exemptions, person, today)
    return found if found == "newborn-of-listed-guardian" else None


def _list(session: Session, context: Context, listed: Sequence[tuple[int, int, str | None]]) -> None:
    people, units, exemptions = (list(column) for column in zip(*listed, strict=True))
    values = {"people": people, "units": units, "exemptions": exemptions, "type": HEALTH_CENTRE}
    rows = session.execute(
        _LIST, {**values, "today": context.today, "at": context.at, "by": context.actor.key}
    ).all()
    first = {"valid_from": context.today.isoformat()}
    journal.write(
        session,
        context,
        [
            journal.Event(
                row.person_id,
                "listed",
                HEALTH_CENTRE,
                "system",
                row.care_unit_id,
                listing_id=row.id,
                reason="newborn",
                counted_because="newborn",
                detail=first,
            )
            for row in rows
        ],
    )
    told = [notices.Notice(row.person_id, "listed", HEALTH_CENTRE, row.care_unit_id, first) for row in rows]
    notices.tell(session, context, told)
