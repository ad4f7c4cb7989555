"""Engine, sessions and the declarative base: the one door to PostgreSQL."""

import select
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import psycopg
from sqlalchemy import Engine, MetaData, create_engine, event
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.orm import DeclarativeBase, Session

from core import metrics

# Names of constraints are part of the interface: the code that explains a refusal finds it by name.
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

REST_SECONDS = 60.0
"""A connection that was not used for so long is asked whether it is there, before it is used."""
_IDLE_SINCE = "hittavard.idle_since"


class Base(DeclarativeBase):
    """Base of every table."""

    metadata = MetaData(naming_convention=NAMING)


def normal_url(url: str) -> str:
    """Make any `postgres://` or `postgresql://` address name the psycopg 3 driver."""
    for prefix in ("postgresql+psycopg://", "postgresql://", "postgres://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    raise ValueError("HITTAVARD_DATABASE_URL must start with postgresql://")


@cache
def engine_for(url: str, **terms: str) -> Engine:
    """One pooled engine per address and process, and per `terms`: settings that its sessions begin with.

    Sessions run in UTC whatever the server says, so that a timestamp means the same everywhere. Statements
    here are short and many; compiling them first (`jit`) costs more than it saves.
    """
    settings = {"timezone": "UTC", "lock_timeout": "5s", "jit": "off", **terms}
    engine = create_engine(
        normal_url(url),
        pool_size=8,
        max_overflow=8,
        # The connection used last has its statements prepared.
        pool_use_lifo=True,
        # What was asked for may be about a person, and messages of errors end in logs.
        hide_parameters=True,
        connect_args={"options": " ".join(f"-c {name}={value}" for name, value in settings.items())},
    )
    event.listen(engine, "checkout", _check_alive)
    event.listen(engine, "checkout", lambda *_: metrics.POOL.inc())
    event.listen(engine, "checkin", lambda *_: metrics.POOL.dec())
    event.listen(engine, "checkin", _note_idle)
    return engine


def _note_idle(_connection: Any, record: Any) -> None:
    record.info[_IDLE_SINCE] = time.monotonic()


def _check_alive(connection: Any, record: Any, _proxy: Any) -> None:
    """Let no connection be used that the server has left; the pool then makes new ones.

    A question for each use would cost more than many a statement. A server that ends or restarts says so on
    the connection, which is then readable though nothing was asked. Only then, and after a rest in which a
    firewall may have forgotten the connection, is the server asked.
    """
    since = record.info.get(_IDLE_SINCE)
    try:
        if since is None or (time.monotonic() - since < REST_SECONDS and not _is_readable(connection)):
            return
        connection.execute("SELECT 1")
        connection.commit()
    except psycopg.Error as error:
        raise InvalidatePoolError from error


def _is_readable(connection: Any) -> bool:
    waiting = select.poll()
    waiting.register(connection.fileno(), select.POLLIN)
    return bool(waiting.poll(0))


@contextmanager
def unit_of_work(engine: Engine) -> Iterator[Session]:
    """One session, one transaction: committed at the end of the block, rolled back on any error."""
    with Session(engine, expire_on_commit=False) as session, session.begin():
        yield session
