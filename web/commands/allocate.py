"""`hittavard allocate`: those who do not choose are listed by their region's rules (docs/allocation.md)."""

import argparse
import re
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.settings import settings

if TYPE_CHECKING:
    from sqlalchemy import Engine

_TYPES = ("health-centre", "child-health-centre", "midwifery", "rehabilitation")


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `allocate`."""
    parser = subparsers.add_parser("allocate", help="list everybody without a unit by the region's rules")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--region", metavar="CODE", type=_region, help="the region's two digits")
    what.add_argument("--all", action="store_true", help="every region, one after the other")
    what.add_argument("--undo", metavar="RUN", type=int, help="take back what still stands of a run")
    parser.add_argument("--date", metavar="D", type=_day, help="the first day (YYYY-MM-DD; default today)")
    parser.add_argument("--type", default=_TYPES[0], choices=_TYPES, help=f"default {_TYPES[0]}")
    parser.add_argument("--dry-run", action="store_true", help="tell what would be done and change nothing")
    parser.add_argument("--report", metavar="F", type=Path, help="write the report as JSON")


def run(args: argparse.Namespace) -> int:
    """Allocate or undo; the table goes to standard output."""
    from core import cluster
    from core.database import engine_for
    from listing.people.checking import confirm_keys_of

    engine = engine_for(cluster.ensure_running(settings()))
    if args.undo is not None:
        if args.dry_run or args.date:
            print("hittavard: --undo takes neither --date nor --dry-run", file=sys.stderr)
            return 2
        return _undo(engine, args)
    confirm_keys_of(engine)
    return _allocate(engine, args)


def _undo(engine: "Engine", args: argparse.Namespace) -> int:
    from dataclasses import asdict

    from listing.allocation import undo

    done = undo(engine, args.undo)
    _write(args.report, asdict(done))
    print(f"run {done.run}: {done.annulled} listings annulled, {done.left_alone} left alone")
    return 0


def _allocate(engine: "Engine", args: argparse.Namespace) -> int:
    from core import clock
    from core.problems import Problem
    from listing.allocation import Request, allocate
    from listing.allocation.report import as_table

    day = args.date or clock.today()
    reports: list[Any] = []
    refused = 0
    for region in _regions(engine) if args.all else [args.region]:
        try:
            reports.append(allocate(engine, Request(region, day, args.type, args.dry_run)))
        except Problem as problem:
            if not args.all:
                raise
            # One region that cannot be done now does not keep the others waiting.
            refused += 1
            print(f"hittavard: region {region}: {problem.detail}", file=sys.stderr)
        else:
            print(as_table(reports[-1]))
    _write(args.report, reports if args.all else reports[0])
    return 1 if refused else 0


def _regions(engine: "Engine") -> list[str]:
    from sqlalchemy import text

    from core.database import unit_of_work

    with unit_of_work(engine) as session:
        return list(session.scalars(text("SELECT code FROM region ORDER BY code")))


def _write(path: Path | None, report: Any) -> None:
    import orjson

    if path is not None:
        path.write_bytes(orjson.dumps(report, option=orjson.OPT_INDENT_2) + b"\n")


def _region(written: str) -> str:
    if not re.fullmatch("[0-9]{2}", written):
        raise argparse.ArgumentTypeError("two digits, such as 03")
    return written


def _day(written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise argparse.ArgumentTypeError("a day as YYYY-MM-DD") from None
