"""One pass over the words of a question: services, place, time, and the text that remains.

From the left, the longest phrase that is known wins; a service before a place of the same name. Nothing is
lost by a reading: a part is matched by its meaning or by its words (`matching.py`), so that a unit whose
name contains a place or a service is found by its name all the same.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from directory.geography.gazetteer import Gazetteer, Match, Place, bare
from directory.search import analysis, spelling
from directory.search.reading import Part, Reading
from directory.search.vocabulary import LONGEST_PHRASE, Vocabulary

HSA_ID = re.compile(r"\bSE[0-9]{2,12}-[A-Z0-9]+\b", re.IGNORECASE)
OPEN_NOW = {("öppet", "nu"), ("öppen", "nu"), ("öppna", "nu"), ("oppet", "nu"), ("open", "now")}
SHORTEST_FOLDED_PLACE = 4


@dataclass(frozen=True)
class Lexicon:
    """All that a question's words are compared with.

    `is_known` says whether a word stands in any unit's document; `postal` finds a postal code.
    """

    vocabulary: Vocabulary
    gazetteer: Gazetteer
    postal: Callable[[str], Place | None]
    is_known: Callable[[str], bool]
    known_words: Callable[[], Sequence[str]]


def interpret(q: str, lexicon: Lexicon) -> Reading:
    """Read the words of `q`."""
    units = tuple(Part("unit", (found.group().upper(),)) for found in HSA_ID.finditer(q))
    words = analysis.words(HSA_ID.sub(" ", q))
    parts: list[Part] = list(units)
    open_now = False
    while words:
        if tuple(words[:2]) in OPEN_NOW:
            open_now, words = True, words[2:]
            continue
        part = _known_phrase(words, lexicon, may_be_place=not any(p.place for p in parts))
        if part is None and words[0] not in analysis.STOP_WORDS:
            part = _single(words[0], lexicon)
        words = words[len(part.words) if part else 1 :]
        parts += [part] if part else []
    return Reading(tuple(_without_repetition(parts)), open_now)


def literal(q: str) -> Reading:
    """The words of `q` as nothing but words."""
    words = [word for word in analysis.words(q) if word not in analysis.STOP_WORDS]
    return Reading(tuple(Part("text", (word,)) for word in dict.fromkeys(words)))


def place_named(name: str, lexicon: Lexicon) -> Part:
    """The part that a separately given place means; an unknown place is sought by its words."""
    words = tuple(analysis.words(name))
    digits = "".join(words)
    postal = lexicon.postal(digits) if len(digits) == 5 and digits.isdigit() else None
    if postal is not None:
        return Part("place", words, place=postal, strict=True)
    matches = lexicon.gazetteer.find(name, limit=5)
    same = [m.place for m in matches if m.tier == matches[0].tier and bare(m.name) == bare(matches[0].name)]
    if not same:
        return Part("text", words)
    return Part("place", words, place=same[0], others=tuple(same[1:]), strict=True)


def _known_phrase(words: Sequence[str], lexicon: Lexicon, may_be_place: bool) -> Part | None:
    for length in range(min(LONGEST_PHRASE, len(words)), 0, -1):
        phrase = tuple(words[:length])
        if length == 1 and phrase[0] in analysis.STOP_WORDS:
            return None
        if services := lexicon.vocabulary.services(phrase):
            return Part("service", phrase, services=services)
        if may_be_place and (part := _place(phrase, lexicon)):
            return part
    return None


def _place(phrase: tuple[str, ...], lexicon: Lexicon) -> Part | None:
    digits = "".join(phrase)
    if digits.isdigit() and len(digits) == 5 and len(phrase) <= 2:
        place = lexicon.postal(digits)
        return Part("place", phrase, place=place) if place else None
    places = [match.place for match in _exact(" ".join(phrase), lexicon.gazetteer)]
    return Part("place", phrase, place=places[0], others=tuple(places[1:5])) if places else None


def _exact(name: str, gazetteer: Gazetteer) -> list[Match]:
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


def _single(word: str, lexicon: Lexicon) -> Part:
    """A word that is no known phrase: one that units have, one that is spelt nearly so, or just itself."""
    if lexicon.is_known(word):
        return Part("text", (word,))
    folded = analysis.fold(analysis.stem(word))
    services = lexicon.vocabulary.single_words
    near_service = spelling.nearest(folded, list(services))
    near_word = spelling.nearest(folded, lexicon.known_words())
    if near_service and (not near_word or near_service[0].edits <= near_word[0].edits):
        codes = lexicon.vocabulary.services((services[near_service[0].word],))
        return Part("service", (word,), services=codes)
    if not near_word and (place := _misspelt_place(word, lexicon.gazetteer)):
        return Part("place", (word,), place=place)
    return Part("text", (word,))


def _misspelt_place(word: str, gazetteer: Gazetteer) -> Place | None:
    for match in gazetteer.find(word, limit=5):
        if match.tier == "similar" and spelling.nearest(bare(word), [bare(match.name)]):
            return match.place
    return None


def _without_repetition(parts: Sequence[Part]) -> Iterator[Part]:
    seen: set[tuple[object, ...]] = set()
    for part in parts:
        meaning = (part.kind, part.services or part.words)
        if meaning not in seen:
            seen.add(meaning)
            yield part
