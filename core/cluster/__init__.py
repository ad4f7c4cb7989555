"""The private PostgreSQL + PostGIS server that a bare machine gets, and the way to any other database.

With `HITTAVARD_DATABASE_URL` set that database is used and no server is made. Otherwise a server lives
under `<var>/postgres`, reached by nobody but this account: it listens on no network port at all, only on
a unix socket in a 0700 folder, so it can never take another server's port.

Who stops it: every process that uses the server holds a shared lock from `ensure_running` until it ends,
and the last one out stops the server. The kernel drops the lock of a killed process, so nobody counts and
nothing goes stale; a server that a killed run left behind is simply used again. The server runs in a
session of its own, so Ctrl-C in a terminal reaches the program and not its database.

As root the server runs as an unprivileged account, because PostgreSQL refuses root. When that account may
not walk to `<var>`, the data lies in `/var/lib/hittavard-<hash>` instead, and `<var>/postgres/server` links
to it; nobody's folders are opened up for it.

A server that dies by itself while we serve is started again (`watched`).
"""

import atexit
import os
from collections.abc import Iterator
from contextlib import contextmanager

from core.cluster.errors import DatabaseUnavailable
from core.cluster.extensions import EXTENSIONS, create_database, create_extensions
from core.cluster.server import DATABASE, Cluster
from core.cluster.watching import Watch
from core.database import normal_url
from core.settings import Settings

__all__ = [
    "DATABASE",
    "EXTENSIONS",
    "Cluster",
    "DatabaseUnavailable",
    "Watch",
    "create_database",
    "create_extensions",
    "database_url",
    "embedded",
    "ensure_running",
    "hold",
    "remove",
    "stop",
    "watched",
]


def embedded(settings: Settings) -> Cluster:
    """The server that belongs to these settings, running or not."""
    return Cluster(settings.var_dir / "postgres")


def database_url(settings: Settings) -> str:
    """The SQLAlchemy address of the product's database; starts nothing."""
    return _given(settings) if settings.database_url else embedded(settings).url()


def ensure_running(settings: Settings) -> str:
    """Start the server if it is not running, make database and extensions, and return the address.

    Raises `DatabaseUnavailable` with one line that says how to mend it.
    """
    if settings.database_url:
        url = _given(settings)
        create_extensions(url)
        return url
    cluster = embedded(settings)
    hold(cluster)
    create_database(cluster.url("postgres"), DATABASE)
    create_extensions(cluster.url())
    return cluster.url()


def _given(settings: Settings) -> str:
    try:
        return normal_url(settings.database_url)
    except ValueError as error:
        raise DatabaseUnavailable(str(error)) from error


def hold(cluster: Cluster) -> None:
    """Start the cluster and keep it for this process; the last process that ends stops it."""
    owner = os.getpid()

    def let_go() -> None:
        if os.getpid() == owner:
            cluster.release()

    if cluster.start():
        atexit.register(let_go)


def stop(settings: Settings) -> bool:
    """Let go of the server and stop it unless another process uses it; True when it is stopped."""
    return True if settings.database_url else embedded(settings).release()


@contextmanager
def watched(settings: Settings) -> Iterator[None]:
    """Inside the block our own server is started again when it ends; one that was given to us is others'."""
    if settings.database_url:
        yield
        return
    watch = Watch(embedded(settings))
    watch.begin()
    try:
        yield
    finally:
        watch.end()


def remove(settings: Settings) -> None:
    """Delete the embedded servers, the tests' one too; refuses while another process uses one."""
    for name in ("postgres", "postgres-test"):
        Cluster(settings.var_dir / name).remove()
