"""What a word that nobody has may be instead."""

import pytest

from directory.geography.gazetteer import Gazetteer, Place
from directory.search import analysis
from directory.search.correction import corrected, split_in_two, without_digraphs
from directory.search.spelling import Speller
from directory.search.vocabulary import vocabulary

UMEA = Place("municipality", "2480", "Umeå", "2480", "24", 63.8, 20.3)
BODEN = Place("municipality", "2582", "Boden", "2582", "25", 65.8, 21.7)
PLACES = Gazetteer([UMEA, BODEN])
WORDS = vocabulary(
    [("s:logoped", "logoped"), ("s:shot", "spruta"), ("s:diabetes", "diabetes"), ("s:kol", "KOL")]
)
OWN = Speller(analysis.fold(analysis.stem(word)) for word in ("boda", "covid", "krokslätt", "umeå"))


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("logopad", "service"),
        ("dibetes", "service"),
        ("ummeå", "place"),
        ("kroksltt", "text"),
        ("kolla", "text"),
        ("flurbknåckel", "text"),
    ],
)
def test_what_a_misspelling_is_read_as(word: str, kind: str) -> None:
    assert corrected(word, WORDS, PLACES, OWN, may_be_place=True).kind == kind


def test_no_second_place_is_read() -> None:
    assert corrected("umeåå", WORDS, PLACES, OWN, may_be_place=False).kind == "text"


@pytest.mark.parametrize(
    ("word", "halves"),
    [
        ("covidspruta", ("covid", "spruta")),
        ("covidsspruta", ("covids", "spruta")),
        ("covidzzzz", None),
        ("kolspruta", None),
    ],
)
def test_two_words_in_one(word: str, halves: tuple[str, str] | None) -> None:
    assert split_in_two(word, WORDS, OWN) == halves


def test_letters_of_keyboards_without_them() -> None:
    assert list(without_digraphs("haelsocentral")) == ["hälsocentral"]
    assert list(without_digraphs("umeaa")) == ["umeå"]
    assert list(without_digraphs("lund")) == []


@pytest.mark.parametrize(
    ("word", "kind", "words"),
    [
        ("diabetesn", "service", ("diabetes",)),  # inflected wrongly, a long word
        ("bida", "text", ("bida",)),  # begins like none
    ],
)
def test_endings_of_long_words_and_beginnings_count(word: str, kind: str, words: tuple[str, ...]) -> None:
    found = corrected(word, WORDS, PLACES, OWN, may_be_place=True)
    assert (found.kind, found.words) == (kind, words)
