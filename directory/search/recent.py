"""Scores of parts that were asked for lately. Questions differ, but they are made of the same words.

What is kept belongs to one state of the text index and goes with it, so nothing that is kept can be stale.
Only what that index tells is kept: not what lies within a distance, for that is told by the units themselves.
"""

import weakref
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from directory.search.postings import Postings, Units
from directory.search.reading import Part
from directory.search.reference import Reference

MOST_PARTS = 4_000
MOST_UNITS = 1_000_000
"""Of all kept parts together, twelve bytes each."""
CODED = ("region", "municipality")

Scores = NDArray[np.float64]


Meaning = tuple[object, ...]


def _meaning(part: Part) -> Meaning:
    """What decides how units match: not how it was typed, nor whether a unit must match."""
    return part.kind, part.words, part.services, part.related, part.place, part.others, part.strict


class Recent:
    """The scores of parts, as numbers of units and the score of each; the oldest give way."""

    def __init__(self) -> None:
        self._kept: dict[Meaning, tuple[Units, Scores]] = {}
        self._units = 0

    def scores(self, part: Part, size: int, make: Callable[[], Scores]) -> Scores:
        """The scores of a part as an array of this length, not to be written to."""
        meaning = _meaning(part)
        found = self._kept.get(meaning)
        if found is not None:
            scores = np.zeros(size)
            scores[found[0]] = found[1]
            return scores
        scores = make()
        units = (scores > 0).nonzero()[0].astype(np.int32)
        if self._units + len(units) > MOST_UNITS or len(self._kept) >= MOST_PARTS:
            self._kept, self._units = {}, 0
        self._kept[meaning] = units, scores[units]
        self._units += len(units)
        return scores


def may_be_kept(part: Part, metres: int | None) -> bool:
    """Whether the text index alone tells how units match: which region and municipality, but not how far."""
    if part.place is None:
        return True
    return metres is None and all(place.kind in CODED for place in (part.place, *part.others))


_recent: "weakref.WeakKeyDictionary[Postings, tuple[Reference, Recent]]" = weakref.WeakKeyDictionary()


def recent(postings: Postings, reference: Reference) -> Recent:
    """What was asked for lately of this state."""
    found = _recent.get(postings)
    if found is None or found[0] is not reference:
        found = _recent[postings] = (reference, Recent())
    return found[1]
