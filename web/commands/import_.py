"""`hittavard import`: files in, a report out."""

import argparse
import getpass
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.problems import Invalid
from core.settings import settings
from importers.kinds import KINDS

if TYPE_CHECKING:
    from importers.pipeline import Report

FORMATS = ("auto", "ldif", "csv", "xlsx", "json", "xml")
_LISTED = 10
_LONGEST_SOURCE = 64


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `import`."""
    parser = subparsers.add_parser(
        "import",
        help="import files: units, offerings, professions, codes, geography, rules, population, listings",
        description="Import files, each in one transaction: applied or not at all.",
    )
    parser.add_argument("kind", metavar="KIND", choices=KINDS, help=", ".join(KINDS))
    parser.add_argument("files", metavar="FILE", nargs="+", type=Path)
    parser.add_argument("--format", choices=FORMATS, default="auto", help="default: by what the file holds")
    parser.add_argument(
        "--mapping", metavar="FILE", help="a region's own column names, or a shipped mapping's name"
    )
    parser.add_argument(
        "--source",
        metavar="NAME",
        type=_source,
        help="who says this; default: the mapping, or kind and region",
    )
    parser.add_argument(
        "--region", metavar="CODE", type=_region, help="region of rows that name none, two digits"
    )
    parser.add_argument(
        "--mode",
        choices=("full", "delta"),
        default="delta",
        help="full: units that the source no longer lists are closed; delta (default): they are only counted",
    )
    parser.add_argument("--dry-run", action="store_true", help="do all the work, show the diff, keep nothing")
    parser.add_argument("--report", metavar="FILE.json", type=Path, help="write the whole report there")
    parser.add_argument(
        "--max-rejected",
        metavar="PERCENT",
        type=_percent,
        default=10.0,
        help="apply nothing when more rows than this are rejected (default 10)",
    )
    parser.add_argument(
        "--allow-closures", action="store_true", help="let more than 10 %% of the units close"
    )
    parser.add_argument("--actor", metavar="NAME", help="who stands in the history; default: the account")


def run(args: argparse.Namespace) -> int:
    """Import the files in the order given; the first that is refused ends it."""
    from core import cluster
    from core.database import engine_for
    from importers.kinds import kind_named
    from importers.kinds.sources import default_source
    from importers.pipeline import Options, run_import

    options = Options(
        mode=args.mode,
        format=args.format,
        mapping=args.mapping,
        region=args.region,
        dry_run=args.dry_run,
        max_rejected=args.max_rejected,
        allow_closures=args.allow_closures,
        actor=args.actor or f"cli:{_account()}",
    )
    if args.report:
        _check_report(args.report)
    engine = engine_for(cluster.ensure_running(settings()))
    reports: list[Report] = []
    for path in args.files:
        source = args.source or default_source(
            args.kind, path, format=args.format, mapping=args.mapping, region=args.region
        )
        with _Progress(path.name) as progress:
            report = run_import(
                engine,
                kind_named(args.kind),
                args.kind,
                path,
                source=source,
                options=options,
                progress=progress,
            )
        reports.append(report)
        _print(report)
        if report.refusal:
            break
    if args.report:
        _write(args.report, [report.as_json() for report in reports])
    refusal = reports[-1].refusal
    if refusal:
        print(f"hittavard: {' '.join(refusal.message.split())}", file=sys.stderr)
        return 1
    return 0


class _Progress:
    """Bars on a terminal, nothing in a pipe."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._bars: dict[str, Any] = {}
        self._shown = sys.stderr.isatty()

    def __enter__(self) -> Callable[[str, int], None]:
        return self._tell

    def __exit__(self, *_: object) -> None:
        for bar in self._bars.values():
            bar.close()

    def _tell(self, phase: str, count: int) -> None:
        if not self._shown:
            return
        if phase not in self._bars:
            from tqdm import tqdm

            self._bars[phase] = tqdm(desc=f"{self._title}: {phase}", unit="", unit_scale=True, leave=False)
        self._bars[phase].update(count)


def _print(report: "Report") -> None:
    """A short table for people."""
    shown = report.as_json()
    done = {"applied": "applied", "refused": "refused, nothing applied"}[report.status]
    if report.dry_run and report.status == "applied":
        done = "dry run, nothing kept"
    print(f"{report.file} as {report.source}: {done}")
    print(
        f"  rows {report.read}, rejected {report.rejected_count}, skipped {report.skipped}"
        f" · new {shown['created']}, changed {shown['updated']}, unchanged {shown['unchanged']},"
        f" closed {shown['closed']}"
    )
    diff = report.diff
    print(f"  renamed {diff.renamed}, moved {diff.moved}, reopened {diff.reopened}, missing {diff.missing}")
    for entry in report.rejected[:_LISTED]:
        value = f" “{entry['value']}”" if entry["value"] else ""
        print(f"  row {entry['row']}: {entry['code']}{value}: {entry['message']}")
    if report.rejected_count > _LISTED:
        print(f"  … and {report.rejected_count - _LISTED} more rejected rows (--report FILE.json)")
    codes = {code: count for code, count in report.issue_counts.most_common() if count}
    if codes:
        print("  told: " + ", ".join(f"{code} {count}" for code, count in codes.items()))
    if report.status == "applied" and not any(shown[name] for name in ("created", "updated", "closed")):
        print("  nothing changed")


def _check_report(path: Path) -> None:
    """Refuse a report that cannot be written before anything is applied, and leave what stands there."""
    try:
        with path.open("a"):
            pass
    except OSError as error:
        raise Invalid(
            f"the report cannot be written to {path} ({error.strerror}); nothing was imported"
        ) from error


def _write(path: Path, reports: list[dict[str, Any]]) -> None:
    """One report as an object, several as an array."""
    content = reports[0] if len(reports) == 1 else reports
    try:
        path.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        # What is done is done and stands in the database; only this copy of the report is missing.
        print(f"hittavard: the report could not be written to {path} ({error.strerror})", file=sys.stderr)


def _region(text: str) -> str:
    if len(text) == 2 and text.isascii() and text.isdigit():
        return text
    raise argparse.ArgumentTypeError(f"{text} is not a region code of two digits, such as 14")


def _source(text: str) -> str:
    if 0 < len(text.strip()) <= _LONGEST_SOURCE and text.isprintable():
        return text.strip()
    raise argparse.ArgumentTypeError(f"a source is named with 1 to {_LONGEST_SOURCE} printable characters")


def _percent(text: str) -> float:
    try:
        value = float(text.rstrip("%").replace(",", "."))
    except ValueError:
        value = -1.0
    if not 0 <= value <= 100:
        raise argparse.ArgumentTypeError(f"{text} is not a percentage from 0 to 100")
    return value


def _account() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())
