"""Phrases, and what they name besides what they mean."""

import pytest

from directory.search.vocabulary import vocabulary

WORDS = vocabulary(
    [
        ("s:gp", "Vårdcentral"),
        ("s:gp", "doktor"),
        ("s:vaccine", "Vaccination"),
        ("s:vaccine", "vaccin"),
        ("s:covid", "Vaccination mot covid-19"),
        ("s:covid", "coronavaccin"),
        ("s:covid", "covid"),
        ("s:diabetes", "diabetes"),
        ("s:nurse", "diabetessköterska"),
        ("s:lab", "VCI"),
        ("s:ear", "öron-näsa-hals"),
    ],
    names=[
        ("s:vaccine", "Vaccination"),
        ("s:vaccine", "vaccin"),
        ("s:covid", "Vaccination mot covid-19"),
        ("s:diabetes", "diabetes"),
    ],
)


@pytest.mark.parametrize(
    ("said", "services"),
    [
        ("vårdcentralerna", ("s:gp",)),
        ("vardcentral", ("s:gp",)),
        ("öron näsa hals", ("s:ear",)),
        ("öronnäsahals", ("s:ear",)),
        ("vc i", ()),
        ("prata", ()),
    ],
)
def test_services_of_words(said: str, services: tuple[str, ...]) -> None:
    assert WORDS.services(said.split()) == services


@pytest.mark.parametrize(
    ("said", "related"),
    [
        ("coronavaccin", ("s:vaccine",)),
        ("covid", ("s:vaccine",)),
        ("diabetessköterska", ("s:diabetes",)),
        ("vaccination", ()),
        ("doktor", ()),
    ],
)
def test_what_parts_of_words_and_labels_name(said: str, related: tuple[str, ...]) -> None:
    assert WORDS.related([said]) == related
