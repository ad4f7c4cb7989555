"""One pass over the words of a question: services, place, time, attributes, and the text that remains.

From the left, the longest phrase that is known wins; of equally long ones a time, an attribute, a service, a
place, in that order. Nothing is lost by a reading: a part is matched by its meaning or by its words
(`matching.py`), so that a unit whose name contains a place or a service is found by its name all the same.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from core import clock
from directory.geography.gazetteer import Gazetteer, Place, bare
from directory.search import analysis
from directory.search.areas import area
from directory.search.attributes import Asked
from directory.search.correction import corrected, misspelt_service, split_in_two, without_digraphs
from directory.search.phrases import exact_places, phrases
from directory.search.reading import Part, Reading
from directory.search.spelling import LONG, Speller, speller
from directory.search.vocabulary import LONGEST_PHRASE, Vocabulary
from directory.search.when import When, read_clock, read_when
from directory.search.words import word_list

HSA_ID = re.compile(r"\bSE[0-9]{2,12}-[A-Z0-9]+\b", re.IGNORECASE)
FEW_WORDS = 2
"""In so short a question a word that is also a place's name is the place."""


@dataclass(frozen=True)
class Lexicon:
    """All that a question's words are compared with.

    `is_known` says whether a word stands in any unit's document; `known_words` are the words of names and
    places, stemmed and folded, best as a `Speller`; `postal` finds a postal code.
    """

    vocabulary: Vocabulary
    gazetteer: Gazetteer
    postal: Callable[[str], Place | None]
    is_known: Callable[[str], bool]
    known_words: Callable[[], Sequence[str] | Speller]


def interpret(q: str, lexicon: Lexicon, now: datetime | None = None) -> Reading:
    """Read the words of `q`, asked at the aware moment `now` (the present unless given)."""
    parts = [Part("unit", (found.group().upper(),)) for found in HSA_ID.finditer(q)]
    rest = HSA_ID.sub(" ", q)
    words = _meant(analysis.words(read_clock(rest)), rest, lexicon)
    asked: list[Asked] = []
    when = When()
    while words:
        part = _known_phrase(words, lexicon, may_be_place=not any(p.place for p in parts))
        length = len(part.typed or part.words) if part else 0
        said = read_when(words)
        wanted = lexicon.vocabulary.attributes.read(words)
        if said and len(said.words) >= max(length, len(wanted.words) if wanted else 0):
            when, words = when.and_also(said), words[len(said.words) :]
        elif wanted and len(wanted.words) >= length:
            asked, words = [*asked, wanted], words[len(wanted.words) :]
        elif part:
            parts, words = [*parts, part], words[length:]
        elif words[0] in analysis.STOP_WORDS:
            words = words[1:]
        else:
            read = _unknown(words, lexicon, may_be_place=not any(p.place for p in parts))
            parts, words = [*parts, *read], words[len(read[0].typed or read[0].words) :]
    kept = tuple(_weighed(list(_without_repetition(parts)), lexicon))
    moment = now or clock.now()
    at = None if when.now else when.at(moment)
    return Reading(kept, when.now, at, when.between(moment), when, tuple(asked))


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
    if found := area(name, lexicon.gazetteer):
        return Part("place", words, place=found[0], others=found[1], strict=True)
    name, _, where = name.partition(",")
    matches = lexicon.gazetteer.find(name, limit=5)
    around = {match.place.code for match in lexicon.gazetteer.exact(where.strip()) if match.place.code}
    matches = [m for m in matches if m.place.municipality_code in around] or matches
    same = [m.place for m in matches if m.tier == matches[0].tier and bare(m.name) == bare(matches[0].name)]
    if not same:
        return Part("text", words)
    return Part("place", words, place=same[0], others=tuple(same[1:]), strict=True)


def _meant(words: list[str], q: str, lexicon: Lexicon) -> list[str]:
    """The words, with capitals for those that say nothing unless they are abbreviations or places: AT, Vara.

    They are when they are written so among other words, or when the question has hardly any others.
    """
    shouted = q.isupper() and len(words) > 1
    capitals = set() if shouted else {word.lower() for word in q.split() if word.isupper()}
    titles = {word.strip(",.;").lower() for word in q.split() if word.istitle()}
    alone = analysis.STOP_WORDS.issuperset(words)
    few = len(words) <= FEW_WORDS
    return [
        word.upper()
        if word in analysis.STOP_WORDS
        and (
            ((word in capitals or alone) and lexicon.vocabulary.services((word,)))
            or ((word in titles or few) and exact_places(word, lexicon.gazetteer))
        )
        else word
        for word in words
    ]


def _known_phrase(words: Sequence[str], lexicon: Lexicon, may_be_place: bool) -> Part | None:
    known = phrases(lexicon.vocabulary, lexicon.gazetteer)
    for length in range(min(LONGEST_PHRASE, len(words)), 0, -1):
        phrase = tuple(words[:length])
        if length == 1 and phrase[0] in analysis.STOP_WORDS:
            return None
        phrase = tuple(word.lower() for word in phrase)
        if part := known.service(phrase):
            return part
        if may_be_place and (part := _postal(phrase, lexicon) or known.place(phrase)):
            return part
    return None


def _postal(phrase: tuple[str, ...], lexicon: Lexicon) -> Part | None:
    digits = "".join(phrase)
    if len(digits) != 5 or len(phrase) > 2 or not digits.isdigit():
        return None
    place = lexicon.postal(digits)
    return Part("place", phrase, place=place) if place else None


def _unknown(words: Sequence[str], lexicon: Lexicon, may_be_place: bool) -> list[Part]:
    """A word of no known phrase: one that units have, another way to write a known one, or just itself."""
    word = words[0]
    common = word in word_list("common_words")
    if not common and (meant := _service_by_one_slip(word, lexicon)):
        return [meant]
    if common or lexicon.is_known(word):
        return [Part("text", (word,), related=_named_within(word, lexicon), optional=common)]
    for other in without_digraphs(word):
        if part := _known_phrase([other], lexicon, may_be_place):
            return [replace(part, typed=(word,))]
        if lexicon.is_known(other):
            return [Part("text", (other,), typed=(word,))]
    if len(words) > 1 and words[1] not in analysis.STOP_WORDS and lexicon.is_known(word + words[1]):
        return [Part("text", (word + words[1],), typed=(word, words[1]))]
    known = Speller(()) if word.isdigit() else speller(lexicon.known_words())
    if halves := split_in_two(word, lexicon.vocabulary, known):
        return [_half(half, word, lexicon) for half in halves]
    return [corrected(word, lexicon.vocabulary, lexicon.gazetteer, known, may_be_place)]


def _service_by_one_slip(word: str, lexicon: Lexicon) -> Part | None:
    """The service that a long word is one edit from, unless names have it: *vårdentral* is in some text."""
    if len(word) < LONG or analysis.fold(analysis.stem(word)) in speller(lexicon.known_words()):
        return None
    return misspelt_service(word, lexicon.vocabulary, most=1)


def _named_within(word: str, lexicon: Lexicon) -> tuple[str, ...]:
    """The services that parts of a word name, when no name has the word itself: psykolog in barnpsykolog."""
    stated = lexicon.vocabulary.stating.by_name(word).partly
    if not stated or analysis.fold(analysis.stem(word)) in speller(lexicon.known_words()):
        return ()
    return tuple(sorted(stated))


def _half(half: str, word: str, lexicon: Lexicon) -> Part:
    services = lexicon.vocabulary.services((half,))
    if not services and half in word_list("common_words"):
        return Part("text", (half,), optional=True, typed=(word,))
    return Part("service" if services else "text", (half,), services=services, typed=(word,))


def _weighed(parts: list[Part], lexicon: Lexicon) -> Iterator[Part]:
    """Words for any kind of unit (klinik, mottagning) refuse none when another word says which kind."""
    generic = word_list("generic_words")
    specific = [p for p in parts if p.services and not generic.issuperset(p.words)]
    for part in parts:
        if specific and generic.issuperset(part.words):
            yield Part("text", part.words, optional=True, typed=part.typed)
        else:
            yield part


def _without_repetition(parts: Sequence[Part]) -> Iterator[Part]:
    seen: set[tuple[object, ...]] = set()
    for part in parts:
        meaning = (part.kind, part.services or part.words)
        if meaning not in seen:
            seen.add(meaning)
            yield part
