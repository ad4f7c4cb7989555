"""Writing decisions: regions' rules, units' contracts, units' limits. What holds on other days is kept."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from sqlalchemy import delete, insert, select, text
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from core import clock
from listing.locking import lock_registers, make_registers
from listing.models import ListingLimit, ListingPolicy, UnitContract
from listing.policy.lookup import forget
from listing.policy.model import ListingType
from listing.policy.succession import Days, ended

DecisionKind = Literal["policy", "contract", "limit"]
About = tuple[DecisionKind, str | int, ListingType]
"""What a decision is about: its kind, the region's code or the unit's key, the listing type."""


@dataclass(frozen=True, slots=True)
class _Table:
    model: type[ListingPolicy] | type[UnitContract] | type[ListingLimit]
    subject: str
    content: tuple[str, ...]


_TABLES: Mapping[DecisionKind, _Table] = {
    "policy": _Table(ListingPolicy, "region_code", ("decision_reference", "decided_on", "parameters")),
    "contract": _Table(UnitContract, "care_unit_id", ("reference",)),
    "limit": _Table(ListingLimit, "care_unit_id", ("places", "decision_reference", "decided_by")),
}
_UNSETTLE = text(
    "UPDATE unit_register r SET unsettled = true FROM care_unit u,"
    " unnest(CAST(:subjects AS text[]), CAST(:types AS text[])) AS k (subject, kind)"
    " WHERE u.id = r.care_unit_id AND r.listing_type = k.kind"
    " AND k.subject = CASE WHEN :by_region THEN u.region_code ELSE u.id::text END"
)


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision; `content` has the columns of its table, `label` names it in reports."""

    about: About
    days: Days
    content: Mapping[str, Any]
    label: str = ""


@dataclass
class Outcome:
    """What was written, by the labels of decisions; `missing` are subjects not mentioned any more."""

    created: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: int = 0
    missing: list[About] = field(default_factory=list)
    known: int = 0
    closed: int = 0


@dataclass(frozen=True, slots=True)
class _Standing:
    """A row: `id` None while it is not in the table."""

    id: int | None
    days: Days
    content: dict[str, Any]
    source_id: int | None
    import_run_id: int | None


def apply_decisions(
    session: Session,
    decisions: Sequence[Decision],
    *,
    source_id: int | None = None,
    run_id: int | None = None,
    full: bool = False,
    named: Iterable[About] = (),
) -> Outcome:
    """Let the decisions hold, which must not overlap each other. Never commits.

    A decision that stands already word for word is left alone, so the same decisions twice change nothing.
    `full`: decisions of the same source about what neither `decisions` nor `named` mentions end today.
    Registers that are touched are marked, so that queues are served and statuses told afterwards.
    """
    outcome = Outcome()
    by_kind: dict[DecisionKind, list[Decision]] = defaultdict(list)
    for decision in decisions:
        by_kind[decision.about[0]].append(decision)
    mentioned = {decision.about for decision in decisions} | set(named)
    for kind in _TABLES:
        ours = _of_source(session, kind, source_id)
        gone = {about for about in ours if about not in mentioned}
        outcome.known += len(ours)
        outcome.missing += sorted(gone, key=str)
        touched = {decision.about for decision in by_kind[kind]} | (gone if full else set())
        if kind == "limit":
            # Nobody is listed by a limit that is just being replaced.
            lock_registers(session, {(int(subject), listing_type) for _, subject, listing_type in touched})
        before = _standing(session, kind, touched)
        after = {about: list(rows) for about, rows in before.items()}
        for decision in by_kind[kind]:
            after[decision.about] = _succeed(after[decision.about], decision, (source_id, run_id), outcome)
        for about in gone if full else ():
            after[about] = _ended(after[about], source_id, run_id, outcome)
        _write(session, kind, before, after)
        if kind == "contract":
            # A unit where one may list has a register, so that its status is told before anybody is listed.
            make_registers(session, {(int(subject), listing_type) for _, subject, listing_type in touched})
        _unsettle(session, kind, [about for about in touched if before[about] != after[about]])
    forget(session)
    return outcome


def _succeed(
    rows: list[_Standing], decision: Decision, origin: tuple[int | None, int | None], outcome: Outcome
) -> list[_Standing]:
    content = dict(decision.content)
    if any(row.days == decision.days and row.content == content for row in rows):
        outcome.unchanged += 1
        return rows
    former = next((row for row in rows if row.days.first == decision.days.first), None)
    (outcome.updated if former else outcome.created).append(decision.label)
    left = [
        replace(row, days=piece, id=None if number or row is former else row.id)
        for row in rows
        for number, piece in enumerate(row.days.without(decision.days))
    ]
    return [*left, _Standing(former.id if former else None, decision.days, content, *origin)]


def _ended(
    rows: list[_Standing], source_id: int | None, run_id: int | None, outcome: Outcome
) -> list[_Standing]:
    today, kept = clock.today(), []
    for row in rows:
        days = ended(row.days, today) if row.source_id == source_id else row.days
        if days != row.days:
            outcome.closed += 1
            row = replace(row, import_run_id=run_id)
        if days is not None:
            kept.append(replace(row, days=days))
    return kept


def _of_source(session: Session, kind: DecisionKind, source_id: int | None) -> set[About]:
    """What this source has decided that holds today or later."""
    table = _TABLES[kind]
    model, subject = table.model, getattr(table.model, table.subject)
    lasting = model.valid.overlaps(Range(clock.today(), None))
    query = select(subject, model.listing_type).where(model.source_id == source_id, lasting).distinct()
    return {(kind, *row) for row in session.execute(query)} if source_id is not None else set()


def _standing(session: Session, kind: DecisionKind, touched: set[About]) -> dict[About, list[_Standing]]:
    """The rows about these, held until the transaction ends."""
    table = _TABLES[kind]
    model, subject = table.model, getattr(table.model, table.subject)
    columns = [getattr(model, name) for name in table.content]
    found: dict[About, list[_Standing]] = {about: [] for about in sorted(touched, key=str)}
    query = (
        select(subject, model.listing_type, model.id, model.valid, model.source_id, model.import_run_id)
        .add_columns(*columns)
        .where(subject.in_({about[1] for about in touched}))
        .order_by(model.id)
        .with_for_update()
    )
    for key, listing_type, id_, valid, source_id, run_id, *content in session.execute(query):
        days = Days(valid.lower, valid.upper)
        row = _Standing(id_, days, dict(zip(table.content, content, strict=True)), source_id, run_id)
        if (kind, key, listing_type) in found:
            found[kind, key, listing_type].append(row)
    return found


def _write(
    session: Session,
    kind: DecisionKind,
    before: Mapping[About, list[_Standing]],
    after: Mapping[About, list[_Standing]],
) -> None:
    """Take away every row that changes, then put what stands now: so no two ever overlap on the way."""
    table = _TABLES[kind]
    old = [row.id for about, rows in before.items() for row in rows if row not in after[about]]
    if old:
        session.execute(delete(table.model).where(table.model.id.in_(old)))
    for about, rows in after.items():
        for row in rows:
            if row in before[about]:
                continue
            values = {
                table.subject: about[1],
                "listing_type": about[2],
                "valid": Range(row.days.first, row.days.until),
                "source_id": row.source_id,
                "import_run_id": row.import_run_id,
                **({"id": row.id} if row.id is not None else {}),
                **row.content,
            }
            session.execute(insert(table.model).values(**values))


def _unsettle(session: Session, kind: DecisionKind, changed: list[About]) -> None:
    if changed:
        values = {"subjects": [str(about[1]) for about in changed], "types": [about[2] for about in changed]}
        session.execute(_UNSETTLE, {**values, "by_region": kind == "policy"})
