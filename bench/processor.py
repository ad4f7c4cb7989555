"""Processor time of the database's own processes, which a shared machine does not stretch as it does time."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, text


class Backends:
    """The processor time of the database's own processes, from the kernel's count of each."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._seen: dict[int, float] = {}
        self._stop = threading.Event()
        self.seconds = 0.0

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Sum up what they use inside the block, parallel workers that come and go roughly."""
        begin = self._now()
        watcher = threading.Thread(target=self._watch)
        watcher.start()
        try:
            yield
        finally:
            self._stop.set()
            watcher.join()
            self._now()
            self.seconds = sum(used - begin.get(pid, 0.0) for pid, used in self._seen.items())

    def _watch(self) -> None:
        while not self._stop.wait(0.2):
            self._now()

    def _now(self) -> dict[int, float]:
        with self._engine.connect() as connection:
            pids = connection.scalars(
                text("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")
            ).all()
        for pid in pids:
            used = _processor_seconds(pid)
            if used is not None:
                self._seen[pid] = max(used, self._seen.get(pid, 0.0))
        return dict(self._seen)


def _processor_seconds(pid: int) -> float | None:
    try:
        told = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    except OSError:
        return None
    return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")
