"""Loading many rows at once: COPY into a temporary table, then one statement that stores the differences."""

from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, fields
from typing import Any

import psycopg
from sqlalchemy import text
from sqlalchemy.orm import Session

from core.provenance import ImportRun, Source
from directory.geography.rows import Counts

STAGE = "geography_stage"
_POINT = "point geometry GENERATED ALWAYS AS (ST_SetSRID(ST_MakePoint(lon, lat), 4326)) STORED"

_SQL_TYPES = {
    "lat": "double precision",
    "lon": "double precision",
    "aliases": "text[]",
}


@dataclass(frozen=True)
class Target:
    """How staged rows become rows of a table.

    `values` maps a column to an expression over `s` (the staged row) and `t` (the stored row, all null
    when there is none): usually "what is carried, else what is stored, else a default".
    """

    table: str
    keys: tuple[str, ...]
    values: dict[str, str]
    guard: str = "true"


def stage(session: Session, row_type: type, rows: Iterable[Any]) -> None:
    """Copy dataclass rows into the temporary table, numbered from 0 in column `n`.

    Rows with `lat` and `lon` also have a `point`, null when either is.
    """
    names = [field.name for field in fields(row_type)]
    columns = [f"{name} {_SQL_TYPES.get(name, 'text')}" for name in names]
    if "lat" in names:
        columns.append(_POINT)
    session.execute(text(f"DROP TABLE IF EXISTS pg_temp.{STAGE}"))
    session.execute(text(f"CREATE TEMPORARY TABLE {STAGE} (n integer PRIMARY KEY, {', '.join(columns)})"))
    raw = session.connection().connection.driver_connection
    assert isinstance(raw, psycopg.Connection)
    with raw.cursor().copy(f"COPY {STAGE} (n, {', '.join(names)}) FROM STDIN") as copy:
        for number, row in enumerate(rows):
            copy.write_row((number, *astuple(row)))
    session.execute(text(f"ANALYZE {STAGE}"))


def drop_staged(session: Session, numbers: Sequence[int]) -> None:
    """Take rejected rows out of the temporary table."""
    if numbers:
        query = "DELETE FROM geography_stage WHERE n = ANY(:numbers)"
        session.execute(text(query), {"numbers": list(numbers)})


def store(session: Session, target: Target, source: Source | None, run: ImportRun | None) -> Counts:
    """Insert what is new and update what differs; of several staged rows with one key the last counts.

    Without a source the rows are the product's own, and those never replace what a source has stated.
    """
    statement = _store_statement(target)
    values = {"source": source.id if source else None, "run": run.id if run else None}
    created, updated, given = session.execute(text(statement), values).one()
    return Counts(created=created, updated=updated, unchanged=given - created - updated)


def _store_statement(target: Target) -> str:
    keys, columns = ", ".join(target.keys), ", ".join(target.values)
    # Every name and expression is a constant of this package; what a file says comes through COPY.
    return f"""
    WITH newest AS (SELECT DISTINCT ON ({keys}) * FROM {STAGE} ORDER BY {keys}, n DESC),
    stored AS (
        INSERT INTO {target.table} AS old ({keys}, {columns}, source_id, import_run_id)
        SELECT {", ".join(f"s.{key}" for key in target.keys)},
               {", ".join(target.values.values())}, :source, :run
        FROM newest s LEFT JOIN {target.table} t
          ON {" AND ".join(f"t.{key} = s.{key}" for key in target.keys)}
        ON CONFLICT ({keys}) DO UPDATE
        SET {", ".join(f"{name} = excluded.{name}" for name in target.values)},
            source_id = excluded.source_id, import_run_id = excluded.import_run_id,
            updated_at = now()
        WHERE ROW({", ".join(f"old.{name}" for name in target.values)})
              IS DISTINCT FROM ROW({", ".join(f"excluded.{name}" for name in target.values)})
          AND (old.source_id IS NULL OR excluded.source_id IS NOT NULL)
          AND ({target.guard})
        RETURNING (xmax = 0) AS created
    )
    SELECT count(*) FILTER (WHERE created), count(*) FILTER (WHERE NOT created),
           (SELECT count(*) FROM newest)
    FROM stored
    """  # noqa: S608
