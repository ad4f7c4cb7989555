"""What is shown of a reading, and undoing a part of it."""

from datetime import datetime

import pytest

from core.clock import SWEDEN
from directory.geography.gazetteer import Place
from directory.search.attributes import Asked
from directory.search.reading import Part, Reading, place_json, time_json, without
from directory.search.when import When

NOW = datetime(2026, 11, 18, 10, 0, tzinfo=SWEDEN)


@pytest.mark.parametrize(
    ("q", "matched", "rest"),
    [
        ("vc Mölndal öppet nu", "mölndal", "vc öppet nu"),
        ("vc, Mölndal", "mölndal", "vc,"),
        ("vård i livets slutskede Lund", "vård i livets slutskede", "Lund"),
        ("lördag vc kl 14", "lördag kl 14", "vc"),
        ("öron-näsa-hals Lund", "öron näsa hals", "Lund"),
        ("vc vc", "vc", "vc"),
        ("vc", "bvc", "vc"),
    ],
)
def test_taking_words_out(q: str, matched: str, rest: str) -> None:
    assert without(q, matched) == rest


def test_filters_of_one_argument_are_any_of() -> None:
    asked = (Asked("language", ("ara",), ("arabiska",)), Asked("language", ("fin",), ("finska",)))
    assert Reading(asked=asked).filters == {"language": ("ara", "fin")}


def test_the_words_typed_are_what_was_matched() -> None:
    umea = Place("municipality", "2480", "Umeå", "2480", "24", 63.8, 20.3)
    part = Part("place", ("umeå",), place=umea, typed=("umeaa",))
    assert (place_json(part) or {})["matched"] == "umeaa"
    halves = Reading((Part("text", ("covid",), typed=("covidspruta",)), Part("text", ("lund",))))
    assert halves.text == "covidspruta lund"


def test_an_area_shows_its_members() -> None:
    member = Place("municipality", "0885", "Borgholm", "0885", "08", 56.88, 16.65)
    part = Part(
        "place", ("öland",), place=Place("area", "", "Öland", None, "08", None, None), others=(member,)
    )
    shown = place_json(part) or {}
    assert shown["members"] == [{"name": "Borgholm", "kind": "municipality", "code": "0885"}]
    assert "alternatives" not in shown


def test_time_is_shown_as_moment_or_window() -> None:
    assert time_json(Reading(), NOW) is None
    when = When(now=True, words=("öppet", "nu"))
    assert time_json(Reading(open_now=True, when=when), NOW) == {
        "openAt": NOW,
        "openFrom": None,
        "openTo": None,
        "matched": "öppet nu",
    }
