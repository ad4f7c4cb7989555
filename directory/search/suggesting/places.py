"""Places as suggestions, those that have units."""

import weakref
from collections.abc import Iterable, Iterator

from directory.geography.gazetteer import Gazetteer, Place, bare
from directory.search import schema
from directory.search.beginnings import Beginnings
from directory.search.documents import municipality_term, region_term
from directory.search.held.model import Model
from directory.search.suggesting.typed import Item, Shown, Typed, folded

MOST_LOOKED_AT = 8
"""Places looked at for each one wanted: many have no units."""
MOST_PLACES = 200
MANY_PLACES = 20
"""So many are put in order once for the same letters."""


def places(typed: Typed, model: Model, nearly: bool, limit: int) -> Iterator[Item]:
    """Places with units, unless one is typed already; `nearly`: with a slip in the last word."""
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
        near = names.beginnings.nearly(*folded(typed.words, bare))[:most]
        return [match.place for name in near for match in gazetteer.exact(name)]
    return names.beginning_with(typed.phrase, gazetteer)[:most]


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


def _has_units(model: Model, among: Shown, terms: Iterable[str]) -> bool:
    """Whether any of these units has one of these codes."""
    postings = model.held.postings
    return any(bool(among[postings.units(schema.CODE, term)].any()) for term in terms)
