"""Where good rows wait until the whole file has been read.

A temporary table instead of a list: memory stays flat, rows of one unit meet however far apart they stand
in the file, and nothing is applied before both gates have seen the whole file.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

import orjson
import psycopg
from sqlalchemy import text
from sqlalchemy.orm import Session

from importers.pipeline.combine import KeyedRow

_FETCH = 1000
_DROP = "DROP TABLE IF EXISTS import_stage"
_CREATE = """
CREATE TEMPORARY TABLE import_stage (
    row_number bigint NOT NULL, key text COLLATE "C" NOT NULL, as_of timestamptz, record text NOT NULL
) ON COMMIT DROP
"""
_COPY = "COPY import_stage (row_number, key, as_of, record) FROM STDIN"
_IN_ORDER = "SELECT row_number, key, as_of, record FROM import_stage ORDER BY key, row_number"


def create(session: Session) -> None:
    """An empty staging table, gone with the transaction."""
    session.execute(text(_DROP))
    session.execute(text(_CREATE))


def add(session: Session, rows: Sequence[KeyedRow]) -> None:
    """Put rows in, by COPY."""
    if not rows:
        return
    with _connection(session).cursor() as cursor, cursor.copy(_COPY) as copy:
        for row in rows:
            copy.write_row((row.row, row.key, row.as_of, orjson.dumps(row.record).decode()))


def by_unit(session: Session) -> Iterator[list[KeyedRow]]:
    """The rows of one unit at a time, units by key, rows in the order of the file."""
    with _connection(session).cursor(name="import_stage_rows") as cursor:
        cursor.itersize = _FETCH
        cursor.execute(_IN_ORDER)
        for _, rows in groupby(cursor, key=lambda row: row[1]):
            yield [_row(*row) for row in rows]


def _row(number: int, key: str, as_of: datetime | None, record: str) -> KeyedRow:
    return KeyedRow(number, key, orjson.loads(record), as_of)


def _connection(session: Session) -> psycopg.Connection[Any]:
    connection = session.connection().connection.driver_connection
    if not isinstance(connection, psycopg.Connection):
        raise TypeError("staging needs psycopg 3")
    return connection
