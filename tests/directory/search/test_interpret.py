"""What words are read as: services, places, what is open now, and the text that remains."""

from collections.abc import Sequence

import pytest

from directory.geography.gazetteer import Gazetteer, Place
from directory.search.interpret import Lexicon, interpret, literal, place_named
from directory.search.reading import Reading
from directory.search.vocabulary import vocabulary

MOLNDAL = Place("municipality", "1481", "Mölndal", "1481", "14", 57.65, 12.01, ("Mölndals kommun",))
GOTHENBURG = Place("municipality", "1480", "Göteborg", "1480", "14", 57.7, 11.97, ("gbg",))
UPPSALA = Place("municipality", "0380", "Uppsala", "0380", "03", 59.86, 17.64)
UPPSALA_REGION = Place("region", "03", "Uppsala", None, "03", None, None, ("Uppsala län", "Region Uppsala"))
VASBY = Place("locality", "", "Upplands Väsby", "0114", "01", 59.5, 17.9)
POSTAL = Place("postal-code", "41390", "413 90 Göteborg", "1480", "14", 57.68, 11.96)
KNOWN = ["narhal", "krokslat"]

LEXICON = Lexicon(
    vocabulary(
        [
            ("care-service:1502", "vårdcentral"),
            ("care-service:1502", "VC"),
            ("care-service:1504", "BVC"),
            ("care-service:1504", "barnavårdscentral"),
            ("care-service:2108", "vård i livets slutskede"),
            ("care-service:1402", "AT"),
            ("care-service:x", "AT"),
        ]
    ),
    Gazetteer([MOLNDAL, GOTHENBURG, UPPSALA, UPPSALA_REGION, VASBY]),
    lambda code: POSTAL if code == "41390" else None,
    lambda word: word in ("närhälsan", "krokslätt"),
    lambda: KNOWN,
)


def kinds(q: str) -> list[tuple[str, str]]:
    return [(part.kind, " ".join(part.words)) for part in interpret(q, LEXICON).parts]


@pytest.mark.parametrize(
    ("q", "parts"),
    [
        ("vc gbg", [("service", "vc"), ("place", "gbg")]),
        ("BVC Mölndal", [("service", "bvc"), ("place", "mölndal")]),
        ("vårdcentralerna i Uppsala", [("service", "vårdcentralerna"), ("place", "uppsala")]),
        ("barnavårds central", [("service", "barnavårds central")]),
        ("vardcentral", [("service", "vardcentral")]),
        ("vådcentral", [("service", "vådcentral")]),
        ("vård i livets slutskede", [("service", "vård i livets slutskede")]),
        ("närhälsan mölndal", [("text", "närhälsan"), ("place", "mölndal")]),
        ("vc 413 90", [("service", "vc"), ("place", "413 90")]),
        ("vc upplands väsby", [("service", "vc"), ("place", "upplands väsby")]),
        ("Mölndals vc", [("place", "mölndals"), ("service", "vc")]),
        ("xyzzy", [("text", "xyzzy")]),
        ("jag vill ha en", []),
        ("vc vårdcentral VC", [("service", "vc")]),
        ("se2321000131-e000000000001", [("unit", "SE2321000131-E000000000001")]),
        ("molndall", [("place", "molndall")]),
    ],
)
def test_words_are_read(q: str, parts: list[tuple[str, str]]) -> None:
    assert kinds(q) == parts


def test_open_now_is_taken_out_of_the_words() -> None:
    reading = interpret("vc öppet nu gbg", LEXICON)
    assert reading.open_now
    assert [part.kind for part in reading.parts] == ["service", "place"]


def test_an_ambiguous_abbreviation_keeps_its_meanings() -> None:
    (part,) = interpret("AT", LEXICON).parts
    assert part.services == ("care-service:1402", "care-service:x")


def test_an_ambiguous_place_keeps_the_others() -> None:
    (part,) = interpret("uppsala", LEXICON).parts
    assert part.place == UPPSALA
    assert part.others == (UPPSALA_REGION,)
    (county,) = interpret("uppsala län", LEXICON).parts
    assert county.place == UPPSALA_REGION


def test_only_one_place_is_read() -> None:
    assert _places(interpret("uppsala mölndal", LEXICON)) == ["Uppsala"]


def test_literal_reads_nothing_into_the_words() -> None:
    assert [part.kind for part in literal("vc i Mölndal vc").parts] == ["text", "text"]


def test_a_given_place_is_strict_and_an_unknown_one_is_words() -> None:
    assert place_named("mölndal", LEXICON).strict
    assert place_named("41390", LEXICON).place == POSTAL
    assert place_named("Kvibergs äng", LEXICON).kind == "text"


def _places(reading: Reading) -> Sequence[str]:
    return [part.place.name for part in reading.parts if part.place]
