"""The ledger for people, and the same as JSON."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.report import machine
from bench.storm.ledger import Entry, percentiles
from core import clock
from core.settings import settings

if TYPE_CHECKING:
    from bench.storm.command import Storm

_SHOWN_PROBLEMS = 5


def text(storm: "Storm") -> str:
    """What was asked, what came of it, what was destroyed, how long it took, and whether all holds."""
    return "\n".join(_lines(storm))


def _lines(storm: "Storm") -> Iterator[str]:
    entries = storm.ledger.entries
    options = storm.options
    yield f"Storm: {len(entries)} operations by {options.clients} clients in {storm.seconds:.0f} s"
    yield ""
    yield f"{'operation':<14}{'outcome':<28}{'count':>8}"
    for (kind, result), count in sorted(storm.ledger.counts().items()):
        yield f"{kind:<14}{result:<28}{count:>8}"
    yield ""
    for name, value in figures(storm).items():
        yield f"{name:<60}{value}"
    yield ""
    yield "latency, ms              p50       p95       p99       max"
    for name, found in latencies(entries).items():
        yield f"{name:<18}" + "".join(f"{value:>10}" for value in found.values())
    yield ""
    for finding in storm.findings:
        yield f"{'OK' if finding.holds else 'FAILED':<8}{finding.name} ({finding.looked})"
        for problem in finding.problems[:_SHOWN_PROBLEMS]:
            yield f"          {problem}"
        if len(finding.problems) > _SHOWN_PROBLEMS:
            yield f"          and {len(finding.problems) - _SHOWN_PROBLEMS} more"
    yield ""
    yield "OK: everything holds" if storm.holds else "FAILED"


def figures(storm: "Storm") -> dict[str, Any]:
    """Counts of what was destroyed, tried again and found out."""
    attempts = [one for entry in storm.ledger.entries for one in entry.attempts]
    outcomes = {
        name: sum(one.outcome == name for one in attempts) for name in ("lost", "busy", "fault", "not sent")
    }
    unknown = [entry for entry in storm.ledger.entries if entry.was_unknown]
    return {
        **{f"killed: {name}": count for name, count in sorted(storm.done.items()) if name != "database"},
        "PostgreSQL stopped immediately": storm.done.get("database", 0),
        "seconds until PostgreSQL answered again": [round(one, 1) for one in storm.database_away],
        "times that all of it had ended and was started again": storm.restarts,
        "attempts": len(attempts),
        **{f"attempts {name}": count for name, count in outcomes.items()},
        "operations tried again": sum(len(entry.attempts) > 1 for entry in storm.ledger.entries),
        "operations once unknown, then answered": sum(entry.answer is not None for entry in unknown),
        **storm.touches,
    }


def latencies(entries: list[Entry]) -> dict[str, dict[str, float]]:
    """Of answered attempts by kind, and from the first attempt to the answer, whatever happened between."""
    kinds = sorted({entry.asked.kind for entry in entries})
    found = {
        kind: percentiles([one.answer.seconds for one in entries if one.asked.kind == kind and one.answer])
        for kind in kinds
    }
    found["all attempts"] = percentiles([one.answer.seconds for one in entries if one.answer])
    found["with retries"] = percentiles([one.seconds for one in entries if one.answer])
    return {name: values for name, values in found.items() if values}


def save(storm: "Storm") -> Path:
    """Write var/bench/storm.json."""
    options = {
        name: str(value) if isinstance(value, Path) else value for name, value in vars(storm.options).items()
    }
    found = {
        "name": "storm",
        "date": clock.now().isoformat(timespec="seconds"),
        "machine": machine(),
        "options": options,
        "holds": storm.holds,
        "seconds": round(storm.seconds, 1),
        "operations": [
            {"operation": kind, "outcome": result, "count": count}
            for (kind, result), count in sorted(storm.ledger.counts().items())
        ],
        "figures": figures(storm),
        "latency_ms": latencies(storm.ledger.entries),
        "shown_ms": percentiles(storm.shown),
        "checks": [
            {"check": one.name, "looked_at": one.looked, "holds": one.holds, "problems": list(one.problems)}
            for one in storm.findings
        ],
    }
    path = settings().var_dir / "bench" / "storm.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(found, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return path
