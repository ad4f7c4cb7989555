"""Provinces and the like as places."""

from directory.geography.gazetteer import Gazetteer, Place
from directory.search.areas import area
from directory.search.words import table

BORGHOLM = Place("municipality", "0885", "Borgholm", "0885", "08", 56.88, 16.65)
MORBYLANGA = Place("municipality", "0840", "Mörbylånga", "0840", "08", 56.5, 16.4)


def test_an_area_is_its_members() -> None:
    places = Gazetteer([BORGHOLM, MORBYLANGA])
    for name in ("Öland", "oland"):
        found = area(name, places)
        assert found is not None
        assert found[0].name == "Öland"
        assert found[0].region_code == "08"
        assert {place.code for place in found[1]} == {"0885", "0840"}
    assert area("Mölndal", places) is None


def test_an_area_without_known_members_is_none() -> None:
    assert area("Öland", Gazetteer([])) is None


def test_the_list_names_each_once() -> None:
    names = [name for name, others, _ in table("areas") for name in (name, *filter(None, others.split("|")))]
    assert len(names) == len(set(names))
