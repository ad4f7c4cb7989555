"""Loading a file of rules: read all, refuse a bad file, apply the decisions, tell what became of them."""

from collections.abc import Sequence

from sqlalchemy import select

from codes.identifiers import HsaId, InvalidIdentifier
from core import clock
from directory.geography.models import Region
from directory.models import CareUnit
from importers.issues import Issue
from importers.kinds.rules.files import RuleRow, read_rule_file
from importers.kinds.rules.rows import Known, KnownUnit, RuleRead, read_row
from importers.pipeline.gates import MAX_CLOSED_PERCENT, too_many_rejected
from importers.pipeline.job import Job
from listing.policy.lookup import policy_for
from listing.policy.services import About, Outcome, apply_decisions
from listing.policy.succession import Days
from listing.rules.capacity import check_limit


class RulesKind:
    """Policies of regions, contracts and limits of units, in one file or several.

    The rows of a file are each a decision about a period. A decision takes its days from what was decided
    before; the same file again changes nothing. A full import ends today what the same source decided about
    regions and units that the file does not name any more.
    """

    def load(self, job: Job) -> None:
        """Read, check and apply the file of the job."""
        rows = list(read_rule_file(job.path, job.options.format))
        known = _known(job, rows)
        read = _without_overlaps([read_row(row, known) for row in rows])
        job.report.read = len(read)
        for one in read:
            job.report.take(one.issues)
        job.progress("read", len(read))
        refusal = too_many_rejected(job.report.rejected_count, job.report.read, job.options.max_rejected)
        if refusal:
            job.report.refuse(refusal.code, refusal.message)
            return
        outcome = apply_decisions(
            job.session,
            [one.decision for one in read if one.decision is not None],
            source_id=job.source.id,
            run_id=job.run.id,
            full=job.options.mode == "full",
            named={one.about for one in read if one.about is not None},
        )
        _check_limits(job, read, known)
        _tell(job, outcome)
        job.progress("apply", len(read))


def _known(job: Job, rows: Sequence[RuleRow]) -> Known:
    wanted = set()
    for row in rows:
        try:
            wanted.add(HsaId.parse(row.raw.first("hsa_id") or "").value)
        except InvalidIdentifier:
            continue  # the row itself says so
    query = select(CareUnit.hsa_id, CareUnit.id, CareUnit.region_code).where(CareUnit.hsa_id.in_(wanted))
    units = {str(hsa_id): KnownUnit(id_, region) for hsa_id, id_, region in job.session.execute(query)}
    regions = frozenset(job.session.scalars(select(Region.code)))
    return Known(units, regions, job.options.region)


def _without_overlaps(read: Sequence[RuleRead]) -> list[RuleRead]:
    """Rows that decide about days which an earlier row has decided about are rejected: which one holds?"""
    taken: dict[About, list[tuple[Days, int]]] = {}
    found = []
    for one in read:
        if one.decision is not None:
            before = taken.setdefault(one.decision.about, [])
            days = one.decision.days
            other = next((row for held, row in before if held.meets(days)), None)
            if other is not None:
                message = f"row {other} decides about the same days; end one where the other begins"
                issue = Issue("error", "rows-overlap", one.row, one.key, "valid_from", None, message)
                one = RuleRead(one.row, one.key, None, one.about, (*one.issues, issue))
            else:
                before.append((days, one.row))
        found.append(one)
    return found


def _check_limits(job: Job, read: Sequence[RuleRead], known: Known) -> None:
    """Tell of limits outside the frame that the region has set itself (`Cap`), by the rules just loaded."""
    regions = {unit.id: unit.region for unit in known.units.values()}
    for one in read:
        if one.decision is None or one.decision.about[0] != "limit":
            continue
        _, unit_id, listing_type = one.decision.about
        days, places = one.decision.days, one.decision.content["places"]
        first = days.first or clock.today()
        policy = policy_for(job.session, regions[int(unit_id)] or "", listing_type, first)
        found = check_limit(policy.policy.cap, places=places, valid_from=first, valid_to=days.until)
        if found is not None:
            message = (
                f"the region's own rules let a limit last at most {found.arguments.get('months')} months"
            )
            issue = Issue("warning", f"limit-{found.because}", one.row, one.key, "valid_to", None, message)
            job.report.take([issue])


def _tell(job: Job, outcome: Outcome) -> None:
    report, diff = job.report, job.report.diff
    diff.created, diff.updated, diff.unchanged = len(outcome.created), len(outcome.updated), outcome.unchanged
    diff.missing, report.closed = len(outcome.missing), outcome.closed
    for what, labels in (("created", outcome.created), ("updated", outcome.updated)):
        for label in labels:
            diff.list(what, label)
    for about in outcome.missing:
        diff.list("missing", " ".join(map(str, about)))
    full = job.options.mode == "full" and not job.options.allow_closures
    if full and len(outcome.missing) * 100 > MAX_CLOSED_PERCENT * outcome.known:
        report.refuse(
            "too-many-closures",
            f"the file does not name {len(outcome.missing)} of the {outcome.known} regions and units whose"
            f" decisions the source keeps, more than {MAX_CLOSED_PERCENT:g} %; nothing was applied."
            " Import with --mode delta, or allow it with --allow-closures",
        )
