"""Words spelt nearly alike: one edit for short words, more for long ones, none for the shortest.

An edit is a letter put in, left out or replaced, or two neighbours swapped. Words are compared without
diacritics. A word of four letters, and one of two edits, must begin right: too many begin otherwise, and few
slips are at the beginning. A word is found from its letters less one, so that one edit costs a few look-ups
(hashes keep them small); two edits and more are measured, but only against words that begin alike and are of
nearly the same length.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import OSA

from directory.search import analysis

SHORTEST, LONG, VERY_LONG = 4, 8, 14
VOWELS = frozenset("aeiouyåäöéüø")
MOST_ASKED = 500
"""Words whose nearest are remembered."""


@dataclass(frozen=True)
class Near:
    """A known word and how many edits away it is."""

    word: str
    edits: int


def allowed_edits(word: str) -> int:
    """How many edits a word of this length may be away. One without a vowel is an abbreviation or nothing."""
    if len(word) < SHORTEST or not word.isalpha() or (len(word) < LONG and VOWELS.isdisjoint(word)):
        return 0
    return 1 if len(word) < LONG else 2 if len(word) < VERY_LONG else 3


class Speller(Collection[str]):
    """Known words, arranged for finding those nearest to another."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words = frozenset(words)
        self._long = [word for word in sorted(self._words) if len(word) >= SHORTEST - 1]
        self._alike: dict[tuple[str, int], list[str]] = {}
        for word in self._long:
            self._alike.setdefault((word[0], len(word)), []).append(word)
        self._hashes, self._numbers = _arranged(self._long)
        self._asked: dict[tuple[str, int], list[Near]] = {}

    def with_more(self, words: Iterable[str]) -> "Speller":
        """These words and others; only those that are new are arranged anew."""
        more = Speller(word for word in words if word not in self._words)
        if not more:
            return self
        grown = Speller(())
        grown._words = self._words | more._words
        grown._long = self._long + more._long
        grown._alike = self._alike | {
            key: sorted([*self._alike.get(key, ()), *found]) for key, found in more._alike.items()
        }
        hashes = np.concatenate((self._hashes, more._hashes))
        order = np.argsort(hashes, kind="stable")
        grown._hashes = hashes[order]
        grown._numbers = np.concatenate((self._numbers, more._numbers + len(self._long)))[order]
        return grown

    def __contains__(self, word: object) -> bool:
        return word in self._words

    def __iter__(self) -> Iterator[str]:
        return iter(self._words)

    def __len__(self) -> int:
        return len(self._words)

    def nearest(self, word: str, limit: int = 20) -> list[Near]:
        """The words that are nearest, all equally near, at most the allowed edits away.

        One question asks this of a word more than once: when it is read, and when units are looked up.
        """
        asked = word, limit
        found = self._asked.get(asked)
        if found is None:
            if len(self._asked) >= MOST_ASKED:
                self._asked.clear()
            found = self._asked[asked] = self._nearest(word, limit)
        return found

    def nearest_form(self, forms: Iterable[str]) -> list[Near]:
        """The words that are nearest to any of the forms; one edit from an earlier form is near enough."""
        best: list[Near] = []
        for form in forms:
            near = self.nearest(form)
            if near and (not best or near[0].edits < best[0].edits):
                best = near
            if best and best[0].edits <= 1:
                break
        return best

    def _nearest(self, word: str, limit: int) -> list[Near]:
        most = allowed_edits(word)
        if not most:
            return []
        if word in self._words:
            return [Near(word, 0)]
        found = [Near(near, 1) for near in self._within_one(word) if _may_be(word, near)]
        if found or most == 1:
            return found[:limit]
        candidates = [
            near
            for length in range(len(word) - most, len(word) + most + 1)
            for near in self._alike.get((word[0], length), ())
        ]
        return _measured(word, candidates, most, limit)

    def _within_one(self, word: str) -> list[str]:
        """The words one edit away: they and this one have the same letters, or the same but for one each."""
        wanted = np.array([hash(shorter) for shorter in (word, *_less_one(word))], np.int64)
        first = np.searchsorted(self._hashes, wanted, "left")
        last = np.searchsorted(self._hashes, wanted, "right")
        numbers = {int(n) for low, high in zip(first, last, strict=True) for n in self._numbers[low:high]}
        found = (self._long[number] for number in numbers)
        return sorted(near for near in found if OSA.distance(word, near) == 1)


def _arranged(words: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Hashes of every word and of what is left of it without one letter, in order, and each one's word."""
    lengths = [1 + len(_less_one(word)) for word in words]
    hashes = np.fromiter(
        (hash(s) for word in words for s in (word, *_less_one(word))), np.int64, sum(lengths)
    )
    numbers = np.repeat(np.arange(len(words), dtype=np.int32), lengths)
    order = np.argsort(hashes, kind="stable")
    return hashes[order], numbers[order]


_last: tuple[Sequence[str], Speller] | None = None


def speller(words: Sequence[str] | Speller) -> Speller:
    """These words arranged; kept until others are asked for, so that a list that is held is arranged once."""
    global _last
    if isinstance(words, Speller):
        return words
    if _last is None or _last[0] is not words:
        _last = (words, Speller(words))
    return _last[1]


def nearest(word: str, known: Sequence[str] | Speller) -> list[Near]:
    """The known stems that are nearest to the word in any of the forms that its stem may have."""
    if not allowed_edits(word):
        return []
    return speller(known).nearest_form(analysis.loose_stems(word))


def _measured(word: str, known: Sequence[str], most: int, limit: int) -> list[Near]:
    found = process.extract(word, known, scorer=OSA.distance, score_cutoff=most, limit=limit)
    kept = [Near(near, int(edits)) for near, edits, _ in found]
    fewest = min((near.edits for near in kept), default=0)
    return [near for near in kept if near.edits == fewest]


def _may_be(word: str, near: str) -> bool:
    if len(near) < SHORTEST - 1:
        return False
    return len(word) > SHORTEST or word[0] == near[0]


def _less_one(word: str) -> set[str]:
    return {word[:at] + word[at + 1 :] for at in range(len(word))}
