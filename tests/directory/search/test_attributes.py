"""What a question asks of units besides service, place and time."""

import pytest

from directory.search.attributes import Asked, attributes

KNOWN = attributes(
    [("ara", "Arabiska"), ("fin", "Finska"), ("per", "farsi"), ("gaa", "Ga"), ("eng", "English")]
)


@pytest.mark.parametrize(
    ("said", "argument", "values", "taken"),
    [
        ("arabiska göteborg", "language", ("ara",), 1),
        ("pratar arabiska i", "language", ("ara",), 2),
        ("kan tala finska", "language", ("fin",), 3),
        ("arabisktalande läkare", "language", ("ara",), 1),
        ("finskspråkig", "language", ("fin",), 1),
        ("farsi", "language", ("per",), 1),
        ("speaks english", "language", ("eng",), 2),
        ("tar emot nya patienter", "listing", ("open",), 4),
        ("tar emot nya", "listing", ("open",), 3),
        ("lista mig", "listing", ("open",), 2),
        ("privat vårdcentral", "ownership", ("4", "5", "6"), 1),
        ("regiondriven", "ownership", ("1",), 1),
    ],
)
def test_what_is_asked_for(said: str, argument: str, values: tuple[str, ...], taken: int) -> None:
    words = said.split()
    assert KNOWN.read(words) == Asked(argument, values, tuple(words[:taken]))


@pytest.mark.parametrize("said", ["english", "ga", "på mölndal", "pratar", "lista", "nya"])
def test_what_is_not_asked_for(said: str) -> None:
    assert KNOWN.read(said.split()) is None
