"""How soon a change shows in every worker, and what a large import costs those who search meanwhile."""

import argparse
import csv
import os
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

from bench.freshness import workers
from bench.freshness.changes import Change, Check, always_shown, changes, invented
from bench.freshness.readers import Readers
from bench.report import Figure, Result
from bench.search import client, data, environments, queries
from bench.search.command import stop_quietly
from bench.search.queries import Kind, Query
from bench.search.servers.ours import ours
from bench.search.servers.server import WORKERS, Running, running
from core.database import engine_for
from core.settings import ROOT

UNITS, CHANGES = 20_000, 200
CONNECTIONS = 4
QUIET = 10.0
"""Seconds that readers are measured before and after the import."""
PATIENCE = 30.0
BETWEEN_LOOKS = 0.02
BEFORE, IMPORT, FOLLOWING, AFTER = "before", "during the import", "until it shows", "after"

Times = dict[tuple[str, str], list[float]]
"""(kind of change, what was asked) -> milliseconds until a worker showed it."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """How much data and how many changes."""
    parser.add_argument("--units", type=int, default=UNITS, help=f"units in the directory ({UNITS})")
    parser.add_argument("--changes", type=int, default=CHANGES, help=f"changes of single units ({CHANGES})")
    parser.add_argument("--no-import", action="store_true", help="leave out the large import")


def run(args: argparse.Namespace) -> Result:
    """Load, start the server, change, look."""
    load = client.best()
    stop_quietly()
    parent = environments.folder()
    parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="freshness-", dir=parent) as name:
        folder = Path(name)
        with data.loaded(args.units, folder) as url:
            return measure(args, url, folder, load)


def measure(args: argparse.Namespace, url: str, folder: Path, load: client.Client) -> Result:
    """All that is measured, on a database that holds `units.csv` of the folder."""
    asked = _questions(url)
    ready = {kind: found[0] for kind, found in asked.items()}
    server = ours(url, folder)
    paths = folder / "paths.txt"
    lines = [server.paths[kind](query) for kind, found in asked.items() for query in found]
    random.Random(1).shuffle(lines)
    paths.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    figures, conditions = [], {"connections": CONNECTIONS, "workers": WORKERS, "client": load.name}
    with running(server, ready, folder / "ours.log") as one:
        quiet, late = _follow(one, changes(engine_for(url), args.changes))
        figures += _shown(quiet, "")
        readers = Readers(load, one.port, CONNECTIONS, paths)
        if not args.no_import:
            with readers.asking():
                readers.stay(BEFORE, QUIET)
                seconds = _import(one, readers, url, folder)
                readers.stay(AFTER, QUIET)
            figures += _import_figures(readers.samples, *seconds)
        memory = one.memory_mb()
    figures.append(Figure("late", late, "", f"looks that saw no change within {PATIENCE:.0f} s"))
    conditions["memory"] = memory
    return Result("freshness", {"units": args.units, "changes": args.changes}, figures, conditions)


def _questions(url: str) -> dict[Kind, list[Query]]:
    rows, vocabulary = data.rows(url), data.terms(url)
    return {kind: queries.make(kind, rows, vocabulary, 4000) for kind in Kind}


def _follow(one: Running, made: Iterator[Change]) -> tuple[Times, int]:
    """After each change ask every worker until all show it."""
    times: Times = defaultdict(list)
    late = 0
    asked = workers.connect(one.port, one.process.pid, WORKERS)
    for change in made:
        looks = [_Look(worker, change) for worker in asked]
        for look in looks:
            look.start()
        for look in looks:
            look.join()
            late += look.late
            for name, milliseconds in look.seen.items():
                times[change.kind, name].append(milliseconds)
    for worker in asked:
        worker.close()
    return times, late


class _Look(threading.Thread):
    """Asks one worker until it shows the change."""

    def __init__(self, worker: workers.Worker, change: Change) -> None:
        super().__init__()
        self._worker, self._change = worker, change
        self.seen: dict[str, float] = {}
        self.late = 0

    def run(self) -> None:
        waiting: list[Check] = list(self._change.checks)
        while waiting:
            for check in list(waiting):
                answer = self._worker.ask(check.path)
                passed = time.perf_counter() - self._change.began
                over = passed > PATIENCE
                if over or (answer is not None and check.shown(answer)):
                    self.seen[check.name] = passed * 1000
                    self.late += over
                    waiting.remove(check)
            time.sleep(BETWEEN_LOOKS)


def _import(one: Running, readers: Readers, url: str, folder: Path) -> tuple[float, float]:
    """Import a file that changes every second unit; its seconds, and those until every worker shows it."""
    words = _changed_file(folder / "units.csv", folder / "changed.csv", always_shown(engine_for(url)))
    readers.phase = IMPORT
    began = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "web.cli", "import", "units", str(folder / "changed.csv")],
        cwd=ROOT,
        env=os.environ | {"HITTAVARD_DATABASE_URL": url},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        check=True,
    )
    readers.phase = FOLLOWING
    imported = time.perf_counter()
    asked = workers.connect(one.port, one.process.pid, WORKERS)
    for word, hsa_id in words.items():
        for worker in asked:
            while hsa_id not in {i["hsaId"] for i in worker.ask(f"/api/v1/care-units?q={word}")["items"]}:
                if time.perf_counter() - imported > 10 * PATIENCE:
                    raise TimeoutError("an import does not show")
                time.sleep(0.1)
    for worker in asked:
        worker.close()
    return imported - began, time.perf_counter() - imported


def _changed_file(source: Path, target: Path, shown: Collection[str]) -> dict[str, str]:
    """The file with a new word in the name of every second unit; some of the words and their units."""
    chance = random.Random(9)
    some: dict[str, str] = {}
    with source.open(encoding="utf-8-sig", newline="") as given, target.open("w", newline="") as changed:
        rows = csv.DictReader(given, delimiter=";")
        writer = csv.DictWriter(changed, rows.fieldnames or (), delimiter=";")
        writer.writeheader()
        for number, row in enumerate(rows):
            if number % 2:
                word = invented(chance)
                row["name"] = f"{row['name']} {word}"
                if row["hsa_id"] in shown and number // 1000 > len(some):
                    some[word] = row["hsa_id"]
            writer.writerow(row)
    return some


def _shown(times: Times, when: str) -> list[Figure]:
    every = [value for values in times.values() for value in values]
    figures = [
        Figure(
            f"shown_{name}_ms{when}", round(_percentile(every, part), 1), "ms", f"shown by workers: {name}"
        )
        for name, part in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99), ("max", 1.0))
    ]
    for (kind, name), values in sorted(times.items()):
        key = f"{kind}_{name.replace(' ', '_')}_p99_ms{when}"
        figures.append(
            Figure(
                key,
                round(_percentile(values, 0.99), 1),
                "ms",
                f"{kind} changed, asked {name}: p99",
                {"p50": round(statistics.median(values), 1), "p95": round(_percentile(values, 0.95), 1)},
            )
        )
    return figures


def _import_figures(samples: Mapping[str, client.Sample], seconds: float, shown: float) -> list[Figure]:
    before = samples[BEFORE].percentile(0.95)
    figures = [
        Figure("import_s", round(seconds, 1), "s", "import that changes every second unit"),
        Figure("import_shown_s", round(shown, 1), "s", "until every worker shows all of it"),
        Figure("errors", sum(s.refused + s.failed for s in samples.values()), "", "answers that were errors"),
    ]
    for phase, sample in samples.items():
        key = phase.replace(" ", "_")
        others = {f"p{part}": sample.percentile(part / 100) for part in (50, 99, 100)}
        others["per s"] = round(sample.per_second)
        p95 = sample.percentile(0.95)
        figures.append(Figure(f"search_{key}_p95_ms", p95, "ms", f"search {phase}: p95", others))
        if phase != BEFORE:
            ratio = round(p95 / before, 2)
            figures.append(Figure(f"search_{key}_times_before", ratio, "x", f"p95 {phase} against before"))
    return figures


def _percentile(values: Sequence[float], part: float) -> float:
    ordered = sorted(values)
    return ordered[max(0, -(-int(part * 1000) * len(ordered) // 1000) - 1)] if ordered else 0.0
