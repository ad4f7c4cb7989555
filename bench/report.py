"""A benchmark's result: figures with their peers, beside the targets; printed as a table and kept as JSON."""

import json
import os
import platform
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from core import clock
from core.settings import settings

TARGETS = Path(__file__).resolve().parent / "targets.toml"


@dataclass(frozen=True)
class Figure:
    """One measured number. `peers` are measured in the same run, in the same unit."""

    key: str
    value: float
    unit: str
    meaning: str
    peers: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Result:
    """What one benchmark found. `size` says how much data, `conditions` under what circumstances."""

    name: str
    size: Mapping[str, int]
    figures: Sequence[Figure]
    conditions: Mapping[str, Any] = field(default_factory=dict)


def target(result: Result, figure: Figure) -> Mapping[str, float] | None:
    """The target that holds for this figure at this size."""
    found: Mapping[str, float] | None = _targets().get(result.name, {}).get(figure.key)
    least = {name: size for name, size in (found or {}).items() if name not in ("min", "max")}
    return found if all(result.size.get(name, 0) >= size for name, size in least.items()) else None


def is_met(result: Result) -> bool:
    """Whether every figure that has a target meets it."""
    return all(_meets(figure.value, target(result, figure)) for figure in result.figures)


def show(result: Result) -> str:
    """The table for people."""
    rows = [("figure", "value", "target", "peers of the same run")]
    for figure in result.figures:
        goal = target(result, figure)
        peers = ", ".join(f"{name} {_number(value)}" for name, value in figure.peers.items())
        rows.append((figure.meaning, f"{_number(figure.value)} {figure.unit}", _goal(figure, goal), peers))
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    size = ", ".join(f"{count} {what}" for what, count in result.size.items())
    lines = [f"{result.name} ({size})"]
    lines += ["  " + "  ".join((*map(str.ljust, row[:3], widths), row[3])).rstrip() for row in rows]
    return "\n".join(lines)


def save(result: Result) -> Path:
    """Write the result where `make bench` promises it."""
    folder = settings().var_dir / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{result.name}.json"
    path.write_text(json.dumps(as_json(result), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return path


def as_json(result: Result) -> dict[str, Any]:
    """The result with the machine, the date and the targets."""
    return {
        "name": result.name,
        "date": clock.now().isoformat(timespec="seconds"),
        "machine": machine(),
        "size": dict(result.size),
        "conditions": dict(result.conditions),
        "figures": [
            {
                "key": figure.key,
                "meaning": figure.meaning,
                "value": figure.value,
                "unit": figure.unit,
                "target": target(result, figure),
                "met": _meets(figure.value, target(result, figure)),
                "peers": dict(figure.peers),
            }
            for figure in result.figures
        ],
    }


def machine() -> dict[str, Any]:
    """What the figures were measured on."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30),
        "system": platform.platform(),
        "python": platform.python_version(),
        "load": [round(value, 2) for value in os.getloadavg()],
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.machine())


def _meets(value: float, goal: Mapping[str, float] | None) -> bool:
    if goal is None:
        return True
    return value <= goal.get("max", value) and value >= goal.get("min", value)


def _goal(figure: Figure, goal: Mapping[str, float] | None) -> str:
    if goal is None:
        return "-"
    sign, limit = ("≤", goal["max"]) if "max" in goal else ("≥", goal["min"])
    return f"{sign} {_number(limit)} " + ("met" if _meets(figure.value, goal) else "MISSED")


def _number(value: float) -> str:
    return f"{value:,.0f}".replace(",", " ") if abs(value) >= 100 else f"{value:.3g}"


@cache
def _targets() -> dict[str, Any]:
    return tomllib.loads(TARGETS.read_text("utf-8"))
