"""Scratch databases for tests: a template built once by the real migrations, a copy for each process."""

import hashlib
import os
import re
import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import make_url

from core import cluster, migrate
from core.cluster.extensions import libpq_url
from core.database import normal_url
from core.settings import ROOT, Settings

HOST = hashlib.sha256(socket.gethostname().encode()).hexdigest()[:6]
_LOCK = 7_235_102


def server_url(settings: Settings) -> str:
    """Any database of the server that the tests may make their own databases in."""
    if settings.database_url:
        return normal_url(settings.database_url)
    server = cluster.Cluster(settings.var_dir / "postgres-test", durable=False)
    cluster.hold(server)
    return server.url("postgres")


def on_server(url: str, database: str) -> str:
    """The address of another database on the same server."""
    parsed = make_url(url)
    head, _, query = url.partition("?")
    if parsed.database:
        head = head.rpartition("/")[0]
    return f"{head}/{database}" + (f"?{query}" if query else "")


def migrations_digest(root: Path = ROOT / "migrations") -> str:
    """A number that changes when any migration does."""
    digest = hashlib.sha256()
    for path in sorted((*root.rglob("*.py"), *root.rglob("*.sql"))):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


@contextmanager
def scratch_database(server: str) -> Iterator[str]:
    """A migrated database of this process's own, dropped at the end."""
    name = f"hv_test_{HOST}_{os.getpid()}_{secrets.token_hex(3)}"
    with _maintenance(server) as connection:
        template = _template(connection, server)
        _execute(connection, "CREATE DATABASE {} TEMPLATE {}", name, template)
    try:
        yield on_server(server, name)
    finally:
        with psycopg.connect(libpq_url(server), autocommit=True) as connection:
            _execute(connection, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


@contextmanager
def empty_database(server: str) -> Iterator[str]:
    """A database with the extensions and nothing else, for the tests of the migrations themselves."""
    name = f"hv_test_{HOST}_{os.getpid()}_{secrets.token_hex(3)}"
    with psycopg.connect(libpq_url(server), autocommit=True) as connection:
        _execute(connection, "CREATE DATABASE {} TEMPLATE template0", name)
    try:
        cluster.create_extensions(on_server(server, name))
        yield on_server(server, name)
    finally:
        with psycopg.connect(libpq_url(server), autocommit=True) as connection:
            _execute(connection, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


@contextmanager
def _maintenance(server: str) -> Iterator[psycopg.Connection]:
    """One process at a time builds templates, copies them and clears away what dead ones left."""
    with psycopg.connect(libpq_url(server), autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", (_LOCK,))
        yield connection


def _template(connection: psycopg.Connection, server: str) -> str:
    wanted = f"hv_template_{migrations_digest()}"
    names = [row[0] for row in connection.execute("SELECT datname FROM pg_database")]
    for name in names:
        if _is_leftover(name) or (name.startswith("hv_template_") and name != wanted):
            _execute(connection, "ALTER DATABASE {} WITH IS_TEMPLATE false", name)
            _execute(connection, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
    if wanted not in names:
        building = wanted.replace("hv_template_", "hv_building_")
        _execute(connection, "DROP DATABASE IF EXISTS {} WITH (FORCE)", building)
        _execute(connection, "CREATE DATABASE {} TEMPLATE template0", building)
        cluster.create_extensions(on_server(server, building))
        migrate.upgrade(on_server(server, building))
        _execute(connection, "ALTER DATABASE {} WITH ALLOW_CONNECTIONS false IS_TEMPLATE true", building)
        _execute(connection, "ALTER DATABASE {} RENAME TO {}", building, wanted)
    return wanted


def _is_leftover(name: str) -> bool:
    if name.startswith("hv_building_"):
        return True
    match = re.fullmatch(rf"hv_test_{HOST}_(\d+)_[0-9a-f]+", name)
    return match is not None and not Path(f"/proc/{match[1]}").exists()


def _execute(connection: psycopg.Connection, statement: str, *names: str) -> None:
    connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
