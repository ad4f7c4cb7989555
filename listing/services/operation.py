"""One operation: once per idempotency key, whatever is retried, doubled or cut off.

The key's row is written first. Its unique index lets a second request with the same key wait for the first
one's transaction: when that commits the second is given the same answer; when it fails or is cut off, the
second does the work. A refusal rolls everything back, the key too: nothing was done that could be done twice.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.orm import Session

from core import clock
from listing.actor import Actor
from listing.errors import KeyReused

LOCK_TIMEOUT = "2s"

_OPEN = text(
    """
    INSERT INTO operation (scope, idempotency_key, request_digest, created_at)
    VALUES (:scope, :key, :digest, :at)
    ON CONFLICT (scope, idempotency_key) DO NOTHING RETURNING id
    """
)
_KNOWN = text("SELECT request_digest, outcome FROM operation WHERE scope = :scope AND idempotency_key = :key")
_CLOSE = text("UPDATE operation SET outcome = CAST(:outcome AS jsonb) WHERE id = :id")


@dataclass(frozen=True, slots=True)
class Context:
    """What every step of one operation knows: who acts, when, and which operation it is."""

    actor: Actor
    at: datetime
    today: date
    operation_id: UUID | None = None


def context(actor: Actor, operation_id: UUID | None = None) -> Context:
    """The context of this moment."""
    return Context(actor, clock.now(), clock.today(), operation_id)


def once(
    session: Session,
    actor: Actor,
    key: str,
    request: Mapping[str, Any],
    work: Callable[[Context], dict[str, Any]],
) -> dict[str, Any]:
    """The answer of `work`, done now or when the key was first used by this actor.

    Call it first in the transaction. `request` is what tells one request from another; it is kept only as a
    digest. Raises `KeyReused` when the key came with another request, and whatever `work` raises.
    """
    session.execute(text(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'"))
    digest = hashlib.sha256(orjson.dumps(request, option=orjson.OPT_SORT_KEYS)).digest()
    identity = {"scope": actor.key, "key": key}
    here = context(actor)
    operation_id = session.scalar(_OPEN, {**identity, "digest": digest, "at": here.at})
    if operation_id is None:
        known = session.execute(_KNOWN, identity).one()
        if bytes(known.request_digest) != digest:
            raise KeyReused(
                "Use a new Idempotency-Key for a new request; the same one only to repeat a request"
            )
        outcome: dict[str, Any] = known.outcome
        return outcome
    answer = work(Context(actor, here.at, here.today, operation_id))
    session.execute(_CLOSE, {"id": operation_id, "outcome": orjson.dumps(answer).decode()})
    return answer
