"""The run: load the data, start every server, measure them in turns, and tell."""

import argparse
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from time import monotonic
from typing import Any

from bench.report import Result, is_met, save, show
from bench.search import client, data, environments, queries, results
from bench.search.measure import Measured, Plan, check, measure
from bench.search.queries import Kind, Query
from bench.search.servers import datasette, floor, ogc
from bench.search.servers.ours import ours
from bench.search.servers.server import THREADS, WORKERS, Broken, Running, Server, running

UNITS, SECONDS, ROUNDS = 20_000, 4, 2
_QUICK = Plan(1, 1, 0, (4,))
_QUICK_UNITS = 500
_DIFFERENT = 20_000
_SIZED = 21
"""The constant answer is the middle one of so many searches by size."""
_PEERS: Mapping[str, Callable[[str, Path], Server]] = {
    datasette.NAME: datasette.datasette,
    ogc.PYGEOAPI: ogc.pygeoapi,
    ogc.TIPG: ogc.tipg,
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run, print the tables, write var/bench/search.json. Exit status 1 when a target is missed."""
    parser = argparse.ArgumentParser(prog="python -m bench.search", description=__doc__)
    add_options(parser)
    try:
        result = run(parser.parse_args(argv))
    except Broken as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    print(show(result))
    print(f"written to {save(result)}")
    return 0 if is_met(result) else 1


def add_options(parser: argparse.ArgumentParser) -> None:
    """How much data, and how long."""
    parser.add_argument("--units", type=int, default=UNITS, help=f"units that are searched ({UNITS})")
    parser.add_argument(
        "--seconds", type=int, default=SECONDS, help=f"seconds for each server and question ({SECONDS})"
    )
    parser.add_argument(
        "--quick", action="store_true", help="a small, short run that only shows that all works"
    )


def run(args: argparse.Namespace) -> Result:
    """Load, start, check, measure."""
    units = min(args.units, _QUICK_UNITS) if args.quick else args.units
    plan = _QUICK if args.quick else Plan(max(1, args.seconds // ROUNDS), ROUNDS, 1)
    load = client.best()
    measured = Measured()
    started = monotonic()
    stop_quietly()  # so that everything that was started is ended
    with _scratch() as folder, data.loaded(units, folder) as url:
        loaded = monotonic() - started
        asked = _queries(url)
        with ExitStack() as stack:
            absent: dict[str, str] = {}
            servers = _start(stack, url, folder, asked, absent)
            ready = monotonic() - started
            check(servers, asked, measured)
            measure(servers, asked, load, plan, folder, measured)
            conditions = _conditions(load, plan, servers, absent, asked)
    whole = monotonic() - started
    conditions["seconds"] = {"loaded": round(loaded), "all started": round(ready), "whole run": round(whole)}
    conditions["measurements"] = results.measurements(measured)
    conditions["memory"] = {name: dict(size) for name, size in measured.memory.items()}
    print(results.table(measured))
    return Result("search", {"units": units}, results.figures(measured, plan.connections), conditions)


def stop_quietly() -> None:
    """Let a termination unwind everything, as Ctrl-C does."""
    signal.signal(signal.SIGTERM, _stop)


def _stop(*_: object) -> None:
    raise SystemExit(1)


@contextmanager
def _scratch() -> Iterator[Path]:
    parent = environments.folder()
    parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="search-", dir=parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _queries(url: str) -> dict[Kind, list[Query]]:
    rows, vocabulary = data.rows(url), data.terms(url)
    return {kind: queries.make(kind, rows, vocabulary, _DIFFERENT) for kind in Kind}


def _start(
    stack: ExitStack, url: str, folder: Path, asked: Mapping[Kind, Sequence[Query]], absent: dict[str, str]
) -> list[Running]:
    """Ours and the floors must start; a peer that cannot is left out, with the reason."""

    def start(server: Server) -> Running:
        ready = {kind: found[0] for kind, found in asked.items()}
        log = folder / f"{server.name.replace(' ', '-')}.log"
        return stack.enter_context(running(server, ready, log))

    own = start(ours(url, folder))
    some = asked[Kind.PLACE_SERVICE][:_SIZED]
    answer = sorted((own.answer(Kind.PLACE_SERVICE, query) for query in some), key=len)[len(some) // 2]
    servers = [own, start(floor.constant(url, folder, answer)), start(floor.statement(url, folder))]
    for name, make in _PEERS.items():
        try:
            servers.append(start(make(url, folder)))
        except (environments.Unavailable, Broken) as error:
            absent[name] = str(error)
            print(f"bench: {name} is left out: {error}", file=sys.stderr)
    return servers


def _conditions(
    load: client.Client,
    plan: Plan,
    servers: Sequence[Running],
    absent: Mapping[str, str],
    asked: Mapping[Kind, Sequence[Query]],
) -> dict[str, Any]:
    return {
        "client": load.name,
        "connections": list(plan.connections),
        "rounds": plan.rounds,
        "seconds_per_round": plan.seconds,
        "workers": WORKERS,
        "threads": THREADS,
        "different_questions": {str(kind): len(found) for kind, found in asked.items()},
        "versions": {one.server.name: dict(one.server.versions) for one in servers if one.server.versions},
        "answers": {
            one.server.name: {
                str(kind): one.server.differs.get(kind, "") for kind in Kind if kind in one.server.paths
            }
            for one in servers
        },
        "left_out": dict(absent),
    }
