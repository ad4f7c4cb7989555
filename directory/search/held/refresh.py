"""Keeps a process's state of the directory up to date: one thread that listens to the outbox.

Readers take `model()` and never wait for it, except for the first. The thread shares the interpreter with
those who answer, so whatever takes long is done in small pieces with pauses between them, and the interpreter
is told to let threads take turns more often than it would. When the database
goes away the last state goes on answering; when it comes back everything is read anew.
"""

import os
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import structlog
from psycopg import Connection
from psycopg.errors import InvalidCatalogName
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from core import clock, memory, metrics, outbox
from core.database import unit_of_work
from core.problems import Problem
from directory.hours.instants import local_date
from directory.search.held import loading
from directory.search.held.model import Maker, Model
from directory.search.index import TextIndex
from directory.search.writer import FOLLOWED, REBUILD_TOPICS, UNIT_TOPIC, listening

log = structlog.get_logger()

BATCH = 500
CARDS_AT_A_TIME = 200
POLL_SECONDS = 0.2
"""Between looks at outbox and index when nobody calls: an older open transaction may hold a change back."""
SOON_SECONDS = 0.05
"""The same for a second after a change: the index follows the units shortly."""
ORDER_SECONDS = 0.3
"""So long after a change of name, names are put in order again; until then the unit keeps its place."""
SOURCES_SECONDS = 5.0
ADVANCE_SECONDS = 5.0
"""Between steps of the position past changes that do not concern us, so that few are looked at again."""
SWITCH_SECONDS = 0.0002
"""For how long a thread holds the interpreter while others wait. Someone who answers waits several times in
one answer, after every system call; with Python's 5 ms each time, one busy thread makes answers slow."""
SHORT_SECONDS = 0.25
"""Work that somebody waits for, such as one change, is shorter than this; a large import is longer."""
PATIENCE = 3
"""Longer work rests three times as long as it works, or who asks meanwhile waits for it again and again."""
LONGEST_WAIT = 60.0
"""Seconds that the first question of a process waits at most."""


class Starting(Problem):
    """Nothing has been read yet."""

    code = "starting"
    status = 503
    title = "The directory is being read"


class Pace:
    """Called often, it sleeps as long as was worked since it last slept; in long work `PATIENCE` times so."""

    def __init__(self) -> None:
        self.slow = False
        self.begin()

    def begin(self) -> None:
        """What follows is other work than what was done before."""
        self._since = time.perf_counter()
        self._worked = 0.0

    def __call__(self) -> None:
        worked = time.perf_counter() - self._since
        if self.slow and worked > 0.001:
            self._worked += worked
            patience = PATIENCE if self._worked > SHORT_SECONDS else 1
            time.sleep(patience * min(worked, 0.005))
            self._since = time.perf_counter()


class Keeper:
    """One process's read model. `engine` is asked for in the thread, when it is first needed."""

    def __init__(self, engine: Callable[[], Engine], index_dir: Path) -> None:
        self._engine = engine
        self._index_dir = index_dir
        self._lock = threading.Lock()
        self._news = threading.Condition()
        self._owner: int | None = None
        self._thread: threading.Thread | None = None
        self._model: Model | None = None
        self._reset()

    def _reset(self) -> None:
        self._told = threading.Event()
        self._stop = threading.Event()
        self._error: Exception | None = None
        self._seen = 0.0
        self._advanced = 0.0
        self._order_due: float | None = None

    def start(self) -> None:
        """Begin to read, unless begun. After a fork each process has a thread of its own."""
        with self._lock:
            if self._owner == os.getpid():
                return
            self._owner = os.getpid()
            self._reset()
            self._thread = threading.Thread(
                target=self._run, args=(self._stop,), name="read-model", daemon=True
            )
            self._thread.start()

    def stop(self) -> None:
        """End the thread; the next question starts another."""
        with self._lock:
            self._stop.set()
            thread, self._thread = self._thread, None
            running = thread is not None and self._owner == os.getpid()
            self._owner = None
        if thread and running and thread is not threading.current_thread():
            thread.join()

    def model(self) -> Model:
        """The newest state. Raises what kept the first from being read."""
        model = self._model
        if model is not None and self._owner == os.getpid():
            return model
        self.start()
        self._told.wait(LONGEST_WAIT)
        if self._model is not None:
            return self._model
        raise self._error or Starting("the directory is still being read; try again shortly")

    @property
    def ready(self) -> bool:
        """Whether there is a state to answer from."""
        return self._model is not None

    @property
    def searchable(self) -> bool:
        """Whether the state has the index's words too; without them there are cards but no searches."""
        return self._model is not None and self._model.held.text is not None

    @property
    def age(self) -> float | None:
        """Seconds since the state was last known to be up to date; None before there is one."""
        return time.monotonic() - self._seen if self._seen else None

    def wait_until(self, condition: Callable[[Model], bool], seconds: float) -> Model:
        """The first state that the condition holds for. Raises `TimeoutError` when none comes."""
        self.model()
        with self._news:
            if not self._news.wait_for(lambda: self._model is not None and condition(self._model), seconds):
                raise TimeoutError("the read model did not come to that state")
        return self.model()

    def _run(self, stop: threading.Event) -> None:
        sys.setswitchinterval(SWITCH_SECONDS)
        wait = 0.5
        while not stop.is_set():
            try:
                with listening(self._engine()) as connection:
                    self._follow(stop, connection)
                return
            except Exception as error:  # the thread must outlive whatever happens to one round
                log.warning("read model waits", error=type(getattr(error, "orig", error)).__name__)
                self._error = error
                self._told.set()
                if isinstance(error, DBAPIError) and isinstance(error.orig, InvalidCatalogName):
                    self.stop()
            wait = 0.5 if self.age is not None and self.age < wait + 1 else min(wait * 2, 5.0)
            stop.wait(wait)

    def _follow(self, stop: threading.Event, connection: "Connection[tuple[object, ...]]") -> None:
        pace = Pace()
        maker = Maker(TextIndex(self._index_dir), pace)
        pace.slow = self._model is not None
        pending = self._load(maker)
        pace.slow = True
        checked = changed = time.monotonic()
        while not stop.is_set():
            before = self._model
            if time.monotonic() - checked > SOURCES_SECONDS:
                checked = time.monotonic()
                if self._sources_changed():
                    pending = self._load(maker)
            elif not self._round(maker, pending):
                pending = self._load(maker)
            if self._model is not before:
                changed = time.monotonic()
            if not pending:
                soon = time.monotonic() - changed < 1
                for _ in connection.notifies(timeout=SOON_SECONDS if soon else POLL_SECONDS, stop_after=1):
                    pass
                pace.begin()

    def _load(self, maker: Maker) -> deque[str]:
        """Read everything; the units whose cards are still to be made."""
        started = time.monotonic()
        repeatable = self._engine().execution_options(isolation_level="REPEATABLE READ")
        with Session(repeatable) as session:
            model = maker.load(session, local_date(clock.now()))
            pending = deque(loading.card_keys(session))
        if self._model is not None:
            model = replace(model, cards={})
        self._publish(model)
        memory.give_back()
        log.info(
            "read model loaded",
            units=len(model.held.table.numbers),
            seconds=round(time.monotonic() - started, 1),
        )
        return pending

    def _round(self, maker: Maker, pending: deque[str]) -> bool:
        """Take in what has changed, else make some cards. False when everything must be read anew."""
        model = self._model
        assert model is not None
        day = local_date(clock.now())
        with unit_of_work(self._engine()) as session:
            reached, batch = outbox.read_after(session, model.position, FOLLOWED)
            if any(change.topic in REBUILD_TOPICS for change in batch):
                return False
            keys = list(dict.fromkeys(change.key for change in batch if change.topic == UNIT_TOPIC))
            many = len(keys) > BATCH
            while len(keys) > BATCH:
                # Shown before the rest is read; the position stays, so that nothing is missed after a fall.
                some, keys = keys[:BATCH], keys[BATCH:]
                model = maker.changed(model, session, some, model.position, day, more=True)
                self._publish(model)
            if keys or day != model.day:
                model = maker.changed(model, session, keys, reached, day, more=True)
                self._publish(model)
            elif pending:
                some = [pending.popleft() for _ in range(min(CARDS_AT_A_TIME, len(pending)))]
                model = maker.with_cards(model, session, some)
                if not pending:
                    memory.give_back()
            elif time.monotonic() - self._advanced > ADVANCE_SECONDS:
                self._advanced = time.monotonic()
                model = replace(model, position=reached)
            model = maker.with_text(model)
            self._publish(model)
            if self._order_is_due(maker):
                self._publish(maker.ordered(model, session))
        if many:
            memory.give_back()
        return True

    def _order_is_due(self, maker: Maker) -> bool:
        """Names are put in order once for all the changes of some time, after what is waited for."""
        if not maker.disordered:
            self._order_due = None
            return False
        if self._order_due is None:
            self._order_due = time.monotonic() + ORDER_SECONDS
        return time.monotonic() >= self._order_due

    def _sources_changed(self) -> bool:
        with unit_of_work(self._engine()) as session:
            return self._model is not None and loading.sources(session) != self._model.sources

    def _publish(self, model: Model) -> None:
        self._model = model
        self._error = None
        self._seen = time.monotonic()
        metrics.READ_MODEL.labels("web").set(time.time())
        self._told.set()
        with self._news:
            self._news.notify_all()
