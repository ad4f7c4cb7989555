"""Kinds whose rows describe units: check every row, stage the good ones, compare, apply."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Protocol, TypeVar

from sqlalchemy import exists, func, select
from sqlalchemy.orm import aliased

from directory import services
from directory.models import CareUnit, SourceRecord
from directory.record import Record
from directory.services import Incoming
from importers.issues import Issue, has_error
from importers.pipeline import gates, staging
from importers.pipeline.combine import Combined, KeyedRow, combine
from importers.pipeline.job import Job
from importers.readers.rows import RawRow

BATCH = 500

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Parsed:
    """What became of one row. `key` is known even for a rejected row whenever its HSA-id can be read,

    so that one bad cell never makes a unit look as if it had gone. Without `record` and without an error
    among the issues the row is one to skip.
    """

    row: int
    key: str | None
    record: Record | None
    as_of: datetime | None = None
    issues: tuple[Issue, ...] = ()

    @property
    def is_good(self) -> bool:
        """Whether the row says something that can be applied."""
        return self.key is not None and self.record is not None and not has_error(self.issues)


class RowParser(Protocol):
    """Turns rows into records, a batch at a time so that look-ups in the database are shared.

    `adds_only`: the file adds facts to units that other sources list. A row of a unit that is not there is
    rejected, and in a full import a unit that the file no longer names loses what this source said of it but
    stays open.
    """

    adds_only: bool

    def parse(self, rows: Sequence[RawRow]) -> list[Parsed]:
        """One result per row, in order."""


def load_records(job: Job, rows: Iterable[RawRow], parser: RowParser) -> None:
    """Read to the end, then decide, then apply. Every unit is named once, whatever the file repeats."""
    staging.create(job.session)
    for batch in batches(rows, BATCH):
        _check(job, parser, batch)
    refusal = gates.too_many_rejected(job.report.rejected_count, job.report.read, job.options.max_rejected)
    missing = services.missing_units(job.session, source=job.source, seen=job.seen)
    job.report.diff.missing = len(missing)
    for key in missing:
        job.report.diff.list("missing", key)
    closes = job.options.mode == "full" and not parser.adds_only
    if not refusal and closes and not job.options.allow_closures:
        refusal = gates.too_many_closures(*_closing(job, missing))
    if refusal:
        job.report.refuse(refusal.code, refusal.message)
        return
    _apply(job)
    if closes:
        _close(job, missing)
    elif job.options.mode == "full":
        _empty(job, missing)


def _check(job: Job, parser: RowParser, batch: Sequence[RawRow]) -> None:
    parsed = parser.parse(batch)
    if parser.adds_only:
        parsed = _with_units(job, parsed)
    for row in parsed:
        job.report.take(row.issues)
        if row.key:
            job.seen.add(row.key)
        if row.record is None and not has_error(row.issues):
            job.report.skipped += 1
    good = (row for row in parsed if row.is_good)
    staging.add(
        job.session,
        [KeyedRow(r.row, r.key, r.record, r.as_of) for r in good if r.key and r.record is not None],
    )
    job.report.read += len(batch)
    job.progress("read", len(batch))


def _with_units(job: Job, parsed: list[Parsed]) -> list[Parsed]:
    """Reject the rows of units that are not there."""
    wanted = {row.key for row in parsed if row.is_good}
    known = set(job.session.scalars(select(CareUnit.hsa_id).where(CareUnit.hsa_id.in_(wanted))))
    return [
        replace(row, issues=(*row.issues, _unknown(row))) if row.is_good and row.key not in known else row
        for row in parsed
    ]


def _unknown(row: Parsed) -> Issue:
    message = "no unit has this HSA-id; import the units first"
    return Issue("error", "unit-unknown", row.row, row.key, "hsa_id", row.key, message)


def _closing(job: Job, missing: Sequence[str]) -> tuple[int, int]:
    """How many units would close, and how many the source listed: what others keep open stays open."""
    other = aliased(SourceRecord)
    listed = select(SourceRecord).where(SourceRecord.source_id == job.source.id, SourceRecord.present)
    total = job.session.scalar(select(func.count()).select_from(listed.subquery())) or 0
    closing = 0
    for batch in batches(missing, 5000):
        closing += (
            job.session.scalar(
                select(func.count())
                .select_from(CareUnit)
                .where(
                    CareUnit.hsa_id.in_(batch),
                    CareUnit.status == "active",
                    ~exists().where(
                        other.care_unit_id == CareUnit.id,
                        other.source_id != job.source.id,
                        other.present,
                        # As `merge` has it: a source without names only adds facts.
                        other.record.has_key("name"),
                    ),
                )
            )
            or 0
        )
    return closing, total


def _apply(job: Job) -> None:
    for batch in batches(_combined(job), BATCH):
        _apply_batch(job, [Incoming(unit.key, unit.record, unit.as_of) for unit in batch])


def _combined(job: Job) -> Iterator[Combined]:
    for rows in staging.by_unit(job.session):
        unit = combine(rows)
        job.report.take(unit.issues)
        yield unit


def _apply_batch(job: Job, incoming: Sequence[Incoming]) -> None:
    outcomes = services.apply_records(
        job.session,
        source=job.source,
        run=job.run,
        actor=job.options.actor,
        at=job.at,
        incoming=incoming,
    )
    job.report.diff.take(outcomes)
    job.progress("apply", len(incoming))


def _close(job: Job, missing: Sequence[str]) -> None:
    closed = services.close_missing(
        job.session,
        source=job.source,
        run=job.run,
        actor=job.options.actor,
        at=job.at,
        missing=missing,
    )
    job.report.closed = len(closed)
    for key in closed:
        job.report.diff.list("closed", key)


def _empty(job: Job, missing: Sequence[str]) -> None:
    """What this source said of the missing units no longer holds."""
    for batch in batches(missing, BATCH):
        _apply_batch(job, [Incoming(key, Record()) for key in batch])


def batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Lists of at most `size` items, never an empty one."""
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch
