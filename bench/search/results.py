"""What was measured as figures with targets, as rows for JSON and as a table for people."""

from collections.abc import Iterator, Sequence
from typing import Any

from bench.report import Figure
from bench.search.measure import Measured
from bench.search.queries import Kind
from bench.search.servers import floor, ours

MEANING = {
    Kind.BY_ID: "get by id",
    Kind.PLACE_SERVICE: "place + service",
    Kind.POSITION_SERVICE: "position + service",
    Kind.TWO_WORDS: "two words",
    Kind.TWO_WORDS_FACETS_OPEN: "two words + facets + open at",
    Kind.TYPO: "typo",
    Kind.SUGGESTION: "suggestion",
}
_PERCENTILES = {"p50_ms": 0.5, "p95_ms": 0.95, "p99_ms": 0.99}
_NOT_PEERS = {ours.NAME, floor.CONSTANT, floor.SQL}


def figures(measured: Measured, connections: Sequence[int]) -> list[Figure]:
    """Ratios of ours to the floor and to the best peer; each is the worst over the numbers of connections."""
    errors = sum(s.refused + s.failed for (name, _, _), s in measured.samples.items() if name == ours.NAME)
    found = {kind: part for (name, kind), part in measured.found.items() if name == ours.NAME}
    memory = {name: size["pss"] for name, size in measured.memory.items() if name != ours.NAME}
    return [
        *(_against_floor(measured, kind, connections) for kind in Kind),
        *(one for kind in Kind for one in _against_peers(measured, kind, connections)),
        Figure("errors", errors, "", "answers of ours that were errors"),
        Figure("found", min(found.values(), default=0), "", "smallest part of sampled questions with a hit"),
        Figure("memory_mb", measured.memory[ours.NAME]["pss"], "MB", "memory of all processes", memory),
    ]


def _against_floor(measured: Measured, kind: Kind, connections: Sequence[int]) -> Figure:
    # The floor of every search is the one indexed statement that finds the nearest of a category.
    base = Kind.BY_ID if kind is Kind.BY_ID else Kind.POSITION_SERVICE
    ratios = {
        f"at {count}": _ratio(_p95(measured, ours.NAME, kind, count), _p95(measured, floor.SQL, base, count))
        for count in connections
    }
    meaning = f"{MEANING[kind]}: p95 against Flask + SQL, worst"
    return Figure(f"{kind}_p95_times_sql", max(ratios.values()), "x", meaning, ratios)


def _against_peers(measured: Measured, kind: Kind, connections: Sequence[int]) -> Iterator[Figure]:
    names = sorted({name for name, asked, _ in measured.samples if asked is kind} - _NOT_PEERS)
    if not names:
        return
    ratios = []
    for count in connections:
        best = max(measured.samples[name, kind, count].per_second for name in names)
        ratios.append(_ratio(measured.samples[ours.NAME, kind, count].per_second, best))
    most = max(connections)
    peers = {f"{name}, /s": measured.samples[name, kind, most].per_second for name in names}
    meaning = f"{MEANING[kind]}: requests/s against the best peer, worst"
    yield Figure(f"{kind}_throughput_times_best_peer", min(ratios), "x", meaning, peers)


def _p95(measured: Measured, name: str, kind: Kind, count: int) -> float:
    return measured.samples[name, kind, count].percentile(0.95)


def _ratio(value: float, base: float) -> float:
    return round(value / base, 3) if base else float("inf")


def measurements(measured: Measured) -> list[dict[str, Any]]:
    """One row per server, kind and number of connections."""
    return [
        {
            "server": name,
            "kind": str(kind),
            "connections": count,
            "requests": sample.requests,
            "seconds": round(sample.seconds, 2),
            "per_second": round(sample.per_second, 1),
            **{key: sample.percentile(part) for key, part in _PERCENTILES.items()},
            "bytes": round(sample.size / sample.requests) if sample.requests else 0,
            "errors": sample.refused + sample.failed,
            "found": round(measured.found.get((name, kind), 0.0), 3),
        }
        for (name, kind, count), sample in sorted(measured.samples.items(), key=lambda item: _order(*item[0]))
    ]


def table(measured: Measured) -> str:
    """Every measurement, then the memory."""
    heads = ("asked", "server", "conn.", "p50 ms", "p95 ms", "p99 ms", "req/s", "bytes", "errors", "found")
    lines: list[tuple[str, ...]] = [heads]
    for row in measurements(measured):
        times = (f"{row[key]:.2f}" for key in _PERCENTILES)
        counts = f"{row['per_second']:.0f}", str(row["bytes"]), str(row["errors"]), f"{row['found']:.0%}"
        lines.append((MEANING[Kind(row["kind"])], row["server"], str(row["connections"]), *times, *counts))
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    shown = [
        "  ".join(_padded(place, cell, widths[place]) for place, cell in enumerate(line)) for line in lines
    ]
    shown += [
        f"memory of {name}: {size['rss']:.0f} MB resident in {size['processes']:.0f} processes, "
        f"{size['pss']:.0f} MB with shared pages counted once"
        for name, size in measured.memory.items()
    ]
    return "\n".join(shown)


def _padded(place: int, cell: str, width: int) -> str:
    return cell.ljust(width) if place < 2 else cell.rjust(width)


def _order(name: str, kind: Kind, count: int) -> tuple[int, int, str, int]:
    return list(Kind).index(kind), int(name != ours.NAME), name, count
