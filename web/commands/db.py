"""`hittavard db`: the database server and the migrations."""

import argparse

from core.settings import settings


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `db` and its actions."""
    parser = subparsers.add_parser("db", help="migrate the database; start, stop or delete the embedded one")
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    upgrade = actions.add_parser(
        "upgrade",
        help="migrate up, to the newest revision unless another is named; bring the shipped lists up to date",
    )
    upgrade.add_argument("revision", nargs="?", default="head")
    downgrade = actions.add_parser("downgrade", help="migrate down; `base` removes every table and its rows")
    downgrade.add_argument("revision")
    actions.add_parser("current", help="print the revision that the database is at")
    draft = actions.add_parser("draft", help="write the next revision from what the models say")
    draft.add_argument("message")
    actions.add_parser("url", help="print the address of the database, for psql and the like")
    actions.add_parser("start", help="start the embedded server and hold it until Ctrl-C")
    actions.add_parser("stop", help="stop the embedded server unless something uses it")
    actions.add_parser("remove", help="delete the embedded server and all that is in it")


def run(args: argparse.Namespace) -> int:
    """Carry out one action."""
    from core import cluster, migrate
    from core.cluster.extensions import libpq_url
    from core.database import engine_for
    from importers.shipped import load_shipped

    match args.action:
        case "upgrade":
            url = cluster.ensure_running(settings())
            migrate.upgrade(url, args.revision)
            if migrate.current(url) == migrate.head():
                load_shipped(engine_for(url))
        case "downgrade":
            migrate.downgrade(cluster.ensure_running(settings()), args.revision)
        case "current":
            print(migrate.current(cluster.ensure_running(settings())) or "base")
        case "draft":
            print(migrate.draft(cluster.ensure_running(settings()), args.message))
        case "url":
            print(libpq_url(cluster.database_url(settings())))
        case "start":
            _hold()
        case "stop" if not cluster.stop(settings()):
            raise cluster.DatabaseUnavailable("another process uses the database; end that one first")
        case "remove":
            cluster.remove(settings())
    return 0


def _hold() -> None:
    import signal

    from core import cluster
    from core.cluster.extensions import libpq_url

    print(libpq_url(cluster.ensure_running(settings())), flush=True)
    signal.pause()
