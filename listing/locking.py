"""The one order in which locks are taken, so that operations wait for each other and never in a ring.

1. the operation (`services.operation`): its idempotency key's index entry;
2. people, by an advisory lock each, in the order of their keys;
3. registers of units (`unit_register`), as row locks, in the order of unit and type;
4. whatever else: rows of the two, history, audit, outbox.

People come before units because an operation knows its people at once, and a unit's row is wanted by many:
it is held for the shortest time. Whoever needs another person after having seen a unit (the queue's first)
looks without lock, locks in this order, and looks again.
"""

from collections.abc import Collection, Iterable

from sqlalchemy import text
from sqlalchemy.orm import Session

from core.roundtrip import Ask, Rows, together

_PEOPLE = 7_235_202
"""The advisory key space of people; any number that every version of the program agrees on."""

UnitKey = tuple[int, str]
"""A unit's key and a listing type."""

_LOCK_PEOPLE = text(
    # A person's key is split over the lock's second half by its low bits: two people who share one only wait
    # for each other. The subquery is sorted before the locks are taken.
    "SELECT pg_advisory_xact_lock(:space, id) FROM ("
    " SELECT DISTINCT (k & 2147483647)::integer AS id FROM unnest(CAST(:ids AS bigint[])) AS k ORDER BY 1"
    ") AS people"
)
_LOCK_REGISTERS = text(
    """
    SELECT r.care_unit_id FROM unit_register r
    JOIN unnest(CAST(:units AS bigint[]), CAST(:types AS text[])) AS k (unit, kind)
      ON r.care_unit_id = k.unit AND r.listing_type = k.kind
    ORDER BY r.care_unit_id, r.listing_type FOR NO KEY UPDATE OF r
    """
)
_MAKE_REGISTERS = text(
    """
    INSERT INTO unit_register (care_unit_id, listing_type)
    SELECT unit, kind FROM unnest(CAST(:units AS bigint[]), CAST(:types AS text[])) AS k (unit, kind)
    ORDER BY 1, 2 ON CONFLICT DO NOTHING
    """
)


def people_locked(person_ids: Iterable[int]) -> Ask:
    """What holds these people until the transaction ends, to be sent together with something else."""
    return Ask(_LOCK_PEOPLE, {"space": _PEOPLE, "ids": sorted(set(person_ids))})


def lock_people(session: Session, person_ids: Iterable[int]) -> None:
    """Hold these people until the transaction ends."""
    ids = set(person_ids)
    if ids:
        together(session, people_locked(ids))


def lock_registers(session: Session, units: Collection[UnitKey], *behind: Ask) -> list[Rows]:
    """Hold the registers of these units; one that has no row yet is given one.

    Returns the rows of what is asked `behind` the locks: in the same round trip, and read when they are had.
    """
    wanted = sorted(set(units))
    if not wanted:
        return together(session, *behind) if behind else []
    values = {"units": [unit for unit, _ in wanted], "types": [kind for _, kind in wanted]}
    locked, *read = together(session, Ask(_LOCK_REGISTERS, values), *behind)
    if len(locked) < len(wanted):
        made = Ask(_MAKE_REGISTERS, values)
        _, _, *read = together(session, made, Ask(_LOCK_REGISTERS, values), *behind)
    return read


def make_registers(session: Session, units: Collection[UnitKey]) -> None:
    """Give these units their registers where they have none, and hold none of those that were there."""
    wanted = sorted(set(units))
    if wanted:
        values = {"units": [unit for unit, _ in wanted], "types": [kind for _, kind in wanted]}
        session.execute(_MAKE_REGISTERS, values)
