"""What every text index can do, and one in memory: for the past, and as the measure of the others.

Units are numbered from 0 within one state of an index; what a number means is told by whoever numbers.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from directory.search import analysis, schema
from directory.search.documents import Document
from directory.search.index import Snapshot
from directory.search.spelling import Speller

Units: TypeAlias = NDArray[np.int32]
"""Numbers of units, each at most once."""

WORD_FIELDS = (schema.NAME, schema.OTHER_NAME, schema.LABEL, schema.PLACE)
"""Where the words stand that a misspelling is compared with."""

NAME_FIELDS = (schema.NAME, schema.OTHER_NAME)

NONE: Units = np.empty(0, np.int32)


class Postings(Protocol):
    """One unchanging state of a text index."""

    @property
    def size(self) -> int:
        """All numbers of units are below it: the length of an array with one value per unit."""

    def units(self, field: str, term: str) -> Units:
        """The units that have the term in the field."""

    def lexicon(self, field: str, prefix: str) -> Iterable[str]:
        """The terms of the field that begin with `prefix`, in order."""

    @property
    def words(self) -> Speller:
        """All words of names and places, folded and stemmed: what a misspelling is compared with."""

    def __len__(self) -> int:
        """How many units there are."""


def words_of(lexicon: Callable[[str, str], Iterable[str]]) -> Speller:
    """The words of names and places, folded and stemmed."""
    return Speller(term[1:] for field in WORD_FIELDS for term in lexicon(field, analysis.FOLD))


class MemoryPostings:
    """Documents held in memory, numbered in the order in which they are given."""

    def __init__(self, documents: Iterable[Document]) -> None:
        units: dict[tuple[str, str], list[int]] = defaultdict(list)
        ids: list[str] = []
        for number, document in enumerate(documents):
            ids.append(document.hsa_id)
            for field, terms in document.fields.items():
                for term in terms:
                    units[field, term].append(number)
        self.ids: Sequence[str] = ids
        self._units = {key: np.array(numbers, np.int32) for key, numbers in units.items()}

    @property
    def size(self) -> int:
        """How many units there are."""
        return len(self.ids)

    def units(self, field: str, term: str) -> Units:
        """The units that have the term in the field."""
        return self._units.get((field, term), NONE)

    def lexicon(self, field: str, prefix: str) -> Iterable[str]:
        """The terms of the field that begin with `prefix`, in order."""
        return sorted(term for f, term in self._units if f == field and term.startswith(prefix))

    @cached_property
    def words(self) -> Speller:
        """All words of names and places."""
        return words_of(self.lexicon)

    def __len__(self) -> int:
        return len(self.ids)


class IndexPostings:
    """A committed state of the index on disk, asked term by term; units have the document's numbers."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self.ids: Sequence[str] = snapshot.ids

    @property
    def size(self) -> int:
        """Numbers that are given out; those of deleted documents stand in no posting."""
        return len(self.ids)

    def units(self, field: str, term: str) -> Units:
        """The units that have the term in the field."""
        return np.array(self._snapshot.numbers(field, term), np.int32)

    def lexicon(self, field: str, prefix: str) -> Iterable[str]:
        """The terms of the field that begin with `prefix`, in order."""
        return self._snapshot.lexicon(field, prefix)

    @cached_property
    def words(self) -> Speller:
        """All words of names and places."""
        return words_of(self.lexicon)

    def __len__(self) -> int:
        return len(self._snapshot)
