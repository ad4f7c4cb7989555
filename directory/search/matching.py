"""How well units match the parts of a question: the text half of the ranking formula.

A word's score for a unit is the weight of the best field that has it times the weight of the form in which
it stands there (`schema.FIELD_WEIGHTS`, `schema.FORM_WEIGHTS`). A part's score is its meaning's or its
words', whichever is more; a question's the mean of its parts'. Everything lies between 0 and 1, so an exact
hit never ranks under a loose one. A word that no unit has is tried as a beginning, as a compound whose
parts all occur, and last as a misspelling.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from functools import reduce
from math import log

from directory.geography.gazetteer import Place
from directory.search import analysis, schema, spelling
from directory.search.documents import hsa_id_term, municipality_term, region_term
from directory.search.postings import Postings
from directory.search.reading import Part
from directory.search.reference import Reference

Scores = dict[str, float]
Within = Callable[[float, float, int], Collection[str]]
"""(lat, lon, metres) -> the units within that distance."""

SERVICE_SCORE, LOOSE_SCORE, PLACE_SCORE = 1.0, 0.5, 0.8
PREFIX_WEIGHT, COMPOUND_WEIGHT = 0.6, 0.6
SHORTEST_PREFIX = 3
MOST_EXPANSIONS = 50
LOCAL_RADIUS = 5_000
"""Metres around a locality, a district, a street or a postal code's point that count as there."""

_FORMS: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("word", lambda word: analysis.WORD + word),
    ("stem", lambda word: analysis.STEM + analysis.stem(word)),
    ("fold", lambda word: analysis.FOLD + analysis.fold(analysis.stem(word))),
    ("part", lambda word: analysis.PART + analysis.stem(word)),
)
_LOOKUPS = sorted(
    (
        (field_weight * schema.FORM_WEIGHTS[form], field, make)
        for field, field_weight in schema.FIELD_WEIGHTS.items()
        for form, make in _FORMS
        if field != schema.TEXT or form == "stem"
    ),
    key=lambda lookup: -lookup[0],
)


def part_scores(
    part: Part, postings: Postings, reference: Reference, within: Within, metres: int | None = None
) -> Scores:
    """The units that match a part. `metres`: search this far around its place."""
    if part.kind == "unit":
        return dict.fromkeys(postings.units(schema.CODE, hsa_id_term(part.words[0])), 1.0)
    scores: Scores = {} if part.strict else words_scores(part.words, postings)
    offered, often = reference.service_terms(part.services)
    for term in often:
        for unit in postings.units(schema.CODE, term):
            scores[unit] = max(LOOSE_SCORE, scores.get(unit, 0.0))
    for term in offered:
        for unit in postings.units(schema.CODE, term):
            scores[unit] = SERVICE_SCORE
    for place in (part.place, *part.others) if part.place else ():
        for unit in _units_of(place, postings, within, metres):
            scores[unit] = max(PLACE_SCORE, scores.get(unit, 0.0))
    return scores


def words_scores(words: Iterable[str], postings: Postings) -> Scores:
    """The units that have all the words, with the mean of the words' scores."""
    return mean_of_all([word_scores(word, postings) for word in words])


def word_scores(word: str, postings: Postings) -> Scores:
    """The units that have the word, or else something near it."""
    return (
        _direct(word, postings)
        or _beginning(word, postings)
        or _compound(word, postings)
        or _misspelt(word, postings)
    )


def is_known(word: str, postings: Postings) -> bool:
    """Whether some unit has the word in some form or with some ending, or the parts that it is made of."""
    return bool(_direct(word, postings) or _beginning(word, postings) or _compound(word, postings))


def mean_of_all(scores: list[Scores]) -> Scores:
    """Units that stand in every one of `scores`, with their mean."""
    if not scores:
        return {}
    common = reduce(set.intersection, (set(s) for s in scores[1:]), set(scores[0]))
    return {unit: sum(s[unit] for s in scores) / len(scores) for unit in common}


def known_words(lexicon: Callable[[str, str], Iterable[str]]) -> list[str]:
    """All words of names and places, folded and stemmed: what a misspelling is compared with."""
    fields = (schema.NAME, schema.OTHER_NAME, schema.LABEL, schema.PLACE)
    return sorted({term[1:] for field in fields for term in lexicon(field, analysis.FOLD)})


def _direct(word: str, postings: Postings) -> Scores:
    scores: Scores = {}
    for weight, field, make in _LOOKUPS:
        for unit in postings.units(field, make(word)):
            scores.setdefault(unit, weight)
    return scores


def _beginning(word: str, postings: Postings) -> Scores:
    if len(word) < SHORTEST_PREFIX:
        return {}
    scores: Scores = {}
    prefix = analysis.FOLD + analysis.fold(word)
    for field in (schema.NAME, schema.OTHER_NAME, schema.PLACE):
        weight = schema.FIELD_WEIGHTS[field] * PREFIX_WEIGHT
        for number, term in enumerate(postings.lexicon(field, prefix)):
            if number == MOST_EXPANSIONS:
                break
            for unit in postings.units(field, term):
                scores.setdefault(unit, weight)
    return scores


def _compound(word: str, postings: Postings) -> Scores:
    found = [_direct(part, postings) for part in analysis.parts(word)]
    return {unit: score * COMPOUND_WEIGHT for unit, score in mean_of_all(found).items()}


def _misspelt(word: str, postings: Postings) -> Scores:
    scores: Scores = {}
    folded = analysis.fold(analysis.stem(word))
    for near in spelling.nearest(folded, known_words(postings.lexicon)):
        for field, weight in schema.FIELD_WEIGHTS.items():
            for unit in postings.units(field, analysis.FOLD + near.word):
                score = weight * schema.FUZZY_WEIGHT / near.edits
                scores[unit] = max(score, scores.get(unit, 0.0))
    return scores


def _units_of(place: Place, postings: Postings, within: Within, metres: int | None) -> Collection[str]:
    if place.kind == "region":
        return postings.units(schema.CODE, region_term(place.code))
    if place.kind == "municipality" and metres is None:
        return postings.units(schema.CODE, municipality_term(place.code))
    if place.lat is None or place.lon is None:
        return []
    return within(place.lat, place.lon, metres or LOCAL_RADIUS)


def by_share(found: Sequence[Scores], total: int) -> Scores:
    """For when no unit matches every part: those that match most parts, a rare one counting for more.

    `total` is the number of units there are.
    """
    sums: Scores = {}
    counts: dict[str, int] = {}
    rarities = [log(1 + total / len(scores)) if scores else 0.0 for scores in found]
    for scores, rarity in zip(found, rarities, strict=True):
        for unit, score in scores.items():
            sums[unit] = sums.get(unit, 0.0) + score * rarity
            counts[unit] = counts.get(unit, 0) + 1
    most = max(counts.values(), default=0)
    return {unit: score / sum(rarities) for unit, score in sums.items() if counts[unit] == most}
