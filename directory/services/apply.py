"""Apply what a source says of many units at once: statements, merged record, tables, history, outbox.

Cost grows with what changes. An unchanged record costs its share of two queries per batch;
rows of a table are rewritten only when a field that it holds has changed.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from codes.identifiers import HsaId
from core import audit, outbox
from core.provenance import ImportRun, Source
from directory.models import CareUnit, SourceRecord
from directory.record import INTERNAL_FIELDS, Record, flatten, unflatten
from directory.rules.merge import Merged, Statement, merge, moments
from directory.services import history, projection

TOPIC = "care-unit"

_STORE = text("""
    INSERT INTO source_record
        (care_unit_id, source_id, record, said_at, present, first_run_id, last_run_id, changed_at)
    SELECT r.care_unit_id, :source_id, r.record, r.said_at, true, :run_id, :run_id, :at
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r (care_unit_id bigint, record jsonb, said_at jsonb)
    ON CONFLICT (care_unit_id, source_id) DO UPDATE SET
        record = excluded.record, said_at = excluded.said_at, present = true,
        last_run_id = excluded.last_run_id, changed_at = excluded.changed_at
""")


@dataclass(frozen=True)
class Incoming:
    """One unit as a source describes it. `as_of`: the source's own date of the record, if it has one."""

    hsa_id: str
    record: Record
    as_of: datetime | None = None


@dataclass(frozen=True)
class Outcome:
    """What became of one incoming record; `changed` is path -> (from, to) of the merged record."""

    hsa_id: str
    action: str
    changed: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    reopened: bool = False


@dataclass
class UnitState:
    """A unit on its way from one version to the next. `unit_id` is None until it is in the database."""

    hsa_id: str
    unit_id: int | None
    before: dict[str, Any]
    statements: list[Statement]
    after: Merged = field(default_factory=Merged)

    @property
    def changed(self) -> dict[str, tuple[Any, Any]]:
        """Path -> (from, to)."""
        after = self.after.values
        return {
            path: (self.before.get(path), after.get(path))
            for path in sorted(self.before.keys() | after.keys())
            if self.before.get(path) != after.get(path)
        }


def apply_records(
    session: Session,
    *,
    source: Source,
    run: ImportRun | None,
    actor: str,
    at: datetime,
    incoming: Sequence[Incoming],
) -> list[Outcome]:
    """Take in what `source` says of these units (each named once), in the order given.

    Values must be plain JSON. All in the session's transaction; nothing is committed. Raises
    `InvalidIdentifier` for a malformed HSA-id. Two calls about the same unit wait for each other on
    the unit's row.
    """
    context = history.Context(source.id, run.id if run else None, actor, at)
    said = {str(HsaId.parse(item.hsa_id)): item for item in incoming}
    if len(said) != len(incoming):
        raise ValueError("each unit may be named once in a batch")
    states = _load(session, said)
    outcomes, changed_states = [], []
    statements: list[dict[str, Any]] = []
    for hsa_id, item in said.items():
        state = states.get(hsa_id) or UnitState(hsa_id, None, {}, [])
        row = _restate(state, item, source.id, at)
        if row is None:
            outcomes.append(Outcome(hsa_id, "unchanged"))
            continue
        statements.append({"hsa_id": hsa_id, **row})
        state.after = merge(state.statements, state.before)
        changed = state.changed
        if changed or state.unit_id is None:
            changed_states.append(state)
        action = "created" if state.unit_id is None else ("updated" if changed else "unchanged")
        reopened = changed.get("status") == ("closed", "active")
        outcomes.append(Outcome(hsa_id, action, changed, reopened))
    _write(session, changed_states, context)
    ids = {state.hsa_id: state.unit_id for state in states.values()}
    ids.update({state.hsa_id: state.unit_id for state in changed_states})
    _store_statements(session, statements, ids, context)
    return outcomes


def missing_units(session: Session, *, source: Source, seen: Collection[str]) -> list[str]:
    """HSA-ids of units that this source listed before and that are not among `seen`."""
    rows = session.execute(
        select(CareUnit.hsa_id)
        .join(SourceRecord)
        .where(SourceRecord.source_id == source.id, SourceRecord.present)
        .order_by(CareUnit.hsa_id)
    ).scalars()
    known = set(seen)
    return [hsa_id for hsa_id in rows if hsa_id and hsa_id not in known]


def close_missing(
    session: Session,
    *,
    source: Source,
    run: ImportRun | None,
    actor: str,
    at: datetime,
    missing: Sequence[str],
) -> list[str]:
    """Note that `source` no longer lists these units; close those that no other source keeps open.

    Returns the HSA-ids of the closed ones.
    """
    context = history.Context(source.id, run.id if run else None, actor, at)
    closed = []
    for start in range(0, len(missing), 500):
        states = _load(session, missing[start : start + 500])
        for state in states.values():
            state.statements = [
                Statement(s.source_id, s.values, s.said_at, present=s.present and s.source_id != source.id)
                for s in state.statements
            ]
            state.after = merge(state.statements, state.before)
        ids = [state.unit_id for state in states.values()]
        session.execute(
            update(SourceRecord)
            .where(SourceRecord.source_id == source.id, SourceRecord.care_unit_id.in_(ids))
            .values(present=False, last_run_id=context.run_id, changed_at=at)
        )
        changing = [state for state in states.values() if state.changed]
        _write(session, changing, context)
        closed += [state.hsa_id for state in changing if state.after.values["status"] == "closed"]
    return closed


def _load(session: Session, hsa_ids: Collection[str]) -> dict[str, UnitState]:
    """The named units as they stand, their rows locked in one order (by HSA-id) against other writers."""
    wanted = sorted(hsa_ids)
    units = session.execute(
        select(CareUnit.id, CareUnit.hsa_id)
        .where(CareUnit.hsa_id.in_(wanted))
        .order_by(CareUnit.hsa_id)
        .with_for_update(of=CareUnit)
    ).all()
    ids = [unit_id for unit_id, _ in units]
    statements: dict[int, list[Statement]] = defaultdict(list)
    rows = session.execute(
        select(
            SourceRecord.care_unit_id,
            SourceRecord.source_id,
            SourceRecord.record,
            SourceRecord.said_at,
            SourceRecord.present,
        )
        .where(SourceRecord.care_unit_id.in_(ids))
        .order_by(SourceRecord.source_id)
    )
    for unit_id, source_id, values, said_at, present in rows:
        statements[unit_id].append(Statement(source_id, values, said_at, present))
    records = history.current_records(session, ids)
    states = {}
    for unit_id, hsa_id in units:
        if hsa_id is None:
            continue
        before = flatten(records.get(unit_id, {}))
        before.update(_internal(merge(statements[unit_id], before).values))
        states[hsa_id] = UnitState(hsa_id, unit_id, before, statements[unit_id])
    return states


def _internal(values: Mapping[str, Any]) -> dict[str, Any]:
    return {path: value for path, value in values.items() if path.partition(".")[0] in INTERNAL_FIELDS}


def _restate(state: UnitState, item: Incoming, source_id: int, at: datetime) -> dict[str, Any] | None:
    """Put the source's new word into the state; None when it says what it said before."""
    values = flatten(item.record)
    previous = next((s for s in state.statements if s.source_id == source_id), None)
    if previous and previous.present and previous.values == values:
        return None
    statement = Statement(source_id, values, moments(previous, values, item.as_of, at))
    state.statements = [s for s in state.statements if s.source_id != source_id] + [statement]
    return {"record": values, "said_at": dict(statement.said_at)}


def _write(session: Session, states: Sequence[UnitState], context: history.Context) -> None:
    """Tables, history, audit and outbox for the units that change."""
    if not states:
        return
    states = sorted(states, key=lambda state: state.hsa_id)
    created = {state.hsa_id for state in states if state.unit_id is None}
    _insert_units(session, [state for state in states if state.unit_id is None], context)
    projections = [
        projection.UnitChange(
            unit_id=_known(state.unit_id),
            hsa_id=state.hsa_id,
            values=state.after.values,
            origin=state.after.origin,
            changed=frozenset(path.partition(".")[0] for path in state.changed),
            created=state.hsa_id in created,
        )
        for state in states
    ]
    projection.project(session, projections, context)
    history.note_changes(
        session,
        [
            (_known(s.unit_id), {"status": (None, "active")} if s.hsa_id in created else s.changed)
            for s in states
        ],
        context,
    )
    history.new_versions(
        session,
        [
            history.VersionOf(_known(s.unit_id), s.hsa_id, unflatten(s.after.values), s.after.values)
            for s in states
        ],
        context,
    )
    if context.run_id is None:
        for state in states:
            audit.record(
                session,
                actor=context.actor,
                action="care-unit-changed",
                subject_kind="care-unit",
                subject_key=state.hsa_id,
                fields=sorted(state.changed),
            )
    outbox.publish(session, TOPIC, [state.hsa_id for state in states])


def _insert_units(session: Session, states: Sequence[UnitState], context: history.Context) -> None:
    """Make the new units, by HSA-id so that two writers meet in the same order."""
    if not states:
        return
    rows = [
        {
            "hsa_id": state.hsa_id,
            **projection.unit_row(state.after.values, state.after.origin, context),
        }
        for state in states
    ]
    statement = insert(CareUnit).returning(CareUnit.hsa_id, CareUnit.id)
    ids = dict(session.execute(statement, rows).all())
    for state in states:
        state.unit_id = ids[state.hsa_id]


def _store_statements(
    session: Session,
    rows: Sequence[dict[str, Any]],
    ids: Mapping[str, int | None],
    context: history.Context,
) -> None:
    if not rows:
        return
    values = [
        {"care_unit_id": ids[row["hsa_id"]], "record": row["record"], "said_at": row["said_at"]}
        for row in rows
    ]
    session.execute(
        _STORE,
        {
            "rows": orjson.dumps(values).decode(),
            "source_id": context.source_id,
            "run_id": context.run_id,
            "at": context.at,
        },
    )


def _known(unit_id: int | None) -> int:
    if unit_id is None:
        raise RuntimeError("a unit must be in the database before its parts")
    return unit_id
