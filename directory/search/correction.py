"""What a word that nobody has may be instead: letters typed otherwise, two words in one, or a misspelling."""

import weakref
from collections.abc import Iterator

from directory.geography.gazetteer import Gazetteer, Place, bare
from directory.search import analysis
from directory.search.reading import Part
from directory.search.spelling import Near, Speller
from directory.search.vocabulary import Vocabulary

SHORTEST_HALF = 4
_DIGRAPHS = (("ae", "ä"), ("oe", "ö"), ("aa", "å"))
_place_names: "weakref.WeakKeyDictionary[Gazetteer, Speller]" = weakref.WeakKeyDictionary()


def without_digraphs(word: str) -> Iterator[str]:
    """The word with ä, ö and å for the ae, oe and aa of keyboards that lack them."""
    other = word
    for pair, letter in _DIGRAPHS:
        other = other.replace(pair, letter)
    if other != word:
        yield other


def split_in_two(word: str, vocabulary: Vocabulary, known: Speller) -> tuple[str, str] | None:
    """Two known words that are written as one, with or without a binding s: covid + spruta."""
    for at in range(len(word) - SHORTEST_HALF, SHORTEST_HALF - 1, -1):
        first, second = word[:at], word[at:]
        if _is_word(second, vocabulary, known) and _is_word(first, vocabulary, known):
            return first, second
    return None


def corrected(
    word: str, vocabulary: Vocabulary, gazetteer: Gazetteer, known: Speller, may_be_place: bool
) -> Part:
    """The service, place or word of a unit that is spelt most like the word; else the word itself.

    Services and places are compared as whole words. Of equally near ones a service goes first; a place does
    when units have its name.
    """
    folded = analysis.fold(word)
    service = _first(vocabulary.speller.nearest(folded))
    place = _first(_places(gazetteer).nearest(bare(word))) if may_be_place else None
    own = known.nearest(analysis.fold(analysis.stem(word)))
    fewest = min((near.edits for near in (service, place, _first(own)) if near), default=0)
    if service and service.edits == fewest:
        meant = (vocabulary.single_words[service.word],)
        return Part("service", meant, vocabulary.services(meant), vocabulary.related(meant), typed=(word,))
    if (
        place
        and place.edits == fewest
        and (not own or own[0].edits > fewest or _stands(place, own, gazetteer))
    ):
        return _place_part(word, place.word, gazetteer)
    return Part("text", (word,))


def _is_word(word: str, vocabulary: Vocabulary, known: Speller) -> bool:
    return bool(vocabulary.by_key.get(analysis.stem(word))) or analysis.fold(analysis.stem(word)) in known


def _first(found: list[Near]) -> Near | None:
    return found[0] if found else None


def _stands(place: Near, own: list[Near], gazetteer: Gazetteer) -> bool:
    """Whether units have the place's name among the words that are as near."""
    names = {analysis.fold(analysis.stem(match.name.lower())) for match in gazetteer.exact(place.word)}
    return not names.isdisjoint(near.word for near in own)


def _place_part(word: str, name: str, gazetteer: Gazetteer) -> Part:
    matches = gazetteer.exact(name)
    places: list[Place] = [match.place for match in matches]
    words = tuple(analysis.words(matches[0].name))
    return Part("place", words, place=places[0], others=tuple(places[1:5]), typed=(word,))


def _places(gazetteer: Gazetteer) -> Speller:
    """The names of places that are one word, without diacritics."""
    names = _place_names.get(gazetteer)
    if names is None:
        all_names = (bare(name) for place in gazetteer.places for name in (place.name, *place.aliases))
        names = _place_names[gazetteer] = Speller(name for name in all_names if " " not in name)
    return names
