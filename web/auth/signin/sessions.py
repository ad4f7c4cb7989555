"""Sessions: begun, continued, replaced and ended. Each has two limits, of idleness and of age.

The work is one short transaction of its own, so that a page which only reads can still note that somebody
was there.
"""

from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import Connection, Engine, Table, delete, insert, or_, select, update

from core import clock
from core.settings import Settings
from listing.actor import Role
from web.auth.signin.models import WebSession
from web.auth.signin.sealing import derived, new_secret, seal, unseal
from web.auth.signin.visitor import Commission, Visitor

_NOTED_EVERY = timedelta(seconds=30)
_SWEPT = 500
_table = cast(Table, WebSession.__table__)


@dataclass(frozen=True, slots=True)
class Opened:
    """A session that may go on: who it is, and what ending it needs to know."""

    visitor: Visitor
    login: str
    id_token: str


def begin(
    engine: Engine,
    settings: Settings,
    visitor: Visitor,
    *,
    login: str = "",
    id_token: str = "",
    instead_of: str = "",
) -> str:
    """Begin a session and return its secret. A session that the browser had ends in the same transaction."""
    now = clock.now()
    started = replace(visitor, signed_in_at=now)
    with engine.begin() as connection:
        _sweep(connection, settings, now)
        if instead_of:
            _delete(connection, instead_of)
        expires = now + timedelta(minutes=settings.session_minutes)
        return _write(connection, Opened(started, login, id_token), created=now, seen=now, expires=expires)


def resume(engine: Engine, settings: Settings, secret: str) -> Opened | None:
    """The session of a cookie, noted as seen; None when there is none or its time is out."""
    now = clock.now()
    key = _id(secret)
    idle = timedelta(minutes=settings.session_idle_minutes)
    with engine.begin() as connection:
        row = connection.execute(select(_table).where(_table.c.id_hash == key)).one_or_none()
        if row is None:
            return None
        opened = _opened(unseal(secret, row.sealed, key), row.person_id)
        if opened is None or now >= row.expires_at or now >= row.seen_at + idle:
            _delete(connection, secret)
            return None
        if now >= row.seen_at + min(_NOTED_EVERY, idle / 10):
            connection.execute(update(_table).where(_table.c.id_hash == key).values(seen_at=now))
    return opened


def replace_visitor(engine: Engine, secret: str, visitor: Visitor) -> str | None:
    """Go on as `visitor` under a new secret: a change of rights. The age stays; None when it has ended."""
    key = _id(secret)
    with engine.begin() as connection:
        row = connection.execute(
            delete(_table).where(_table.c.id_hash == key).returning(*_table.c)
        ).one_or_none()
        opened = _opened(unseal(secret, row.sealed, key), row.person_id) if row is not None else None
        if row is None or opened is None:
            return None
        changed = replace(opened, visitor=visitor)
        times = {"created": row.created_at, "seen": row.seen_at, "expires": row.expires_at}
        return _write(connection, changed, **times)


def end(engine: Engine, secret: str) -> None:
    """End the session of a cookie; nothing happens when it has ended."""
    with engine.begin() as connection:
        _delete(connection, secret)


def end_login(engine: Engine, *logins: str) -> int:
    """End every session that came of a sign-in at the provider; how many that was."""
    hashes = [login_hash(login) for login in logins if login]
    with engine.begin() as connection:
        return connection.execute(delete(_table).where(_table.c.login_hash.in_(hashes))).rowcount


def login_hash(login: str) -> bytes:
    """What the table knows a provider's session by."""
    return derived(login, "login")


def _write(
    connection: Connection, opened: Opened, *, created: datetime, seen: datetime, expires: datetime
) -> str:
    secret = new_secret()
    key = _id(secret)
    row = {
        "id_hash": key,
        "person_id": opened.visitor.person_id,
        "login_hash": login_hash(opened.login) if opened.login else None,
        "sealed": seal(secret, _content(opened), key),
        "created_at": created,
        "seen_at": seen,
        "expires_at": expires,
    }
    connection.execute(insert(_table).values(row))
    return secret


def _delete(connection: Connection, secret: str) -> None:
    connection.execute(delete(_table).where(_table.c.id_hash == _id(secret)))


def _sweep(connection: Connection, settings: Settings, now: datetime) -> None:
    """Delete some of those whose time is out; rows that another request is deleting are left to it."""
    idle = now - timedelta(minutes=settings.session_idle_minutes)
    dead = (
        select(_table.c.id_hash)
        .where(or_(_table.c.expires_at <= now, _table.c.seen_at <= idle))
        .limit(_SWEPT)
        .with_for_update(skip_locked=True)
    )
    connection.execute(delete(_table).where(_table.c.id_hash.in_(dead)))


def _id(secret: str) -> bytes:
    return derived(secret, "id")


def _content(opened: Opened) -> dict[str, Any]:
    """What is sealed. The number of a person whom the register knows is not among it."""
    visitor = opened.visitor
    content = asdict(visitor)
    content["signed_in_at"] = visitor.signed_in_at.isoformat() if visitor.signed_in_at else None
    content["commission"] = visitor.commission.key if visitor.commission else None
    if visitor.person_id is not None:
        content["identity"] = ""
    del content["person_id"]
    return {"visitor": content, "login": opened.login, "id_token": opened.id_token}


def _opened(content: dict[str, Any] | None, person_id: int | None) -> Opened | None:
    """What was sealed; None when it cannot be read, or was written by a version that kept other things."""
    try:
        return _read(content, person_id) if content is not None else None
    except (KeyError, TypeError, ValueError):
        return None


def _read(content: dict[str, Any], person_id: int | None) -> Opened:
    values: dict[str, Any] = content["visitor"]
    commissions = tuple(Commission(**{**one, "role": Role(one["role"])}) for one in values.pop("commissions"))
    chosen = values.pop("commission")
    at = values.pop("signed_in_at")
    visitor = Visitor(
        **values,
        person_id=person_id,
        commissions=commissions,
        commission=next((one for one in commissions if one.key == chosen), None),
        signed_in_at=datetime.fromisoformat(at) if at else None,
    )
    return Opened(visitor, content["login"], content["id_token"])
