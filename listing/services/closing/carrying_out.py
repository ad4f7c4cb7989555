"""Carrying out a closure: whoever is left is moved to the successor, or let go to be allocated.

A transaction per batch of people, so that it may be cut off anywhere and started again, and never holds
thousands of people at once.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from core import clock
from core.database import unit_of_work
from listing.actor import Actor
from listing.locking import UnitKey, lock_people, lock_registers
from listing.policy.lookup import policy_for
from listing.rules import closure
from listing.services import doctors, journal, notices
from listing.services.closing import telling
from listing.services.operation import Context

BATCH = 200
_QUEUE_ENDS = {"closed": "unit-closing", "contract-ended": "contract-ended"}
_MOVED = {"closed": "unit-closed", "contract-ended": "contract-over"}

_DUE = text(
    """
    SELECT c.id, c.care_unit_id, c.listing_type, c.closes_on, c.successor_id, c.cause, u.region_code
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
    UPDATE listing SET end_reason = :reason, occupies = false,
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
    because: str


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
    because = "contract-ended" if row.cause == "contract-ended" else "closed"
    unit = (row.care_unit_id, row.listing_type)
    return _Closure(row.id, unit, row.region_code, row.closes_on, row.successor_id, after, because)


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
            lock_registers(session, [one.unit])
            telling.end_queue(session, context, {**values, "at": context.at}, _QUEUE_ENDS[one.because])
            session.execute(_CARRIED_OUT, {"id": one.id, "at": context.at})
            return False
        lock_people(session, people)
        follows = one.successor_id if one.after == "successor" else None
        lock_registers(session, {one.unit, *([(follows, listing_type)] if follows else [])})
        ended = session.execute(
            _END, {**values, "people": people, "day": one.closes_on, "reason": one.because}
        ).all()
        moved = [row.person_id for row in ended]
        _journal_ended(session, context, one, ended)
        doctors.let_go(session, context, moved, listing_type, "system", unit_id, one.closes_on)
        if follows is not None and moved:
            _follow(session, context, one, follows, moved)
        kind = _MOVED[one.because] if follows is None else "moved-to-successor"
        _tell_moved(session, context, one, kind, follows or unit_id, moved)
    return True


def _journal_ended(session: Session, context: Context, one: _Closure, ended: Any) -> None:
    events = [
        journal.Event(
            row.person_id, "ended", one.unit[1], "system", one.unit[0], listing_id=row.id, reason=one.because
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
