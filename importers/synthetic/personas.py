"""The named people of the demo: residents whom one can sign in as, their families, and staff.

Their numbers are the last test number of each day and sex, which the invented population never gets, so the
same persona is the same person in the demo data and in the development sign-in, if both use the same day.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from codes.identifiers.checksum import luhn_digit
from importers.synthetic.catalogue import table

_LAST_BIRTH_NUMBER = {"female": 998, "male": 999}
_SINCE_BIRTHDAY = timedelta(days=90)
_COORDINATION_DAY = 60


@dataclass(frozen=True, slots=True)
class Person:
    """A resident of the demo. `number` has twelve digits; `title` is what the persona stands for."""

    key: str
    title: str
    title_en: str
    given_name: str
    family_name: str
    sex: str
    born: date
    number: str
    signs_in: bool
    is_registered: bool
    protection: str
    guardians: Sequence[str]


@dataclass(frozen=True, slots=True)
class Employee:
    """A member of staff of the demo: system roles, and at how many units (none: at the region itself)."""

    key: str
    title: str
    title_en: str
    given_name: str
    family_name: str
    roles: Sequence[str]
    units: int


def region() -> str:
    """The code of the region where all personas are."""
    return str(_data()["place"]["region"])


def people(on: date) -> list[Person]:
    """The residents, guardians before their children, with the ages that they have on that day."""
    return [_person(row, on) for row in _data()["person"]]


def staff() -> list[Employee]:
    """The members of staff."""
    return [Employee(**{"units": 0, **row}) for row in _data()["staff"]]


def numbers(on: date) -> frozenset[str]:
    """The numbers that nobody else may get."""
    return frozenset(person.number for person in people(on))


def rows(on: date) -> list[dict[str, str]]:
    """The residents in the columns of `population.csv` (docs/demo-data.md); those who are registered."""
    known = people(on)
    number = {person.key: person.number for person in known}
    return [_row(person, number) for person in known if person.is_registered]


def _row(person: Person, number: Mapping[str, str]) -> dict[str, str]:
    place: dict[str, str] = _data()["place"]
    return {
        "person_id": person.number,
        "given_name": person.given_name,
        "family_name": person.family_name,
        "birth_date": person.born.isoformat(),
        "sex": person.sex,
        **({"region": place["region"]} if person.protection else place),
        "protection": person.protection,
        "guardians": "|".join(number[key] for key in person.guardians),
        "status": "registered",
    }


def _person(row: Mapping[str, Any], on: date) -> Person:
    born = _born(on, row["age"])
    coordination = bool(row.get("coordination"))
    return Person(
        key=row["key"],
        title=row.get("title", ""),
        title_en=row.get("title_en", ""),
        given_name=row["given_name"],
        family_name=row["family_name"],
        sex=row["sex"],
        born=born,
        number=_number(born, row["sex"], coordination),
        signs_in=row.get("sign_in", True),
        is_registered=not coordination,
        protection=row.get("protection", ""),
        guardians=tuple(row.get("guardians", ())),
    )


def _born(on: date, age: int) -> date:
    """Three months past the birthday, so that the age holds for most of a year."""
    day = on - _SINCE_BIRTHDAY
    return date(day.year - age, day.month, min(day.day, 28))


def _number(born: date, sex: str, coordination: bool) -> str:
    day = born.day + (_COORDINATION_DAY if coordination else 0)
    digits = f"{born:%Y%m}{day:02d}{_LAST_BIRTH_NUMBER[sex]}"
    return digits + luhn_digit(digits[2:])


def _data() -> dict[str, Any]:
    return table("personas.toml")
