"""Words by how they begin, even when the beginning is misspelt: what somebody is still typing.

The words are sorted, so that those which begin alike stand together, and one more letter halves its way to
fewer of them. An edit (a letter too many, too few or wrong, or two swapped) is tried wherever the typed
letters still have words that begin so; no other words are looked at. How many edits a word may be away
follows from how much of it is typed, as in `spelling`.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from typing import Generic, TypeVar

from directory.search.spelling import SHORTEST, allowed_edits

Value = TypeVar("Value")
Stretch = tuple[int, int]
"""The words from the first number to before the second."""

MOST_EDITS = 2
LAST_LETTER = "\U0010ffff"
"""Comes after every letter that words have."""


class Beginnings(Generic[Value]):
    """Words, folded, each with what it stands for."""

    def __init__(self, pairs: Iterable[tuple[str, Value]]) -> None:
        ordered = sorted(pairs, key=lambda pair: pair[0])
        self._words = [word for word, _ in ordered]
        self._values = [value for _, value in ordered]
        self._last: tuple[tuple[str, str] | None, list[Value]] = (None, [])

    def with_more(self, pairs: Iterable[tuple[str, Value]]) -> "Beginnings[Value]":
        """These and others; of pairs that are here already nothing comes twice."""
        known = set(zip(self._words, self._values, strict=True))
        fresh = [pair for pair in pairs if pair not in known]
        # Sorting what is mostly in order takes hardly longer than copying it.
        return Beginnings([*zip(self._words, self._values, strict=True), *sorted(fresh)]) if fresh else self

    def exactly(self, start: str) -> Sequence[Value]:
        """What begins so, in order."""
        low = bisect_left(self._words, start)
        return self._values[low : bisect_left(self._words, start + LAST_LETTER, low)]

    def nearly(self, typed: str, before: str = "") -> list[Value]:
        """What begins nearly so, with the fewest edits that find anything, but at least one.

        `before` stands in front of `typed` and is right. None below four letters; and two edits need a
        right first letter, as does one edit in a word of four. That the last letter is wrong is thought of
        last, because nearly everything begins so.
        """
        asked, found = self._last
        if asked != (typed, before):
            found = self._nearly(typed, before)
            self._last = (typed, before), found
        return found

    def _nearly(self, typed: str, before: str) -> list[Value]:
        for edits in range(1, min(allowed_edits(typed), MOST_EDITS) + 1):
            right = 1 if edits > 1 or len(typed) <= SHORTEST else 0
            start, rest = before + typed[:right], typed[right:]
            among = self._narrowed((0, len(self._words)), start)
            if among is None:
                continue
            found = set(self._walk(among, start, rest, edits))
            if found := found or set(self._walk(among, start, rest[:-1], edits - 1)):
                return self._of(found)
        return []

    def _of(self, stretches: Iterable[Stretch]) -> list[Value]:
        values: list[Value] = []
        reached = 0
        for low, high in sorted(stretches):
            values += self._values[max(low, reached) : high]
            reached = max(reached, high)
        return values

    def _narrowed(self, among: Stretch, start: str) -> Stretch | None:
        """Those among the words that begin so."""
        low = bisect_left(self._words, start, *among)
        if low == among[1] or not self._words[low].startswith(start):
            return None
        return low, bisect_left(self._words, start + LAST_LETTER, low, among[1])

    def _walk(self, among: Stretch, right: str, typed: str, edits: int) -> Iterable[Stretch]:
        """The words that begin with `right` and then, with so many edits, all of `typed`."""
        if not edits:
            found = self._narrowed(among, right + typed)
            return [found] if found else []
        return (self._one_edit if edits == 1 else self._more_edits)(among, right, typed, edits)

    def _more_edits(self, among: Stretch, right: str, typed: str, edits: int) -> Iterator[Stretch]:
        here: Stretch | None = among
        for at, letter in enumerate(typed):
            rest = typed[at + 1 :]
            if here is None:
                return
            if rest:
                yield from self._walk(here, right, rest, edits - 1)
            if rest and rest[0] != letter:
                yield from self._walk(here, right, rest[0] + letter + rest[1:], edits - 1)
            following = None
            for other, there in self._next_letters(here, len(right)):
                if other == letter:
                    following = there
                else:
                    if rest:
                        yield from self._walk(there, right + other, rest, edits - 1)
                    yield from self._walk(there, right + other, letter + rest, edits - 1)
            here, right = following, right + letter

    def _one_edit(self, among: Stretch, right: str, typed: str, _: int = 1) -> Iterator[Stretch]:
        """The same for one edit, without a walk of its own for each: this is where the time goes."""
        words = self._words
        here: Stretch | None = among
        for at, letter in enumerate(typed):
            if here is None:
                return
            rest = typed[at + 1 :]
            tried = [(here, right + rest)] if rest else []
            if rest and rest[0] != letter:
                tried.append((here, right + rest[0] + letter + rest[1:]))
            following = None
            for other, there in self._next_letters(here, len(right)):
                if other == letter:
                    following = there
                    continue
                if rest:
                    tried.append((there, right + other + rest))
                tried.append((there, right + other + letter + rest))
            for (low, high), start in tried:
                low = bisect_left(words, start, low, high)
                if low < high and words[low].startswith(start):
                    yield low, bisect_left(words, start + LAST_LETTER, low, high)
            here, right = following, right + letter

    def _next_letters(self, among: Stretch, depth: int) -> Iterator[tuple[str, Stretch]]:
        """Each letter that stands after the first `depth` of these words, and its words."""
        low, high = among
        while low < high:
            word = self._words[low]
            if len(word) <= depth:
                low += 1
                continue
            end = bisect_left(self._words, word[: depth + 1] + LAST_LETTER, low, high)
            yield word[depth], (low, end)
            low = end
