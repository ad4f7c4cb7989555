"""The terms of the text index as arrays, read out of Whoosh once for each of its segments.

A segment never changes but for deletions, so what is read of it is kept for as long as it is part of the
index: a commit of one unit costs the reading of one small segment. Documents become units by an array per
segment and state: document number -> unit number, -1 for what is deleted or no unit (any longer).
"""

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from heapq import merge
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from directory.search import analysis, schema
from directory.search.beginnings import LAST_LETTER, Beginnings
from directory.search.index import Segment
from directory.search.postings import NAME_FIELDS, NONE, WORD_FIELDS, Units
from directory.search.spelling import Speller

_PAUSE_EVERY = 500
MOST_STALE = 1000
"""Words of segments that are gone which may stay known: arranging all words anew takes a while."""


@dataclass(frozen=True)
class FieldTerms:
    """The terms of one field in order; term number n has `documents[starts[n]:starts[n + 1]]`."""

    terms: Sequence[str] = ()
    numbers: Mapping[str, int] = field(default_factory=dict)
    starts: Sequence[int] = (0,)
    documents: NDArray[np.int32] = field(default_factory=lambda: NONE)

    def __getitem__(self, term: str) -> Units:
        number = self.numbers.get(term)
        return NONE if number is None else self.documents[self.starts[number] : self.starts[number + 1]]

    def beginning_with(self, prefix: str) -> Iterator[str]:
        """The terms that begin so, in order."""
        for number in range(bisect_left(self.terms, prefix), len(self.terms)):
            if not self.terms[number].startswith(prefix):
                break
            yield self.terms[number]

    def documents_beginning_with(self, prefix: str) -> Units:
        """The documents of those terms, some more than once."""
        low = bisect_left(self.terms, prefix)
        high = bisect_left(self.terms, prefix + LAST_LETTER, low)
        return self.documents[self.starts[low] : self.starts[high]]


NO_TERMS = FieldTerms()


@dataclass(frozen=True)
class SegmentTerms:
    """What one segment holds. `ids`: document number -> HSA-id."""

    ids: Sequence[str]
    fields: Mapping[str, FieldTerms]

    @cached_property
    def words(self) -> frozenset[str]:
        """Folded words of names and places: what a misspelling is compared with."""
        return frozenset(
            term[1:]
            for name in WORD_FIELDS
            for term in self.fields.get(name, NO_TERMS).beginning_with(analysis.FOLD)
        )

    @cached_property
    def names(self) -> frozenset[str]:
        """The terms of words as written in names, old and new."""
        return frozenset(
            term
            for name in NAME_FIELDS
            for term in self.fields.get(name, NO_TERMS).beginning_with(analysis.WORD)
        )


def read(segment: Segment, pause: Callable[[], None] = lambda: None) -> SegmentTerms:
    """All of a segment. `pause` is called now and then, so that others get their turn."""
    found = {name: _Found() for name in schema.FIELDS}
    for count, (name, term, documents) in enumerate(segment.terms()):
        if name in found:
            found[name].add(term, documents)
        if count % _PAUSE_EVERY == 0:
            pause()
    return SegmentTerms(segment.ids, {name: one.field() for name, one in found.items() if one.terms})


class _Found:
    """The terms of one field as they come, which is in order. Numbers are packed at once: as objects
    they take ten times the room, and what is given back afterwards lies scattered."""

    def __init__(self) -> None:
        self.terms: list[str] = []
        self._starts = [0]
        self._documents = array("i")

    def add(self, term: str, documents: Sequence[int]) -> None:
        self.terms.append(term)
        self._documents.extend(documents)
        self._starts.append(len(self._documents))

    def field(self) -> FieldTerms:
        numbers = {term: number for number, term in enumerate(self.terms)}
        return FieldTerms(self.terms, numbers, self._starts, np.array(self._documents, np.int32))


class HeldPostings:
    """One state of the index in terms of one state of the units."""

    def __init__(
        self,
        segments: Iterable[tuple[SegmentTerms, Units]],
        size: int,
        count: int,
        before: "HeldPostings | None" = None,
    ) -> None:
        """`segments` each with its documents' units; `before`: an earlier state to share words with."""
        self.segments = tuple(segments)
        self._size, self._count = size, count
        self._words: Speller | None = None
        self._names: Beginnings[str] | None = None
        if before:
            self._share(before)
        self._fields = {
            name: [
                (segment.fields[name], units) for segment, units in self.segments if name in segment.fields
            ]
            for name in schema.FIELDS
        }

    @property
    def size(self) -> int:
        """All unit numbers are below it."""
        return self._size

    def __len__(self) -> int:
        return self._count

    def units(self, field: str, term: str) -> Units:
        """The units that have the term in the field."""
        found = []
        for terms, units in self._fields.get(field, ()):
            number = terms.numbers.get(term)
            if number is not None:
                here = units[terms.documents[terms.starts[number] : terms.starts[number + 1]]]
                found.append(here[here >= 0])
        if not found:
            return NONE
        return found[0] if len(found) == 1 else np.concatenate(found)

    def lexicon(self, field: str, prefix: str) -> Iterable[str]:
        """The terms of the field that begin with `prefix`, in order; some may have no unit any more."""
        parts = [segment.fields.get(field, NO_TERMS).beginning_with(prefix) for segment, _ in self.segments]
        # One by one: few are taken of the many that begin so.
        return parts[0] if len(parts) == 1 else (term for term, _ in groupby(merge(*parts)))

    @property
    def words(self) -> Speller:
        """Folded words of names and places: what a misspelling is compared with."""
        if self._words is None:
            self._words = Speller(frozenset().union(*(segment.words for segment, _ in self.segments)))
        return self._words

    @property
    def names(self) -> Beginnings[str]:
        """Words of names without diacritics, for what is still being typed, each with its term; some may have
        no unit any more.
        """
        if self._names is None:
            self._names = Beginnings(_folded(frozenset().union(*(part.names for part, _ in self.segments))))
        return self._names

    def _share(self, before: "HeldPostings") -> None:
        """Take over the words of an earlier state, and arrange only what is new, unless too many are stale.

        All segments are arranged together: to look into each of them would cost as many times as much.
        """
        known = {id(segment): segment for segment, _ in before.segments}
        kept = {id(segment): segment for segment, _ in self.segments}
        if sum(len(known[lost].words) for lost in known.keys() - kept.keys()) > MOST_STALE:
            return
        fresh = [segment for key, segment in kept.items() if key not in known]
        self._words = before.words.with_more(word for segment in fresh for word in segment.words)
        self._names = before.names.with_more(_folded(term for segment in fresh for term in segment.names))

    def prepare(self) -> None:
        """Arrange what questions will need."""
        _ = self.words, self.names


def _folded(terms: Iterable[str]) -> Iterator[tuple[str, str]]:
    return ((analysis.fold(term[1:]), term) for term in terms)


def units_of(segment: SegmentTerms, deleted: Iterable[int], numbers: Mapping[str, int]) -> Units:
    """Document number -> unit number for one state of the units."""
    units = np.fromiter((numbers.get(key, -1) for key in segment.ids), np.int32, len(segment.ids))
    units[list(deleted)] = -1
    return units
