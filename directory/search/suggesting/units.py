"""Units as suggestions, by the beginnings of words of their names."""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from directory.search import analysis
from directory.search.beginnings import Beginnings
from directory.search.held.model import Model
from directory.search.held.postings import NO_TERMS
from directory.search.postings import NAME_FIELDS
from directory.search.suggesting.typed import Item, Shown, Typed

MOST_TERMS = 200
MOST_NAMES = 1_000
"""Names looked at for one that begins with all that is typed."""


def units(typed: Typed, model: Model, nearly: bool, limit: int) -> Iterator[Item]:
    """Units with a word in a name, present or former, that begins as typed; or, `nearly`, with a slip."""
    if len(typed.words) > 1:
        # A unit's other words are found by what they mean, wherever they stand.
        return
    start = f"{typed.before} {typed.phrase}".strip().lower()
    seen = np.zeros(model.held.postings.size, np.bool_)
    for found in _called(typed.phrase, model, nearly):
        if not found.any():
            continue
        fresh = np.flatnonzero(found & typed.units & ~seen)
        seen |= found
        for unit in _ordered(fresh, start, model, limit):
            yield _unit(unit, model)


def _called(word: str, model: Model, nearly: bool) -> Iterator[Shown]:
    """Units with a word in the name, then in a former one, that begins so; then diacritics aside; then those
    with another form of the word. Or else those with a word that nearly begins so.
    """
    postings = model.held.postings
    folded = analysis.fold(word)
    for name in NAME_FIELDS if nearly else ():
        yield _having(name, lambda names: names.nearly(folded), model)
    if nearly:
        return
    for name in NAME_FIELDS:
        found = np.zeros(postings.size, np.bool_)
        for segment, units in postings.segments:
            documents = segment.fields.get(name, NO_TERMS).documents_beginning_with(analysis.WORD + word)
            _mark(found, units[documents])
        yield found
    stem = analysis.FOLD + analysis.fold(analysis.stem(word))
    for name in NAME_FIELDS:
        found = _having(name, lambda names: names.exactly(folded), model)
        found[postings.units(name, stem)] = True
        yield found


def _having(name: str, terms: Callable[[Beginnings[str]], Sequence[str]], model: Model) -> Shown:
    """Units with any of these terms in the field."""
    postings = model.held.postings
    found = np.zeros(postings.size, np.bool_)
    begun = terms(postings.names)[:MOST_TERMS]
    for segment, units in postings.segments:
        field = segment.fields.get(name, NO_TERMS)
        documents = [field[term] for term in begun if term in field.numbers]
        if documents:
            _mark(found, units[np.concatenate(documents)])
    return found


def _mark(found: Shown, units: NDArray[np.int32]) -> None:
    found[units[units >= 0]] = True


def _ordered(units: NDArray[np.intp], start: str, model: Model, limit: int) -> list[int]:
    """Those whose name begins with all that is typed first; then the shorter names."""
    table = model.held.table
    order = units[np.argsort(table.by_length[units])][:MOST_NAMES].tolist()
    begins = (unit for unit in order if table.names[unit].lower().startswith(start))
    beginning = list(islice(begins, limit))
    return [*beginning, *(unit for unit in order[: 2 * limit] if unit not in beginning)][:limit]


def _unit(unit: int, model: Model) -> Item:
    table = model.held.table
    column = table.facets["municipality"]
    values = column.values[column.starts[unit] : column.starts[unit + 1]].tolist()
    codes = [model.context.values["municipality"].names[value] for value in values]
    detail = next((model.reference.place_name(code) for code in codes), None)
    return {"label": table.names[unit], "value": table.ids[unit], "detail": detail, "words": ""}
