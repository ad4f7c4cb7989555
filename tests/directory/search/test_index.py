"""The index on disk: the same postings as in memory, whole commits, damage that is noticed."""

import multiprocessing
import struct
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from whoosh.reading import SegmentReader

from core.outbox import Position
from directory.search import schema
from directory.search.documents import Document
from directory.search.errors import IndexUnavailable
from directory.search.index import CURRENT, IndexWriter, State, TextIndex
from directory.search.postings import MemoryPostings

TERMS = ["=vård", "vård", "~vard", "+ögon", "mottagning", "å"]
documents = st.dictionaries(
    st.sampled_from("ABCDEFGH"),
    st.dictionaries(
        st.sampled_from(schema.FIELDS),
        st.frozensets(st.sampled_from(TERMS), min_size=1, max_size=4),
        max_size=3,
    ),
    max_size=6,
)


def state(number: int = 1) -> State:
    return State("database", schema.VERSION, Position(f"{number}:{number}:"))


def named(names: Iterable[str], term: str = "vård") -> list[Document]:
    return [Document(name, {schema.NAME: frozenset({term})}) for name in names]


@settings(max_examples=25, deadline=None)
@given(first=documents, second=documents, gone=st.sets(st.sampled_from("ABCDEFGH"), max_size=3))
def test_disk_equals_memory_after_every_commit(
    tmp_path_factory: pytest.TempPathFactory,
    first: dict[str, dict[str, frozenset[str]]],
    second: dict[str, dict[str, frozenset[str]]],
    gone: set[str],
) -> None:
    directory = tmp_path_factory.mktemp("index")
    writer, reader = IndexWriter(directory), TextIndex(directory)
    writer.rebuild((Document(key, fields) for key, fields in first.items()), state())
    assert_equal(reader, first)
    writer.update([Document(key, fields) for key, fields in second.items()], gone - second.keys(), state(2))
    assert_equal(reader, {k: v for k, v in first.items() if k not in gone} | second)
    assert writer.state() == state(2)


def assert_equal(reader: TextIndex, expected: dict[str, dict[str, frozenset[str]]]) -> None:
    memory = MemoryPostings(Document(key, fields) for key, fields in expected.items())
    snapshot = reader.snapshot()
    assert len(snapshot) == len(memory)
    for field in schema.FIELDS:
        for term in (*TERMS, "nowhere"):
            units = sorted(memory.ids[number] for number in memory.units(field, term))
            assert sorted(snapshot.units(field, term)) == units


def test_a_snapshot_stays_as_it_was(tmp_path: Path) -> None:
    writer, reader = IndexWriter(tmp_path), TextIndex(tmp_path)
    writer.rebuild(named("A"), state())
    before = reader.snapshot()
    writer.update(named("B"), ["A"], state(2))
    writer.rebuild(named("C"), state(3))
    assert list(before.units(schema.NAME, "vård")) == ["A"]
    assert list(reader.snapshot().units(schema.NAME, "vård")) == ["C"]


def test_lexicon_lists_beginnings_in_order(tmp_path: Path) -> None:
    reader = TextIndex(tmp_path)
    words = ["~mora", "~molndal", "~orebro", "=mora"]
    IndexWriter(tmp_path).rebuild((Document(w, {schema.NAME: frozenset({w})}) for w in words), state())
    assert list(reader.snapshot().lexicon(schema.NAME, "~mo")) == ["~molndal", "~mora"]
    assert list(reader.snapshot().lexicon(schema.PLACE, "~mo")) == []


def test_a_missing_index_is_reported_and_found_once_built(tmp_path: Path) -> None:
    reader = TextIndex(tmp_path / "index")
    with pytest.raises(IndexUnavailable):
        reader.snapshot()
    IndexWriter(tmp_path / "index").rebuild(named("A"), state())
    assert len(reader.snapshot()) == 1


def test_damage_is_noticed_by_reader_and_writer(tmp_path: Path) -> None:
    writer = IndexWriter(tmp_path)
    writer.rebuild(named("ABC"), state())
    for path in (tmp_path / CURRENT).resolve().iterdir():
        path.write_bytes(b"\0" * 40)
    with pytest.raises(IndexUnavailable):
        TextIndex(tmp_path).snapshot()
    assert writer.state() is None
    writer.rebuild(named("AB"), state(2))
    assert len(TextIndex(tmp_path).snapshot()) == 2
    assert writer.state() == state(2)


def test_damage_seen_by_a_reader_alone_makes_the_writer_rebuild(tmp_path: Path) -> None:
    writer = IndexWriter(tmp_path)
    writer.rebuild(named("ABC"), state())
    (segment,) = (tmp_path / CURRENT).resolve().glob("*.seg")
    segment.unlink()
    with pytest.raises(IndexUnavailable):
        TextIndex(tmp_path).snapshot()
    assert writer.state() is None


def test_damage_met_while_reading_postings_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def torn(*_: object) -> None:
        raise struct.error("unpack requires a buffer of 4 bytes")

    writer = IndexWriter(tmp_path)
    writer.rebuild(named("A"), state())
    snapshot = TextIndex(tmp_path).snapshot()
    monkeypatch.setattr(SegmentReader, "postings", torn)
    with pytest.raises(IndexUnavailable):
        snapshot.units(schema.NAME, "vård")
    assert writer.state() is None


def test_what_a_killed_rebuild_left_is_swept(tmp_path: Path) -> None:
    writer = IndexWriter(tmp_path)
    writer.rebuild(named("A"), state())
    (tmp_path / "index-unfinished").mkdir()
    for name in "BCD":
        writer.rebuild(named(name), state())
    assert len(list(tmp_path.glob("index-*"))) == 2
    assert not (tmp_path / "index-unfinished").exists()


def _read_until(directory: Path, stop: int, seen: "multiprocessing.Queue[list[int]]") -> None:
    """Every state has as many units as its number says; a half-written one would not."""
    reader = TextIndex(directory)
    counts: list[int] = []
    while not counts or counts[-1] < stop:
        snapshot = reader.snapshot()
        found = len(snapshot.units(schema.NAME, "vård"))
        if found != len(snapshot):
            counts.append(-1)
            break
        if not counts or counts[-1] != found:
            counts.append(found)
    seen.put(counts)


def test_other_processes_see_whole_commits_while_one_writes(tmp_path: Path) -> None:
    spawn = multiprocessing.get_context("spawn")
    writer = IndexWriter(tmp_path)
    writer.rebuild(named("A"), state())
    seen = spawn.Queue()
    readers = [spawn.Process(target=_read_until, args=(tmp_path, 300, seen)) for _ in range(2)]
    for process in readers:
        process.start()
    try:
        for number in range(2, 301):
            writer.update(named([f"U{number}"]), [], state(number))
            if number % 60 == 0:
                writer.rebuild(named(f"V{n}-{number}" for n in range(number)), state(number))
        results = [seen.get(timeout=30) for _ in readers]
    finally:
        for process in readers:
            process.join(timeout=10)
            process.kill()
    for counts in results:
        assert counts == sorted(counts)
        assert counts[-1] == 300
