"""Rows of fixed width straight from PostgreSQL's binary COPY into one array, without an object per value.

The format: https://www.postgresql.org/docs/current/sql-copy.html ("Binary Format"). A row is the number of
its fields, then each field's length and bytes, big-endian. With no NULL every row is as long as the next.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import psycopg
from numpy.typing import NDArray
from sqlalchemy.orm import Session

_HEADER = 19
_TRAILER = 2

Fields = Mapping[str, str]
"""Name to the big-endian numpy type as sent: `>i8` for bigint, `>f8` for double precision, `>i4` for date."""

EPOCH = "2000-01-01"
"""A date is sent as days since this one."""


def read(session: Session, query: str, values: Mapping[str, Any], fields: Fields) -> NDArray[Any]:
    """The rows of a query that gives no NULL, as a structured array with the given fields."""
    connection = session.connection().connection.driver_connection
    if not isinstance(connection, psycopg.Connection):
        raise TypeError("COPY needs psycopg 3")
    statement = f"COPY ({query}) TO STDOUT (FORMAT binary)"
    with connection.cursor() as cursor, cursor.copy(statement.encode(), values) as copy:
        data = b"".join(bytes(part) for part in copy)
    kind = _row(fields)
    rows = np.frombuffer(data, kind, count=(len(data) - _HEADER - _TRAILER) // kind.itemsize, offset=_HEADER)
    for name, sent in fields.items():
        if not (rows[f"{name} size"] == np.dtype(sent).itemsize).all():
            raise ValueError(f"the query gave a NULL or another type for {name}")
    return rows


def _row(fields: Fields) -> np.dtype[Any]:
    columns: list[tuple[str, str]] = [("number of fields", ">i2")]
    for name, sent in fields.items():
        columns += [(f"{name} size", ">i4"), (name, sent)]
    return np.dtype(columns)
