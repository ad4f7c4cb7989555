"""Several statements in one round trip, for operations that many wait for.

The database's part of a short statement is less than what it costs to send it, to wait, and to be woken for
the answer. Statements that do not need each other's answers are therefore sent together (libpq's pipeline).
They are still statements of one transaction, carried out in order: each sees what is committed when its turn
comes, so what stands behind a lock sees what the lock has waited for.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

import psycopg
from psycopg.rows import namedtuple_row
from sqlalchemy import Connection, TextClause
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

_DIALECT = PGDialect_psycopg()
Rows = list[Any]
"""Rows with the columns as attributes, as SQLAlchemy's; empty for a statement that gives none."""


class Ask(NamedTuple):
    """A statement with its values."""

    statement: TextClause
    values: Mapping[str, Any]


def together(session: Session, *asked: Ask) -> list[Rows]:
    """The rows of each statement, in order. What the session has not flushed is not seen.

    Raises what `Session.execute` does; of several that fail, and of those after one that has, the first's.
    """
    connection = session.connection()
    driver: psycopg.Connection[Any] = connection.connection.driver_connection  # type: ignore[assignment]
    try:
        return _answers(driver, asked)
    except psycopg.Error as error:
        first = _first(error)
        raise _as_by_session(connection, driver, first) from first


def ask(session: Session, statement: TextClause, values: Mapping[str, Any]) -> Rows:
    """The rows of one statement."""
    return together(session, Ask(statement, values))[0]


def _answers(driver: "psycopg.Connection[Any]", asked: tuple[Ask, ...]) -> list[Rows]:
    cursors = [driver.cursor(row_factory=namedtuple_row) for _ in asked]
    if len(asked) == 1:
        cursors[0].execute(_driver_sql(asked[0].statement), asked[0].values)
        return [_rows(cursors[0])]
    with driver.pipeline() as pipeline:
        try:
            for cursor, one in zip(cursors, asked, strict=True):
                cursor.execute(_driver_sql(one.statement), one.values)
        except psycopg.Error:
            _drain(pipeline)
            raise
    return [_rows(cursor) for cursor in cursors]


def _rows(cursor: "psycopg.Cursor[Any]") -> Rows:
    result = cursor.pgresult
    return cursor.fetchall() if result is not None and result.nfields else []


def _first(error: psycopg.Error) -> psycopg.Error:
    """The error that made all behind it fail: those say only that there was one."""
    before = error.__context__
    aborted = isinstance(error, psycopg.errors.PipelineAborted)
    return _first(before) if aborted and isinstance(before, psycopg.Error) else error


def _drain(pipeline: psycopg.Pipeline) -> None:
    """Take in the answers behind an error: they say only that there was one."""
    while True:
        try:
            pipeline.sync()
            return
        except psycopg.errors.PipelineAborted:
            continue
        except psycopg.Error:
            return


@cache
def _driver_sql(statement: TextClause) -> bytes:
    """The statement in the driver's own form."""
    return str(statement.compile(dialect=_DIALECT)).encode()


def _as_by_session(
    connection: Connection, driver: "psycopg.Connection[Any]", error: psycopg.Error
) -> BaseException:
    """The error as SQLAlchemy raises it, without the values: they may be about a person."""
    lost = driver.closed or driver.broken
    if lost:
        connection.invalidate(error)
    return DBAPIError.instance(
        None, None, error, psycopg.Error, hide_parameters=True, connection_invalidated=lost
    )
