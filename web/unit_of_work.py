"""One session for reading per request, and one transaction for each change."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TypeVar

from flask import Flask, current_app, g
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.orm import Session

from core.cluster import database_url
from core.database import engine_for
from core.problems import Problem
from core.settings import Settings
from listing.models.register import LIMIT_CONSTRAINT
from web import at_once

Result = TypeVar("Result")

LOCK_WAIT = "2s"
"""A change that has waited so long for others tells its caller to come back, and gives its thread away."""

_LOCK_TIMEOUT = "55P03"
_LOST = frozenset(
    {
        "40001",  # serialization failure: another transaction changed what this one had read
        "40P01",  # deadlock: PostgreSQL chose this one to give way
        "23505",  # unique: another wrote the same key since we looked
        "23P01",  # exclusion: another took the same period since we looked
        "HV001",  # a place was taken since we looked; raised by the trigger `listing_within_limit`
    }
)
"""What says only that another transaction was first. The second time its outcome is known."""

_CROWD = frozenset({_LOCK_TIMEOUT, "40001", "40P01", "HV001"})


class Busy(Problem):
    """Others hold what this change needs; nothing has been changed."""

    code = "busy"
    status = 503
    title = "Busy"

    def __init__(self) -> None:
        super().__init__("Others are changing the same just now; nothing has been changed, so try again")


def register(app: Flask) -> None:
    """Close whatever session a request opened."""
    app.teardown_appcontext(_close)


def current_settings() -> Settings:
    """The settings that the application was made with."""
    value: Settings = current_app.config["HITTAVARD"]
    return value


def current_engine() -> Engine:
    """The pooled engine of this application's database; connects to nothing by itself."""
    return engine_for(database_url(current_settings()))


def _changing() -> Engine:
    """The pooled engine for changes.

    What a change asks is short and always the same, about one person and a unit or two. Planned for its
    values each time, as PostgreSQL would, it costs more to plan than to carry out.
    """
    url = database_url(current_settings())
    return engine_for(url, lock_timeout=LOCK_WAIT, plan_cache_mode="force_generic_plan")


def read_session() -> Session:
    """The request's session for reading. PostgreSQL itself refuses to write through it.

    One transaction per request at REPEATABLE READ, so that a page built from several queries shows one
    moment and not two.
    """
    session: Session | None = g.get("read_session")
    if session is None:
        at_once.or_in_thread()
        engine = current_engine().execution_options(
            postgresql_readonly=True, isolation_level="REPEATABLE READ"
        )
        session = g.read_session = Session(engine, expire_on_commit=False)
    return session


@contextmanager
def write_session() -> Iterator[Session]:
    """One transaction for one change: committed at the end of the block, rolled back on any error."""
    at_once.or_in_thread()
    with Session(_changing(), expire_on_commit=False) as session, session.begin():
        yield session


def in_transaction(operation: Callable[[Session], Result]) -> Result:
    """Carry the operation out in one transaction and give its result when that is committed.

        entry = in_transaction(lambda session: services.queue(session, current_actor(), key, wish))
        return responses.json(entry_view(entry))

    Once only it is tried again, from the beginning, when another transaction was first: the second time the
    other's outcome is there to be seen, so that the caller gets the rule's answer instead of a fault of the
    database. A third time would hold a thread while there is a crowd; then it is `Busy`. So is a lock that
    was not had in time. The operation may therefore run twice, and has no effect but on its session.
    """
    try:
        return _carried_out(operation)
    except DBAPIError as error:
        if _state(error) == _LOCK_TIMEOUT:
            raise Busy from error
        if _state(error) not in _LOST:
            raise
    try:
        return _carried_out(operation)
    except DBAPIError as error:
        # A constraint that refuses twice is a fault of ours, and stays what it is.
        if _state(error) in _CROWD:
            raise Busy from error
        raise


def _carried_out(operation: Callable[[Session], Result]) -> Result:
    with write_session() as session:
        result = operation(session)
    return result


def _state(error: DBAPIError) -> str | None:
    """The SQLSTATE; of the trigger that holds a unit's limit, a word of its own."""
    named = getattr(getattr(error.orig, "diag", None), "constraint_name", None)
    return "HV001" if named == LIMIT_CONSTRAINT else getattr(error.orig, "sqlstate", None)


def _close(_error: BaseException | None) -> None:
    session: Session | None = g.pop("read_session", None)
    if session is not None:
        # After a rollback the driver would forget the statements that this connection has prepared. What is
        # lost or failed meanwhile has been told already.
        with session, suppress(SQLAlchemyError):
            session.commit()
