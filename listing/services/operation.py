"""One operation: once per idempotency key, whatever is retried, doubled or cut off.

The key's row is written first. Its unique index lets a second request with the same key wait for the first
one's transaction: when that commits the second is given the same answer; when it fails or is cut off, the
second does the work. A refusal rolls everything back, the key too: nothing was done that could be done twice.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, cast

import orjson
from sqlalchemy import CursorResult, text
from sqlalchemy.orm import Session

from core import metrics
from core.roundtrip import Ask, together
from listing.actor import Actor
from listing.errors import KeyReused, ListingRefused
from listing.locking import people_locked
from listing.services import journal
from listing.services.context import Context, context

__all__ = ["Context", "context", "once"]

_OPEN = text(
    """
    INSERT INTO operation (scope, idempotency_key, request_digest, created_at)
    VALUES (:scope, :key, :digest, :at)
    ON CONFLICT (scope, idempotency_key) DO NOTHING RETURNING id
    """
)
_KNOWN = text("SELECT request_digest, outcome FROM operation WHERE scope = :scope AND idempotency_key = :key")


_FORGET = text(
    """
    DELETE FROM operation WHERE id IN (
        SELECT id FROM operation WHERE created_at < :before ORDER BY created_at LIMIT :most
        FOR UPDATE SKIP LOCKED)
    """
)


def forget(session: Session, before: datetime, most: int = 1000) -> int:
    """Delete up to so many answers that were given before a moment; how many. Their keys are free again."""
    done = cast(CursorResult[Any], session.execute(_FORGET, {"before": before, "most": most}))
    return done.rowcount


def once(
    session: Session,
    actor: Actor,
    key: str,
    request: Mapping[str, Any],
    work: Callable[[Context], dict[str, Any]],
    people: Sequence[int] = (),
) -> dict[str, Any]:
    """The answer of `work`, done now or when the key was first used by this actor.

    Call it first in the transaction. `request` is what tells one request from another; it is kept only as a
    digest. `people` are held while `work` is done, where they are known beforehand. Raises `KeyReused` when
    the key came with another request, and whatever `work` raises.
    """
    digest = hashlib.sha256(orjson.dumps(request, option=orjson.OPT_SORT_KEYS)).digest()
    identity = {"scope": actor.key, "key": key}
    kind = str(request.get("operation", "other"))
    here = context(actor)
    opening = Ask(_OPEN, {**identity, "digest": digest, "at": here.at})
    opened, *_ = together(session, opening, *([people_locked(people)] if people else ()))
    if not opened:
        known = session.execute(_KNOWN, identity).one()
        if bytes(known.request_digest) != digest:
            raise KeyReused(
                "Use a new Idempotency-Key for a new request; the same one only to repeat a request"
            )
        outcome: dict[str, Any] = known.outcome
        metrics.OPERATIONS.labels(kind, "repeated").inc()
        return outcome
    doing = Context(actor, here.at, here.today, opened[0].id, [], [])
    try:
        answer = work(doing)
    except ListingRefused as refused:
        metrics.OPERATIONS.labels(kind, refused.code).inc()
        raise
    journal.close(session, doing, answer)
    metrics.OPERATIONS.labels(kind, "done").inc()
    return answer
