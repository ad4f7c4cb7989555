"""The named people of the demo: test numbers that nobody else gets, and the ages that they are named by."""

from datetime import date

import pytest

from codes.identifiers import parse_person_id
from importers.synthetic import personas
from importers.synthetic.numbers import NumberSeries
from importers.synthetic.people import COLUMNS

DAYS = [date(2026, 11, 20), date(2028, 2, 29), date(2027, 1, 1), date(2027, 5, 31)]


@pytest.mark.parametrize("on", DAYS)
def test_numbers_are_valid_test_numbers_of_the_right_age(on: date) -> None:
    known = {person.key: person for person in personas.people(on)}
    assert len({person.number for person in known.values()}) == len(known) >= 7
    for key, age in {"child-3": 3, "child-14": 14, "child-17": 17}.items():
        born = known[key].born
        assert on.year - born.year - ((on.month, on.day) < (born.month, born.day)) == age
    for person in known.values():
        number = parse_person_id(person.number, on=on)
        assert number.value == person.number
        assert person.number[8:11] in ("998", "999")


def test_children_come_after_their_guardian_and_the_protected_have_no_place() -> None:
    rows = personas.rows(DAYS[0])
    assert all(set(row) <= set(COLUMNS) for row in rows)
    seen: set[str] = set()
    for row in rows:
        assert set(filter(None, row["guardians"].split("|"))) <= seen
        seen.add(row["person_id"])
    (protected,) = [row for row in rows if row["protection"]]
    assert "street" not in protected
    assert "municipality" not in protected
    assert sum(bool(row["guardians"]) for row in rows) == 3


def test_nobody_else_gets_their_numbers() -> None:
    taken = personas.numbers(DAYS[0])
    person = personas.people(DAYS[0])[0]
    series = NumberSeries(DAYS[0], taken)
    given = {series.next(person.born, person.sex).value for _ in range(30)}
    assert len(given) == 30
    assert not given & taken
