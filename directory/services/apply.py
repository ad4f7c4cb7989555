"""Apply what a source says of many units at once: statements, merged record, tables, history, outbox.

Cost grows with what changes. An unchanged record costs its share of two queries per batch;
rows of a table are rewritten only when a field that it holds has changed.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from codes.identifiers import HsaId
from core.problems import Invalid
from core.provenance import ImportRun, Source
from directory.models import CareUnit, SourceRecord
from directory.record import Record, flatten
from directory.rules.merge import LAST_WORD, Statement, merge, moments
from directory.services import history, states
from directory.services.states import UnitState

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
    `InvalidIdentifier` for a malformed HSA-id, `Invalid` for the name of an operational register of ours. Two
    calls about the same unit wait for each other on the unit's row.
    """
    if source.key in LAST_WORD:
        raise Invalid(
            f"the source {source.key} is a register of this installation; name the file's own source"
        )
    context = history.Context(source.id, run.id if run else None, actor, at)
    said = {str(HsaId.parse(item.hsa_id)): item for item in incoming}
    if len(said) != len(incoming):
        raise ValueError("each unit may be named once in a batch")
    known = states.load(session, said)
    outcomes, changed_states = [], []
    statements: list[dict[str, Any]] = []
    for hsa_id, item in said.items():
        state = known.get(hsa_id) or UnitState(hsa_id, None, {}, [])
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
    states.write(session, changed_states, context)
    ids = {state.hsa_id: state.unit_id for state in known.values()}
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
        known = states.load(session, missing[start : start + 500])
        for state in known.values():
            state.statements = [
                replace(s, present=s.present and s.source_id != source.id) for s in state.statements
            ]
            state.after = merge(state.statements, state.before)
        ids = [state.unit_id for state in known.values()]
        session.execute(
            update(SourceRecord)
            .where(SourceRecord.source_id == source.id, SourceRecord.care_unit_id.in_(ids))
            .values(present=False, last_run_id=context.run_id, changed_at=at)
        )
        changing = [state for state in known.values() if state.changed]
        states.write(session, changing, context)
        closed += [state.hsa_id for state in changing if state.after.values["status"] == "closed"]
    return closed


def _restate(state: UnitState, item: Incoming, source_id: int, at: datetime) -> dict[str, Any] | None:
    """Put the source's new word into the state; None when it says what it said before."""
    values = flatten(item.record)
    previous = next((s for s in state.statements if s.source_id == source_id), None)
    if previous and previous.present and previous.values == values:
        return None
    statement = Statement(source_id, values, moments(previous, values, item.as_of, at))
    state.statements = [s for s in state.statements if s.source_id != source_id] + [statement]
    return {"record": values, "said_at": dict(statement.said_at)}


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
