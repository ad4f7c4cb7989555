"""The figures as a table for people and as JSON for whatever compares two runs."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench.judged.metrics import Figures, Outcome, figures
from core import clock

_HEAD = f"{'category':16}{'queries':>8}{'S@1':>8}{'S@3':>8}{'MRR':>8}{'zero':>8}  gibberish"


def table(name: str, rows: Sequence[Figures]) -> Iterator[str]:
    """The figures of one engine as lines."""
    yield f"\n{name}\n{_HEAD}"
    for row in rows:
        shares = (row.success_at_1, row.success_at_3)
        yield (
            f"{row.category:16}{row.queries:8}"
            + "".join(f"{_percent(share):>8}" for share in shares)
            + f"{'-' if row.reciprocal_rank is None else format(row.reciprocal_rank, '.3f'):>8}"
            + f"{_percent(row.zero_results):>8}"
            + (f"  {row.gibberish_with_hits} with hits" if row.category in ("gibberish", "all") else "")
        )


def failures(outcomes: Sequence[Outcome], records: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """Each failed query with what stood first instead."""
    for found in outcomes:
        if found.is_success:
            continue
        query = found.query
        extra = "".join(
            [f" near {query.near}" if query.near else "", f" at {query.open_at}" if query.open_at else ""]
        )
        yield f"{query.category}: {query.text!r}{extra} (line {query.line}), expected {query.expected}"
        for number, hit in enumerate(found.hits[:3], start=1):
            yield f"    {number}. {records[hit]['name']}  [{hit}]"
        rank = found.rank or "not among the first hits"
        yield f"    first right one: {rank if found.hits else 'no hits at all'}"


def write_json(path: Path, outcomes: Mapping[str, Sequence[Outcome]], units: int) -> None:
    """All figures, and the rank of the first right unit for each query and engine."""
    path.parent.mkdir(parents=True, exist_ok=True)
    document = {
        "at": clock.now().isoformat(timespec="seconds"),
        "units": units,
        "engines": {
            name: {
                "figures": [asdict(row) for row in figures(found)],
                "queries": [
                    {
                        "category": o.query.category,
                        "query": o.query.text,
                        "rank": o.rank,
                        "hits": len(o.hits),
                        "success": o.is_success,
                    }
                    for o in found
                ],
            }
            for name, found in outcomes.items()
        },
    }
    path.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{share:.1%}"
