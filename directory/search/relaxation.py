"""From a reading to candidates; and when nothing is found, what is tried next and how that is said.

First every part must match. Then the place grows step by step; then units count that match most of the
words; last, what was only to be open now may be closed. Words that no unit has at all find nothing: a
question of such words alone is answered with no hits, not with the whole of a place.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from directory.search import analysis, schema
from directory.search.matching import Scores, Within, by_share, mean_of_all, part_scores
from directory.search.postings import Postings
from directory.search.reading import Part, Reading
from directory.search.reference import Reference

WIDER_METRES = (10_000, 25_000, 50_000, 100_000)
EXACT_NAME_BONUS = 1.0


@dataclass(frozen=True)
class Attempt:
    """Candidates with their relevance (None: every unit), and what was given up to find them, in words."""

    relevance: Scores | None
    widened: str | None = None
    open_now: bool = True


class Matcher:
    """Finds candidates for one reading. `metres`: the radius that the request itself sets around a place."""

    def __init__(
        self, reading: Reading, postings: Postings, reference: Reference, within: Within, metres: int | None
    ) -> None:
        self._postings = postings
        self._reference = reference
        self._within = within
        self._metres = metres
        self._place = reading.place_part
        self._found = {part: self._scores(part, metres) for part in reading.parts}

    @property
    def _content(self) -> list[Scores]:
        return [scores for part, scores in self._found.items() if part is not self._place]

    def attempts(self, q: str) -> Iterator[Attempt]:
        """What to try, in order."""
        relevance = mean_of_all(list(self._found.values()))
        named = self._postings.units(schema.EXACT, analysis.squash(q))
        if self._place is not None and self._place.strict:
            named = named[self._found[self._place][named] > 0]
        relevance[named] += EXACT_NAME_BONUS
        yield Attempt(relevance)
        if self._content and not any(scores.any() for scores in self._content):
            return
        yield from self._wider(mean_of_all(self._content) if self._content else None)
        if len(self._content) > 1:
            yield from self._partly()

    def _wider(self, content: Scores | None) -> Iterator[Attempt]:
        """The same words further away."""
        place = self._place.place if self._place else None
        nothing_to_find = content is not None and not content.any()
        if self._place is None or place is None or self._metres or nothing_to_find:
            return
        for metres in WIDER_METRES if place.lat is not None else ():
            nearby = self._scores(self._place, metres)
            found = nearby if content is None else mean_of_all([content, nearby])
            yield Attempt(found, f"Inget hittades i {place.name}. Sökningen gäller inom {metres // 1000} km.")
        yield Attempt(content, f"Inget hittades i eller nära {place.name}. Sökningen gäller hela landet.")

    def _partly(self) -> Iterator[Attempt]:
        """Units that match most of the words, if possible in the place."""
        content = by_share(self._content, len(self._postings))
        said = "Ingen enhet motsvarar alla ord. Här är de som motsvarar flest."
        if self._place is not None:
            yield Attempt(mean_of_all([content, self._found[self._place]]), said)
        if self._place is None or not self._place.strict:
            yield Attempt(content, said)

    def _scores(self, part: Part, metres: int | None) -> Scores:
        return part_scores(part, self._postings, self._reference, self._within, metres)


def without_open_now(attempts: Iterator[Attempt]) -> Iterator[Attempt]:
    """Each attempt with what is open now; if none of them finds anything, the first with the closed too."""
    first: Attempt | None = None
    for attempt in attempts:
        first = first or attempt
        yield attempt
    if first is not None:
        yield Attempt(first.relevance, "Inget har öppet just nu. Här är även det som är stängt.", False)
