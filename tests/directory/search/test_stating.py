"""Which services a unit's names and texts state."""

import pytest

from directory.search.stating import stating

SAYS = stating(
    [
        ("s:dental", "Folktandvården"),
        ("s:dental", "tandläkare"),
        ("s:eye", "ögonmottagning"),
        ("s:vaccine", "vaccin"),
        ("s:vaccine", "vaccination"),
        ("s:covid", "covid vaccination"),
        ("s:psychology", "psykolog"),
        ("s:internal", "medicin"),
        ("s:lab", "UL"),
        ("s:asthma", "astma- och KOL-mottagning"),
    ]
)


@pytest.mark.parametrize(
    ("name", "wholly", "partly"),
    [
        ("Folktandvården Kävlinge", {"s:dental"}, set()),
        ("Ögonmottagningen", {"s:eye"}, set()),
        ("Barnögonmottagningen SU", set(), {"s:eye"}),
        ("Tandläkarjouren", set(), {"s:dental"}),
        ("VaccinDirekt Lund", set(), {"s:vaccine"}),
        ("Vaccination Covid 19 Hallsberg", {"s:vaccine", "s:covid"}, set()),
        ("Psykologmottagningen Linden", set(), {"s:psychology"}),
        ("Astma- och KOL-mottagningen", {"s:asthma"}, set()),
        ("Närhälsan Krokslätt", set(), set()),
    ],
)
def test_names(name: str, wholly: set[str], partly: set[str]) -> None:
    stated = SAYS.by_name(name)
    assert (set(stated.wholly), set(stated.partly)) == (wholly, partly)


def test_texts_need_phrases_in_order_and_no_abbreviations_of_two_letters() -> None:
    told = SAYS.by_text("Vaccination finns, inte mot covid. Frågor om UL besvaras av våra psykologer.")
    assert told.wholly == {"s:vaccine", "s:psychology"}


def test_nothing_is_stated_by_no_words() -> None:
    assert not stating([("s:x", "")]).by_name("Närhälsan").wholly
