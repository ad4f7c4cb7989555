"""The index's one writer: reads the outbox and brings the index up to date.

One writer per directory, held by a file lock that the system frees when the process ends, however it ends.
A batch is read, its units' current versions are loaded, and index and outbox position are committed
together; a batch that was not committed is read again, which changes nothing the second time. A change of
codes or geography may touch every document, so it rebuilds the index beside the old one.
"""

import fcntl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import structlog
from psycopg import Connection
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from core import memory, outbox
from core.database import unit_of_work
from core.outbox import Position
from directory.search.errors import IndexLocked
from directory.search.index import IndexWriter
from directory.search.loading import all_documents, is_usable, some_documents, state_at
from directory.search.reference import reference

UNIT_TOPIC = "care-unit"
REBUILD_TOPICS = frozenset({"code-system", "geography", outbox.PRUNED})
FOLLOWED = (UNIT_TOPIC, *sorted(REBUILD_TOPICS))
"""The topics that search goes by."""
BATCH = 2000
POLL_SECONDS = 0.5
"""Between looks at the outbox when nobody calls: a change may be held back by an older open transaction."""
ADVANCE_SECONDS = 600.0
"""Between commits that keep only the position; old changes are deleted from the outbox some day."""

log = structlog.get_logger()


@dataclass(frozen=True)
class Progress:
    """What a catching-up did: outbox rows read, and documents of a rebuild if there was one."""

    changes: int = 0
    rebuilt: int | None = None


def catch_up(engine: Engine, directory: Path, *, force_rebuild: bool = False) -> Progress:
    """Bring the index up to date with all that is visible now. Waits for another writer to end."""
    with writing(directory):
        return _catch_up(engine, directory, force_rebuild)


def follow(
    engine: Engine, directory: Path, stop: threading.Event, ready: Callable[[Progress], None] | None = None
) -> None:
    """Keep the index up to date until `stop`; waits its turn when another process is the writer.

    `ready` is called after every round that did something, first when the index is up to date.
    """
    while not stop.is_set():
        try:
            with writing(directory), listening(engine) as connection:
                _follow(engine, directory, stop, connection, ready)
        except DBAPIError as error:
            log.warning("search index waits for the database", error=type(error.orig).__name__)
            stop.wait(1)


def _follow(
    engine: Engine,
    directory: Path,
    stop: threading.Event,
    connection: "Connection[tuple[object, ...]]",
    ready: Callable[[Progress], None] | None,
) -> None:
    first = True
    advanced = time.monotonic()
    while not stop.is_set():
        advance = time.monotonic() - advanced > ADVANCE_SECONDS
        progress = _catch_up(engine, directory, False, advance)
        if advance:
            advanced = time.monotonic()
        if ready and (first or progress != Progress()):
            ready(progress)
        first = False
        for _ in connection.notifies(timeout=POLL_SECONDS, stop_after=1):
            pass


@contextmanager
def writing(directory: Path, wait: bool = True) -> Iterator[None]:
    """Hold the directory's write lock. Without `wait`, raises `IndexLocked` when another process has it."""
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / "writer.lock").open("a", encoding="ascii") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            raise IndexLocked(f"another process is writing the index in {directory.name}") from None
        yield


@contextmanager
def listening(engine: Engine) -> Iterator["Connection[tuple[object, ...]]"]:
    """A connection that is told when something is written to the outbox."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(f"LISTEN {outbox.CHANNEL}")
        driver = connection.connection.driver_connection
        assert isinstance(driver, Connection)
        try:
            yield driver
        finally:
            # Back in the pool it would go on collecting calls that nobody reads.
            connection.detach()


def _catch_up(engine: Engine, directory: Path, force_rebuild: bool, advance: bool = True) -> Progress:
    index = IndexWriter(directory)
    state = index.state()
    with Session(engine) as session:
        usable = is_usable(session, state)
    if force_rebuild or state is None or not usable:
        return Progress(0, _rebuild(engine, index))
    return _apply_changes(engine, index, state.position, advance)


def _apply_changes(engine: Engine, index: IndexWriter, position: Position, advance: bool) -> Progress:
    """`advance`: keep the position also when nothing concerns the index, so that it never grows old."""
    with unit_of_work(engine) as session:
        reached, changes = outbox.read_after(session, position, FOLLOWED)
        if any(change.topic in REBUILD_TOPICS for change in changes):
            return Progress(len(changes), _rebuild(engine, index))
        keys = list(dict.fromkeys(change.key for change in changes if change.topic == UNIT_TOPIC))
        if advance and not keys and reached != position:
            index.update((), (), state_at(session, reached))
        known = reference(session)
        for start in range(0, len(keys), BATCH):
            some = keys[start : start + BATCH]
            # Read after the outbox, so never older than the changes that were read there.
            documents = some_documents(session, known, some)
            gone = set(some) - {document.hsa_id for document in documents}
            # Only the last commit has come all the way: one that is killed before it begins again.
            done = start + BATCH >= len(keys)
            index.update(documents, gone, state_at(session, reached if done else position))
    if len(keys) > BATCH:
        memory.give_back()
    return Progress(len(changes))


def _rebuild(engine: Engine, index: IndexWriter) -> int:
    repeatable = engine.execution_options(isolation_level="REPEATABLE READ")
    with Session(repeatable) as session:
        # One snapshot for both: whatever the documents lack comes after the position.
        state = state_at(session, outbox.present_position(session))
        count = index.rebuild(all_documents(session, reference(session)), state)
    memory.give_back()
    return count


def build_from(session: Session, directory: Path) -> int:
    """Build the index from what this session sees, uncommitted changes included."""
    with writing(directory):
        state = state_at(session, outbox.present_position(session))
        return IndexWriter(directory).rebuild(all_documents(session, reference(session)), state)
