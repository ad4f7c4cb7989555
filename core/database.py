"""Engine, sessions and the declarative base: the one door to PostgreSQL."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from sqlalchemy import Engine, MetaData, create_engine, event
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
def engine_for(url: str) -> Engine:
    """One pooled engine per address and process.

    Sessions run in UTC whatever the server says, so that a timestamp means the same everywhere. Statements
    here are short and many; compiling them first (`jit`) costs more than it saves.
    """
    engine = create_engine(
        normal_url(url),
        pool_size=8,
        max_overflow=8,
        pool_pre_ping=True,
        # What was asked for may be about a person, and messages of errors end in logs.
        hide_parameters=True,
        connect_args={"options": "-c timezone=UTC -c lock_timeout=5s -c jit=off"},
    )
    event.listen(engine, "checkout", lambda *_: metrics.POOL.inc())
    event.listen(engine, "checkin", lambda *_: metrics.POOL.dec())
    return engine


@contextmanager
def unit_of_work(engine: Engine) -> Iterator[Session]:
    """One session, one transaction: committed at the end of the block, rolled back on any error."""
    with Session(engine, expire_on_commit=False) as session, session.begin():
        yield session
