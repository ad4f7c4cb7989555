"""A sign-in under way, from the moment that somebody is sent to a provider until the answer comes.

The answer is taken once and by the browser that asked: what is kept is sealed with that browser's secret, and
taking it deletes it, so an answer that comes twice, late or to another browser finds nothing.
"""

from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import cast

from sqlalchemy import Engine, Table, delete, insert, select

from core import clock
from web.auth.signin.models import WebSignIn
from web.auth.signin.sealing import derived, new_secret, seal, unseal

MINUTES = 15
_SWEPT = 500
_table = cast(Table, WebSignIn.__table__)


@dataclass(frozen=True, slots=True)
class Attempt:
    """What was sent, and what is wanted: `next` a path of ours, `level` the least that will do."""

    provider: str
    nonce: str
    verifier: str
    redirect_uri: str
    next: str
    language: str
    level: int


def begin(engine: Engine, browser: str, attempt: Attempt) -> str:
    """Keep an attempt and return its `state`."""
    state = new_secret()
    key = derived(state, "state")
    now = clock.now()
    row = {
        "state_hash": key,
        "sealed": seal(browser, asdict(attempt), key),
        "expires_at": now + timedelta(minutes=MINUTES),
    }
    # Rows that another request is deleting are left to it, so that no two wait for each other.
    late = (
        select(_table.c.state_hash)
        .where(_table.c.expires_at <= now)
        .limit(_SWEPT)
        .with_for_update(skip_locked=True)
    )
    with engine.begin() as connection:
        connection.execute(delete(_table).where(_table.c.state_hash.in_(late)))
        connection.execute(insert(_table).values(row))
    return state


def take(engine: Engine, browser: str, state: str) -> Attempt | None:
    """The attempt of an answer, gone from now on; None when it was taken, is too old or is another's."""
    key = derived(state, "state")
    with engine.begin() as connection:
        statement = delete(_table).where(_table.c.state_hash == key).returning(*_table.c)
        row = connection.execute(statement).one_or_none()
    if row is None or clock.now() >= row.expires_at:
        return None
    content = unseal(browser, row.sealed, key)
    return Attempt(**content) if content else None
