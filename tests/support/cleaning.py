"""Emptying the tables after a test that had to commit."""

from sqlalchemy import Engine, text

# What the migrations, and the reference data, put there once, and no test may change.
BARE_TABLES = frozenset({"alembic_version", "spatial_ref_sys"})
STATIC_TABLES = BARE_TABLES | {
    "code_system",
    "code_system_version",
    "concept",
    "concept_map",
    "concept_term",
    "region",
    "municipality",
    "area",
    "locality",
    "postal_code",
    "geography_stamp",
}

_TABLES = """
SELECT quote_ident(c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind = 'r' AND NOT c.relname = ANY(:static)
"""


def empty_tables(engine: Engine, kept: frozenset[str] = STATIC_TABLES) -> None:
    """Delete every row of every table but those that are kept.

    Foreign keys and append-only triggers are off meanwhile (`replica`), because a truncation would take
    the static tables along that refer to an emptied one.
    """
    with engine.begin() as connection:
        tables = connection.scalars(text(_TABLES), {"static": sorted(kept)}).all()
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        for table in tables:
            connection.execute(text(f"DELETE FROM {table}"))
