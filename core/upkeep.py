"""Upkeep: chores that a service needs now and then, each at its own interval, in a thread beside the rest.

A chore is safe to run twice, from two machines at once, and to be cut off. One that fails is told in the log
and in the metrics, tried again at its next turn, and keeps no other from its own.
"""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import Engine

from core import logging, metrics

LOOK_SECONDS = 1.0
log = logging.get("upkeep")


@dataclass
class Chore:
    """`work` takes the engine and gives how much it did; it is done `every` so many seconds."""

    name: str
    every: float
    work: Callable[[Engine], int]
    due: float = field(default=0.0)

    def run(self, engine: Engine) -> int:
        """Do it once, whatever happens; how much was done."""
        try:
            done = self.work(engine)
        except Exception as error:  # a chore that fails must not end the others
            kind = type(getattr(error, "orig", None) or error).__name__
            log.warning("a chore has failed", chore=self.name, error=kind)
            metrics.CHORES.labels(self.name, "failed").inc()
            return 0
        metrics.CHORES.labels(self.name, "done").inc()
        if done:
            log.debug("upkeep", chore=self.name, done=done)
        return done


def run_all(engine: Engine, chores: Sequence[Chore]) -> dict[str, int]:
    """Do each once; how much, by name."""
    return {chore.name: chore.run(engine) for chore in chores}


@contextmanager
def beside(engine: Engine, chores: Sequence[Chore]) -> Iterator[None]:
    """Inside the block the chores are done in their turn; the one under way at its end is awaited."""
    stop = threading.Event()
    thread = threading.Thread(target=_follow, args=(engine, chores, stop), name="upkeep", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(10)


def _follow(engine: Engine, chores: Sequence[Chore], stop: threading.Event) -> None:
    while not stop.is_set():
        for chore in chores:
            if time.monotonic() >= chore.due and not stop.is_set():
                chore.run(engine)
                chore.due = time.monotonic() + chore.every
        stop.wait(LOOK_SECONDS)
