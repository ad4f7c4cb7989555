"""Loading a register that is taken over: read all, explain what cannot be, take over the rest."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy import select

from core import clock
from directory.models import CareUnit
from importers.issues import Issue
from importers.kinds.listings.columns import COLUMNS
from importers.kinds.listings.rows import Read, read_row
from importers.kinds.table import open_table
from importers.pipeline.gates import too_many_rejected
from importers.pipeline.job import Job
from importers.pipeline.records import batches
from importers.readers import RawRow
from listing.people.queries import find_people
from listing.services.takeover import Fault, Held, Takeover, Waiting

BATCH = 5000
_WHY = {
    "two-at-once": "row {other} lists the same person on the same days; one has one listing at a time",
    "listed-already": "the register has another listing of the person during these days",
    "person-gone": "the person has died or left the population register; end the listing on that day",
    "queued-twice": "row {other} is the same person's place in the same queue",
    "queued-already": "the person waits in this queue already",
    "listed-here": "the person is listed at the unit and need not wait there",
}


class ListingsKind:
    """An existing register with its queues.

    What has been taken over once is known again, so the same file twice changes nothing, and what has become
    of a listing since stays. Nothing is ever removed: `--mode` makes no difference.
    """

    def load(self, job: Job) -> None:
        """Read, check and apply the file of the job."""
        query = select(CareUnit.hsa_id, CareUnit.id).where(CareUnit.hsa_id.is_not(None))
        units = {str(hsa_id): int(id_) for hsa_id, id_ in job.session.execute(query)}
        takeover = Takeover(job.session)
        for batch in batches(open_table(job.path, job.options.format, COLUMNS), BATCH):
            _stage(job, takeover, units, batch)
        for fault in takeover.check():
            job.report.take([_issue(fault)])
        refusal = too_many_rejected(job.report.rejected_count, job.report.read, job.options.max_rejected)
        if refusal:
            job.report.refuse(refusal.code, refusal.message)
            return
        result = takeover.apply()
        job.report.diff.created = result.listings + result.queued
        job.report.diff.unchanged = result.known
        job.report.extra["takenOver"] = {
            "listings": result.listings,
            "queued": result.queued,
            "beyondLimit": result.exempt,
        }
        job.progress("apply", job.report.diff.created)


def _stage(job: Job, takeover: Takeover, units: Mapping[str, int], batch: Sequence[RawRow]) -> None:
    today, now = clock.today(), clock.now()
    read = [read_row(row, units, today, now) for row in batch]
    people = find_people(job.session, [one.person for one in read if one.person is not None])
    held: list[Held] = []
    waiting: list[Waiting] = []
    for one in read:
        _name(one, people)
        job.report.take(one.issues)
        if isinstance(one.entry, Held):
            held.append(one.entry)
        elif one.entry is not None:
            waiting.append(one.entry)
    takeover.add(held, waiting)
    job.report.read += len(batch)
    job.progress("read", len(batch))


def _name(read: Read, people: Mapping[str, int]) -> None:
    if read.entry is None or read.person is None:
        return
    person_id = people.get(read.person.value)
    if person_id is None:
        read.reject(
            "person-unknown", "person_id", "the person is not in the register; import population first"
        )
    else:
        read.entry = replace(read.entry, person_id=person_id)


def _issue(fault: Fault) -> Issue:
    message = _WHY[fault.code].format(other=fault.other)
    return Issue("error", fault.code, fault.row, None, None, None, message)
