"""One import of a source at a time: the second waits a while and is then sent away kindly."""

from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from core.problems import Problem

_SPACE = 0x48_56_49_4D
"""The first of the two numbers of the advisory lock, so that nobody else's locks meet ours."""


class ImportBusy(Problem):
    """Another import of the same source is running."""

    code = "import-busy"
    status = 409
    title = "Another import of this source is running"


def lock_source(session: Session, source: str, wait_seconds: float) -> None:
    """Hold the source until the transaction ends. Call it first: a failed wait ends the transaction."""
    before = session.execute(text("SHOW lock_timeout")).scalar_one()
    _set_timeout(session, f"{int(wait_seconds * 1000)}ms" if wait_seconds > 0 else "1ms")
    try:
        session.execute(
            text("SELECT pg_advisory_xact_lock(:space, hashtext(:source))"),
            {"space": _SPACE, "source": source},
        )
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", None) != "55P03":
            raise
        raise ImportBusy(
            f"another import of the source {source} has been running for a while; try again when it is done"
        ) from error
    _set_timeout(session, before)


def _set_timeout(session: Session, value: str) -> None:
    session.execute(text("SELECT set_config('lock_timeout', :value, true)"), {"value": value})
