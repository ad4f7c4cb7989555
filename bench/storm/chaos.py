"""Who is killed, and when: by the number of answered operations, so that a slow machine is hit as often."""

import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from random import Random

from bench.storm.server import Server
from core.cluster import Cluster, processes

KILLED: Sequence[str] = ("worker", "due", "worker", "master", "worker", "index", "worker", "worker")
"""In this order, over and over."""
_DATABASE_SECONDS = 60.0


def plan(kills: int, stops: int, operations: int) -> list[tuple[int, str]]:
    """After how many answered operations what happens: kills and stops of the database, evenly spread.

    The last tenth is left in peace, so that what was broken must be whole again by itself.
    """
    last = operations * 9 // 10
    moments = [(last * (n + 1) // (kills + 1), KILLED[n % len(KILLED)]) for n in range(kills)]
    moments += [(last * (2 * n + 1) // (2 * stops), "database") for n in range(stops)]
    return sorted(moments)


class Chaos(threading.Thread):
    """Carries out a plan while `answered` tells how far the clients have come."""

    def __init__(
        self,
        server: Server,
        database: Cluster,
        moments: Sequence[tuple[int, str]],
        answered: Callable[[], int],
        chance: Random,
    ) -> None:
        super().__init__(daemon=True)
        self._server, self._database = server, database
        self._moments, self._answered, self._chance = list(moments), answered, chance
        self._over = threading.Event()
        self.done: Counter[str] = Counter()
        self.database_away: list[float] = []
        """Seconds from each stop of the database until it answered again."""
        self.problems: list[str] = []

    def run(self) -> None:
        """Until the plan is carried out."""
        for after, what in self._moments:
            while self._answered() < after:
                if self._over.wait(0.02):
                    return
            if what == "database":
                self._stop_database()
            else:
                self._kill(what)

    def end(self) -> None:
        """No more of it."""
        self._over.set()
        self.join()

    def _kill(self, what: str) -> None:
        """SIGKILL one such process; wait for one to be there when the last has only just been killed."""
        while not self._over.wait(0.02):
            found = self._server.pids(what)
            if found:
                with suppress(ProcessLookupError):
                    os.kill(self._chance.choice(found), signal.SIGKILL)
                    self.done[what] += 1
                    return

    def _stop_database(self) -> None:
        """An immediate shutdown, which is what `pg_ctl stop -m immediate` asks for; who uses it starts it."""
        pid = processes.postmaster(self._database.data)
        if pid is None:
            self.problems.append("the database was not running when it was to be stopped")
            return
        began = time.monotonic()
        os.kill(pid, signal.SIGQUIT)
        self.done["database"] += 1
        while time.monotonic() - began < _DATABASE_SECONDS:
            now = processes.postmaster(self._database.data)
            if now is not None and now != pid and self._database.answers():
                self.database_away.append(time.monotonic() - began)
                return
            time.sleep(0.05)
        self.problems.append(f"the database was not started again in {_DATABASE_SECONDS:.0f} s")
        self._database.start()
