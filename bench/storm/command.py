"""`python -m bench.storm`: the whole storm, from an empty folder to a ledger and its checks."""

import argparse
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random

from sqlalchemy import Engine

from bench.search.command import stop_quietly
from bench.search.servers.server import free_port
from bench.storm import chaos, record, report, settling, world
from bench.storm.caller import Caller
from bench.storm.checks import Finding, answers, exemptions, register, traces
from bench.storm.checks.replay import replayed
from bench.storm.clients import Clients
from bench.storm.ledger import Entry, Ledger
from bench.storm.server import Server
from bench.storm.tokens import Tokens
from bench.storm.wishes import Wishes
from core import cluster
from core.settings import ROOT, Settings

WORKERS = 2
_LONGEST = 1800.0


@dataclass
class Storm:
    """What came of it, for the report."""

    options: argparse.Namespace
    ledger: Ledger
    findings: list[Finding] = field(default_factory=list)
    done: dict[str, int] = field(default_factory=dict)
    touches: dict[str, int] = field(default_factory=dict)
    database_away: list[float] = field(default_factory=list)
    restarts: int = 0
    seconds: float = 0.0
    shown: list[float] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether every check holds."""
        return all(finding.holds for finding in self.findings)


def main(argv: Sequence[str] | None = None) -> int:
    """Run; print the ledger; 1 when a check fails."""
    options = arguments(argv)
    stop_quietly()
    storm = run(options)
    print(report.text(storm))
    path = report.save(storm)
    print(f"written to {path}")
    return 0 if storm.holds else 1


def arguments(argv: Sequence[str] | None = None) -> argparse.Namespace:
    """The options of the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.storm", description="A storm over the listing register."
    )
    parser.add_argument("--operations", type=int, default=10_000, help="operations to be answered (10000)")
    parser.add_argument("--kills", type=int, default=20, help="processes killed with SIGKILL (20)")
    parser.add_argument("--stops", type=int, default=5, help="immediate stops of PostgreSQL (5)")
    parser.add_argument("--clients", type=int, default=200, help="clients at the same time (200)")
    parser.add_argument("--units", type=int, default=36, help="units with few places (36)")
    parser.add_argument("--people", type=int, default=3000, help="people (3000)")
    parser.add_argument("--seed", type=int, default=1, help="what is wanted follows from it (1)")
    parser.add_argument("--shown-within", type=float, default=1.0, help="seconds until all show a change (1)")
    parser.add_argument("--calm", type=int, default=20, help="operations one at a time afterwards (20)")
    parser.add_argument("--folder", type=Path, default=Settings().var_dir / "storm", help="emptied first")
    parser.add_argument("--keep", action="store_true", help="keep the database afterwards")
    return parser.parse_args(argv)


def run(options: argparse.Namespace) -> Storm:
    """Build a world, let the storm over it, and look what is left."""
    with _place(options) as settings:
        engine = world.prepare(settings)
        chance = Random(options.seed)
        made = world.build(engine, settings, units=options.units, people=options.people, chance=chance)
        server = Server(settings, WORKERS)
        tokens = Tokens(settings)
        clients = Clients(
            made,
            tokens,
            settings.port,
            count=options.clients,
            operations=options.operations,
            seed=options.seed,
        )
        storm = Storm(options, clients.ledger)
        try:
            server.begin()
            _rage(storm, clients, server, settings, chance)
            _calm(storm, made, tokens, clients.ledger, server, engine, settings, chance)
            engine.dispose()
        finally:
            server.end()
        _look(storm, clients, made, engine)
        _audit(storm, settings)
        engine.dispose()
    return storm


@contextmanager
def _place(options: argparse.Namespace) -> Iterator[Settings]:
    """An empty folder with its own server, which is deleted afterwards."""
    folder = options.folder.resolve()
    settings = replace(
        Settings(),
        var_dir=folder,
        index_dir=folder / "index",
        keys_file=folder / "keys.json",
        database_url="",
        environment="development",
        port=free_port(),
    )
    cluster.remove(settings)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        yield settings
    finally:
        if not options.keep:
            cluster.remove(settings)


def _rage(storm: Storm, clients: Clients, server: Server, settings: Settings, chance: Random) -> None:
    options = storm.options
    moments = chaos.plan(options.kills, options.stops, options.operations)
    storming = chaos.Chaos(server, cluster.embedded(settings), moments, clients.ledger.answered, chance)
    began = time.monotonic()
    clients.begin()
    storming.start()
    finished = clients.wait(_LONGEST, options.operations)
    storming.end()
    storm.seconds = time.monotonic() - began
    storm.done, storm.touches = dict(storming.done), dict(clients.touches)
    storm.database_away, storm.restarts = storming.database_away, server.starts - 1
    problems = [*storming.problems, *([] if finished else [f"not finished in {_LONGEST:.0f} s"])]
    planned = len(moments) - sum(storming.done.values())
    problems += [f"{planned} of {len(moments)} kills and stops were not carried out"] if planned else []
    storm.findings.append(
        Finding("all was killed as planned, and came back by itself", len(moments), problems)
    )


def _calm(
    storm: Storm,
    made: world.World,
    tokens: Tokens,
    ledger: Ledger,
    server: Server,
    engine: Engine,
    settings: Settings,
    chance: Random,
) -> None:
    """Single operations after the storm, with the clock running until everybody shows what came of them."""
    within = storm.options.shown_within
    last = time.monotonic()
    server.wait()
    watcher = settling.Watcher(engine, {unit.id: unit.hsa_id for unit in made.units})
    caller = Caller(settings.port, chance, threading.Event())
    wishes = Wishes(made, tokens, caller, chance)

    def operation() -> bool:
        asked = wishes.next()
        if asked is None:
            return False
        entry: Entry = ledger.open(asked)
        caller.carry_through(entry)
        ledger.close()
        return True

    with watcher.asking(settings.port, server.top, WORKERS):
        settled = watcher.seconds_until_agreed(last, 60.0)
        problems = (
            [] if settled < 60 else [f"{who} shows {what}" for who, what in watcher.differences.items()]
        )
        name = f"tables, API and search show the same after the storm (after {settled:.1f} s)"
        storm.findings.append(Finding(name, len(made.units), problems))
        storm.shown = settling.calm(watcher, operation, storm.options.calm, 10 * within)
    storm.findings.append(settling.soon_enough("each operation shows everywhere", storm.shown, within))
    caller.close()


def _look(storm: Storm, clients: Clients, made: world.World, engine: Engine) -> None:
    entries, found = clients.ledger.entries, record.read(engine)
    limits = {unit.id: unit.places for unit in made.units}
    replay = replayed(found, limits)
    storm.findings += [
        answers.every_operation_answered(entries),
        answers.no_faults(entries),
        answers.acknowledged_is_there(entries, found),
        answers.nothing_else_is_there(entries, found),
        answers.replays_identical(entries),
        answers.other_requests_refused(clients.misused),
        traces.traces(entries, found),
        traces.every_row_has_its_event(found),
        register.one_listing_each(found),
        register.limits_kept(replay),
        register.limits_at_the_end(found, limits),
        exemptions.proved(found, made.units, made.people, made.policies),
        register.order_kept(replay),
        register.history_makes_sense(replay, found),
        register.counters_right(found),
        register.changes_by_the_rules(found),
    ]


def _audit(storm: Storm, settings: Settings) -> None:
    """The seals over the audit trail, as an administrator makes and verifies them."""
    variables = {"HITTAVARD_VAR_DIR": str(settings.var_dir), "HITTAVARD_ENVIRONMENT": "development"}
    problems = []
    for what in ("seal", "verify"):
        done = subprocess.run(
            [sys.executable, "-m", "web.cli", "audit", what],
            cwd=ROOT,
            env=os.environ | variables | {"HITTAVARD_DATABASE_URL": ""},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            problems.append(f"audit {what}: {done.stderr.strip()[-300:]}")
    storm.findings.append(Finding("the audit trail is sealed and verified", 2, problems))
