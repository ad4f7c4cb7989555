"""One import in a process of its own, so that its peak memory is its own: prints one line of JSON."""

import json
import resource
import sys
import time
from pathlib import Path

from sqlalchemy import create_engine

from core.database import normal_url
from importers.kinds import kind_named
from importers.pipeline import Options, run_import


def main(url: str, kind: str, file: str, dry_run: str) -> None:
    """Import the file and say how long it took, what became of it and how much memory it took at most."""
    engine = create_engine(normal_url(url), connect_args={"options": "-c timezone=UTC"})
    options = Options(format="csv", dry_run=dry_run == "dry-run", actor="bench")
    started = time.perf_counter()
    report = run_import(engine, kind_named(kind), kind, Path(file), source="bench", options=options)
    seconds = time.perf_counter() - started
    shown = report.as_json()
    told = {key: shown[key] for key in ("status", "read", "created", "updated", "unchanged", "rejectedRows")}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "peak_mb": peak, **told}))


if __name__ == "__main__":
    main(*sys.argv[1:5])
