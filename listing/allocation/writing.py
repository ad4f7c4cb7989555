"""Writing the plan: short transactions by unit, each whole, in any order, by several writers at once.

A transaction locks the registers of its few units in the one order of locks and looks again at their room
and contracts; people in it are not locked beforehand (a million advisory locks do not fit). Instead whoever
has chosen by now is left out, a person's row that somebody is changing is passed by (`SKIP LOCKED`, so no
ring can close), and for those who choose in this very moment the exclusion constraint decides: the
transaction is done again and leaves out whoever was first. See docs/allocation.md.
"""

import secrets
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import orjson
import psycopg
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from core.database import unit_of_work
from listing.allocation.planning import Plan, World
from listing.allocation.reading.people import Scope
from listing.allocation.reading.units import room_now
from listing.locking import lock_registers
from listing.rules.non_choice import NO_UNIT, Ints
from listing.services.operation import Context

BATCH = 4000
"""People per transaction. A unit's register is held as long: a second at most, half of what others wait."""
WRITERS = 2
ATTEMPTS = 5
TOPIC = "listing-allocation"
"""The outbox topic: a row per transaction, its key is the run. Copies of the register read that run anew."""

_LOST = (
    psycopg.errors.ExclusionViolation,
    psycopg.errors.CheckViolation,
    psycopg.errors.DeadlockDetected,
    psycopg.errors.SerializationFailure,
    psycopg.errors.LockNotAvailable,
)

# A plan made while the register is empty would read it from end to end for every person once it is not.
_SETTINGS = text("SELECT set_config('lock_timeout', '5s', true), set_config('enable_seqscan', 'off', true)")

# OFFSET 0 has each person's listings looked up by the person. Joined instead, all listings that hold are read
# for every batch: the more have been written, the longer the next would take. The inner one keeps to the
# plain index over people: the exclusion constraint's (GiST) would do as well, at three times the cost.
_WRITE = """
    WITH why AS MATERIALIZED (
        SELECT * FROM jsonb_to_recordset(CAST(:why AS jsonb)) AS w (
            kind smallint, basis text, because text, exemption text, detail jsonb)
    ), asked AS MATERIALIZED (
        SELECT a.id, a.person, a.unit, a.kind
        FROM unnest(CAST(:ids AS uuid[]), CAST(:people AS bigint[]), CAST(:units AS bigint[]),
            CAST(:kinds AS smallint[])) AS a (id, person, unit, kind)
        JOIN person p ON p.id = a.person
        WHERE p.registered AND p.protection = 'none' AND p.region_code = :region AND NOT EXISTS (
            SELECT FROM (
                SELECT l.listing_type, l.valid FROM listing l WHERE l.person_id = a.person OFFSET 0
            ) own WHERE own.listing_type = :type AND own.valid && daterange(:day, NULL))
        FOR SHARE OF p SKIP LOCKED
    ), listed AS (
        INSERT INTO listing (id, person_id, care_unit_id, listing_type, valid, chosen_at, registered_at,
            registered_by, basis, channel, counted, counted_because, exemption, begun, allocation_run_id)
        SELECT a.id, a.person, a.unit, :type, daterange(:day, NULL), :at, :at, :by, w.basis, 'system', false,
            w.because, w.exemption, :begun, :run
        FROM asked a JOIN why w USING (kind)
        {on_conflict}
        RETURNING id, person_id, care_unit_id, counted_because
    ), told AS MATERIALIZED (
        SELECT l.id, l.person_id, l.care_unit_id, l.counted_because, w.detail
        FROM listed l JOIN asked a ON a.person = l.person_id JOIN why w USING (kind)
    ), history AS (
        INSERT INTO listing_event (at, person_id, kind, listing_type, channel, care_unit_id, listing_id,
            reason, counted, counted_because, detail, actor, actor_role)
        SELECT :at, person_id, 'listed', :type, 'system', care_unit_id, id, counted_because, false,
            counted_because, detail, :by, :role
        FROM told
    ), audit AS (
        INSERT INTO audit_event (actor, actor_role, purpose, action, subject_kind, subject_key, detail)
        SELECT :by, :role, :purpose, 'listing-listed', 'person', person_id::text,
            jsonb_build_object('run', CAST(:run AS bigint), 'unit', care_unit_id)
        FROM told
    ), notice AS (
        INSERT INTO listing_notice (person_id, kind, listing_type, care_unit_id, detail, created_at)
        SELECT person_id, 'allocated', :type, care_unit_id, detail, :at FROM told
    ), news AS (
        INSERT INTO outbox (topic, key) SELECT :topic, CAST(:run AS text) WHERE EXISTS (SELECT FROM told)
    )
    SELECT person_id FROM told
"""
_PLAIN = text(_WRITE.format(on_conflict=""))
_YIELDING = text(_WRITE.format(on_conflict="ON CONFLICT DO NOTHING"))


@dataclass(frozen=True, slots=True)
class Job:
    """What all transactions of a run share."""

    scope: Scope
    context: Context
    run_id: int

    def values(self) -> dict[str, Any]:
        """As the statements name them."""
        actor = self.context.actor
        return {
            "type": self.scope.listing_type,
            "day": self.scope.day,
            "region": self.scope.region,
            "at": self.context.at,
            "begun": self.scope.day <= self.context.today,
            "by": actor.key,
            "role": actor.role.value,
            "purpose": actor.purpose.value if actor.purpose else None,
            "run": self.run_id,
            "topic": TOPIC,
        }


@dataclass(frozen=True, slots=True)
class Written:
    """Who was listed, and how many no longer had room because places went meanwhile."""

    people: Ints
    crowded_out: int


def write(engine: Engine, job: Job, world: World, plan: Plan) -> Written:
    """Write all of the plan that still can be; returns once every writer is done."""
    codes, details = _kinds(world, plan)
    work = _Work(engine, job, world, plan, codes, details)
    with ThreadPoolExecutor(WRITERS, "allocation") as pool:
        done = list(pool.map(work.batch, _batches(plan)))
    people = [ids for ids, _ in done]
    crowded = sum(count for _, count in done)
    return Written(np.concatenate(people) if people else np.empty(0, np.int64), crowded)


def _batches(plan: Plan) -> Iterator[Ints]:
    """Indexes of people, whole units together, about `BATCH` at a time; a large unit in parts of its own."""
    placed = np.flatnonzero(plan.unit != NO_UNIT)
    if not placed.size:
        return
    placed = placed[np.lexsort((plan.rank[placed], plan.beyond_limit[placed], plan.unit[placed]))]
    starts = np.flatnonzero(np.diff(plan.unit[placed], prepend=-2))
    ends = np.append(starts[1:], placed.size)
    first = 0
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        if end - first > BATCH and start > first:
            yield placed[first:start]
            first = start
        while end - first > BATCH:
            yield placed[first : first + BATCH]
            first += BATCH
    if placed.size > first:
        yield placed[first:]


def _kinds(world: World, plan: Plan) -> tuple[Ints, list[dict[str, Any]]]:
    """Why each person is listed as a number, and the words for each number: there are few."""
    full = (plan.first_choice != plan.unit) & (plan.first_choice != NO_UNIT)
    columns = np.stack(
        [
            plan.step,
            np.where(full, plan.first_choice, NO_UNIT),
            world.waiting.closed,
            plan.as_newborn,
            plan.beyond_limit,
        ],
        axis=1,
    )
    # One number for a row of small ones: sorting rows takes ten times as long.
    packed = columns[:, 0] + 1
    for column, size in ((1, world.receivers.ids.size + 1), (2, 2), (3, 2), (4, 2)):
        packed = packed * size + columns[:, column] + (1 if column == 1 else 0)
    _, first, codes = np.unique(packed, return_index=True, return_inverse=True)
    return codes.astype(np.int64), [_words(world, plan, *map(int, columns[one])) for one in first]


def _words(
    world: World, plan: Plan, step: int, full: int, closed: int, as_newborn: int, beyond: int
) -> dict[str, Any]:
    basis = "newborn" if as_newborn else "closure-allocation" if closed else "allocation"
    detail: dict[str, Any] = {"step": plan.methods[step]}
    if full != NO_UNIT:
        detail["full"] = world.receivers.hsa_ids[full]
    because = {"closure-allocation": "closure"}.get(basis, basis)
    exemption = "newborn-of-listed-guardian" if beyond else None
    return {"basis": basis, "because": because, "exemption": exemption, "detail": detail}


@dataclass(frozen=True, slots=True)
class _Work:
    engine: Engine
    job: Job
    world: World
    plan: Plan
    codes: Ints
    details: Sequence[dict[str, Any]]

    def batch(self, who: Ints) -> tuple[Ints, int]:
        """One transaction, done again when others were first; left for the next run when they stay."""
        for attempt in range(ATTEMPTS):
            try:
                with unit_of_work(self.engine) as session:
                    return self._write(session, who, yielding=attempt > 0)
            except DBAPIError as error:
                if not isinstance(error.orig, _LOST):
                    raise
        return np.empty(0, np.int64), who.size

    def _write(self, session: Session, who: Ints, *, yielding: bool) -> tuple[Ints, int]:
        job, ids = self.job, self.world.receivers.ids
        units = [int(ids[unit]) for unit in np.unique(self.plan.unit[who])]
        session.execute(_SETTINGS)
        lock_registers(session, [(unit, job.scope.listing_type) for unit in units])
        scope = job.scope
        room = room_now(session, scope.region, scope.listing_type, scope.day, units)
        fits = self._fitting(who, room)
        # The exempt are written by themselves: one statement is held to the limit as a whole.
        beyond = self.plan.beyond_limit[fits]
        listed: list[int] = []
        for some in (fits[~beyond], fits[beyond]):
            if some.size:
                listed += self._insert(session, np.sort(some), yielding=yielding)
        return np.array(listed, np.int64), who.size - fits.size

    def _fitting(self, who: Ints, room: dict[int, int | None]) -> Ints:
        """Those for whom there still is room, the first of the fair order before the others."""
        fits = []
        for unit in np.unique(self.plan.unit[who]):
            here = who[self.plan.unit[who] == unit]
            key = int(self.world.receivers.ids[unit])
            if key not in room:
                continue
            beyond = self.plan.beyond_limit[here]
            limited = here[~beyond]
            places = room[key]
            fits += [limited if places is None else limited[: max(places, 0)], here[beyond]]
        return np.concatenate(fits) if fits else who[:0]

    def _insert(self, session: Session, who: Ints, *, yielding: bool) -> Iterable[int]:
        used, kinds = np.unique(self.codes[who], return_inverse=True)
        why = [
            {
                **self.details[code],
                "kind": kind,
                "detail": {**self.details[code]["detail"], "run": self.job.run_id},
            }
            for kind, code in enumerate(used)
        ]
        values = {
            **self.job.values(),
            "ids": _new_ids(who.size, self.job.context.at),
            "people": self.world.waiting.ids[who].tolist(),
            "units": self.world.receivers.ids[self.plan.unit[who]].tolist(),
            "kinds": kinds.tolist(),
            "why": orjson.dumps(why).decode(),
        }
        return session.scalars(_YIELDING if yielding else _PLAIN, values).all()


def _new_ids(count: int, at: datetime) -> list[str]:
    """UUIDs of version 7 (RFC 9562): by time, so that many new ones fall into the same pages of the index."""
    ids = np.frombuffer(secrets.token_bytes(16 * count), np.uint8).reshape(-1, 16).copy()
    ids[:, :6] = np.frombuffer(int(at.timestamp() * 1000).to_bytes(6, "big"), np.uint8)
    ids[:, 6] = ids[:, 6] & 0x0F | 0x70
    ids[:, 8] = ids[:, 8] & 0x3F | 0x80
    digits = ids.tobytes().hex()
    return [digits[start : start + 32] for start in range(0, len(digits), 32)]
