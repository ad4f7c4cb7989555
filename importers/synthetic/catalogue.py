"""The lists that invented units are made from, read from the files in `data/`."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parent / "data"


@dataclass(frozen=True, slots=True)
class Condition:
    """For whom and how a service is given; ages are whole years, `delivery` codes separated by `|`."""

    code: str
    min_age: int | None = None
    max_age: int | None = None
    sex: str = ""
    referral: bool | None = None
    delivery: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class UnitKind:
    """One kind of unit; the fields are explained at the head of `data/unit_kinds.toml`."""

    key: str
    names: Sequence[str]
    activities: Sequence[str]
    services: Sequence[str]
    professions: Sequence[str]
    opening: str
    text: str
    weight: float = 0.0
    private_names: Sequence[str] = ()
    short: str = ""
    private: float = 0.0
    ownership: str = ""
    unit_type: str = ""
    care_forms: Sequence[str] = ("01",)
    sometimes_services: Sequence[str] = ()
    sometimes: Sequence[str] = ()
    telephone: str = ""
    drop_in: str = ""
    visiting: str = ""
    ages: str = ""
    listing: bool = False
    has_place: bool = True
    conditions: Sequence[Condition] = ()


@cache
def unit_kinds() -> Sequence[UnitKind]:
    """The kinds outside hospitals."""
    return _kinds("unit_kinds.toml")


@cache
def hospital_kinds() -> Sequence[UnitKind]:
    """The hospital itself, then the kinds of units that belong to one."""
    return _kinds("hospital_kinds.toml")


@cache
def hours() -> Mapping[str, Sequence[Sequence[str]]]:
    """Weekly hours by profile, in HSA's syntax."""
    return _read("hours.toml")


@cache
def texts() -> Mapping[str, Mapping[str, Sequence[str]]]:
    """Sentences by family of kinds."""
    return _read("texts.toml")


@cache
def words(name: str) -> Sequence[str]:
    """One list of `names.toml`."""
    return tuple(_read("names.toml")[name])


def table(name: str) -> dict[str, Any]:
    """The whole of one file."""
    return _read(name)


def kind_named(key: str) -> UnitKind:
    """The kind outside hospitals with this key."""
    return next(kind for kind in unit_kinds() if kind.key == key)


def _kinds(name: str) -> Sequence[UnitKind]:
    return tuple(
        UnitKind(**{**row, "conditions": tuple(Condition(**one) for one in row.get("conditions", ()))})
        for row in _read(name)["kind"]
    )


@cache
def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((DATA / name).read_text("utf-8"))
