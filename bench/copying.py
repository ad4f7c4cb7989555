"""The peers of an import: PostgreSQL's own COPY of the same rows, without any of the work."""

import csv
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
from psycopg import sql

CHUNK = 1 << 20

_RESULT_TABLES = """
SELECT DISTINCT c.relname FROM pg_class c
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'import_run_id' AND NOT a.attisdropped
WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
UNION VALUES ('care_unit'), ('source_record'), ('outbox') ORDER BY 1
"""


def copy_file(connection: psycopg.Connection, path: Path) -> float:
    """Seconds to COPY the file, as it is, into a table with a text column for each of its columns."""
    with path.open(encoding="utf-8", newline="") as lines:
        headings = next(csv.reader(lines, delimiter=";"))
    columns = sql.SQL(", ").join(sql.SQL("{} text").format(sql.Identifier(name)) for name in headings)
    connection.execute(sql.SQL("CREATE TABLE bench_staging ({})").format(columns))
    started = time.perf_counter()
    statement = "COPY bench_staging FROM STDIN (FORMAT csv, DELIMITER ';', HEADER)"
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for chunk in _chunks(path):
            copy.write(chunk)
    connection.commit()
    return time.perf_counter() - started


def copy_tables(connection: psycopg.Connection, folder: Path) -> tuple[float, int]:
    """Seconds to COPY every row that the import made into tables of the same shape, and how many they are.

    The copies have the indexes, checks and defaults of the tables; foreign keys they do not have.
    """
    seconds, rows = 0.0, 0
    for (table,) in connection.execute(_RESULT_TABLES).fetchall():
        names = {"table": sql.Identifier(table), "copy": sql.Identifier(f"bench_{table}")}
        path = folder / f"{table}.copy"
        _save(connection, sql.SQL("COPY {table} TO STDOUT (FORMAT binary)").format(**names), path)
        connection.execute(sql.SQL("CREATE TABLE {copy} (LIKE {table} INCLUDING ALL)").format(**names))
        started = time.perf_counter()
        with (
            connection.cursor() as cursor,
            cursor.copy(sql.SQL("COPY {copy} FROM STDIN (FORMAT binary)").format(**names)) as copy,
        ):
            for chunk in _chunks(path):
                copy.write(chunk)
        connection.commit()
        seconds += time.perf_counter() - started
        rows += connection.execute(sql.SQL("SELECT count(*) FROM {copy}").format(**names)).fetchall()[0][0]
        path.unlink()
    return seconds, rows


def _save(connection: psycopg.Connection, statement: sql.Composed, path: Path) -> None:
    with connection.cursor() as cursor, cursor.copy(statement) as copy, path.open("wb") as file:
        for chunk in copy:
            file.write(chunk)


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk
