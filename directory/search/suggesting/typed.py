"""Words that are being typed, and the units that match the words before them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from directory.search.held.model import Model
from directory.search.interpret import interpret
from directory.search.matching import Scores, part_scores
from directory.search.reading import Part, Reading
from directory.search.recent import may_be_kept, recent

Item = dict[str, str | None]
"""`label` to show, `value` to search with (an HSA-id, a code or a name), `detail` to tell equals apart,
`words` that were typed before and are to be kept."""

Shown = NDArray[np.bool_]
"""One truth value per unit."""


@dataclass(frozen=True)
class Typed:
    """Words to complete, in lower case, and what was typed before them."""

    words: tuple[str, ...]
    before: str
    model: Model
    now: datetime

    @property
    def phrase(self) -> str:
        """The words to complete."""
        return " ".join(self.words)

    @cached_property
    def reading(self) -> Reading:
        """What the words before are read as."""
        return interpret(self.before, self.model.lexicon, self.now) if self.before else Reading()

    @cached_property
    def units(self) -> Shown:
        """The published units that match what was typed before, read as a search reads it.

        What it asks of time and attributes is left out: a search gives that up before it finds nothing.
        """
        found = self.model.held.table.shown(self.now).copy()
        for part in self.reading.parts:
            if not part.optional:
                found &= self._scores(part) > 0
        return found

    def _scores(self, part: Part) -> Scores:
        held, reference = self.model.held, self.model.reference

        def make() -> Scores:
            return part_scores(part, held.postings, reference, held.within)

        if not may_be_kept(part, None):
            return make()
        return recent(held.postings, reference).scores(part, held.postings.size, make)


def folded(words: Sequence[str], fold: Callable[[str], str]) -> tuple[str, str]:
    """The last word, which may be misspelt, and what stands before it."""
    *whole, last = words
    return fold(last), "".join(f"{fold(word)} " for word in whole)
