"""What a word that nobody has may be instead: letters typed otherwise, two words in one, or a misspelling."""

import weakref
from collections.abc import Iterator

from rapidfuzz.distance import Prefix

from directory.geography.gazetteer import Gazetteer, Place, bare
from directory.search import analysis
from directory.search.reading import Part
from directory.search.spelling import LONG, Near, Speller, nearest
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
    when units have its name, and the word begins no more like another word of theirs.
    """
    service = _first(vocabulary.speller.nearest_form(_whole_first(word)))
    place = _first(_places(gazetteer).nearest(bare(word))) if may_be_place else None
    own = nearest(word, known)
    fewest = min((near.edits for near in (service, place, _first(own)) if near), default=0)
    if service and service.edits == fewest:
        return _service_part(word, service, vocabulary)
    if (
        place
        and place.edits == fewest
        and (not own or own[0].edits > fewest or _stands(place, own, bare(word), gazetteer))
    ):
        return _place_part(word, place.word, gazetteer)
    return Part("text", (word,))


def misspelt_service(word: str, vocabulary: Vocabulary, most: int) -> Part | None:
    """The service that the word is at most so many edits from, if it is none itself."""
    near = _first(vocabulary.speller.nearest_form(_whole_first(word)))
    return _service_part(word, near, vocabulary) if near and 0 < near.edits <= most else None


def _service_part(word: str, near: Near, vocabulary: Vocabulary) -> Part:
    meant = (vocabulary.single_words[near.word],)
    return Part("service", meant, vocabulary.services(meant), vocabulary.related(meant), typed=(word,))


def _is_word(word: str, vocabulary: Vocabulary, known: Speller) -> bool:
    return bool(vocabulary.by_key.get(analysis.stem(word))) or analysis.fold(analysis.stem(word)) in known


def _first(found: list[Near]) -> Near | None:
    return found[0] if found else None


def _stands(place: Near, own: list[Near], word: str, gazetteer: Gazetteer) -> bool:
    """Whether units have the place's name among the words that are as near, and none begins more like it.

    Slips are seldom at the beginning: *stave* is Stavre rather than Säve.
    """
    names = {analysis.fold(analysis.stem(match.name.lower())) for match in gazetteer.exact(place.word)}
    others = [_alike(word, near.word) for near in own if near.word not in names]
    return len(others) < len(own) and _alike(word, place.word) >= max(others, default=0)


def _alike(word: str, other: str) -> int:
    """How many letters two words begin with alike."""
    return int(Prefix.similarity(word, other))


def _whole_first(word: str) -> tuple[str, ...]:
    """The word as it is and, of a long one, without what may be an ending."""
    loose = analysis.loose_stems(word) if len(word) >= LONG else ()
    return tuple(dict.fromkeys((analysis.fold(word), *loose)))


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
