"""What is sent to the database, by whichever way."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from sqlalchemy import Connection


@contextmanager
def sent(connection: Connection) -> Iterator[list[str]]:
    """The statements that the connection sends inside the block, in order."""
    driver: psycopg.Connection[Any] = connection.connection.driver_connection  # type: ignore[assignment]
    seen: list[str] = []

    class Noting(psycopg.Cursor[Any]):
        def execute(self, query: Any, *args: Any, **options: Any) -> Any:
            seen.append(query.decode() if isinstance(query, bytes) else str(query))
            return super().execute(query, *args, **options)

    before, driver.cursor_factory = driver.cursor_factory, Noting
    try:
        yield seen
    finally:
        driver.cursor_factory = before
