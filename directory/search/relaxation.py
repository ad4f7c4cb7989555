"""From a reading to candidates; and when nothing is found, what is tried next and what is told of it.

First every part must match, but for those that need not: ordinary words, words that stand only in texts
while another part says what is sought, and words that nobody has beside others that somebody has. Then
words that were taken for other words are taken as they were typed. Then,
within the place, words that many units have are left, and of several services most. Then the place grows
step by step; last come units anywhere that match most parts. A service that no unit has is answered with
others of its group. Words that no unit has find nothing: a question of such words alone is answered with no
hits, not with the whole of a place.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from directory.search import schema
from directory.search.matching import (
    Scores,
    Within,
    by_share,
    mean_of_all,
    named_exactly,
    nothing,
    part_scores,
)
from directory.search.postings import Postings
from directory.search.reading import Part, Reading
from directory.search.recent import may_be_kept, recent
from directory.search.reference import SERVICE, Reference
from directory.search.relaxed import MOST_WORDS, Relaxed

WIDER_METRES = (10_000, 25_000, 50_000, 100_000)
EXACT_NAME_BONUS = 1.0
OPTIONAL_BONUS = 0.1
"""For a unit that has all words that need not match; its share for one that has some."""
COMMON_SHARE = 0.02
"""A word that so many of all units have says little of which is meant: it is left before the place is."""


@dataclass(frozen=True)
class Attempt:
    """Candidates with their relevance (None: every unit), and what was given up to find them."""

    relevance: Scores | None
    widened: Relaxed | None = None
    as_asked: bool = True
    """With what words ask of time and attributes."""
    reading: Reading | None = None
    """The reading that found them, when it is not the first."""


class Matcher:
    """Finds candidates for one reading. `metres`: the radius that the request itself sets around a place."""

    def __init__(
        self, reading: Reading, postings: Postings, reference: Reference, within: Within, metres: int | None
    ) -> None:
        self._reading = reading
        self._postings = postings
        self._reference = reference
        self._within = within
        self._metres = metres
        self._recent = recent(postings, reference)
        self._place = reading.place_part
        self._place_scores = self._scores(self._place, metres) if self._place else None
        content = [part for part in reading.parts if part is not self._place]
        self._content = {part: self._scores(part, metres) for part in content}
        self._most = {part: float(np.max(scores, initial=0.0)) for part, scores in self._content.items()}
        self._required = self._must_match()
        self._bonus = self._optional_bonus()

    def attempts(self, q: str) -> Iterator[Attempt]:
        """What to try, in order."""
        relevance = self._all(list(self._required.values()))
        named = named_exactly(q, self._postings)
        if self._place is not None and self._place.strict and self._place_scores is not None:
            named = named[self._place_scores[named] > 0]
        relevance[named] += EXACT_NAME_BONUS
        yield Attempt(relevance, self._missing())
        yield from self._as_typed(q)
        if self._content and not any(self._most.values()):
            yield from self._kindred()
            return
        yield from self._without_guesses()
        if self._place is not None and self._place_scores is not None:
            yield from self._fewer_words_there()
            yield from self._wider()
        if len(self._content) > 1:
            yield from self._partly()

    def _as_typed(self, q: str) -> Iterator[Attempt]:
        """Before anything is given up: words that were taken for services or places as words of units."""
        other = self._reading.as_typed()
        if other is not None:
            matcher = Matcher(other, self._postings, self._reference, self._within, self._metres)
            attempt = next(matcher.attempts(q))
            if attempt.widened is None:
                yield replace(attempt, reading=other)

    def _must_match(self) -> dict[Part, Scores]:
        """The parts that a unit must match; all of them when none would be left."""
        # Some unit has more than the word in a text: a service, a name, a place, a label.
        weak = schema.FIELD_WEIGHTS[schema.TEXT]
        strong = {p: s for p, s in self._content.items() if not p.optional and self._most[p] > weak}
        if strong:
            return strong
        known = {part: scores for part, scores in self._content.items() if self._most[part]}
        return {part: s for part, s in known.items() if not part.optional} or known or self._content

    def _optional_bonus(self) -> Scores | None:
        extra = [scores for part, scores in self._content.items() if part not in self._required]
        if not extra:
            return None
        bonus = np.zeros(self._postings.size)
        for scores in extra:
            bonus += scores
        return bonus * (OPTIONAL_BONUS / len(extra))

    def _missing(self) -> Relaxed | None:
        """Which words nobody has, when they were set aside for those that somebody has."""
        if not any(self._most[part] for part in self._required):
            return None
        words = [
            part.matched
            for part in self._content
            if part not in self._required and not part.optional and not self._most[part]
        ]
        return Relaxed("words-unknown", tuple(words)) if words else None

    def _all(self, found: Sequence[Scores], there: Scores | None = None) -> Scores:
        """Units that match all of these and the place, with what the other words add."""
        place = self._place_scores if there is None else there
        every = [*found, place] if place is not None else list(found)
        return self._with_bonus(mean_of_all(every))

    def _with_bonus(self, relevance: Scores) -> Scores:
        return relevance if self._bonus is None else relevance + np.where(relevance > 0, self._bonus, 0.0)

    def _without_guesses(self) -> Iterator[Attempt]:
        """Without the words that units only have something like; they are not asked for again."""
        guess = schema.FUZZY_WEIGHT
        sure = {part: s for part, s in self._required.items() if part.services or self._most[part] > guess}
        if sure and len(sure) < len(self._required):
            self._required = sure
            self._bonus = self._optional_bonus()
            yield Attempt(self._all(list(sure.values())), MOST_WORDS)

    def _fewer_words_there(self) -> Iterator[Attempt]:
        """In the place: without the words that many units have, then with most of several services."""
        most = COMMON_SHARE * len(self._postings)
        kept = {p: s for p, s in self._required.items() if p.services or np.count_nonzero(s) <= most}
        if kept and len(kept) < len(self._required):
            yield Attempt(self._all(list(kept.values())), MOST_WORDS)
        services = [self._there(scores) for part, scores in kept.items() if part.services]
        if len(services) > 1 and len(services) == len(kept):
            yield Attempt(self._all([by_share(services, len(self._postings))]), MOST_WORDS)

    def _wider(self) -> Iterator[Attempt]:
        """The same words further away."""
        place = self._place.place if self._place else None
        found = list(self._required.values())
        if self._place is None or place is None or self._metres or (found and not mean_of_all(found).any()):
            return
        for metres in WIDER_METRES if place.lat is not None else ():
            nearby = self._all(found, self._scores(self._place, metres))
            yield Attempt(nearby, Relaxed("wider-area", place=place.name, metres=metres))
        anywhere = self._with_bonus(mean_of_all(found)) if found else None
        yield Attempt(anywhere, Relaxed("whole-country", place=place.name))

    def _partly(self) -> Iterator[Attempt]:
        """Units that match most of the words, if possible in the place."""
        everything = list(self._content.values())
        if self._place_scores is not None:
            there = by_share([self._there(scores) for scores in everything], len(self._postings))
            yield Attempt(mean_of_all([there, self._place_scores]), MOST_WORDS)
        if self._place is None or not self._place.strict:
            yield Attempt(by_share(everything, len(self._postings)), MOST_WORDS)

    def _kindred(self) -> Iterator[Attempt]:
        """Nobody does what was asked for: units that do something of the same group, if possible there."""
        for part in self._content:
            for group in self._reference.groups_of(part.services):
                found = nothing(self._postings)
                for term, score in self._reference.service_scores([f"{SERVICE}:{group}"]):
                    units = self._postings.units(schema.CODE, term)
                    found[units] = np.maximum(found[units], score * schema.KINDRED_WEIGHT)
                label = self._reference.label(SERVICE, group)
                said = Relaxed("related-services", (part.matched,), service=group, display=label)
                yield Attempt(self._there(found), said)
                yield Attempt(found, said)

    def _there(self, scores: Scores) -> Scores:
        """The scores of units in the place alone."""
        return scores if self._place_scores is None else np.where(self._place_scores > 0, scores, 0.0)

    def _scores(self, part: Part, metres: int | None) -> Scores:
        def make() -> Scores:
            return part_scores(part, self._postings, self._reference, self._within, metres)

        return self._recent.scores(part, self._postings.size, make) if may_be_kept(part, metres) else make()


def without_wishes(attempts: Iterator[Attempt], said: Relaxed) -> Iterator[Attempt]:
    """Each attempt with what is asked of time and attributes; if none finds anything, the first without."""
    first: Attempt | None = None
    for attempt in attempts:
        first = first or attempt
        yield attempt
    if first is not None:
        yield Attempt(first.relevance, said, as_asked=False)
