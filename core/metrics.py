"""What the programs count of themselves, for `/metrics`. No person, unit, path or search is ever a label.

Several processes serve: under the supervisor each keeps its counts in a file of its own in the folder that
`PROMETHEUS_MULTIPROC_DIR` names, and whoever is asked adds them up. Without it a process counts for itself.
"""

import os
import shutil
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_own = CollectorRegistry()

REQUESTS = Histogram(
    "hittavard_request_seconds",
    "Time to make an answer, by route rule, and by whether the loop or a thread made it.",
    ["route", "method", "status", "answered"],
    buckets=BUCKETS,
    registry=_own,
)
OPERATIONS = Counter(
    "hittavard_operations",
    "Operations of the listing register: done, repeated (the same idempotency key), or the refusal's code.",
    ["operation", "outcome"],
    registry=_own,
)
TIMED_WORK = Counter(
    "hittavard_timed_work",
    "What the timed work has done, by kind; served: queue places.",
    ["kind"],
    registry=_own,
)
CHORES = Counter(
    "hittavard_chores", "Rounds of the upkeep, by chore and outcome.", ["chore", "outcome"], registry=_own
)
READ_MODEL = Gauge(
    "hittavard_read_model_checked_timestamp_seconds",
    "When the process that is furthest behind last knew its read model to be up to date.",
    ["process"],  # only those who hold one have a value
    multiprocess_mode="livemin",
    registry=_own,
)
POOL = Gauge(
    "hittavard_database_connections_in_use",
    "Connections that are taken out of the pools of all processes.",
    multiprocess_mode="livesum",
    registry=_own,
)


def share(folder: Path) -> None:
    """Begin anew in this folder, for this process's children. Call before they are started."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    os.environ[FOLDER] = str(folder)


def keep_to_oneself() -> None:
    """The opposite of `share`: nobody adds up any more."""
    os.environ.pop(FOLDER, None)


def collected() -> CollectorRegistry:
    """What is to be told: of all processes that share a folder, else of this one."""
    if not os.environ.get(FOLDER):
        return _own
    everyone = CollectorRegistry()
    MultiProcessCollector(everyone)
    return everyone


def ended(pid: int) -> None:
    """A process has ended: what it had in use it has no more; what it counted stays counted."""
    if os.environ.get(FOLDER):
        mark_process_dead(pid)
