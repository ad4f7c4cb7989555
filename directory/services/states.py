"""Units on their way from one version to the next: read with what every source says, written whole."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core import audit, outbox
from core.provenance import Source
from directory.models import CareUnit, SourceRecord
from directory.record import INTERNAL_FIELDS, flatten, unflatten
from directory.rules.merge import LAST_WORD, Merged, Statement, merge
from directory.services import history, projection

TOPIC = "care-unit"


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


def load(session: Session, hsa_ids: Collection[str]) -> dict[str, UnitState]:
    """The named units as they stand, their rows locked in one order (by HSA-id) against other writers.

    The lock lets others refer to the unit meanwhile: a long import must not hold up a row that names it.
    """
    wanted = sorted(hsa_ids)
    units = session.execute(
        select(CareUnit.id, CareUnit.hsa_id)
        .where(CareUnit.hsa_id.in_(wanted))
        .order_by(CareUnit.hsa_id)
        .with_for_update(of=CareUnit, key_share=True)
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
            Source.key,
        )
        .join(Source, Source.id == SourceRecord.source_id)
        .where(SourceRecord.care_unit_id.in_(ids))
        .order_by(SourceRecord.source_id)
    )
    for unit_id, source_id, values, said_at, present, key in rows:
        last_word = LAST_WORD.get(key, frozenset())
        statements[unit_id].append(Statement(source_id, values, said_at, present, last_word))
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


def write(session: Session, states: Sequence[UnitState], context: history.Context) -> None:
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


def _known(unit_id: int | None) -> int:
    if unit_id is None:
        raise RuntimeError("a unit must be in the database before its parts")
    return unit_id
