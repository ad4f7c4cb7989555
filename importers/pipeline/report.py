"""What became of a file: the report that the command line prints and that an import run keeps.

The first keys are the published interface; the rest may grow. Lists are cut at a length that a person
could still read and that keeps memory flat; the counts beside them are always whole.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

from importers.issues import Issue
from importers.pipeline.diff import Diff

Status = Literal["applied", "refused"]

MAX_REJECTED_LISTED = 100_000
MAX_WARNINGS_LISTED = 10_000
MAX_VALUE = 80
"""Characters of a value that a report repeats: enough to find the cell, too little to be a text."""


@dataclass
class Refusal:
    """Why nothing of the file was applied: a stable code and a sentence that says how to mend it."""

    code: str
    message: str


@dataclass
class Report:
    """Counts and lists of one import. `read` counts the rows of the file, the other counts are units.

    `rejected` has one entry per rejected row: its first error, and under `also` the others.
    """

    kind: str
    file: str
    source: str
    mode: str = "delta"
    dry_run: bool = False
    status: Status = "applied"
    refusal: Refusal | None = None
    run_id: int | None = None
    read: int = 0
    skipped: int = 0
    closed: int = 0
    diff: Diff = field(default_factory=Diff)
    rejected: list[dict[str, Any]] = field(default_factory=list)
    rejected_count: int = 0
    warnings: list[dict[str, Any]] = field(default_factory=list)
    issue_counts: Counter[str] = field(default_factory=Counter)
    extra: dict[str, Any] = field(default_factory=dict)
    duration_ms: int = 0

    def take(self, issues: Iterable[Issue]) -> None:
        """File the issues of one row: any error makes the row a rejected one."""
        errors: list[Issue] = []
        for issue in issues:
            self.issue_counts[issue.code] += 1
            if issue.severity == "error":
                errors.append(issue)
            elif len(self.warnings) < MAX_WARNINGS_LISTED:
                self.warnings.append({"severity": issue.severity, **_shown(issue)})
        if errors:
            self.rejected_count += 1
            if len(self.rejected) < MAX_REJECTED_LISTED:
                self.rejected.append(_rejected(errors))

    def refuse(self, code: str, message: str) -> None:
        """Nothing of the file may be applied; the numbers found so far stay, as what would have been."""
        self.status = "refused"
        self.refusal = Refusal(code, message)

    def as_json(self) -> dict[str, Any]:
        """The report as it is written to a file and kept with the run."""
        return {
            "kind": self.kind,
            "file": self.file,
            "source": self.source,
            "read": self.read,
            "created": self.diff.created,
            "updated": self.diff.updated,
            "unchanged": self.diff.unchanged,
            "closed": self.closed,
            "rejected": self.rejected,
            "status": self.status,
            "refusal": vars(self.refusal) if self.refusal else None,
            "mode": self.mode,
            "dryRun": self.dry_run,
            "runId": self.run_id,
            "skipped": self.skipped,
            "rejectedRows": self.rejected_count,
            **self.diff.as_json(),
            "warnings": self.warnings,
            "issueCounts": dict(self.issue_counts.most_common()),
            "durationMs": self.duration_ms,
            **self.extra,
        }


def _rejected(errors: list[Issue]) -> dict[str, Any]:
    entry = _shown(errors[0])
    if len(errors) > 1:
        entry["also"] = [_shown(error) for error in errors[1:]]
    return entry


def _shown(issue: Issue) -> dict[str, Any]:
    shown: dict[str, Any] = issue.as_report()
    value = shown["value"]
    if isinstance(value, str):
        value = value.replace("\0", "\N{REPLACEMENT CHARACTER}")
        shown["value"] = value if len(value) <= MAX_VALUE else value[: MAX_VALUE - 1] + "…"
    return shown
