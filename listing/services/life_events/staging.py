"""Where statements wait until the whole file has been read: as unreadable as in the register itself.

Temporary tables of the transaction. Numbers are hashed and details sealed for their row before they reach the
database, and nothing that tells where a protected person lives is among them.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import psycopg
from sqlalchemy import text
from sqlalchemy.orm import Session

_TABLES = (
    "DROP TABLE IF EXISTS population_statement, population_guardian, population_effect",
    """
    CREATE TEMPORARY TABLE population_statement (
        row_number bigint, person_id bigint, is_new boolean, turn integer DEFAULT 1,
        identity_hash bytea, hash_key smallint, identity_kind text, renamed boolean, secret boolean,
        told text, day date, ordered date, stated_at timestamptz,
        sealed bytea, seal_key smallint, birth_date date, sex text, region_code text, municipality_code text,
        district text, position geography, household bytea, protection text, registered boolean,
        registered_since date, deregistered_on date, deregistration_reason text,
        care_stated boolean, special_care text, special_care_unit_id bigint,
        visit_stated boolean, last_visited_unit_id bigint, last_visited_on date, guardians_stated boolean
    ) ON COMMIT DROP
    """,
    "CREATE INDEX ON population_statement (identity_hash)",
    """
    CREATE TEMPORARY TABLE population_guardian (
        row_number bigint, child_id bigint, place smallint, hashes bytea[]
    ) ON COMMIT DROP
    """,
    """
    CREATE TEMPORARY TABLE population_effect (
        person_id bigint, kind text, day date, region text
    ) ON COMMIT DROP
    """,
)
STATEMENT = (
    "row_number",
    "person_id",
    "is_new",
    "identity_hash",
    "hash_key",
    "identity_kind",
    "renamed",
    "secret",
    "told",
    "day",
    "ordered",
    "stated_at",
    "sealed",
    "seal_key",
    "birth_date",
    "sex",
    "region_code",
    "municipality_code",
    "district",
    "position",
    "household",
    "protection",
    "registered",
    "registered_since",
    "deregistered_on",
    "deregistration_reason",
    "care_stated",
    "special_care",
    "special_care_unit_id",
    "visit_stated",
    "last_visited_unit_id",
    "last_visited_on",
    "guardians_stated",
)
GUARDIAN = ("row_number", "child_id", "place", "hashes")
EFFECT = ("person_id", "kind", "day", "region")

# Several statements of one person are taken one after another, in the order in which things happened.
_TURNS = """
UPDATE population_statement s SET turn = t.turn, is_new = t.is_new
FROM (
    SELECT row_number AS number, bool_or(is_new) OVER whole AS is_new,
        row_number() OVER (PARTITION BY person_id ORDER BY stated_at NULLS LAST, ordered, row_number) AS turn
    FROM population_statement
    WHERE person_id IN (SELECT person_id FROM population_statement GROUP BY 1 HAVING count(*) > 1)
    WINDOW whole AS (PARTITION BY person_id)
) t WHERE t.number = s.row_number
"""


def create(session: Session) -> None:
    """Empty tables, gone with the transaction."""
    for statement in _TABLES:
        session.execute(text(statement))


def copy(session: Session, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Put rows in, by COPY."""
    statement = f"COPY {table} ({', '.join(columns)}) FROM STDIN"
    with connection(session).cursor() as cursor, cursor.copy(statement) as into:
        for row in rows:
            into.write_row(row)


def arrange(session: Session) -> int:
    """Say in which order statements of one person are taken; how many turns there are."""
    session.execute(text(_TURNS))
    session.execute(text("CREATE INDEX ON population_statement (turn, person_id)"))
    session.execute(text("ANALYZE population_statement"))
    session.execute(text("ANALYZE population_guardian"))
    return int(session.scalar(text("SELECT coalesce(max(turn), 0) FROM population_statement")) or 0)


def connection(session: Session) -> "psycopg.Connection[Any]":
    """The driver's own connection of the session's transaction."""
    found = session.connection().connection.driver_connection
    if not isinstance(found, psycopg.Connection):
        raise TypeError("staging needs psycopg 3")
    return found
