"""What `hittavard due` keeps in order beside the timed work: the audit trail sealed, and old rows gone."""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from core import clock, outbox
from core.audit import sealing, standing
from core.database import unit_of_work
from core.settings import Settings
from core.upkeep import Chore
from listing.people.checking import confirm_keys_of
from listing.people.keys import Use, key_ring
from listing.services import operation
from web.auth.signin import attempts, sessions

SEAL_SECONDS = 60.0
SEAL_ROWS = 5_000
"""So many rows are sealed at once even when the last seal is younger."""
_BATCH = 1_000


def chores(settings: Settings) -> list[Chore]:
    """All of it, for these settings."""
    answers = timedelta(days=settings.idempotency_days)
    changes = timedelta(hours=settings.outbox_hours)
    return [
        Chore("audit-seal", 5, seal_when_due),
        Chore("outbox", 300, lambda engine: _in_batches(engine, outbox.prune, changes)),
        Chore("idempotency-keys", 600, lambda engine: _in_batches(engine, operation.forget, answers)),
        Chore("sessions", 300, lambda engine: sessions.sweep(engine, settings) + attempts.sweep(engine)),
    ]


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
            count = _batch(session, delete, age)
        total += count
        if count < _BATCH:
            return total


def _batch(session: Session, delete: Callable[..., int], age: timedelta) -> int:
    return delete(session, clock.now() - age, _BATCH)
