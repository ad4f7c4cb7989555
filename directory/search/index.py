"""The one module that knows Whoosh: an index on disk with one writer and any number of readers.

An index lives in a directory of its own generation; the link `current` names it, so a rebuild is one
rename. Within a generation Whoosh commits by renaming a table of contents: a reader sees a commit whole or
not at all, and a writer that dies leaves the last commit. How far the outbox has been read is a document of
the index, so it is committed with the changes that it counts and can never be ahead of them.
"""

import os
import pickle
import shutil
import struct
import threading
import time
import uuid
import weakref
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from sys import intern
from typing import Any, NoReturn

from whoosh import index as whoosh_index
from whoosh.fields import ID, STORED, Schema
from whoosh.filedb.filestore import FileStorage
from whoosh.reading import IndexReader, TermNotFound

from core.outbox import Position
from directory.search import schema
from directory.search.documents import Document
from directory.search.errors import IndexUnavailable

CURRENT, DAMAGED = "current", "damaged"
KEY, STATE = "id", "state"
STATE_KEY = "\x00state"
SETTLED_NS = 50_000_000
ATTEMPTS = 3
LENGTHS = "_len."
_READING = threading.RLock()
"""Whoosh's readers share file positions: two threads in one at a time would be given wrong postings."""

BROKEN = (
    *(whoosh_index.IndexError, IndexError, OSError, EOFError, ValueError, KeyError, TypeError),
    *(AttributeError, AssertionError, ImportError, struct.error, zlib.error, pickle.UnpicklingError),
)
"""What reading a damaged file of Whoosh's may raise: it checks nothing itself."""


@dataclass(frozen=True)
class State:
    """What the index is made of: the database, the schema of documents, and the outbox up to `position`."""

    database: str
    version: int
    position: Position


def whoosh_schema() -> Schema:
    """Terms come ready-made from `documents`; Whoosh keeps only which documents have them."""
    fields: dict[str, Any] = {name: ID() for name in schema.FIELDS}
    return Schema(**{KEY: ID(stored=True, unique=True), STATE: STORED(), **fields})


@dataclass(frozen=True)
class Segment:
    """A part of an index that never changes, except that documents of it are deleted.

    `ids` is document number -> HSA-id; `terms` gives every (field, term, numbers of documents).
    """

    key: str
    ids: Sequence[str]
    deleted: frozenset[int]
    terms: Callable[[], Iterator[tuple[str, str, list[int]]]]


class Snapshot:
    """One committed state, readable by many threads (one at a time), unchanged by later commits."""

    def __init__(
        self, reader: IndexReader, ids: Sequence[str], damaged: Callable[[BaseException], NoReturn]
    ) -> None:
        self._reader = reader
        self._ids = ids
        self._damaged = damaged
        self._lexicons: dict[tuple[str, str], list[str]] = {}

    @property
    def ids(self) -> Sequence[str]:
        """Document number -> HSA-id; empty for what is no unit."""
        return self._ids

    def units(self, field: str, term: str) -> list[str]:
        """The units that have the term in the field."""
        return [self._ids[number] for number in self.numbers(field, term)]

    def numbers(self, field: str, term: str) -> list[int]:
        """Their document numbers."""
        try:
            with _READING:
                return list(self._reader.postings(field, term).all_ids())
        except TermNotFound:
            return []
        except BROKEN as error:
            self._damaged(error)

    def lexicon(self, field: str, prefix: str) -> list[str]:
        """The terms of the field that begin with `prefix`, in order."""
        found = self._lexicons.get((field, prefix))
        if found is None:
            try:
                with _READING:
                    found = [term.decode() for term in self._reader.expand_prefix(field, prefix.encode())]
            except BROKEN as error:
                self._damaged(error)
            if len(prefix) <= 1:
                self._lexicons[field, prefix] = found
        return found

    def segments(self) -> list[Segment]:
        """The segments of this state, in the order of `ids`."""
        found = []
        for leaf, first in self._reader.leaf_readers():
            ids = self._ids[first : first + leaf.doc_count_all()]
            deleted = frozenset(leaf.segment().deleted_docs())
            found.append(Segment(leaf.segment().segment_id(), ids, deleted, partial(self._terms, leaf)))
        return found

    def _terms(self, leaf: Any) -> Iterator[tuple[str, str, list[int]]]:
        try:
            # A copy of the terms first: the lock is not held while others work with what is yielded.
            with _READING:
                terms = list(leaf.all_terms())
            for field, term in terms:
                with _READING:
                    numbers = list(leaf.postings(field, term).all_ids())
                yield field, term.decode(), numbers
        except BROKEN as error:
            self._damaged(error)

    def __len__(self) -> int:
        return int(self._reader.doc_count()) - 1


class _Storage(FileStorage):
    """Whoosh's, with two habits mended.

    It leaves a file open when it stumbles over the content; this closes what was opened. And it looks on
    the disk for the length of a field at every posting, half the time of a build; ours have no lengths.
    """

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self._opened: weakref.WeakSet[Any] = weakref.WeakSet()

    def open_file(self, name: str, **options: Any) -> Any:
        """As Whoosh's, remembered for as long as it is in use."""
        file = super().open_file(name, **options)
        self._opened.add(file)
        return file

    def file_exists(self, name: str) -> bool:
        """As Whoosh's, without looking for lengths."""
        return LENGTHS not in name and bool(super().file_exists(name))

    def close_all(self) -> None:
        """Close every file that is still open."""
        for file in list(self._opened):
            file.close()


class TextIndex:
    """A reader's handle: `snapshot()` is always the newest commit. One per process and directory."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._lock = threading.Lock()
        self._seen: tuple[str, int] | None = None
        self._snapshot: Snapshot | None = None
        self._ids: dict[str, list[str]] = {}

    def snapshot(self) -> Snapshot:
        """The newest committed state. Raises `IndexUnavailable` when there is none to read."""
        for attempt in range(ATTEMPTS):
            try:
                snapshot = self._snapshot
                return snapshot if snapshot and self._mark() == self._seen else self._refresh()
            except BROKEN as error:
                # A rebuild may take the generation away that is just being opened: look where it is now.
                if attempt == ATTEMPTS - 1:
                    self._report_damage(error)
        raise AssertionError("unreachable")

    def is_as_seen(self) -> bool:
        """Whether the last `snapshot` is still the newest, asked without opening anything."""
        try:
            return self._seen is not None and self._mark() == self._seen
        except OSError:
            return False

    def release(self) -> None:
        """Let go of what was opened: whoever has copied all that it needs keeps no files in memory."""
        self._snapshot = None

    def _refresh(self) -> Snapshot:
        with self._lock:
            mark = self._mark()
            if self._snapshot is not None and mark == self._seen:
                return self._snapshot
            storage = _Storage(str(self.directory / mark[0]))
            try:
                reader = storage.open_index().reader()
            except BROKEN:
                storage.close_all()
                raise
            self._snapshot = snapshot = Snapshot(reader, self._document_ids(reader), self._report_damage)
            # A commit within the same tick of the file system's clock would leave no trace: look again.
            settled = time.time_ns() - mark[1] > SETTLED_NS
            self._seen = mark if settled else None
            return snapshot

    def _mark(self) -> tuple[str, int]:
        target = os.readlink(self.directory / CURRENT)  # noqa: PTH115 - five times as fast, in every search
        return target, os.stat(self.directory / target).st_mtime_ns  # noqa: PTH116

    def _document_ids(self, reader: IndexReader) -> list[str]:
        kept: dict[str, list[str]] = {}
        for leaf, _ in reader.leaf_readers():
            segment = leaf.segment().segment_id()
            kept[segment] = self._ids.get(segment) or [
                intern(leaf.stored_fields(number).get(KEY, "")) for number in range(leaf.doc_count_all())
            ]
        self._ids = kept
        return [hsa_id for ids in kept.values() for hsa_id in ids]

    def _report_damage(self, error: BaseException) -> NoReturn:
        self._snapshot = self._seen = None
        if self.directory.is_dir():
            (self.directory / DAMAGED).touch()
        raise IndexUnavailable("the search index cannot be read; it is being built again") from error


class IndexWriter:
    """The writing side. The caller holds the directory's lock (`writer.py`)."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        directory.mkdir(parents=True, exist_ok=True)

    def state(self) -> State | None:
        """What is committed; None when there is no index or it is damaged."""
        if (self.directory / DAMAGED).exists():
            return None
        try:
            with _open_for_writing(self.directory).searcher() as searcher:
                stored = searcher.document(**{KEY: STATE_KEY})[STATE]
                return State(stored["database"], stored["version"], Position(**stored["position"]))
        except BROKEN:
            return None

    def update(self, documents: Iterable[Document], gone: Iterable[str], state: State) -> None:
        """Replace these documents, remove those that are gone, and count the outbox, in one commit."""
        writer = _open_for_writing(self.directory).writer()
        try:
            for hsa_id in gone:
                writer.delete_by_term(KEY, hsa_id)
            for document in documents:
                writer.update_document(**_row(document))
            writer.update_document(**_state_row(state))
        except BaseException:
            writer.cancel()
            raise
        writer.commit()

    def rebuild(self, documents: Iterable[Document], state: State) -> int:
        """Build a new generation beside the current one and put it in its place; how many documents."""
        name = f"index-{uuid.uuid4().hex[:12]}"
        target = self.directory / name
        target.mkdir()
        writer = _Storage(str(target)).create_index(whoosh_schema()).writer(limitmb=256)
        count = 0
        for document in documents:
            writer.add_document(**_row(document))
            count += 1
        writer.add_document(**_state_row(state))
        writer.commit()
        self._put_in_place(name)
        return count

    def _put_in_place(self, name: str) -> None:
        current = self.directory / CURRENT
        replaced = current.readlink().name if current.is_symlink() else ""
        link = self.directory / f"{CURRENT}.{name}"
        link.symlink_to(name, target_is_directory=True)
        link.replace(current)
        (self.directory / DAMAGED).unlink(missing_ok=True)
        self._sweep({name, replaced})

    def _sweep(self, kept: set[str]) -> None:
        """Remove older generations and what a killed writer left; the last one may just be being opened."""
        for path in self.directory.glob("index-*"):
            if path.name not in kept:
                shutil.rmtree(path, ignore_errors=True)
        for unfinished in self.directory.glob(f"{CURRENT}.*"):
            unfinished.unlink(missing_ok=True)


def _open_for_writing(directory: Path) -> Any:
    """The current generation, which nobody replaces while the caller holds the lock."""
    storage = _Storage(str(directory / (directory / CURRENT).readlink()))
    try:
        return storage.open_index()
    except BROKEN:
        storage.close_all()
        raise


def _row(document: Document) -> dict[str, Any]:
    return {KEY: document.hsa_id, **{field: sorted(terms) for field, terms in document.fields.items()}}


def _state_row(state: State) -> dict[str, Any]:
    return {KEY: STATE_KEY, STATE: asdict(state)}
