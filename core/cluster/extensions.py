"""The database and its extensions, in our own server or in one that was given to us."""

from contextlib import suppress

import psycopg
from psycopg import errors, sql

from core.cluster.binaries import EXTENSIONS
from core.cluster.errors import DatabaseUnavailable

__all__ = ["EXTENSIONS", "create_database", "create_extensions", "libpq_url"]


def libpq_url(url: str) -> str:
    """The address without SQLAlchemy's driver name, as psycopg itself takes it.

    SQLAlchemy writes a space in the query as `+`, and libpq knows only `%20`: a folder may have one.
    """
    head, mark, query = url.replace("postgresql+psycopg://", "postgresql://", 1).partition("?")
    return head + mark + query.replace("+", "%20")


def create_database(server_url: str, name: str) -> None:
    """Make database `name` unless it exists; `server_url` leads to any database of the same server."""
    with psycopg.connect(libpq_url(server_url), autocommit=True) as connection:
        query = "SELECT 1 FROM pg_database WHERE datname = %s"
        if not connection.execute(query, (name,)).fetchone():
            with suppress(errors.DuplicateDatabase, errors.UniqueViolation):  # another process was faster
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))


def create_extensions(url: str) -> None:
    """Make the extensions that are missing in the database, or say which ones its owner must make."""
    try:
        with psycopg.connect(libpq_url(url), autocommit=True, connect_timeout=10) as connection:
            present = {row[0] for row in connection.execute("SELECT extname FROM pg_extension")}
            missing = [name for name in EXTENSIONS if name not in present]
            if missing:
                _create(connection, missing)
    except psycopg.OperationalError as error:
        reason = str(error).strip().splitlines()[-1]
        raise DatabaseUnavailable(f"cannot reach the database: {reason}") from error


def _create(connection: psycopg.Connection, missing: list[str]) -> None:
    # Two sessions that create the same extension at once collide in the catalogue: one waits here.
    connection.execute("SELECT pg_advisory_lock(hashtext('hittavard-extensions'))")
    try:
        for name in missing:
            connection.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(name)))
    except (errors.InsufficientPrivilege, errors.FeatureNotSupported, errors.UndefinedFile) as error:
        raise DatabaseUnavailable(
            "the database lacks extensions: have its administrator run CREATE EXTENSION for "
            + ", ".join(missing)
        ) from error
