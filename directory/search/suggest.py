"""Suggestions while someone types: units, services and places, each of which leads to at least one hit."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core import clock
from directory.geography.gazetteer import Place
from directory.search import analysis, matching, schema
from directory.search.documents import municipality_term, region_term
from directory.search.held.model import Model
from directory.search.postings import Postings
from directory.search.reference import SERVICE
from directory.search.vocabulary import Vocabulary

MOST_TERMS = 200

Item = dict[str, str | None]
"""`label` to show, `value` to search with (an HSA-id, a code or a name), `detail` to tell equals apart."""

Shown = NDArray[np.bool_]
"""Which units are published now."""


def suggest(model: Model, q: str, limit: int = 5, *, now: datetime | None = None) -> list[dict[str, Any]]:
    """Groups `{"group", "items"}` in the order services, places, units, none of them empty.

    At most `limit` items in each. The last word of `q` may be the beginning of one, or misspelt when nothing
    begins so.
    """
    words = analysis.words(q)
    if not words:
        return []
    shown = model.held.table.shown(now or clock.now())
    groups: Mapping[str, list[Item]] = {
        "services": _services(words, model, shown, limit),
        "places": _places(q, model, shown, limit),
        "units": _units(q, words, model, shown, limit),
    }
    return [{"group": name, "items": items} for name, items in groups.items() if items]


def _units(q: str, words: list[str], model: Model, shown: Shown, limit: int) -> list[Item]:
    *whole, last = words
    postings, table = model.held.postings, model.held.table
    found = _beginning_with(last, postings) & shown
    for word in whole:
        if word not in analysis.STOP_WORDS:
            found &= matching.word_scores(word, postings) > 0
    units = np.flatnonzero(found)
    start = q.strip().lower()
    beginning: list[int] = []
    others: list[int] = []
    for unit in units[np.argsort(table.by_length[units])].tolist():
        begins = table.names[unit].lower().startswith(start)
        (beginning if begins else others).append(unit)
        if len(beginning) == limit:
            break
    return [_unit(unit, model) for unit in (beginning + others)[:limit]]


def _unit(unit: int, model: Model) -> Item:
    table = model.held.table
    column = table.facets["municipality"]
    values = column.values[column.starts[unit] : column.starts[unit + 1]].tolist()
    codes = [model.context.values["municipality"].names[value] for value in values]
    detail = next((model.reference.place_name(code) for code in codes), None)
    return {"label": table.names[unit], "value": table.ids[unit], "detail": detail}


def _beginning_with(word: str, postings: Postings) -> Shown:
    """Units with a name or former name in which a word begins so; diacritics aside when none does.

    When none does at all, those with a word that is spelt nearly so.
    """
    found = np.zeros(postings.size, np.bool_)
    for prefix in (analysis.WORD + word, analysis.FOLD + analysis.fold(word)):
        for name in (schema.NAME, schema.OTHER_NAME):
            for term in islice(postings.lexicon(name, prefix), MOST_TERMS):
                found[postings.units(name, term)] = True
        if found.any():
            return found
    for near in postings.words.nearest(analysis.fold(analysis.stem(word))):
        for name in (schema.NAME, schema.OTHER_NAME):
            found[postings.units(name, analysis.FOLD + near.word)] = True
    return found


def _services(words: list[str], model: Model, shown: Shown, limit: int) -> list[Item]:
    items: list[Item] = []
    for term, phrase in _meanings(words, model.reference.vocabulary):
        system, _, code = term.partition(":")
        offered, _often = model.reference.service_terms([term])
        if system == SERVICE and _any_shown(model, shown, offered):
            label = model.reference.label(SERVICE, code)
            items.append({"label": label, "value": code, "detail": phrase if phrase != label else None})
        if len(items) == limit:
            break
    return items


def _meanings(words: list[str], vocabulary: Vocabulary) -> list[tuple[str, str]]:
    found = vocabulary.beginning_with(" ".join(words))
    if found or len(words) > 1:
        return found
    singles = vocabulary.single_words
    near = vocabulary.speller.nearest(analysis.fold(analysis.stem(words[0])))
    return [(term, singles[n.word]) for n in near for term in vocabulary.services((singles[n.word],))]


def _places(q: str, model: Model, shown: Shown, limit: int) -> list[Item]:
    items: list[Item] = []
    known = model.reference
    for match in model.gazetteer.find(q, limit=limit * 4):
        place = match.place
        if match.tier != "similar" and len(items) < limit and _any_shown(model, shown, [_area(place)]):
            inside = known.place_name(place.region_code if place.code else place.municipality_code)
            detail = inside if inside != place.name else None
            items.append({"label": place.name, "value": place.name, "detail": detail, "kind": place.kind})
    return items


def _area(place: Place) -> str:
    """The area whose units a search in the place reaches at the least: it is widened so far and further."""
    if place.kind == "region":
        return region_term(place.code)
    return municipality_term(place.municipality_code or place.code)


def _any_shown(model: Model, shown: Shown, terms: Iterable[str]) -> bool:
    """Whether any unit with one of these codes is shown now."""
    postings = model.held.postings
    return any(bool(shown[postings.units(schema.CODE, term)].any()) for term in terms)
