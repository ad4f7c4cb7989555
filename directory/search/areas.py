"""Parts of the country that are neither region nor municipality, as people name them: Öland, Norrland."""

import weakref
from collections.abc import Collection, Sequence

from directory.geography.gazetteer import Gazetteer, Place, bare
from directory.search.words import table

KIND = "area"
_known: "weakref.WeakKeyDictionary[Gazetteer, dict[str, tuple[Place, tuple[Place, ...]]]]"
_known = weakref.WeakKeyDictionary()


def area(name: str, gazetteer: Gazetteer) -> tuple[Place, tuple[Place, ...]] | None:
    """The area of this name, diacritics aside, and the regions and municipalities that make it up."""
    return _of(gazetteer).get(bare(name))


def names_of_areas(gazetteer: Gazetteer) -> Collection[str]:
    """Their names without diacritics."""
    return _of(gazetteer).keys()


def _of(gazetteer: Gazetteer) -> dict[str, tuple[Place, tuple[Place, ...]]]:
    areas = _known.get(gazetteer)
    if areas is None:
        areas = _known[gazetteer] = _areas(gazetteer)
    return areas


def _areas(gazetteer: Gazetteer) -> dict[str, tuple[Place, tuple[Place, ...]]]:
    by_code = {place.code: place for place in gazetteer.places if place.code}
    areas: dict[str, tuple[Place, tuple[Place, ...]]] = {}
    for name, others, codes in table("areas"):
        members = tuple(by_code[code] for code in codes.split("|") if code in by_code)
        if members:
            place = Place(KIND, "", name, None, _region(members), None, None)
            for each in (name, *filter(None, others.split("|"))):
                areas[bare(each)] = place, members
    return areas


def _region(members: Sequence[Place]) -> str:
    """The region that holds all of them, empty when several do."""
    regions = {place.region_code for place in members}
    return regions.pop() if len(regions) == 1 else ""
