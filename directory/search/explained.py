"""How a unit meets each part of a question, in words: only for who asks why a hit stands where it does.

The scores are those of `matching`; a test holds the two equal. What a search gave up to find something
(a smaller place, words that nobody has) shows as parts that the unit does not meet.
"""

from collections.abc import Callable, Iterable, Iterator

from directory.geography.gazetteer import Place
from directory.search import analysis, matching, schema, spelling
from directory.search.documents import hsa_id_term
from directory.search.matching import Scores, Within
from directory.search.postings import Postings
from directory.search.reading import Part
from directory.search.reference import Reference
from directory.search.types import Met, MetPart

Way = tuple[float, str, str, str]
"""(weight, field, form, term) in which a unit may have a word."""

BEGINNING, COMPOUND, MISSPELT = "beginning", "compound", "misspelt"
CODED, OFTEN = "coded", "often"
STATED = frozenset(how.removesuffix(":") for how in schema.STATED_SCORES if how)
"""Ways to state a service in words: `named`, `partly-named`, `told`, `partly-told`."""
_UNMET = 0.0


class Explainer:
    """For the parts of one question; `metres` is the radius that the request itself sets around a place."""

    def __init__(
        self, postings: Postings, reference: Reference, within: Within, metres: int | None = None
    ) -> None:
        self._postings = postings
        self._reference = reference
        self._within = within
        self._metres = metres
        self._steps: dict[tuple[str, bool], tuple[matching.Step, Scores] | None] = {}
        self._there: dict[Place, frozenset[int]] = {}

    def part(self, part: Part, unit: int) -> MetPart:
        """How the unit meets a part: by its meaning or by its words, whichever is more."""
        if part.kind == "unit":
            met = unit in self._postings.units(schema.CODE, hsa_id_term(part.words[0]))
            return MetPart(part.matched, float(met), "hsa-id" if met else None, part.words[0].upper())
        ways = [self._service(part, unit), *(self._place(part, place, unit) for place in _places(part))]
        if not part.strict:
            ways.append(self._words(part, unit))
        best = max(ways, key=lambda way: way.score, default=MetPart(part.matched, _UNMET))
        return best if best.score else MetPart(part.matched, _UNMET, words=best.words)

    def whole_name(self, q: str, unit: int) -> bool:
        """Whether the words are the whole of one of the unit's names."""
        return unit in matching.named_exactly(q, self._postings)

    def _service(self, part: Part, unit: int) -> MetPart:
        """The surest way in which the unit has one of the services."""
        _, often = self._reference.service_terms(part.services)
        for term, score in self._reference.service_scores(part.services, part.related):
            if unit in self._postings.units(schema.CODE, term):
                how, _, code = term.partition(":")
                if how in STATED:
                    return MetPart(part.matched, score, "service", code, how)
                return MetPart(part.matched, score, "service", term, OFTEN if term in often else CODED)
        return MetPart(part.matched, _UNMET)

    def _place(self, part: Part, place: Place, unit: int) -> MetPart:
        if place not in self._there:
            units = matching.units_of(place, self._postings, self._within, self._metres)
            self._there[place] = frozenset(units.tolist())
        score = matching.PLACE_SCORE if unit in self._there[place] else _UNMET
        return MetPart(part.matched, score, "place", place.code or place.name)

    def _words(self, part: Part, unit: int) -> MetPart:
        """Every word must be there; the score is their mean."""
        sure = bool(part.services or part.place)
        found = tuple(self.word(word, unit, sure) for word in part.words)
        met = bool(found) and all(one.score for one in found)
        score = sum(one.score for one in found) / len(found) if met else _UNMET
        return MetPart(part.matched, score, "words", words=found)

    def word(self, word: str, unit: int, sure: bool = False) -> Met:
        """The best field and form in which the unit has a word. `sure`: without guesses, as `as_written`."""
        if (word, sure) not in self._steps:
            self._steps[word, sure] = self._step(word, sure)
        found = self._steps[word, sure]
        if found is None or not found[1][unit]:
            return Met(word, None, None, _UNMET)
        step, scores = found
        field, form = self._described(step, word, unit)
        return Met(word, field, form, float(scores[unit]))

    def _step(self, word: str, sure: bool) -> tuple[matching.Step, Scores] | None:
        """The way in which any unit has the word: it decides for all of them."""
        for step in matching.SURE_STEPS if sure else matching.STEPS:
            scores = step(word, self._postings)
            if scores.any():
                return step, scores
        return None

    def _described(self, step: matching.Step, word: str, unit: int) -> tuple[str | None, str | None]:
        if step is matching.compound:
            halves = [self._best(_direct(part), unit) for part in analysis.parts(word)]
            fields = [half[1] for half in halves if half]
            return (fields[0], COMPOUND) if len(fields) == len(halves) else (None, None)
        best = self._best(_WAYS[step](word, self._postings), unit)
        return (best[1], best[2]) if best else (None, None)

    def _best(self, ways: Iterable[Way], unit: int) -> Way | None:
        there = (way for way in ways if unit in self._postings.units(way[1], way[3]))
        return max(there, key=lambda way: way[0], default=None)


def _places(part: Part) -> tuple[Place, ...]:
    return (part.place, *part.others) if part.place else ()


def _direct(word: str, _: Postings | None = None) -> Iterator[Way]:
    return _in_ways(matching.WAYS, word)


def _in_any_ending(word: str, _: Postings) -> Iterator[Way]:
    return _in_ways(matching.KNOWN_WAYS, word)


def _in_ways(ways: Iterable[tuple[float, str, str]], word: str) -> Iterator[Way]:
    terms = matching.terms_of(word)
    for weight, field, form in ways:
        yield weight, field, form, terms[form]


def _beginning(word: str, postings: Postings) -> Iterator[Way]:
    for weight, field, term in matching.beginnings(word, postings):
        yield weight, field, BEGINNING, term


def _misspelt(word: str, postings: Postings) -> Iterator[Way]:
    for near in spelling.nearest(word, postings.words):
        for field, weight in schema.FIELD_WEIGHTS.items():
            yield (
                weight * schema.FUZZY_WEIGHT / max(near.edits, 1),
                field,
                MISSPELT,
                analysis.FOLD + near.word,
            )


_WAYS: dict[matching.Step, Callable[[str, Postings], Iterator[Way]]] = {
    matching.directly: _direct,
    matching.in_any_ending: _in_any_ending,
    matching.by_beginning: _beginning,
    matching.misspelt: _misspelt,
}
