"""Import of generated units: per unit, beside bare COPY of the same rows, a second time, and in memory."""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import create_engine

from bench.copying import copy_file, copy_tables
from bench.report import Figure, Result
from codes.services import load_shipped as load_code_systems
from core.cluster.extensions import libpq_url
from core.database import normal_url, unit_of_work
from core.settings import ROOT, Settings
from directory.geography.services import load_shipped as load_geography
from importers.synthetic import DEFAULT_SEED, Plan, generate
from tests.support.database import scratch_database, server_url

Run = dict[str, Any]

_ON = date(2026, 1, 1)


def add_options(parser: argparse.ArgumentParser) -> None:
    """The size of the file; a tenth of it is imported too, to see whether memory grows."""
    parser.add_argument("--units", type=int, default=100_000, help="units in the imported file (100000)")


def run(args: argparse.Namespace) -> Result:
    """Import a small file and one ten times as large, each into a scratch database of its own."""
    large, small = args.units, max(100, args.units // 10)
    server = server_url(Settings())
    with tempfile.TemporaryDirectory(prefix="bench-", dir=_var()) as name:
        few, many = _units(Path(name) / "few", small), _units(Path(name) / "many", large)
        with _database(server) as url:
            tried = _import(url, few, "dry-run")
            little = _import(url, few)
        with _database(server) as url:
            much = _import(url, many)
            again = _import(url, many)
            with psycopg.connect(libpq_url(url)) as connection:
                _tell("COPY of the same rows")
                staged = copy_file(connection, many)
                tables, rows = copy_tables(connection, Path(name))
        size = {"units": large, "units in the small file": small, "rows made": rows}
        megabytes = round(many.stat().st_size / 2**20, 1)
    figures = [*_times(large, much, again, staged, tables), *_ratios(tried, little, much)]
    return Result(
        "imports", size, figures, {"file_mb": megabytes, "server": "scratch, fsync off", "seed": DEFAULT_SEED}
    )


def _times(units: int, much: Run, again: Run, staged: float, tables: float) -> list[Figure]:
    seconds = much["seconds"]
    peers = {"COPY of the file": staged, "COPY of the resulting rows": tables}
    each = {name: value * 1000 / units for name, value in peers.items()}
    return [
        Figure("import_seconds", seconds, "s", "import", peers),
        Figure("import_ms_per_unit", seconds * 1000 / units, "ms", "import, per unit", each),
        Figure("units_per_second", units / seconds, "/s", "units per second"),
        Figure("import_times_copy_of_file", seconds / staged, "x", "import against COPY of the file"),
        Figure(
            "import_times_copy_of_tables", seconds / tables, "x", "import against COPY of the resulting rows"
        ),
        Figure(
            "unchanged_ms_per_unit",
            again["seconds"] * 1000 / units,
            "ms",
            "the same file again, per unit",
            {"first time": seconds * 1000 / units},
        ),
    ]


def _ratios(tried: Run, little: Run, much: Run) -> list[Figure]:
    return [
        Figure(
            "dry_run_times_import",
            tried["seconds"] / little["seconds"],
            "x",
            "dry run against import, small file",
            {"dry run, s": tried["seconds"], "import, s": little["seconds"]},
        ),
        Figure("peak_mb", much["peak_mb"], "MB", "peak memory", {"small file": little["peak_mb"]}),
        Figure(
            "memory_growth",
            much["peak_mb"] / little["peak_mb"],
            "x",
            "peak memory against that of the small file",
        ),
    ]


def _units(folder: Path, count: int) -> Path:
    _tell(f"generate {count} units")
    generate(folder, Plan(count, on=_ON))
    return folder / "units.csv"


@contextmanager
def _database(server: str) -> Iterator[str]:
    """A migrated scratch database with the lists that ship."""
    with scratch_database(server) as url:
        engine = create_engine(normal_url(url))
        with unit_of_work(engine) as session:
            load_code_systems(session)
            load_geography(session)
        engine.dispose()
        yield url


def _import(url: str, path: Path, dry_run: str = "") -> Run:
    """One import in a process of its own; anything but a clean import is an error of the benchmark."""
    _tell(f"import {path.parent.name}{' (dry run)' if dry_run else ''}")
    command = [sys.executable, "-m", "bench.import_worker", url, "units", str(path), dry_run]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    told: Run = json.loads(done.stdout.splitlines()[-1])
    if told["status"] != "applied" or told["rejectedRows"]:
        raise RuntimeError(f"the import was not clean: {told}")
    return told


def _var() -> Path:
    folder = Settings().var_dir / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _tell(what: str) -> None:
    print(f"  {what} ...", file=sys.stderr, flush=True)
