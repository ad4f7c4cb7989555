"""Whether all are shown the same, and how soon after an operation: tables, API and search, each worker."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from bench.freshness.workers import Worker, connect
from bench.storm.checks import Finding
from core import clock

Shown = Mapping[str, tuple[str, int]]
"""HSA-id -> status and length of the queue; 0 where there is no queue."""

_TRUTH = text(
    """
    SELECT u.hsa_id, m.places,
        (SELECT count(*) FROM listing l WHERE l.care_unit_id = u.id AND l.occupies) AS listed,
        (SELECT count(*) FROM queue_entry q WHERE q.care_unit_id = u.id AND q.status = 'offered') AS held,
        (SELECT count(*) FROM queue_entry q WHERE q.care_unit_id = u.id AND q.status = 'waiting') AS waiting,
        s.status, s.queue_length
    FROM care_unit u
    LEFT JOIN listing_limit m ON m.care_unit_id = u.id AND m.valid @> CAST(:today AS date)
    LEFT JOIN care_unit_listing_status s ON s.care_unit_id = u.id
    WHERE u.id = ANY(CAST(:ids AS bigint[]))
    """
)


def status_of(places: int | None, listed: int, held: int, waiting: int) -> tuple[str, int]:
    """What one can do at a unit: written anew from the rule, so that it is not held against itself."""
    if waiting == 0 and (places is None or listed + held < places):
        return "open", 0
    return "queue", waiting


@dataclass
class Watcher:
    """Sees a world's units with everybody's eyes."""

    engine: Engine
    units: Mapping[int, str]
    workers: Sequence[Worker] = ()
    differences: dict[str, str] = field(default_factory=dict)
    """What differed at the last look."""

    @contextmanager
    def asking(self, port: int, server: int, count: int) -> Iterator[None]:
        """With a connection to each worker."""
        self.workers = connect(port, server, count)
        try:
            yield
        finally:
            for worker in self.workers:
                worker.close()

    def seconds_until_agreed(self, since: float, patience: float) -> float:
        """From `since` (`monotonic`) until all agree; `inf` when they do not."""
        while not self.agree():
            if time.monotonic() - since > patience:
                return float("inf")
            time.sleep(0.01)
        return time.monotonic() - since

    def agree(self) -> bool:
        """Whether all show at this moment what is true."""
        true, table = self._true()
        seen = {"the directory's table": table}
        for number, worker in enumerate(self.workers):
            seen[f"search, worker {number}"] = _hits(worker, len(self.units))
        # One by one last, because it takes longest, and only when the others agree.
        self.differences = differences(true, seen)
        if not self.differences:
            for number, worker in enumerate(self.workers):
                seen[f"the unit's own status, worker {number}"] = _own(worker, self.units.values())
            self.differences = differences(self._true()[0], seen)
        return not self.differences

    def _true(self) -> tuple[Shown, Shown]:
        with Session(self.engine) as session:
            rows = session.execute(_TRUTH, {"ids": list(self.units), "today": clock.today()}).all()
        true = {row.hsa_id: status_of(row.places, row.listed, row.held, row.waiting) for row in rows}
        return true, {row.hsa_id: (row.status, row.queue_length or 0) for row in rows}


def differences(true: Shown, seen: Mapping[str, Shown]) -> dict[str, str]:
    """Who shows which unit otherwise than it is."""
    return {
        f"{who}: {hsa_id}": f"{shown.get(hsa_id)} instead of {expected}"
        for who, shown in seen.items()
        for hsa_id, expected in true.items()
        if shown.get(hsa_id) != expected
    }


def soon_enough(name: str, seconds: Sequence[float], most: float) -> Finding:
    """Every time within `most` seconds."""
    late = [f"{one:.2f} s" for one in seconds if one > most]
    return Finding(f"{name} within {most:g} s (longest {max(seconds, default=0):.2f} s)", len(seconds), late)


def calm(watcher: Watcher, operation: Callable[[], bool], times: int, patience: float) -> list[float]:
    """One operation at a time, and the seconds until all show what came of it."""
    found = []
    for _ in range(times):
        if operation():
            found.append(watcher.seconds_until_agreed(time.monotonic(), patience))
    return found


def _hits(worker: Worker, count: int) -> Shown:
    found: dict[str, tuple[str, int]] = {}
    for page in range(1, 2 + count // 100):
        answer = worker.ask(f"/api/v1/care-units?q={quote('vårdcentral')}&limit=100&page={page}") or {}
        found |= {item["hsaId"]: _said(item["listing"]) for item in answer.get("items", ())}
    return found


def _own(worker: Worker, hsa_ids: Any) -> Shown:
    asked = ((hsa_id, worker.ask(f"/api/v1/care-units/{quote(hsa_id)}/listing")) for hsa_id in hsa_ids)
    return {hsa_id: _said(answer) for hsa_id, answer in asked}


def _said(listing: Any) -> tuple[str, int]:
    if not listing:
        return "nothing", 0
    status = str(listing["status"])
    return status, int(listing.get("queueLength") or 0) if status == "queue" else 0
