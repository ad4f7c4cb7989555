"""Words spelt nearly alike: one edit for short words, more for long ones, none for the shortest.

An edit is a letter put in, left out or replaced, or two neighbours swapped. Words are compared without
diacritics. A word of four letters, and one of two edits, must begin right: too many begin otherwise, and few
slips are at the beginning. A word is found from its
letters less one, so that one edit costs a few look-ups; two edits and more are measured, but only against
words of nearly the same length.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import OSA

SHORTEST, LONG, VERY_LONG = 4, 8, 14


@dataclass(frozen=True)
class Near:
    """A known word and how many edits away it is."""

    word: str
    edits: int


def allowed_edits(word: str) -> int:
    """How many edits a word of this length may be away."""
    if len(word) < SHORTEST or not word.isalpha():
        return 0
    return 1 if len(word) < LONG else 2 if len(word) < VERY_LONG else 3


class Speller(Collection[str]):
    """Known words, arranged for finding those nearest to another."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words = frozenset(words)
        self._less_one: dict[str, list[str]] = defaultdict(list)
        self._by_length: dict[int, list[str]] = defaultdict(list)
        for word in sorted(self._words):
            if len(word) >= SHORTEST - 1:
                self._by_length[len(word)].append(word)
                for shorter in _less_one(word):
                    self._less_one[shorter].append(word)

    def __contains__(self, word: object) -> bool:
        return word in self._words

    def __iter__(self) -> Iterator[str]:
        return iter(self._words)

    def __len__(self) -> int:
        return len(self._words)

    def nearest(self, word: str, limit: int = 20) -> list[Near]:
        """The words that are nearest, all equally near, at most the allowed edits away."""
        most = allowed_edits(word)
        if not most:
            return []
        if word in self._words:
            return [Near(word, 0)]
        one = {near for shorter in (word, *_less_one(word)) for near in self._less_one.get(shorter, ())}
        one |= {shorter for shorter in _less_one(word) if shorter in self._words}
        found = [Near(near, 1) for near in sorted(one) if _may_be(word, near) and _distance(word, near) == 1]
        if found or most == 1:
            return found[:limit]
        candidates = [
            near
            for length in range(len(word) - most, len(word) + most + 1)
            for near in self._by_length.get(length, ())
        ]
        return _measured(word, candidates, most, limit)


_last: tuple[Sequence[str], Speller] | None = None


def speller(words: Sequence[str] | Speller) -> Speller:
    """These words arranged; kept until others are asked for, so that a list that is held is arranged once."""
    global _last
    if isinstance(words, Speller):
        return words
    if _last is None or _last[0] is not words:
        _last = (words, Speller(words))
    return _last[1]


def nearest(word: str, known: Sequence[str] | Speller, limit: int = 20) -> list[Near]:
    """The known words that are nearest, all equally near, at most the allowed edits away."""
    if not allowed_edits(word):
        return []
    return speller(known).nearest(word, limit)


def _measured(word: str, known: Sequence[str], most: int, limit: int) -> list[Near]:
    found = process.extract(word, known, scorer=OSA.distance, score_cutoff=most, limit=limit)
    kept = [Near(near, int(edits)) for near, edits, _ in found if near[0] == word[0]]
    fewest = min((near.edits for near in kept), default=0)
    return [near for near in kept if near.edits == fewest]


def _may_be(word: str, near: str) -> bool:
    if len(near) < SHORTEST - 1:
        return False
    return len(word) > SHORTEST or word[0] == near[0]


def _distance(word: str, near: str) -> int:
    return OSA.distance(word, near)


def _less_one(word: str) -> set[str]:
    return {word[:at] + word[at + 1 :] for at in range(len(word))}
