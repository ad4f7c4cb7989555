"""Suggestions while someone types: services, places and units, each of which leads to at least one hit.

The last words typed are completed; the words before them stay, are read as a search reads them, and what is
suggested has units that match them. A misspelt last word is tried when hardly anything begins as it stands.
"""

import re
import unicodedata
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core import clock
from directory.geography.gazetteer import Gazetteer, Place, bare
from directory.search import analysis, schema
from directory.search.beginnings import Beginnings
from directory.search.documents import municipality_term, region_term
from directory.search.held.model import Model
from directory.search.held.postings import NO_TERMS
from directory.search.interpret import interpret
from directory.search.matching import part_scores
from directory.search.postings import NAME_FIELDS
from directory.search.reading import Reading
from directory.search.reference import SERVICE
from directory.search.vocabulary import LONGEST_PHRASE

FEW = 3
"""With fewer suggestions than these for the letters as they stand, misspellings of others are tried."""
MOST_TERMS = 200
MOST_WORDS = 12
MOST_LOOKED_AT = 8
"""Places looked at for each one wanted: many have no units."""
MOST_PLACES = 200
MANY_PLACES = 20
"""So many are put in order once for the same letters."""
MOST_NAMES = 1_000
"""Names looked at for one that begins with all that is typed."""

Item = dict[str, str | None]
"""`label` to show, `value` to search with (an HSA-id, a code or a name), `detail` to tell equals apart,
`words` that were typed before and are to be kept."""

Shown = NDArray[np.bool_]
"""One truth value per unit."""

_TOKEN = re.compile(r"[^\W_]+")


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
        model = self.model
        held, postings = model.held, model.held.postings
        found = held.table.shown(self.now).copy()
        for part in self.reading.parts:
            if not part.optional:
                found &= part_scores(part, postings, model.reference, held.within) > 0
        return found


def suggest(model: Model, q: str, limit: int = 5, *, now: datetime | None = None) -> list[dict[str, Any]]:
    """Groups `{"group", "items"}` in the order services, places, units, none of them empty.

    At most `limit` items in each. What begins as it is typed stands before what nearly does.
    """
    ways = list(_ways(model, q, now or clock.now()))
    if not ways:
        return []
    groups: dict[str, list[Item]] = {name: [] for name in _GROUPS}
    _fill(groups, model, ways, limit, nearly=False)
    if sum(map(len, groups.values())) < FEW and not _is_whole(ways[-1].words[-1], model, groups):
        _fill(groups, model, ways, limit, nearly=True)
    return [{"group": name, "items": items} for name, items in groups.items() if items]


def _ways(model: Model, q: str, now: datetime) -> Iterator[Typed]:
    """What may be being completed: as many words as a phrase may have, down to the last alone."""
    q = unicodedata.normalize("NFC", q)
    tokens = list(_TOKEN.finditer(q))[:MOST_WORDS]
    words = tuple(token.group().lower() for token in tokens)
    for first in range(max(0, len(words) - LONGEST_PHRASE), len(words)):
        yield Typed(words[first:], q[: tokens[first].start()].strip(" ,;.-"), model, now)


def _fill(
    groups: Mapping[str, list[Item]], model: Model, ways: list[Typed], limit: int, nearly: bool
) -> None:
    """Add to each group what the longest phrase finds that finds anything."""
    for name, find in _GROUPS.items():
        items = groups[name]
        for typed in ways:
            known = {item["value"] for item in items}
            found = (item for item in find(typed, model, nearly, limit) if item["value"] not in known)
            fresh = [item for _, item in zip(range(limit - len(items)), found, strict=False)]
            items += fresh
            if fresh:
                break


def _is_whole(word: str, model: Model, groups: Mapping[str, list[Item]]) -> bool:
    """Whether something was found and the word is one that units have: it is not misspelt."""
    return any(groups.values()) and analysis.fold(analysis.stem(word)) in model.held.postings.words


def _services(typed: Typed, model: Model, nearly: bool, limit: int) -> Iterator[Item]:
    seen: set[str] = set()
    for term, phrase in _meanings(typed, model, nearly):
        system, _, code = term.partition(":")
        if system != SERVICE or code in seen:
            continue
        seen.add(code)
        if _is_offered(model, typed.units, code):
            label = model.reference.label(SERVICE, code)
            detail = phrase if phrase and phrase != label else None
            yield {"label": label, "value": code, "detail": detail, "words": typed.before}


def _meanings(typed: Typed, model: Model, nearly: bool) -> Iterable[tuple[str, str]]:
    """(`system:code`, phrase), the shortest phrases first; then what the words mean in another form."""
    vocabulary = model.reference.vocabulary
    if nearly:
        found = vocabulary.phrases.nearly(*_folded(typed.words, analysis.fold))
        return sorted(found, key=_plainest)
    begun = vocabulary.phrases.exactly(analysis.fold(typed.phrase))
    meant = ((term, typed.phrase) for term in vocabulary.services(typed.words))
    return (*sorted(begun, key=_plainest), *meant)


def _plainest(meaning: tuple[str, str]) -> tuple[bool, int, str]:
    """Short phrases first; what is only a known misspelling (it has no phrase to show) last."""
    _, phrase = meaning
    return not phrase, len(phrase), phrase


def _places(typed: Typed, model: Model, nearly: bool, limit: int) -> Iterator[Item]:
    if typed.reading.place_part:
        # A search has one place.
        return
    known = model.reference
    seen: set[tuple[str, str | None]] = set()
    for place in _named(typed, model.gazetteer, nearly, limit * MOST_LOOKED_AT):
        inside = known.place_name(place.region_code if place.code else place.municipality_code)
        detail = inside if inside != place.name else None
        if (place.name, detail) not in seen and _has_units(model, typed.units, [_area(place)]):
            seen.add((place.name, detail))
            yield {
                "label": place.name,
                "value": place.name,
                "detail": detail,
                "kind": place.kind,
                "words": typed.before,
            }


def _named(typed: Typed, gazetteer: Gazetteer, nearly: bool, most: int) -> Iterable[Place]:
    names = _names_of(gazetteer)
    if nearly:
        near = names.beginnings.nearly(*_folded(typed.words, bare))[:most]
        return [match.place for name in near for match in gazetteer.exact(name)]
    return names.beginning_with(typed.phrase, gazetteer)[:most]


def _units(typed: Typed, model: Model, nearly: bool, limit: int) -> Iterator[Item]:
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
    found = np.zeros(model.held.postings.size, np.bool_)
    for segment, units in model.held.postings.segments:
        field = segment.fields.get(name, NO_TERMS)
        for term in terms(segment.names)[:MOST_TERMS]:
            _mark(found, units[field[term]])
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


def _folded(words: Sequence[str], fold: Callable[[str], str]) -> tuple[str, str]:
    """The last word, which may be misspelt, and what stands before it."""
    *whole, last = words
    return fold(last), "".join(f"{fold(word)} " for word in whole)


class _Names:
    """The names of places without diacritics, each standing for itself; what few letters begin is kept."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        every = {bare(name) for place in gazetteer.places for name in (place.name, *place.aliases)}
        self.beginnings = Beginnings((name, name) for name in every)
        self._kept: dict[str, list[Place]] = {}

    def beginning_with(self, typed: str, gazetteer: Gazetteer) -> list[Place]:
        """The places, the more general first."""
        found = self._kept.get(typed)
        if found is None:
            found = [match.place for match in gazetteer.beginning_with(typed, MOST_PLACES)]
            if len(found) > MANY_PLACES:
                self._kept[typed] = found
        return found


_place_names: "weakref.WeakKeyDictionary[Gazetteer, _Names]" = weakref.WeakKeyDictionary()


def _names_of(gazetteer: Gazetteer) -> _Names:
    names = _place_names.get(gazetteer)
    if names is None:
        names = _place_names[gazetteer] = _Names(gazetteer)
    return names


def _area(place: Place) -> str:
    """The area whose units a search in the place reaches at the least: it is widened so far and further."""
    if place.kind == "region":
        return region_term(place.code)
    return municipality_term(place.municipality_code or place.code)


def _is_offered(model: Model, among: Shown, code: str) -> bool:
    """Whether any of these units offers the service today: what the filter by it would leave."""
    codes = model.reference.with_narrower([code])
    offered = model.held.table.facets["service"].having(model.context.values["service"].known(codes))
    return bool((offered & among).any())


def _has_units(model: Model, among: Shown, terms: Iterable[str]) -> bool:
    """Whether any of these units has one of these codes."""
    postings = model.held.postings
    return any(bool(among[postings.units(schema.CODE, term)].any()) for term in terms)


_GROUPS = {"services": _services, "places": _places, "units": _units}
