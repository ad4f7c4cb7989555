"""Invented people: test numbers only, families that hang together, nothing of the protected."""

from collections import Counter
from datetime import date

import pytest

from codes.identifiers import PersonalIdentityNumber
from core.problems import Invalid
from importers.synthetic.numbers import MOST_PEOPLE, NumberSeries
from importers.synthetic.people import COLUMNS, Row, people

ON = date(2026, 11, 20)
PLACE = ("street", "postal_code", "city", "municipality", "lat", "lon")


@pytest.fixture(scope="module")
def made() -> list[Row]:
    return list(people(6000, seed=7, on=ON))


def test_the_same_seed_gives_the_same_people(made: list[Row]) -> None:
    assert len(made) == 6000
    assert made == list(people(6000, seed=7, on=ON))
    assert all(set(row) <= set(COLUMNS) for row in made)


def test_numbers_are_test_numbers_and_each_is_given_once(made: list[Row]) -> None:
    assert len({row["person_id"] for row in made}) == len(made)
    for row in made:
        number = PersonalIdentityNumber.parse(row["person_id"], on=ON)
        assert number.value[8:11] >= "980"
        assert number.birth_date.isoformat() == row["birth_date"]
        assert number.legal_sex == row["sex"]


def test_children_and_only_children_have_grown_up_guardians(made: list[Row]) -> None:
    born = {row["person_id"]: date.fromisoformat(row["birth_date"]) for row in made}
    with_guardians = 0
    for row in made:
        is_child = _age(born[row["person_id"]]) < 18
        guardians = row["guardians"].split("|") if row["guardians"] else []
        assert bool(guardians) == is_child
        assert all(_age(born[guardian]) >= 18 for guardian in guardians)
        with_guardians += bool(guardians)
    assert 0.1 < with_guardians / len(made) < 0.4


def test_some_children_have_a_guardian_who_lives_elsewhere(made: list[Row]) -> None:
    homes = {row["person_id"]: row.get("street") for row in made}
    apart = [
        row
        for row in made
        if row["guardians"] and {homes[g] for g in row["guardians"].split("|")} - {homes[row["person_id"]]}
    ]
    assert apart


def test_the_protected_have_no_place(made: list[Row]) -> None:
    protected = [row for row in made if row["protection"]]
    assert {row["protection"] for row in protected} == {"confidentiality-mark", "protected-registration"}
    assert len(protected) < 0.02 * len(made)
    assert not [row for row in protected if any(row.get(column) for column in PLACE)]


def test_everyone_else_has_an_address(made: list[Row]) -> None:
    assert all(row["municipality"] and row["street"] for row in made if not row["protection"])
    assert len({row["region"] for row in made}) == 21


def test_a_few_have_died_or_moved_abroad(made: list[Row]) -> None:
    states = Counter(row["status"] for row in made)
    assert set(states) == {"registered", "deceased", "emigrated"}
    assert all(row["status_since"] < ON.isoformat() for row in made if row["status"] != "registered")


def test_a_day_that_is_used_up_passes_to_the_day_before() -> None:
    numbers = NumberSeries(ON)
    day = date(1990, 3, 1)
    given = [numbers.next(day, "female") for _ in range(25)]
    assert len({number.value for number in given}) == 25
    assert Counter(number.birth_date.isoformat() for number in given) == {
        "1990-03-01": 10,
        "1990-02-28": 10,
        "1990-02-27": 5,
    }


def test_more_people_than_numbers_are_refused() -> None:
    with pytest.raises(Invalid, match="test numbers"):
        next(people(MOST_PEOPLE + 1, seed=1, on=ON))


def test_a_leap_day_is_a_reference_date_too() -> None:
    assert len(list(people(200, seed=1, on=date(2028, 2, 29)))) == 200


def _age(born: date) -> int:
    return ON.year - born.year - ((ON.month, ON.day) < (born.month, born.day))
