"""Place names in memory."""

from hypothesis import given
from hypothesis import strategies as st

from directory.geography.gazetteer import Gazetteer, Place, bare, folded

BERG = Place("municipality", "2326", "Berg", "2326", "23", 62.8, 14.4)
BERG_VILLAGE = Place("locality", "", "Berg", "0580", "05", 58.5, 15.5, weight=3)
BERG_HAMLET = Place("locality", "", "Berg", "0561", "05", 58.2, 16.0, weight=1)
BERG_SEAT = Place("locality", "", "Berg", "2326", "23", 62.7, 14.4)
T_CENTRALEN = Place("landmark", "", "T-Centralen", "0180", "01", 59.33, 18.06)
GOTEBORG = Place("municipality", "1480", "Göteborg", "1480", "14", 57.7, 11.97, ("Gothenburg", "gbg"))
GAZETTEER = Gazetteer([BERG_HAMLET, BERG_VILLAGE, BERG, BERG_SEAT, T_CENTRALEN, GOTEBORG])

NAMES = st.text("abcdefghijklmnopqrstuvwxyzåäöéüABCDÅÄÖÉÜ -", max_size=20)


def test_homonyms_come_with_the_most_likely_first() -> None:
    assert [match.place for match in GAZETTEER.find("berg")] == [BERG, BERG_VILLAGE, BERG_HAMLET]


def test_separators_and_letter_case_do_not_matter() -> None:
    for words in ("t-centralen", "T Centralen", " T–CENTRALEN "):
        assert [(m.place, m.tier) for m in GAZETTEER.find(words)] == [(T_CENTRALEN, "exact")]


def test_a_keyboard_without_swedish_letters() -> None:
    assert [(m.place, m.tier) for m in GAZETTEER.find("goteborg")] == [(GOTEBORG, "folded")]


def test_an_alias_leads_to_the_place() -> None:
    assert [(m.place, m.name) for m in GAZETTEER.find("GBG")] == [(GOTEBORG, "gbg")]


def test_a_beginning_is_enough() -> None:
    assert [(m.place, m.tier) for m in GAZETTEER.find("göte")] == [(GOTEBORG, "prefix")]


def test_a_misspelling_is_forgiven_only_when_nothing_else_fits() -> None:
    assert [(m.place, m.tier) for m in GAZETTEER.find("götebrog")] == [(GOTEBORG, "similar")]
    assert all(match.tier != "similar" for match in GAZETTEER.find("berg"))
    assert GAZETTEER.find("xyz") == GAZETTEER.find("gäb") == GAZETTEER.find("  ") == []


def test_only_the_wanted_kinds() -> None:
    assert [m.place for m in GAZETTEER.find("berg", frozenset({"locality"}), limit=1)] == [BERG_VILLAGE]


@given(NAMES)
def test_folding_twice_is_folding_once(text: str) -> None:
    assert folded(folded(text)) == folded(text)
    assert bare(bare(text)) == bare(text)


@given(NAMES.filter(bare))
def test_every_name_finds_its_place(name: str) -> None:
    place = Place("locality", "", name, "0180", "01", 59.3, 18.0)
    found = Gazetteer([place]).find(name.upper())
    assert [match.place for match in found] == [place]


def test_the_compass_may_be_left_out_where_nothing_else_has_the_name() -> None:
    frolunda, husby, harbour = (
        Place("district", "", name, "1480", "14", 57.6, 11.9)
        for name in ("Västra Frölunda", "Norra Husby", "Västra Hamnen")
    )
    husby_itself = Place("locality", "", "Husby", "0180", "01", 59.4, 17.9)
    village = Place("locality", "", "Östra Frölunda", "1465", "14", 57.3, 13.0)
    known = Gazetteer([village, frolunda, husby, husby_itself, harbour])
    assert [match.place for match in known.exact("frolunda")] == [frolunda]
    assert [match.place for match in known.exact("Husby")] == [husby_itself]
    assert known.exact("hamnen") == []
