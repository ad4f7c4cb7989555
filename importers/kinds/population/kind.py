"""Loading a population file: read and stage all, refuse a bad file, apply, tell what came of it."""

from collections.abc import Iterable, Mapping

from sqlalchemy import select

from core import clock
from directory.geography.models import Municipality, Region
from directory.models import CareUnit
from importers.issues import Issue
from importers.kinds.population.columns import COLUMNS
from importers.kinds.population.rows import Known, RowReader
from importers.kinds.table import open_columns
from importers.pipeline.gates import too_many_rejected
from importers.pipeline.job import Job
from importers.pipeline.records import batches
from importers.readers import RawRow
from listing.services.life_events import Origin, Population, Result, Trouble

BATCH = 2000
_UNITS = frozenset({"special_care_unit", "last_visited_unit"})
_TOLD = {
    "identity-taken": "both numbers are in the register, as two people; when they are one,"
    " `hittavard people merge` joins them",
    "former-unknown": "nobody has the former number; the person was taken as new",
    "former-number": "the person has another number now; the row was left out",
    "older-than-known": "something newer is known of the person; the row was left out",
    "guardian-unknown": "a guardian is not in the register; that one was left out",
}


class PopulationKind:
    """People as a population register states them.

    Every row states a person as a whole; what differs from what is known is what has happened, and the same
    file again changes nothing. With `--mode full` people whom the source does not name any more are counted,
    and deregistered only with `--allow-closures`.
    """

    def load(self, job: Job) -> None:
        """Read, check and apply the file of the job."""
        has, rows = open_columns(job.path, job.options.format, COLUMNS)
        reader = RowReader(_known(job, has))
        population = Population(job.session, Origin(job.source.id, job.run.id))
        for batch in batches(rows, BATCH):
            _stage(job, reader, population, batch)
        refusal = too_many_rejected(job.report.rejected_count, job.report.read, job.options.max_rejected)
        if refusal:
            job.report.refuse(refusal.code, refusal.message)
            return
        result = population.apply(
            full=job.options.mode == "full",
            deregister_missing=job.options.allow_closures,
            progress=lambda count: job.progress("apply", count),
        )
        _tell(job, result)


def _stage(job: Job, reader: RowReader, population: Population, batch: list[RawRow]) -> None:
    read = [reader.read(row) for row in batch]
    for one in read:
        job.report.take(one.issues)
    troubles = population.stage([one.statement for one in read if one.statement is not None])
    _take(job, troubles)
    job.report.read += len(batch)
    job.progress("read", len(batch))


def _take(job: Job, troubles: Iterable[Trouble]) -> None:
    for trouble in troubles:
        severity = "error" if trouble.rejected else "info"
        job.report.take(
            [Issue(severity, trouble.code, trouble.row, None, None, None, _TOLD[trouble.code])]  # type: ignore[arg-type]
        )
        if trouble.code in ("former-number", "older-than-known"):
            job.report.skipped += 1


def _known(job: Job, has: frozenset[str] | None) -> Known:
    session = job.session
    units: Mapping[str, int] = {}
    if has is None or has & _UNITS:
        query = select(CareUnit.hsa_id, CareUnit.id).where(CareUnit.hsa_id.is_not(None))
        units = {str(hsa_id): id_ for hsa_id, id_ in session.execute(query)}
    places = session.execute(select(Municipality.code, Municipality.region_code))
    return Known(
        municipalities={str(row[0]): str(row[1]) for row in places},
        regions=frozenset(session.scalars(select(Region.code))),
        units=units,
        today=clock.today(),
        has=has,
        limited=job.options.region,
        source_id=job.source.id,
        run_id=job.run.id,
    )


def _tell(job: Job, result: Result) -> None:
    report, people = job.report, result.people
    _take(job, result.troubles)
    report.diff.created, report.diff.updated = people.created, people.updated
    report.diff.unchanged, report.diff.missing = people.unchanged, result.missing
    report.closed = people.closed
    report.extra["events"] = dict(sorted(people.events.items()))
    report.extra["listings"] = result.listings
    if result.missing and not people.closed:
        message = (
            f"{result.missing} people whom the source has stated before are not in the file; they were left"
            " as they are. Tell that they died or emigrated, or deregister them with --allow-closures"
        )
        report.take([Issue("warning", "people-missing", None, None, None, None, message)])
