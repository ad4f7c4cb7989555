"""Ask every server every question it can answer, in turns, and weigh its processes."""

import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.search.client import Client, Sample
from bench.search.queries import Kind, Query
from bench.search.servers.server import Running

CONNECTIONS = (1, 4, 16)
_SAMPLED = 40

Key = tuple[str, Kind, int]
"""Server, what was asked, connections."""


@dataclass
class Measured:
    """Everything that was seen. `found` is the part of sampled questions that got a hit."""

    samples: dict[Key, Sample] = field(default_factory=lambda: defaultdict(Sample))
    found: dict[tuple[str, Kind], float] = field(default_factory=dict)
    memory: dict[str, Mapping[str, float]] = field(default_factory=dict)
    answer_bytes: dict[tuple[str, Kind], int] = field(default_factory=dict)


@dataclass(frozen=True)
class Plan:
    """Each server is asked each kind on each number of connections, `rounds` times `seconds`."""

    seconds: float
    rounds: int
    warm_up: float
    connections: Sequence[int] = CONNECTIONS


def check(servers: Sequence[Running], queries: Mapping[Kind, Sequence[Query]], measured: Measured) -> None:
    """Ask each server a sample one by one: wrong statuses end the run, and the part with hits is kept."""
    for one in servers:
        for kind in one.server.paths:
            sample = queries[kind][-_SAMPLED:]
            hits = [one.hits(kind, query) for query in sample]
            measured.found[one.server.name, kind] = sum(map(bool, hits)) / len(hits)


def measure(
    servers: Sequence[Running],
    queries: Mapping[Kind, Sequence[Query]],
    client: Client,
    plan: Plan,
    folder: Path,
    measured: Measured,
) -> None:
    """Rounds go through the kinds; within a kind all servers take turns, every other round backwards."""
    files = _files(servers, queries, folder)
    asked: dict[tuple[str, Kind], int] = defaultdict(int)

    def run(one: Running, kind: Kind, connections: int, seconds: float) -> Sample:
        key = one.server.name, kind
        sample = client.run(one.port, connections, seconds, files[key], asked[key])
        asked[key] += sample.requests + connections
        if not sample.requests:
            # No answer in time is no fast answer: each question took the whole run, at the least.
            sample.histogram[round(sample.seconds * 1_000_000)] += connections
        return sample

    for number in range(plan.rounds):
        turns = list(servers) if number % 2 == 0 else list(reversed(servers))
        for kind in Kind:
            able = [one for one in turns if kind in one.server.paths]
            _tell(f"round {number + 1} of {plan.rounds}: {kind}")
            if number == 0 and plan.warm_up:
                for one in able:
                    run(one, kind, 4, plan.warm_up)
            for connections in plan.connections:
                for one in able:
                    sample = run(one, kind, connections, plan.seconds)
                    measured.samples[one.server.name, kind, connections].add(sample)
    for one in servers:
        measured.memory[one.server.name] = one.memory_mb()


def _files(
    servers: Sequence[Running], queries: Mapping[Kind, Sequence[Query]], folder: Path
) -> dict[tuple[str, Kind], Path]:
    """One file of paths for each server and kind."""
    files = {}
    for one in servers:
        for kind, path_of in one.server.paths.items():
            path = folder / f"{one.server.name.replace(' ', '-')}-{kind}.txt"
            path.write_text("".join(f"{path_of(query)}\n" for query in queries[kind]), encoding="utf-8")
            files[one.server.name, kind] = path
    return files


def _tell(what: str) -> None:
    if sys.stderr.isatty():
        print(f"bench: {what}", file=sys.stderr, flush=True)
