"""What every text index can do, and one in memory: for the past, and as the measure of the other."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Protocol

from directory.search.documents import Document

EMPTY: frozenset[str] = frozenset()


class Postings(Protocol):
    """One unchanging state of a text index. Units are named by HSA-id."""

    def units(self, field: str, term: str) -> Collection[str]:
        """The units that have the term in the field."""

    def lexicon(self, field: str, prefix: str) -> Iterable[str]:
        """The terms of the field that begin with `prefix`, in order."""

    def __len__(self) -> int: ...


class MemoryPostings:
    """Documents held in memory."""

    def __init__(self, documents: Iterable[Document]) -> None:
        self._units: dict[tuple[str, str], set[str]] = defaultdict(set)
        self._ids: set[str] = set()
        for document in documents:
            self._ids.add(document.hsa_id)
            for field, terms in document.fields.items():
                for term in terms:
                    self._units[field, term].add(document.hsa_id)

    def units(self, field: str, term: str) -> Collection[str]:
        """The units that have the term in the field."""
        return self._units.get((field, term), EMPTY)

    def lexicon(self, field: str, prefix: str) -> Iterable[str]:
        """The terms of the field that begin with `prefix`, in order."""
        return sorted(term for f, term in self._units if f == field and term.startswith(prefix))

    def __len__(self) -> int:
        return len(self._ids)
