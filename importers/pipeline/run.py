"""One file, one transaction: lock the source, let the kind do its work, then keep all of it or nothing."""

import time
from dataclasses import asdict
from pathlib import Path

import psycopg
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from core import audit, clock
from core.database import unit_of_work
from core.problems import Problem
from core.provenance import ImportRun, Source
from directory.services import ensure_source
from importers.pipeline.job import Job, Kind, Options, Progress, no_progress
from importers.pipeline.lock import ImportBusy, lock_source
from importers.pipeline.report import Report
from importers.source_names import source_name

_LOST = (
    psycopg.errors.DeadlockDetected,
    psycopg.errors.SerializationFailure,
    psycopg.errors.LockNotAvailable,
)


class _Undo(Exception):
    """Leaves the transaction without keeping any of it."""


def run_import(
    engine: Engine,
    kind: Kind,
    name: str,
    path: Path,
    *,
    source: str,
    options: Options | None = None,
    progress: Progress = no_progress,
) -> Report:
    """Import one file of the kind called `name` as what `source` says; returns the report.

    The file is applied whole or not at all. A dry run does the same work in a transaction that is undone,
    so that its report is what an import would do and nothing of it stays. A refused file leaves only its
    run with the report, for whoever asks why last night's file did not come in. One that has lost against
    others who changed the same (a deadlock, a lock that was not let go) is read once more from the beginning.
    """
    options = options or Options()
    try:
        return _run(engine, kind, name, path, source, options, progress)
    except DBAPIError as error:
        if not isinstance(error.orig, _LOST):
            raise
    return _run(engine, kind, name, path, source, options, progress)


def _run(
    engine: Engine, kind: Kind, name: str, path: Path, source: str, options: Options, progress: Progress
) -> Report:
    report = Report(name, path.name, source, mode=options.mode, dry_run=options.dry_run)
    started = time.monotonic()
    at = clock.now()
    try:
        with unit_of_work(engine) as session:
            lock_source(session, source, options.lock_wait_seconds)
            known = ensure_source(session, source, source_name(source))
            run = _start(session, known, report, options)
            job = Job(session, known, run, path, options, at, report, progress)
            kind.load(job)
            report.duration_ms = round((time.monotonic() - started) * 1000)
            if options.dry_run or report.status == "refused":
                raise _Undo
            _finish(session, run, report, options)
    except _Undo:
        pass
    except ImportBusy:
        raise
    except Problem as problem:
        report.refuse(problem.code, problem.detail)
    except (DBAPIError, psycopg.Error) as error:
        refused = _constraint_message(error)
        if refused is None:
            raise
        report.refuse("database-refused", f"{refused}; nothing was applied")
    if report.status == "refused" and not options.dry_run:
        report.duration_ms = round((time.monotonic() - started) * 1000)
        _keep_refusal(engine, report, options)
    return report


def _constraint_message(error: Exception) -> str | None:
    """What the database says against a value, without the value; None for trouble of another kind."""
    original = getattr(error, "orig", error)
    if isinstance(original, psycopg.errors.IntegrityError | psycopg.errors.DataError):
        return f"the database refuses a value: {original.diag.message_primary}"
    return None


def _start(session: Session, source: Source, report: Report, options: Options) -> ImportRun:
    now = clock.now()
    run = ImportRun(
        kind=report.kind,
        source_id=source.id,
        file_name=report.file,
        mode=options.mode,
        status="applied",
        actor=options.actor,
        started_at=now,
        finished_at=now,
        report={},
    )
    session.add(run)
    session.flush()
    report.run_id = None if options.dry_run else run.id
    return run


def _finish(session: Session, run: ImportRun, report: Report, options: Options) -> None:
    run.status = report.status
    run.finished_at = clock.now()
    run.report = report.as_json()
    audit.record(
        session,
        actor=options.actor,
        action=f"import-{report.status}",
        subject_kind="source",
        subject_key=report.source,
        run=run.id,
        kind=report.kind,
        options={name: value for name, value in asdict(options).items() if name not in ("actor", "mapping")},
    )


def _keep_refusal(engine: Engine, report: Report, options: Options) -> None:
    with unit_of_work(engine) as session:
        source = ensure_source(session, report.source, source_name(report.source))
        run = _start(session, source, report, options)
        _finish(session, run, report, options)


__all__ = ["run_import"]
