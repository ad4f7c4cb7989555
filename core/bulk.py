"""Many rows at once into one table: PostgreSQL's COPY inside the session's transaction.

An INSERT per row costs a round of planning and parameter handling each; COPY streams the values. It takes
no ON CONFLICT and returns nothing, so it is for rows that are known to be new.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import orjson
import psycopg
from psycopg import sql
from sqlalchemy import Table
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session
from sqlalchemy.types import JSON

from core.database import Base


def copy_rows(session: Session, model: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows, all with the same columns, as `session.execute(insert(model), rows)` would.

    Values are what the columns take in SQL: a geography as EWKT, a range as a `Range`, JSON as plain values.
    """
    if not rows:
        return
    session.flush()
    table = model.__table__
    if not isinstance(table, Table):
        raise TypeError(f"{model.__name__} is not mapped to one table")
    columns = list(rows[0])
    writers = [_writer(table, column) for column in columns]
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table.name), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with _connection(session).cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row([write(row[name]) for name, write in zip(columns, writers, strict=True)])


def _writer(table: Table, column: str) -> Callable[[Any], Any]:
    return _json if isinstance(table.c[column].type, JSON) else _plain


def _json(value: Any) -> str | None:
    return None if value is None else orjson.dumps(value).decode()


def _plain(value: Any) -> Any:
    if isinstance(value, Range):
        return _range(value)
    return value


def _range(value: "Range[Any]") -> str:
    return f"{value.bounds[0]}{_bound(value.lower)},{_bound(value.upper)}{value.bounds[1]}"


def _bound(value: date | datetime | None) -> str:
    return "" if value is None else value.isoformat()


def _connection(session: Session) -> "psycopg.Connection[Any]":
    connection = session.connection().connection.driver_connection
    if not isinstance(connection, psycopg.Connection):
        raise TypeError("COPY needs psycopg 3")
    return connection
