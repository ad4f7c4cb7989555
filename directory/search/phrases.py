"""What phrases mean by themselves: services or a place. One word is looked up once for all questions."""

import weakref
from collections.abc import Iterator

from directory.geography.gazetteer import Gazetteer, Match, bare
from directory.search.areas import area, names_of_areas
from directory.search.reading import Part
from directory.search.vocabulary import Vocabulary

SHORTEST_FOLDED_PLACE = 4
MOST_KEPT = 20_000

Phrase = tuple[str, ...]
_NEW = Part("text", ())
"""Stands for what was never asked for."""


class Phrases:
    """The phrases of one vocabulary and one gazetteer."""

    def __init__(self, vocabulary: Vocabulary, gazetteer: Gazetteer) -> None:
        self.vocabulary, self._gazetteer = vocabulary, gazetteer
        self._services: dict[Phrase, Part | None] = {}
        self._places: dict[Phrase, Part | None] = {}
        named = (name for place in gazetteer.places for name in (place.name, *place.aliases))
        every = (*map(bare, named), *names_of_areas(gazetteer))
        self._begin_longer = {first for first, _, rest in (name.partition(" ") for name in every) if rest}

    def service(self, phrase: Phrase) -> Part | None:
        """The services that the phrase may mean."""
        known = self._services.get(phrase, _NEW)
        if known is not _NEW:
            return known
        found = self.vocabulary.services(phrase)
        part = Part("service", phrase, found, self.vocabulary.related(phrase)) if found else None
        return _kept(self._services, phrase, part)

    def place(self, phrase: Phrase) -> Part | None:
        """The place or area of this name, with the others that have it."""
        known = self._places.get(phrase, _NEW)
        if known is not _NEW:
            return known
        if len(phrase) > 1 and bare(phrase[0]) not in self._begin_longer:
            return None
        return _kept(self._places, phrase, self._place(phrase))

    def _place(self, phrase: Phrase) -> Part | None:
        name = " ".join(phrase)
        places = [match.place for match in exact_places(name, self._gazetteer)]
        if places:
            return Part("place", phrase, place=places[0], others=tuple(places[1:5]))
        for candidate in _without_genitive(name):
            if found := area(candidate, self._gazetteer):
                return Part("place", phrase, place=found[0], others=found[1])
        return None


def _kept(known: dict[Phrase, Part | None], phrase: Phrase, part: Part | None) -> Part | None:
    """Single words come again, known or not; of longer phrases those that mean something."""
    if part is not None or len(phrase) == 1:
        if len(known) >= MOST_KEPT:
            known.clear()
        known[phrase] = part
    return part


def exact_places(name: str, gazetteer: Gazetteer) -> list[Match]:
    """The places of this name, with or without a genitive's s; without diacritics only when it is long."""
    for candidate in _without_genitive(name):
        found = [
            match
            for match in gazetteer.exact(candidate)
            if match.tier == "exact" or len(candidate) >= SHORTEST_FOLDED_PLACE
        ]
        if found:
            return found
    return []


def _without_genitive(name: str) -> Iterator[str]:
    yield name
    if len(name) > 4 and name.endswith("s"):
        yield name[:-1]


_phrases: "weakref.WeakKeyDictionary[Gazetteer, Phrases]" = weakref.WeakKeyDictionary()


def phrases(vocabulary: Vocabulary, gazetteer: Gazetteer) -> Phrases:
    """What is known of these two, for as long as they are in use."""
    found = _phrases.get(gazetteer)
    if found is None or found.vocabulary is not vocabulary:
        found = _phrases[gazetteer] = Phrases(vocabulary, gazetteer)
    return found
