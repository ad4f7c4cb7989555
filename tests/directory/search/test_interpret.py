"""What words are read as: services, places, what is open now, and the text that remains."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import pytest

from core.clock import SWEDEN
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
OLAND_NORTH = Place("municipality", "0885", "Borgholm", "0885", "08", 56.88, 16.65)
OLAND_SOUTH = Place("municipality", "0840", "Mörbylånga", "0840", "08", 56.5, 16.4)
KNOWN = ["narhal", "krokslat"]
KNOWN_TOO = ["boken", "covid", "narhal", "notkarnan"]

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
    return [(part.kind, part.matched) for part in interpret(q, LEXICON).parts]


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
    assert place_named("Mölndal, Ingenstans", LEXICON).place == place_named("mölndal", LEXICON).place
    assert place_named("41390", LEXICON).place == POSTAL
    assert place_named("Kvibergs äng", LEXICON).kind == "text"


def _places(reading: Reading) -> Sequence[str]:
    return [part.place.name for part in reading.parts if part.place]


MORE = Lexicon(
    vocabulary(
        [
            ("care-service:1502", "vårdcentral"),
            ("care-service:1502", "clinic"),
            ("care-service:1402", "AT"),
            ("care-service:1104", "diabetes"),
            ("care-service:v", "spruta"),
            ("care-service:1500", "kvälls- och helgmottagning"),
        ],
        languages=[("ara", "Arabiska")],
    ),
    Gazetteer([MOLNDAL, GOTHENBURG, OLAND_NORTH, OLAND_SOUTH]),
    lambda code: None,
    lambda word: word in ("närhälsan", "nötkärnan", "boken"),
    lambda: KNOWN_TOO,
)
ASKED_AT = datetime(2026, 11, 18, 10, 0, tzinfo=SWEDEN)


def test_time_and_attributes_are_taken_out_of_the_words() -> None:
    reading = interpret("privat vårdcentral som talar arabiska öppet söndag kl 14 i Mölndal", MORE, ASKED_AT)
    assert [part.kind for part in reading.parts] == ["service", "place"]
    assert reading.open_at == datetime(2026, 11, 22, 14, 0, tzinfo=SWEDEN)
    assert reading.open_between is None
    assert reading.filters == {"ownership": ("4", "5", "6"), "language": ("ara",)}
    assert " ".join(reading.when.words) == "söndag kl 14"


def test_a_window_is_a_window_and_now_is_now() -> None:
    window = interpret("vårdcentral lördag", MORE, ASKED_AT).open_between
    assert window == (datetime(2026, 11, 21, tzinfo=SWEDEN), datetime(2026, 11, 22, tzinfo=SWEDEN))
    now = interpret("vårdcentral öppet nu", MORE, ASKED_AT)
    assert (now.open_now, now.open_at, now.open_between) == (True, None, None)


def test_a_longer_known_phrase_goes_before_a_word_of_time() -> None:
    (part,) = interpret("kvälls- och helgmottagning", MORE, ASKED_AT).parts
    assert part.services == ("care-service:1500",)


def test_ordinary_and_generic_words_are_optional() -> None:
    reading = interpret("hjälp min diabetes clinic", MORE, ASKED_AT)
    assert [(p.words, p.optional) for p in reading.parts if p.kind == "text"] == [
        (("hjälp",), True),
        (("min",), True),
        (("clinic",), True),
    ]
    (alone,) = interpret("clinic", MORE, ASKED_AT).parts
    assert alone.services == ("care-service:1502",)


def test_an_ordinary_word_is_no_misspelling() -> None:
    (part,) = interpret("prata", MORE, ASKED_AT).parts
    assert (part.kind, part.optional) == ("text", True)


def test_an_abbreviation_that_looks_like_a_word_that_says_nothing() -> None:
    assert interpret("AT Mölndal", MORE, ASKED_AT).parts[0].services == ("care-service:1402",)
    assert [p.kind for p in interpret("clinic at Mölndal", MORE, ASKED_AT).parts] == ["service", "place"]
    assert interpret("at", MORE, ASKED_AT).parts[0].services == ("care-service:1402",)


def test_words_that_are_written_apart_or_together() -> None:
    (joined,) = interpret("nöt kärnan", MORE, ASKED_AT).parts
    assert (joined.words, joined.matched) == (("nötkärnan",), "nöt kärnan")
    name, shot = interpret("covidspruta", MORE, ASKED_AT).parts
    assert (name.words, shot.services) == (("covid",), ("care-service:v",))
    assert name.matched == shot.matched == "covidspruta"


def test_letters_that_the_keyboard_lacks() -> None:
    part, place = interpret("vaardcentral moelndal", MORE, ASKED_AT).parts
    assert part.services == ("care-service:1502",)
    assert place.place == MOLNDAL
    assert place.matched == "moelndal"


def test_an_island_is_its_municipalities() -> None:
    part = interpret("vårdcentral Öland", MORE, ASKED_AT).place_part
    assert part is not None
    assert part.place is not None
    assert (part.place.kind, part.others) == ("area", (OLAND_SOUTH, OLAND_NORTH))
    assert place_named("öland", MORE).others == part.others


def test_a_place_whose_name_is_an_ordinary_word() -> None:
    vara = Place("municipality", "1470", "Vara", "1470", "14", 58.26, 12.95)
    lexicon = replace(MORE, gazetteer=Gazetteer([vara]))
    for q in ("vara vårdcentral", "jag söker en vårdcentral i Vara"):
        place = interpret(q, lexicon, ASKED_AT).place_part
        assert place is not None, q
        assert place.place == vara
    assert interpret("vårdcentral som ska vara öppen nu", lexicon, ASKED_AT).place_part is None


def test_a_correction_keeps_what_was_typed() -> None:
    (place,) = interpret("molndall", MORE, ASKED_AT).parts
    assert (place.words, place.matched) == (("mölndal",), "molndall")
