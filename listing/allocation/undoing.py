"""Taking a run back: its listings that still stand never held, and whoever has chosen since is left alone.

In transactions by unit like the run itself; cut off anywhere, it is called again and finishes.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, text

from core import clock
from core.database import unit_of_work
from listing.actor import Actor
from listing.allocation.errors import RunUnknown
from listing.allocation.running import ALLOCATION, only_one, record
from listing.allocation.writing import TOPIC
from listing.locking import lock_registers
from listing.services.operation import Context

BATCH = 2000

_RUN = text("SELECT region_code, listing_type FROM allocation_run WHERE id = :run")
_MARK = text("UPDATE allocation_run SET undone_at = coalesce(undone_at, :at) WHERE id = :run")
_NEXT = text(
    "SELECT care_unit_id FROM listing WHERE allocation_run_id = :run"
    " AND upper_inf(valid) AND NOT isempty(valid) AND care_unit_id > :after ORDER BY care_unit_id LIMIT 1"
)
_OTHERS = text(
    "SELECT count(*) FROM listing WHERE allocation_run_id = :run"
    " AND NOT (isempty(valid) AND end_reason = 'allocation-undone')"
)
# A regular doctor chosen there is let go too: one cannot have one at a unit where one is not listed.
_UNDO = text(
    """
    WITH standing AS (
        SELECT id FROM listing WHERE allocation_run_id = :run AND care_unit_id = :unit
            AND upper_inf(valid) AND NOT isempty(valid)
        ORDER BY person_id LIMIT :most FOR UPDATE
    ), undone AS (
        UPDATE listing SET valid = 'empty', occupies = false, begun = true, end_reason = 'allocation-undone'
        WHERE id IN (SELECT id FROM standing)
        RETURNING id, person_id, care_unit_id, listing_type
    ), doctors AS (
        UPDATE doctor_assignment a SET valid = CASE WHEN lower(a.valid) >= CAST(:today AS date)
            THEN 'empty'::daterange ELSE daterange(lower(a.valid), CAST(:today AS date)) END
        FROM undone u, regular_doctor d
        WHERE a.person_id = u.person_id AND upper_inf(a.valid) AND d.id = a.doctor_id
            AND d.care_unit_id = u.care_unit_id
        RETURNING u.person_id, u.care_unit_id, u.listing_type
    ), doctors_history AS (
        INSERT INTO listing_event (at, person_id, kind, listing_type, channel, care_unit_id, detail, actor,
            actor_role)
        SELECT :at, person_id, 'doctor-ended', listing_type, 'system', care_unit_id,
            jsonb_build_object('because', 'allocation-undone'), :by, :role
        FROM doctors
    ), history AS (
        INSERT INTO listing_event (at, person_id, kind, listing_type, channel, care_unit_id, listing_id,
            reason, detail, actor, actor_role)
        SELECT :at, person_id, 'corrected', listing_type, 'system', care_unit_id, id, 'allocation-undone',
            jsonb_build_object('run', CAST(:run AS bigint)), :by, :role
        FROM undone
    ), audit AS (
        INSERT INTO audit_event (actor, actor_role, purpose, action, subject_kind, subject_key, detail)
        SELECT :by, :role, :purpose, 'listing-corrected', 'person', person_id::text,
            jsonb_build_object('run', CAST(:run AS bigint), 'unit', care_unit_id)
        FROM undone
    ), told AS (
        INSERT INTO listing_notice (person_id, kind, listing_type, care_unit_id, detail, created_at)
        SELECT person_id, 'allocation-undone', listing_type, care_unit_id,
            jsonb_build_object('run', CAST(:run AS bigint)), :at
        FROM undone
    ), news AS (
        INSERT INTO outbox (topic, key) SELECT :topic, CAST(:run AS text) WHERE EXISTS (SELECT FROM undone)
    )
    SELECT count(*) FROM undone
    """
)


@dataclass(frozen=True, slots=True)
class Undone:
    """How many listings of the run were taken back now, and how many had already been left by choice."""

    run: int
    annulled: int
    left_alone: int


def undo(engine: Engine, run_id: int, actor: Actor = ALLOCATION) -> Undone:
    """Annul what still stands of a run; raises `RunUnknown`, or `AllocationRunning` while one is at work."""
    context = Context(actor, clock.now(), clock.today())
    with unit_of_work(engine) as session:
        run = session.execute(_RUN, {"run": run_id}).one_or_none()
    if run is None:
        raise RunUnknown(f"there is no allocation {run_id}")
    with only_one(engine, run.region_code, run.listing_type):
        with unit_of_work(engine) as session:
            session.execute(_MARK, {"run": run_id, "at": context.at})
            record(session, context, "allocation-undone", run_id)
        annulled = _annul_all(engine, context, run_id, run.listing_type)
        with unit_of_work(engine) as session:
            left_alone = int(session.scalar(_OTHERS, {"run": run_id}) or 0)
    return Undone(run_id, annulled, left_alone)


def _annul_all(engine: Engine, context: Context, run_id: int, listing_type: str) -> int:
    annulled, after = 0, -1
    while True:
        with unit_of_work(engine) as session:
            unit = session.scalar(_NEXT, {"run": run_id, "after": after})
        if unit is None:
            return annulled
        done = BATCH
        while done == BATCH:
            with unit_of_work(engine) as session:
                session.execute(text("SET LOCAL lock_timeout = '30s'"))
                lock_registers(session, [(unit, listing_type)])
                done = int(session.scalar(_UNDO, _values(context, run_id, unit)) or 0)
            annulled += done
        after = unit


def _values(context: Context, run_id: int, unit: int) -> dict[str, Any]:
    actor = context.actor
    return {
        "run": run_id,
        "unit": unit,
        "most": BATCH,
        "at": context.at,
        "today": context.today,
        "by": actor.key,
        "role": actor.role.value,
        "purpose": actor.purpose.value if actor.purpose else None,
        "topic": TOPIC,
    }
