"""The files of a synthetic set, written row by row."""

import csv
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

from core.problems import Invalid
from importers.columns import UNIT_COLUMNS
from importers.kinds.offerings import COLUMNS as OFFERING_COLUMNS
from importers.kinds.professions import COLUMNS as PROFESSION_COLUMNS
from importers.kinds.rules import COLUMNS as RULE_COLUMNS
from importers.synthetic import listings, manual, people, personas, rules
from importers.synthetic.listings import Listings
from importers.synthetic.numbers import MOST_PEOPLE
from importers.synthetic.units import Unit, units

DEFAULT_SEED = 1177
MOST_UNITS = 900_000
"""HSA-ids have a running number of six digits."""

_NOT_USED = frozenset(
    {
        "address",
        "coordinates",
        "x",
        "y",
        "postal_address",
        "postal_street",
        "postal_postal_code",
        "postal_city",
    }
)
UNIT_HEADINGS = tuple(column.name for column in UNIT_COLUMNS if column.name not in _NOT_USED)
OFFERING_HEADINGS = tuple(column.name for column in OFFERING_COLUMNS)
PROFESSION_HEADINGS = tuple(column.name for column in PROFESSION_COLUMNS)
_OF_REGIONS = frozenset({"region", "decided_on", "parameters"})
RULE_HEADINGS = tuple(column.name for column in RULE_COLUMNS if column.name not in _OF_REGIONS)

_README = """\
PÅHITTADE UPPGIFTER / INVENTED DATA

Allt i den här mappen är påhittat: enheter, vårdgivare, tider, köer och personer. Orter, postnummer och
kommuner finns på riktigt. Personnumren är testnummer och telefonnumren är sådana som används i fiktion.

Everything in this folder is invented: units, providers, hours, queues and people. Places, postal codes and
municipalities are real. Personal identity numbers are test numbers; telephone numbers are kept for fiction.

Made by: hittavard generate --units {units} --people {people} --seed {seed} --date {on}
The formats are described in docs/demo-data.md. Contains data from GeoNames, CC BY 4.0.
"""


@dataclass(frozen=True)
class Plan:
    """What to write. Equal plans give equal files. `personas` adds the named people of the sign-in."""

    units: int
    people: int = 0
    seed: int = DEFAULT_SEED
    on: date = field(default=date(2026, 1, 1))
    personas: bool = False


@dataclass
class Written:
    """The files written and how many rows each has."""

    rows: dict[Path, int] = field(default_factory=dict)


def generate(folder: Path, plan: Plan, progress: Callable[[str, int], None] | None = None) -> Written:
    """Write the files of a plan into a folder, which is made if need be; files of these names are replaced.

    `progress` is told of each file's rows as they are written.
    """
    if not 0 <= plan.units <= MOST_UNITS or not 0 <= plan.people <= MOST_PEOPLE:
        raise Invalid(f"at most {MOST_UNITS} units and {MOST_PEOPLE} people can be generated")
    folder.mkdir(parents=True, exist_ok=True)
    tell = progress or (lambda _what, _count: None)
    written = Written()
    where = Listings(plan.seed, plan.on)
    limits = _write_units(folder, plan, tell, written, where) if plan.units else []
    if plan.people:
        _write_people(folder, plan, tell, written, where)
    if plan.units:
        _write_limits(folder, plan, written, where, limits)
    readme = _README.format(units=plan.units, people=plan.people, seed=plan.seed, on=plan.on)
    (folder / "README.txt").write_text(readme, encoding="utf-8")
    return written


class _Table:
    """One CSV file with a heading, its rows counted."""

    def __init__(self, path: Path, headings: tuple[str, ...], stack: ExitStack, written: Written) -> None:
        file = stack.enter_context(path.open("w", encoding="utf-8", newline=""))
        self._writer = csv.DictWriter(file, headings, restval="", delimiter=";", lineterminator="\n")
        self._writer.writeheader()
        self._path = path
        self._written = written
        written.rows[path] = 0

    def write(self, rows: Iterable[dict[str, Any]]) -> None:
        for row in rows:
            self._writer.writerow(row)
            self._written.rows[self._path] += 1


def _write_units(
    folder: Path, plan: Plan, tell: Callable[[str, int], None], written: Written, where: Listings
) -> list[dict[str, Any]]:
    """The units' files; returns their limits, which are written when it is known who is listed."""
    found: list[dict[str, Any]] = []
    with ExitStack() as stack:
        table = _Table(folder / "units.csv", UNIT_HEADINGS, stack, written)
        offerings = _Table(folder / "offerings.csv", OFFERING_HEADINGS, stack, written)
        professions = _Table(folder / "professions.csv", PROFESSION_HEADINGS, stack, written)
        contracts = _Table(folder / "rules.csv", RULE_HEADINGS, stack, written)
        rng, lot = Random(f"{plan.seed}/manual"), Random(f"{plan.seed}/rules")
        for batch in _batches(units(plan.units, plan.seed, plan.on)):
            table.write(unit.row for unit in batch)
            for unit in batch:
                offerings.write(_offering_rows(unit))
                professions.write(manual.profession_rows(unit, rng, plan.on))
                contracts.write(rules.contract_rows(unit, lot, plan.on))
                limits = list(rules.limit_rows(unit, lot, plan.on))
                where.add(unit, has_limit=bool(limits))
                found += limits
            tell("units", len(batch))
    return found


def _write_people(
    folder: Path, plan: Plan, tell: Callable[[str, int], None], written: Written, where: Listings
) -> None:
    with ExitStack() as stack:
        table = _Table(folder / "population.csv", people.COLUMNS, stack, written)
        register = _Table(folder / "listings.csv", listings.COLUMNS, stack, written)
        named = personas.rows(plan.on) if plan.personas else []
        table.write(named)
        for person in named:
            register.write(where.rows(person, always=True))
        for batch in _batches(people.people(plan.people, plan.seed, plan.on)):
            table.write(batch)
            for person in batch:
                register.write(where.rows(person))
            tell("people", len(batch))


def _write_limits(
    folder: Path, plan: Plan, written: Written, where: Listings, limits: Iterable[dict[str, Any]]
) -> None:
    """With people, a limit has exactly as many places as are taken: whoever queues there has to wait."""
    with ExitStack() as stack:
        table = _Table(folder / "limits.csv", RULE_HEADINGS, stack, written)
        for row in limits:
            places = str(where.listed[row["hsa_id"]]) if plan.people else row["places"]
            table.write([{**row, "places": places}])


def _offering_rows(unit: Unit) -> Iterator[dict[str, Any]]:
    """All services of a unit that says more of at least one than its code."""
    if not unit.kind.conditions:
        return
    for service in unit.services:
        row = {name: getattr(service, name) for name in OFFERING_HEADINGS if hasattr(service, name)}
        referral = {None: "", True: "yes", False: "no"}[service.referral]
        yield {**row, "hsa_id": unit.row["hsa_id"], "referral": referral}


def _batches(items: Iterable[Any], size: int = 500) -> Iterator[list[Any]]:
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch
