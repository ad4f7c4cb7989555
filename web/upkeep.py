"""What `hittavard due` keeps in order beside the timed work: the audit trail sealed, and old rows gone."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, Engine, text
from sqlalchemy.orm import Session

from core import clock, outbox
from core.audit import sealing, standing
from core.database import unit_of_work
from core.settings import Settings
from core.upkeep import Chore
from listing.people.checking import confirm_keys_of
from listing.people.keys import Use, key_ring
from listing.services import operation

SEAL_SECONDS = 60.0
SEAL_ROWS = 5_000
"""So many rows are sealed at once even when the last seal is younger."""
_BATCH = 1_000


def chores(settings: Settings) -> list[Chore]:
    """All of it, for these settings."""
    answers = timedelta(days=settings.idempotency_days)
    changes = timedelta(hours=settings.outbox_hours)
    idle = timedelta(minutes=settings.session_idle_minutes)
    return [
        Chore("audit-seal", 5, seal_when_due),
        Chore("outbox", 300, lambda engine: _in_batches(engine, outbox.prune, changes)),
        Chore("idempotency-keys", 600, lambda engine: _in_batches(engine, operation.forget, answers)),
        Chore("sessions", 300, lambda engine: _in_batches(engine, _sessions, idle)),
        Chore("sign-ins", 300, lambda engine: _in_batches(engine, _sign_ins, timedelta())),
    ]


# Rows that a request is deleting are left to it. In SQL: the sign-in's own modules bring all the pages.
_SESSIONS = text(
    """
    DELETE FROM web_session WHERE id_hash IN (
        SELECT id_hash FROM web_session WHERE expires_at <= :now OR seen_at <= :idle_since
        LIMIT :most FOR UPDATE SKIP LOCKED)
    """
)
_SIGN_INS = text(
    """
    DELETE FROM web_sign_in WHERE state_hash IN (
        SELECT state_hash FROM web_sign_in WHERE expires_at <= :now LIMIT :most FOR UPDATE SKIP LOCKED)
    """
)


def _sessions(session: Session, idle_since: datetime, most: int) -> int:
    values = {"now": clock.now(), "idle_since": idle_since, "most": most}
    return cast(CursorResult[Any], session.execute(_SESSIONS, values)).rowcount


def _sign_ins(session: Session, now: datetime, most: int) -> int:
    return cast(CursorResult[Any], session.execute(_SIGN_INS, {"now": now, "most": most})).rowcount


def seal_when_due(engine: Engine) -> int:
    """Seal what has waited a minute, or sooner when it is much; how many rows."""
    with unit_of_work(engine) as session:
        trail = standing.ask(session, SEAL_ROWS)
    if trail.unsealed < SEAL_SECONDS and trail.rows < SEAL_ROWS:
        return 0
    confirm_keys_of(engine)
    with unit_of_work(engine) as session:
        return sealing.seal(session, key_ring()[Use.AUDIT])


def _in_batches(engine: Engine, delete: Callable[..., int], age: timedelta) -> int:
    """Delete what is older than this in transactions of their own, until there is no whole batch left."""
    total = 0
    while True:
        with unit_of_work(engine) as session:
            count = delete(session, clock.now() - age, _BATCH)
        total += count
        if count < _BATCH:
            return total
