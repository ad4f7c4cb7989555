"""`hittavard index`: keep the search index in step with the database."""

import argparse
import signal
import sys
import threading
from types import FrameType
from typing import TYPE_CHECKING

from core.settings import settings

if TYPE_CHECKING:
    from directory.search.writer import Progress


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `index`."""
    parser = subparsers.add_parser("index", help="bring the search index up to date with the database")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--once", action="store_true", help="catch up and end (the default)")
    how.add_argument("--follow", action="store_true", help="go on catching up until stopped")
    how.add_argument("--rebuild", action="store_true", help="build the index anew and end")


def run(args: argparse.Namespace) -> int:
    """Catch up once, rebuild, or follow until a signal."""
    from core import cluster
    from core.database import engine_for
    from directory.search import writer

    engine = engine_for(cluster.ensure_running(settings()))
    directory = settings().index_dir
    if args.follow:
        writer.follow(engine, directory, stopped_by_signal(), _tell)
    else:
        _tell(writer.catch_up(engine, directory, force_rebuild=args.rebuild))
    return 0


def stopped_by_signal() -> threading.Event:
    """An event that is set when the process is asked to stop."""
    stop = threading.Event()

    def end(_: int, __: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    return stop


def _tell(progress: "Progress") -> None:
    if not sys.stderr.isatty():
        return
    if progress.rebuilt is not None:
        print(f"search index built: {progress.rebuilt} units", file=sys.stderr)
    else:
        print(f"search index up to date, {progress.changes} changes read", file=sys.stderr)
