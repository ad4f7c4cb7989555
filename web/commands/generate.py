"""`hittavard generate`: synthetic files in the import formats."""

import argparse
import sys
from datetime import date
from pathlib import Path
from typing import Any


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `generate`."""
    parser = subparsers.add_parser(
        "generate",
        help="write synthetic files: real geography, invented units and people",
        description="Write units.csv, offerings.csv, professions.csv and population.csv into DIR."
        " The same seed and date give the same files.",
    )
    parser.add_argument("--units", metavar="N", type=_count, default=3000, help="units (default 3000)")
    parser.add_argument("--people", metavar="M", type=_count, default=0, help="people (default none)")
    parser.add_argument("--seed", metavar="S", type=int, help="another number gives another set")
    parser.add_argument(
        "--date",
        metavar="DATE",
        type=_date,
        help="the day that ages, notices and holidays are counted from (default: today)",
    )
    parser.add_argument("folder", metavar="DIR", type=Path)


def run(args: argparse.Namespace) -> int:
    """Write the files and name them."""
    from core import clock
    from importers.synthetic import DEFAULT_SEED, Plan, generate

    seed = DEFAULT_SEED if args.seed is None else args.seed
    plan = Plan(args.units, args.people, seed, args.date or clock.today())
    with _Progress(plan.units + plan.people) as progress:
        written = generate(args.folder, plan, progress.tell)
    for path, count in written.rows.items():
        print(f"{path}: {count} rows")
    return 0


class _Progress:
    """A bar on a terminal, nothing in a pipe."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._bar: Any = None

    def __enter__(self) -> "_Progress":
        if sys.stderr.isatty():
            from tqdm import tqdm

            self._bar = tqdm(total=self._total, unit="", unit_scale=True, leave=False)
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()

    def tell(self, what: str, count: int) -> None:
        """So many more of these are written."""
        if self._bar is not None:
            self._bar.set_description(what)
            self._bar.update(count)


def _count(text: str) -> int:
    if text.isascii() and text.isdigit():
        return int(text)
    raise argparse.ArgumentTypeError(f"{text} is not a whole number from 0")


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is not a date such as 2026-01-31") from None
