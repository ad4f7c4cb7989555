"""`hittavard due`: the timed work of the listing register, and the upkeep of the whole service."""

import argparse
import sys

from core.settings import settings


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `due`."""
    parser = subparsers.add_parser(
        "due",
        help="do what falls due: listings that begin or end, offers that lapse, closures, queues; "
        "seal the audit trail and delete what is kept no longer",
    )
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--once", action="store_true", help="do it and end (the default)")
    how.add_argument("--follow", action="store_true", help="go on until stopped")


def run(args: argparse.Namespace) -> int:
    """Do what is due once, or follow until a signal."""
    from core import cluster, upkeep
    from core.database import engine_for
    from listing.services import timed
    from web.commands.index import stopped_by_signal
    from web.upkeep import chores

    engine = engine_for(cluster.ensure_running(settings()))
    if args.follow:
        stop = stopped_by_signal()
        with upkeep.beside(engine, chores(settings())):
            timed.follow(engine, stop)
        return 0
    done = timed.run_due(engine)
    upkeep.run_all(engine, chores(settings()))
    if sys.stderr.isatty():
        print(done, file=sys.stderr)
    return 0
