"""One import as a kind sees it: the transaction it works in, what was asked for, and the report it fills."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

from sqlalchemy.orm import Session

from core.provenance import ImportRun, Source
from importers.pipeline.gates import MAX_REJECTED_PERCENT
from importers.pipeline.report import Report

Progress = Callable[[str, int], None]
"""Told what is being done ("read", "apply") and how many more rows or units are through."""


def no_progress(phase: str, count: int) -> None:
    """Tell nobody."""


@dataclass(frozen=True)
class Options:
    """What the person asked for. `mapping` names a shipped mapping or a file; `region` is two digits."""

    mode: str = "delta"
    format: str = "auto"
    mapping: str | None = None
    region: str | None = None
    dry_run: bool = False
    max_rejected: float = MAX_REJECTED_PERCENT
    allow_closures: bool = False
    actor: str = "system"
    lock_wait_seconds: float = 60.0


@dataclass
class Job:
    """The file at `path` on its way in. Everything happens in the transaction of `session`."""

    session: Session
    source: Source
    run: ImportRun
    path: Path
    options: Options
    at: datetime
    report: Report
    progress: Progress = no_progress
    seen: set[str] = field(default_factory=set)


class Kind(Protocol):
    """A family of tables that files can fill: reads the file of the job, applies it, fills the report.

    A kind that finds the file unfit calls `job.report.refuse` or raises a `Problem`; either way the
    transaction is undone.
    """

    def load(self, job: Job) -> None:
        """Do all of it, in the job's transaction, without committing."""
