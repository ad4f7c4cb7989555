"""Words spelt nearly alike: one edit for short words, two for long ones, none for the shortest.

An edit is a letter put in, left out or replaced, or two neighbours swapped. Words are compared folded and
stemmed, so neither diacritics nor inflection count as edits. The first letter may be wrong too.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import OSA

SHORTEST = 4
LONG = 8


@dataclass(frozen=True)
class Near:
    """A known word and how many edits away it is."""

    word: str
    edits: int


def allowed_edits(word: str) -> int:
    """How many edits a word of this length may be away."""
    if len(word) < SHORTEST or word.isdigit():
        return 0
    return 1 if len(word) < LONG else 2


def nearest(word: str, known: Sequence[str], limit: int = 20) -> list[Near]:
    """The known words that are nearest, all equally near, at most the allowed edits away."""
    edits = allowed_edits(word)
    if not edits or not known:
        return []
    found = process.extract(word, known, scorer=OSA.distance, score_cutoff=edits, limit=limit)
    return _nearest(Near(near, int(distance)) for near, distance, _ in found)


def _nearest(found: Iterable[Near]) -> list[Near]:
    kept = list(found)
    fewest = min((near.edits for near in kept), default=0)
    return [near for near in kept if near.edits == fewest and len(near.word) >= SHORTEST - 1]
