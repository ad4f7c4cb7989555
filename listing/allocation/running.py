"""A run from the first look to the report; see docs/allocation.md for what it promises."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import orjson
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from core import audit, clock
from core.database import unit_of_work
from listing.actor import Actor
from listing.allocation import report, writing
from listing.allocation.errors import AllocationRunning, DayNotPossible, RegionUnknown
from listing.allocation.planning import Plan, World, make_plan, read_world, scope_of
from listing.policy.codes import ListingType
from listing.policy.lookup import policy_for
from listing.policy.model import PolicyInForce
from listing.policy.parse import to_record
from listing.rules.non_choice import NO_UNIT
from listing.services.operation import Context

ALLOCATION = Actor.internal("allocation")
MOST_DAYS_AHEAD = 366
ROUNDS = 3
_RUNS = 7_235_203
"""The advisory key space of runs."""

_LOCK = text("SELECT pg_try_advisory_lock(:space, hashtext(:what))")
_UNLOCK = text("SELECT pg_advisory_unlock(:space, hashtext(:what))")
_UNFINISHED = text(
    """
    SELECT id FROM allocation_run
    WHERE region_code = :region AND listing_type = :type AND day = :day AND undone_at IS NULL
        AND report ->> 'status' = 'running' AND policy = CAST(:policy AS jsonb)
    ORDER BY id DESC LIMIT 1
    """
)
_BEGIN = text(
    """
    INSERT INTO allocation_run (region_code, listing_type, day, actor, started_at, policy, report)
    VALUES (:region, :type, :day, :actor, :at, CAST(:policy AS jsonb), '{"status": "running"}') RETURNING id
    """
)
_FINISH = text("UPDATE allocation_run SET report = CAST(:report AS jsonb) WHERE id = :run")
_ALREADY = text("SELECT count(*) FROM listing WHERE allocation_run_id = :run")


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked: for one region and listing type, to hold from a day."""

    region: str
    day: date
    listing_type: ListingType = "health-centre"
    dry_run: bool = False


def allocate(engine: Engine, request: Request, actor: Actor = ALLOCATION) -> report.Report:
    """List everybody who has no unit, or with `dry_run` only tell what would be; the report either way.

    Raises `DayNotPossible`, `RegionUnknown` or `AllocationRunning`. Cut off anywhere, the next call with the
    same region, type, day and rules continues the same run.
    """
    context = Context(actor, clock.now(), clock.today())
    if not context.today <= request.day <= context.today + timedelta(days=MOST_DAYS_AHEAD):
        raise DayNotPossible(f"the day must be from today to {MOST_DAYS_AHEAD} days ahead")
    if request.dry_run:
        return {**_dry(engine, request), "status": "dry-run", "run": None}
    with only_one(engine, request.region, request.listing_type):
        return _apply(engine, request, context)


@contextmanager
def only_one(engine: Engine, region: str, listing_type: str) -> Iterator[None]:
    """Hold the region's allocation of this type, or refuse; let go with the connection when cut off."""
    values = {"space": _RUNS, "what": f"{region} {listing_type}"}
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if not connection.scalar(_LOCK, values):
            raise AllocationRunning(f"an allocation of {listing_type} in region {region} is already running")
        try:
            yield
        finally:
            connection.execute(_UNLOCK, values)


def _dry(engine: Engine, request: Request) -> report.Report:
    seconds: dict[str, float] = {}
    policy, world = _read(engine, request, seconds)
    with _timed(seconds, "plan"):
        plan = make_plan(policy.policy, world)
    return {
        **report.make(policy, request.day, world, plan, plan.unit != NO_UNIT),
        "seconds": seconds,
        "rounds": 1,
    }


def _apply(engine: Engine, request: Request, context: Context) -> report.Report:
    seconds: dict[str, float] = {}
    policy, world = _read(engine, request, seconds)
    run_id, before = _begin(engine, request, context, policy)
    job = writing.Job(scope_of(policy, request.day), context, run_id)
    with _timed(seconds, "plan"):
        plan = make_plan(policy.policy, world)
    with _timed(seconds, "write"):
        written = writing.write(engine, job, world, plan)
    listed, rounds = written.people, 1
    while written.crowded_out and rounds < ROUNDS:
        policy, now = _read(engine, request, seconds)
        if not np.array_equal(now.receivers.ids, world.receivers.ids):
            break  # A unit closed meanwhile. What is left is for the next run.
        now.left_out[:] |= ~np.isin(now.waiting.ids, world.waiting.ids)
        again = make_plan(policy.policy, now)
        with _timed(seconds, "write"):
            written = writing.write(engine, job, now, again)
        listed, rounds = np.concatenate([listed, written.people]), rounds + 1
        _take_over(plan, world, again, now)
    marks = np.isin(world.waiting.ids, listed)
    told = {
        **report.make(policy, request.day, world, plan, marks),
        "status": "applied",
        "run": run_id,
        "listedBefore": before,
        "rounds": rounds,
        "seconds": seconds,
    }
    _finish(engine, context, run_id, told)
    return told


def _take_over(plan: Plan, world: World, later: Plan, now: World) -> None:
    """Let what a later round found for those who were left stand in the first plan, for the report."""
    mine = np.isin(now.waiting.ids, world.waiting.ids)
    place = np.searchsorted(world.waiting.ids, now.waiting.ids[mine])
    for name in ("unit", "step", "first_choice", "metres", "beyond_limit", "as_newborn"):
        getattr(plan, name)[place] = getattr(later, name)[mine]


def _read(engine: Engine, request: Request, seconds: dict[str, float]) -> tuple[PolicyInForce, World]:
    """All of it as of one moment: the transaction is read only and sees one snapshot."""
    with _timed(seconds, "read"), unit_of_work(engine) as session:
        session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
        # One large question at a time: sorting and hashing in memory is what makes it quick.
        session.execute(text("SET LOCAL work_mem = '256MB'"))
        if session.scalar(text("SELECT 1 FROM region WHERE code = :code"), {"code": request.region}) is None:
            raise RegionUnknown(f"there is no region {request.region}")
        policy = policy_for(session, request.region, request.listing_type, request.day)
        return policy, read_world(session, policy, scope_of(policy, request.day))


def _begin(engine: Engine, request: Request, context: Context, policy: PolicyInForce) -> tuple[int, int]:
    """The run's number, and how many it had listed before it was cut off; a new one has listed nobody."""
    rules = {"id": policy.id, "reference": policy.reference, "parameters": to_record(policy.policy)}
    values = {
        "region": request.region,
        "type": request.listing_type,
        "day": request.day,
        "actor": context.actor.key,
        "at": context.at,
        "policy": orjson.dumps(rules).decode(),
    }
    with unit_of_work(engine) as session:
        run_id = session.scalar(_UNFINISHED, values)
        if run_id is not None:
            return run_id, int(session.scalar(_ALREADY, {"run": run_id}) or 0)
        run_id = int(session.execute(_BEGIN, values).scalar_one())
        record(session, context, "allocation-begun", run_id, region=request.region)
        return run_id, 0


def _finish(engine: Engine, context: Context, run_id: int, told: report.Report) -> None:
    with unit_of_work(engine) as session:
        session.execute(_FINISH, {"run": run_id, "report": orjson.dumps(told).decode()})
        record(session, context, "allocation-done", run_id, listed=told["listed"])


def record(session: Session, context: Context, action: str, run_id: int, **detail: Any) -> None:
    """Audit what was done to a run as a whole; people's rows are written with their listings."""
    audit.record(
        session,
        actor=context.actor.key,
        action=action,
        subject_kind="allocation",
        subject_key=str(run_id),
        actor_role=context.actor.role.value,
        purpose=context.actor.purpose.value if context.actor.purpose else None,
        **detail,
    )


@contextmanager
def _timed(seconds: dict[str, float], part: str) -> Iterator[None]:
    began = time.perf_counter()
    try:
        yield
    finally:
        seconds[part] = round(seconds.get(part, 0.0) + time.perf_counter() - began, 3)
