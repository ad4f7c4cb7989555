"""Migrations from code: up, down, where we are, and whether the models agree with the database.

The harness needs no `alembic.ini`. One migration runs at a time per database (a session advisory lock);
each has its own transaction and short lock waits, so that it fails instead of stopping the service.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from core.cluster.errors import DatabaseUnavailable
from core.database import normal_url
from core.settings import ROOT

_LOCK = 7_235_101  # any number that every version of this program agrees on


def script_directory() -> ScriptDirectory:
    """The numbered revisions in `migrations/versions`."""
    return ScriptDirectory.from_config(_config())


def upgrade(url: str, revision: str = "head") -> None:
    """Bring the database up to `revision`."""
    with _alone(url) as connection:
        command.upgrade(_config(connection), revision)


def downgrade(url: str, revision: str) -> None:
    """Bring the database down to `revision`; `base` removes every table."""
    with _alone(url) as connection:
        command.downgrade(_config(connection), revision)


def current(url: str) -> str | None:
    """The revision that the database is at; None before the first."""
    engine = create_engine(normal_url(url), poolclass=NullPool)
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def head() -> str | None:
    """The newest revision there is."""
    return script_directory().get_current_head()


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations").replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes["connection"] = connection
    return config


@contextmanager
def _alone(url: str) -> Iterator[Connection]:
    """A connection that holds the migration lock until the block ends."""
    options: dict[str, Any] = {"options": "-c timezone=UTC -c lock_timeout=60s -c statement_timeout=30min"}
    engine = create_engine(normal_url(url), poolclass=NullPool, connect_args=options)
    with engine.connect() as connection:
        try:
            connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _LOCK})
        except OperationalError as error:
            raise DatabaseUnavailable("another migration has been running for a minute; try again") from error
        connection.execute(text("SET lock_timeout = '5s'"))
        connection.commit()
        yield connection  # closing the connection gives the lock back, whatever happened


def differences(url: str) -> list[Any]:
    """What autogenerate would change; empty when models and database agree."""
    from migrations.comparison import OPTIONS
    from migrations.metadata import load_metadata

    engine = create_engine(normal_url(url), poolclass=NullPool)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=OPTIONS)
        return list(compare_metadata(context, load_metadata()))


def draft(url: str, message: str) -> str:
    """Write the next numbered revision from the difference; returns its path."""
    number = f"{len(list(script_directory().walk_revisions())) + 1:04d}"
    with _alone(url) as connection:
        config = _config(connection)
        config.attributes["compare"] = True
        script = command.revision(config, message, autogenerate=True, rev_id=number)
    return str(getattr(script, "path", ""))
