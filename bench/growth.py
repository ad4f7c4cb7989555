"""What the read model costs as the directory grows: starting, memory, time per question, index on disk."""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.freshness import workers
from bench.report import Figure, Result
from bench.search import data, environments, queries
from bench.search.command import stop_quietly
from bench.search.queries import Kind
from bench.search.results import MEANING
from bench.search.servers.ours import ours, variables
from bench.search.servers.server import WORKERS, memory, running
from core.settings import ROOT

SIZES = (3_000, 20_000, 100_000)
QUESTIONS = 400
"""Of each kind and size, all different, after a tenth as many that are not counted."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Which sizes. 100,000 units take some ten minutes to import."""
    sizes = ",".join(map(str, SIZES))
    parser.add_argument("--sizes", default=sizes, help=f"numbers of units, by commas ({sizes})")


def run(args: argparse.Namespace) -> Result:
    """Each size in a database of its own."""
    stop_quietly()
    parent = environments.folder()
    parent.mkdir(parents=True, exist_ok=True)
    sizes = sorted(int(size) for size in args.sizes.split(","))
    measured = {}
    for units in sizes:
        with _folder(parent) as folder, data.loaded(units, folder) as url:
            measured[units] = measure(url, folder)
    figures = [figure for units in sizes for figure in _figures(units, measured[units])]
    figures += _growth(measured)
    print(table(measured))
    return Result("growth", {"units": sizes[-1]}, figures, {"workers": WORKERS, "measured": measured})


@contextmanager
def _folder(parent: Path) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="growth-", dir=parent) as name:
        yield Path(name)


def measure(url: str, folder: Path) -> dict[str, Any]:
    """The figures of one size: `published` units, start, memory, index, times."""
    rows, vocabulary = data.rows(url), data.terms(url)
    asked = {kind: queries.make(kind, rows, vocabulary, QUESTIONS * 11 // 10) for kind in Kind}
    found: dict[str, Any] = {"published": len(rows)}
    server = ours(url, folder)
    # The first start builds the index; what is measured is a start beside an index that is there.
    ready = {kind: questions[0] for kind, questions in asked.items()}
    began = time.monotonic()
    with running(server, ready, folder / "first.log"):
        found["index_build_s"] = round(time.monotonic() - began, 1)
    began = time.monotonic()
    with running(server, ready, folder / "second.log") as one:
        each = workers.connect(one.port, one.process.pid, WORKERS)
        for worker in each:
            while worker.ask("/health/ready") is None:
                time.sleep(0.05)
        found["ready_s"] = round(time.monotonic() - began, 1)
        found["worker_mb"] = max(_settled_mb(worker.pid) for worker in each)
        found["all_processes_mb"] = round(one.memory_mb()["pss"])
    index = folder / "index" / "current"
    found["index_mb"] = round(sum(file.stat().st_size for file in index.iterdir()) / 2**20, 1)
    paths = {str(kind): [server.paths[kind](query) for query in some] for kind, some in asked.items()}
    found["times"] = _in_process(url, folder, paths)
    return found


def _settled_mb(pid: int) -> int:
    """PSS of a worker once its cards are made: when its processor time hardly grows any more."""
    while True:
        before = _ticks(pid)
        time.sleep(2)
        if _ticks(pid) - before < 20:
            return round(memory(pid)[1] / 1024)


def _ticks(pid: int) -> int:
    """Hundredths of a second that a process has worked."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def _in_process(url: str, folder: Path, paths: Mapping[str, Sequence[str]]) -> dict[str, dict[str, float]]:
    """Milliseconds per kind of question in one process without HTTP."""
    file = folder / "paths.json"
    file.write_text(json.dumps(paths), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "bench.growth_worker", str(file)],
        cwd=ROOT,
        env=os.environ | {**variables(url, folder), "PORT": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    times: dict[str, dict[str, float]] = json.loads(done.stdout.strip().splitlines()[-1])
    return times


def table(measured: Mapping[int, Mapping[str, Any]]) -> str:
    """One column per size, for people and for docs/performance.md."""
    rows = [
        ("units generated", *(f"{units:,}" for units in measured)),
        *(
            (meaning, *(f"{one[key]:,}" for one in measured.values()))
            for key, (meaning, _) in _MEANINGS.items()
        ),
        *(
            (f"{meaning}: p50 · p95 ms", *(_pair(one["times"][kind]) for one in measured.values()))
            for kind, meaning in MEANING.items()
        ),
    ]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


_MEANINGS = {
    "ready_s": ("from start until every worker is ready, index present", "s"),
    "index_build_s": ("from the first start until words are answered", "s"),
    "worker_mb": ("memory of a worker, shared pages counted once", "MB"),
    "all_processes_mb": ("memory of all processes", "MB"),
    "index_mb": ("index on disk", "MB"),
}


def _pair(times: Mapping[str, float]) -> str:
    return f"{times['p50']:.2f} · {times['p95']:.2f}"


def _figures(units: int, one: Mapping[str, Any]) -> list[Figure]:
    figures = [
        Figure(f"{key}_at_{units}", one[key], unit, f"{units} units: {meaning}")
        for key, (meaning, unit) in _MEANINGS.items()
    ]
    return figures + [
        Figure(
            f"{kind}_p95_ms_at_{units}",
            one["times"][kind]["p95"],
            "ms",
            f"{units} units: {meaning}, in process: p95",
            {"p50": one["times"][kind]["p50"]},
        )
        for kind, meaning in MEANING.items()
    ]


def _growth(measured: Mapping[int, Mapping[str, Any]]) -> list[Figure]:
    """Megabytes per 10,000 units: the slope between the smallest and the largest size."""
    small, large = min(measured), max(measured)
    if small == large:
        return []
    more = measured[large]["worker_mb"] - measured[small]["worker_mb"]
    published = measured[large]["published"] - measured[small]["published"]
    meaning = "memory of a worker for each 10,000 published units"
    return [Figure("worker_mb_per_10000", round(more * 10_000 / published), "MB", meaning)]
