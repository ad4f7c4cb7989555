"""Asks one application in this process the questions of a file; prints milliseconds per kind as JSON."""

import json
import statistics
import sys
import time
from pathlib import Path

from directory.search.held.model import Model
from web.app import create_app
from web.read_model import keeper

WARM_UP = 1 / 11


def main() -> None:
    """`python -m bench.growth_worker FILE`; the settings name database and index."""
    paths: dict[str, list[str]] = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    app = create_app()
    held = keeper(app)
    held.wait_until(_complete, 900)
    client = app.test_client()
    times: dict[str, list[float]] = {kind: [] for kind in paths}
    # By turns, so that whatever else the machine does meets all kinds alike.
    for number in range(max(map(len, paths.values()))):
        for kind, asked in paths.items():
            if number >= len(asked):
                continue
            began = time.perf_counter()
            status = client.get(asked[number]).status_code
            passed = (time.perf_counter() - began) * 1000
            if status != 200:
                raise SystemExit(f"{status} to {asked[number]}")
            if number >= len(asked) * WARM_UP:
                times[kind].append(passed)
    held.stop()
    print(json.dumps({kind: _summary(values) for kind, values in times.items()}))


def _complete(model: Model) -> bool:
    """Words and cards are there too; a few units have no card."""
    return model.held.text is not None and len(model.cards) > 0.9 * len(model.held.table.numbers)


def _summary(values: list[float]) -> dict[str, float]:
    cuts = statistics.quantiles(values, n=20)
    return {"p50": round(cuts[9], 3), "p95": round(cuts[18], 3)}


if __name__ == "__main__":
    main()
