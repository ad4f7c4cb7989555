"""How well units match the parts of a question: the text half of the ranking formula.

A word's score for a unit is the weight of the best field that has it times the weight of the form in which
it stands there (`schema.FIELD_WEIGHTS`, `schema.FORM_WEIGHTS`). A part's score is its meaning's or its
words', whichever is more; a question's the mean of its parts'. Everything lies between 0 and 1, so an exact
hit never ranks under a loose one. A word that no unit has is tried as a beginning, as a compound whose
parts all occur, and last as a misspelling.

Scores are arrays with one number per unit; 0 means that the unit does not match.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from math import log
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from directory.geography.gazetteer import Place
from directory.search import analysis, schema, spelling
from directory.search.documents import hsa_id_term, municipality_term, region_term
from directory.search.postings import NONE, Postings, Units
from directory.search.reading import Part
from directory.search.reference import Reference

Scores: TypeAlias = NDArray[np.float64]
"""One score per unit number, length `Postings.size`."""

Within: TypeAlias = Callable[[float, float, int], Units]
"""(lat, lon, metres) -> the units within that distance."""

PLACE_SCORE = 0.8
PREFIX_WEIGHT, COMPOUND_WEIGHT = 0.6, 0.6
SHORTEST_PREFIX = 3
MOST_EXPANSIONS = 50
LOCAL_RADIUS = 5_000
"""Metres around a locality, a district, a street or a postal code's point that count as there."""

WAYS = sorted(
    (
        (field_weight * schema.FORM_WEIGHTS[form], field, form)
        for field, field_weight in schema.FIELD_WEIGHTS.items()
        for form in ("word", "stem", "fold", "part")
        if field != schema.TEXT or form == "stem"
    ),
    key=lambda way: way[0],
)
"""(weight, field, form) in which a unit may have a word, the weightiest last so that it is what stays."""
KNOWN_WAYS = sorted(
    (
        (schema.FIELD_WEIGHTS[field] if form == "stem" else weight, field, form)
        for weight, field, form in WAYS
    ),
    key=lambda way: way[0],
)
"""The same for a word that names a service or a place: *vårdcentralen* says no less than *vårdcentral*."""


def terms_of(word: str) -> dict[str, str]:
    """The index term of each form of a word."""
    root = analysis.stem(word)
    return {
        "word": analysis.WORD + word,
        "stem": analysis.STEM + root,
        "fold": analysis.FOLD + analysis.fold(root),
        "part": analysis.PART + root,
    }


def part_scores(
    part: Part, postings: Postings, reference: Reference, within: Within, metres: int | None = None
) -> Scores:
    """How well units match a part. `metres`: search this far around its place."""
    if part.kind == "unit":
        scores = nothing(postings)
        scores[postings.units(schema.CODE, hsa_id_term(part.words[0]))] = 1.0
        return scores
    if part.strict:
        scores = nothing(postings)
    elif part.services or part.place:
        scores = words_scores(part.words, postings, as_written)
    else:
        scores = words_scores(part.words, postings)
    for term, score in reference.service_scores(part.services, part.related):
        _at_least(scores, postings.units(schema.CODE, term), score)
    for place in (part.place, *part.others) if part.place else ():
        _at_least(scores, units_of(place, postings, within, metres), PLACE_SCORE)
    return scores


def words_scores(
    words: Iterable[str], postings: Postings, scores_of: Callable[[str, Postings], Scores] | None = None
) -> Scores:
    """The units that have all the words, with the mean of the words' scores."""
    found = [(scores_of or word_scores)(word, postings) for word in words]
    return mean_of_all(found) if found else nothing(postings)


def word_scores(word: str, postings: Postings) -> Scores:
    """The units that have the word, or else something near it."""
    return _first_that_finds(STEPS, word, postings)


def as_written(word: str, postings: Postings) -> Scores:
    """The units that have the word or its parts: a known word is no misspelling or beginning of another."""
    return _first_that_finds(SURE_STEPS, word, postings)


def is_known(word: str, postings: Postings) -> bool:
    """Whether some unit has the word in some form or with some ending, or the parts that it is made of."""
    terms = terms_of(word)
    if any(len(postings.units(field, terms[form])) for _, field, form in reversed(WAYS)):
        return True
    if any(len(postings.units(field, term)) for _, field, term in beginnings(word, postings)):
        return True
    return bool(analysis.parts(word)) and bool(compound(word, postings).any())


def nothing(postings: Postings) -> Scores:
    """No unit matches."""
    return np.zeros(postings.size)


def mean_of_all(scores: Sequence[Scores]) -> Scores:
    """Units that match in every one of `scores` (at least one), with their mean; a new array."""
    units = (scores[0] > 0).nonzero()[0]
    for each in scores[1:]:
        units = units[each[units] > 0]
    total = scores[0][units]
    for each in scores[1:]:
        total += each[units]
    mean = np.zeros(len(scores[0]))
    mean[units] = total / len(scores)
    return mean


def _at_least(scores: Scores, units: Units, score: float) -> None:
    scores[units] = np.maximum(scores[units], score)


def directly(word: str, postings: Postings) -> Scores:
    """The word in one of its forms."""
    return _in_ways(WAYS, word, postings)


def in_any_ending(word: str, postings: Postings) -> Scores:
    """The same for a word of known meaning, whose ending says nothing."""
    return _in_ways(KNOWN_WAYS, word, postings)


def _in_ways(ways: Iterable[tuple[float, str, str]], word: str, postings: Postings) -> Scores:
    scores = nothing(postings)
    terms = terms_of(word)
    for weight, field, form in ways:
        units = postings.units(field, terms[form])
        if len(units):
            scores[units] = weight
    return scores


def by_beginning(word: str, postings: Postings) -> Scores:
    """Words of names and places that begin like the word."""
    scores = nothing(postings)
    for weight, field, term in beginnings(word, postings):
        _at_least(scores, postings.units(field, term), weight)
    return scores


def beginnings(word: str, postings: Postings) -> Iterator[tuple[float, str, str]]:
    """(weight, field, term) of what begins like the word."""
    if len(word) < SHORTEST_PREFIX:
        return
    prefix = analysis.FOLD + analysis.fold(word)
    for field in (schema.NAME, schema.OTHER_NAME, schema.PLACE):
        for term in islice(postings.lexicon(field, prefix), MOST_EXPANSIONS):
            yield schema.FIELD_WEIGHTS[field] * PREFIX_WEIGHT, field, term


def compound(word: str, postings: Postings) -> Scores:
    """The parts that the word is made of, all of them."""
    found = [directly(part, postings) for part in analysis.parts(word)]
    return mean_of_all(found) * COMPOUND_WEIGHT if found else nothing(postings)


def misspelt(word: str, postings: Postings) -> Scores:
    """Words that are spelt nearly so."""
    scores = nothing(postings)
    for near in spelling.nearest(word, postings.words):
        for field, weight in schema.FIELD_WEIGHTS.items():
            units = postings.units(field, analysis.FOLD + near.word)
            _at_least(scores, units, weight * schema.FUZZY_WEIGHT / max(near.edits, 1))
    return scores


Step: TypeAlias = Callable[[str, Postings], Scores]
STEPS: tuple[Step, ...] = (directly, by_beginning, compound, misspelt)
SURE_STEPS: tuple[Step, ...] = (in_any_ending, compound)
"""Ways to find a word, the surest first: the first that finds any unit is the answer."""


def _first_that_finds(steps: Sequence[Step], word: str, postings: Postings) -> Scores:
    scores = nothing(postings)
    for step in steps:
        scores = step(word, postings)
        if scores.any():
            break
    return scores


def named_exactly(q: str, postings: Postings) -> Units:
    """The units whose whole name this is, in whatever order and spelt without diacritics too."""
    found = [postings.units(schema.EXACT, term) for term in dict.fromkeys(analysis.whole(q))]
    some = [units for units in found if len(units)]
    return np.unique(np.concatenate(some)) if len(some) > 1 else some[0] if some else NONE


def units_of(place: Place, postings: Postings, within: Within, metres: int | None) -> Units:
    """The units in a place; `metres`: this far around it."""
    if place.kind == "region":
        return postings.units(schema.CODE, region_term(place.code))
    if place.kind == "municipality" and metres is None:
        return postings.units(schema.CODE, municipality_term(place.code))
    if place.lat is None or place.lon is None:
        return NONE
    return within(place.lat, place.lon, metres or LOCAL_RADIUS)


def by_share(found: Sequence[Scores], total: int) -> Scores:
    """For when no unit matches every part: those that match most parts, a rare one counting for more.

    `total` is the number of units there are; `found` has at least one element.
    """
    counts = sum((scores > 0).astype(np.int32) for scores in found)
    rarities = [log(1 + total / matching) if (matching := np.count_nonzero(s)) else 0.0 for s in found]
    shares: Scores = np.zeros_like(found[0])
    for scores, rarity in zip(found, rarities, strict=True):
        shares += scores * rarity
    shares[counts != np.max(counts, initial=0)] = 0
    return shares / (sum(rarities) or 1.0)
