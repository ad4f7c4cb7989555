"""The index follows the database: every change once and again, one writer, a killed writer, a lost index."""

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine

from codes.services import load_shipped as load_code_systems
from core import outbox
from core.database import normal_url, unit_of_work
from core.settings import ROOT
from directory.geography.services import load_shipped as load_geography
from directory.search import schema, writer
from directory.search.errors import IndexLocked
from directory.search.index import CURRENT, IndexWriter, TextIndex
from directory.search.writer import Progress, catch_up
from tests.directory.search.units import AT, hsa_id, take, unit
from tests.support.database import scratch_database


@pytest.fixture(scope="module")
def database(test_server: str) -> Iterator[Engine]:
    """A database of this module's own, because its tests commit; each test has units of its own."""
    with scratch_database(test_server) as url:
        engine = create_engine(normal_url(url))
        with unit_of_work(engine) as session:
            load_code_systems(session)
            load_geography(session)
        yield engine
        engine.dispose()


def put(engine: Engine, number: int, name: str, **fields: object) -> str:
    with unit_of_work(engine) as session:
        take(session, {hsa_id(number): unit(name, "1480", 57.7, 11.9, **fields)}, AT)
    return hsa_id(number)


def found(directory: Path, word: str) -> list[str]:
    return list(TextIndex(directory).snapshot().units(schema.NAME, "=" + word))


def settle(engine: Engine, directory: Path) -> int:
    """Catch up until nothing is left; how many changes that took."""
    changes = 0
    while found_now := catch_up(engine, directory).changes:
        changes += found_now
    return changes


def test_a_missing_index_is_built_and_then_only_changes_are_read(database: Engine, tmp_path: Path) -> None:
    key = put(database, 1, "Solrosen")
    assert catch_up(database, tmp_path).rebuilt
    settle(database, tmp_path)
    assert catch_up(database, tmp_path) == Progress()
    put(database, 1, "Vallmon")
    assert settle(database, tmp_path) == 1
    assert found(tmp_path, "vallmon") == [key]
    assert found(tmp_path, "solrosen") == []


def test_a_former_name_is_kept_and_a_closed_unit_leaves(database: Engine, tmp_path: Path) -> None:
    key = put(database, 2, "Rosenlund")
    settle(database, tmp_path)
    put(database, 2, "Liljelund")
    settle(database, tmp_path)
    assert list(TextIndex(tmp_path).snapshot().units(schema.OTHER_NAME, "=rosenlund")) == [key]
    put(database, 2, "Liljelund", status="closed")
    settle(database, tmp_path)
    assert found(tmp_path, "liljelund") == []


def test_reading_the_same_changes_again_changes_nothing(database: Engine, tmp_path: Path) -> None:
    put(database, 3, "Tulpanen")
    catch_up(database, tmp_path)
    index = IndexWriter(tmp_path)
    state = index.state()
    assert state is not None
    start = type(state)(state.database, state.version, outbox.Position())
    before = len(TextIndex(tmp_path).snapshot())
    index.update([], [], start)
    assert settle(database, tmp_path) >= 1
    assert len(TextIndex(tmp_path).snapshot()) == before
    assert found(tmp_path, "tulpanen") == [hsa_id(3)]


@pytest.mark.parametrize("topic", ["code-system", "geography"])
def test_new_codes_or_geography_rebuild(database: Engine, tmp_path: Path, topic: str) -> None:
    catch_up(database, tmp_path)
    settle(database, tmp_path)
    generation = (tmp_path / CURRENT).readlink()
    with unit_of_work(database) as session:
        outbox.publish(session, topic, ["anything"])
    settle(database, tmp_path)
    assert (tmp_path / CURRENT).readlink() != generation


def test_an_index_of_another_database_or_schema_is_rebuilt(database: Engine, tmp_path: Path) -> None:
    put(database, 7, "Nejlikan")
    catch_up(database, tmp_path)
    index = IndexWriter(tmp_path)
    state = index.state()
    assert state is not None
    for other in (
        type(state)("another", state.version, state.position),
        type(state)(state.database, state.version - 1, state.position),
        type(state)(state.database, state.version, outbox.Position(f"{2**61}:{2**61}:")),
    ):
        index.rebuild([], other)
        assert catch_up(database, tmp_path).rebuilt


def test_a_lost_index_is_rebuilt(database: Engine, tmp_path: Path) -> None:
    put(database, 4, "Pionen")
    catch_up(database, tmp_path)
    shutil.rmtree((tmp_path / CURRENT).resolve())
    assert catch_up(database, tmp_path).rebuilt
    assert found(tmp_path, "pionen") == [hsa_id(4)]


def test_follow_takes_in_a_change_without_being_told(database: Engine, tmp_path: Path) -> None:
    stop, arrived, rounds = threading.Event(), threading.Event(), []

    def ready(progress: Progress) -> None:
        rounds.append(progress)
        if len(rounds) == 1:
            put(database, 5, "Krokusen")
        elif found(tmp_path, "krokusen"):
            arrived.set()

    follower = threading.Thread(target=writer.follow, args=(database, tmp_path, stop, ready))
    follower.start()
    try:
        assert arrived.wait(20)
    finally:
        stop.set()
        follower.join(20)
    assert not follower.is_alive()


def test_one_writer_at_a_time(tmp_path: Path) -> None:
    with writer.writing(tmp_path), pytest.raises(IndexLocked), writer.writing(tmp_path, wait=False):
        pass
    with writer.writing(tmp_path, wait=False):
        pass


_KILLED = """
import os, signal, sys
from pathlib import Path
from core.outbox import Position
from directory.search import schema
from directory.search.documents import Document
from directory.search.index import IndexWriter, State
from directory.search.writer import writing
import whoosh.writing, whoosh.index

directory, at = Path(sys.argv[1]), sys.argv[2]
def die(*args, **kwargs):
    os.kill(os.getpid(), signal.SIGKILL)
if at == "merge":
    whoosh.writing.SegmentWriter._merge_segments = die
elif at == "toc":
    whoosh.index.TOC.write = die
else:
    IndexWriter._put_in_place = die
with writing(directory):
    index = IndexWriter(directory)
    state = index.state()
    documents = [Document("NEW", {schema.NAME: frozenset({"=ny"})})]
    if at == "rebuild":
        index.rebuild(documents, state)
    else:
        index.update(documents, [], state)
"""


@pytest.mark.parametrize("at", ["merge", "toc", "rebuild"])
def test_a_writer_killed_in_the_middle_leaves_the_last_commit(
    database: Engine, tmp_path: Path, at: str
) -> None:
    put(database, 6, "Violen")
    catch_up(database, tmp_path)
    killed = subprocess.run(
        [sys.executable, "-c", _KILLED, str(tmp_path), at],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, timeout=60, check=False,
    )  # fmt: skip
    assert killed.returncode == -9
    assert found(tmp_path, "violen") == [hsa_id(6)]
    assert found(tmp_path, "ny") == []
    put(database, 6, "Violen två")
    settle(database, tmp_path)
    assert found(tmp_path, "två") == [hsa_id(6)]


def test_two_processes_catching_up_at_once_both_end_well(database: Engine, tmp_path: Path) -> None:
    put(database, 7, "Snödroppen")
    failures: list[BaseException] = []

    def work() -> None:
        try:
            catch_up(database, tmp_path)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not failures
    assert found(tmp_path, "snödroppen") == [hsa_id(7)]
