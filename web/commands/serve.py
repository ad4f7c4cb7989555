"""`hittavard serve`: the production server."""

import argparse

from core.settings import default_environment, settings


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `serve`."""
    subparsers.add_parser("serve", help="serve the site and the API (gunicorn) and keep the index up to date")


def run(args: argparse.Namespace) -> int:
    """Check that the database is migrated and the key file is its own, then serve until told to stop.

    Where nobody has said which environment this is, it is production: who serves development says so.
    """
    default_environment("production")
    from core import cluster, migrate
    from core.database import engine_for
    from core.problems import Problem
    from directory.search import ranking
    from listing.people.checking import confirm_keys_of
    from web.supervisor import check_port_is_free, supervise

    ranking.weights(settings())
    check_port_is_free(settings())
    url = cluster.ensure_running(settings())
    if migrate.current(url) != migrate.head():
        raise Problem("the database is not at the newest revision; run `hittavard db upgrade`")
    confirm_keys_of(engine_for(url))
    return supervise(settings())
