"""Invented listings hang together with the units, the limits and the people of the same set."""

import csv
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from importers.kinds.listings import COLUMNS as TAKEN
from importers.kinds.population import COLUMNS as STATED
from importers.synthetic import Plan, generate, listings, people

ON = date(2026, 11, 20)
Rows = list[dict[str, str]]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Rows]:
    folder = tmp_path_factory.mktemp("set")
    generate(folder, Plan(3000, 6000, seed=7, on=ON, personas=True))
    return {path.stem: _read(path) for path in folder.glob("*.csv")}


def _read(path: Path) -> Rows:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter=";"))


def test_the_columns_are_those_of_the_importers() -> None:
    assert set(listings.COLUMNS) <= {column.name for column in TAKEN}
    assert set(people.COLUMNS) <= {column.name for column in STATED}


def test_everyone_listed_is_there_and_chooses_a_centre_with_a_contract(made: dict[str, Rows]) -> None:
    contracts = {row["hsa_id"] for row in made["rules"] if row["listing_type"] == "health-centre"}
    registered = [row for row in made["population"] if row["status"] == "registered"]
    free = {row["person_id"] for row in registered if not row["protection"]}
    assert {row["hsa_id"] for row in made["listings"]} <= contracts
    assert {row["person_id"] for row in made["listings"]} <= free


def test_a_limit_has_as_many_places_as_are_taken(made: dict[str, Rows]) -> None:
    listed = Counter(
        row["hsa_id"] for row in made["listings"] if row["type"] == "listing" and not row["valid_to"]
    )
    ends_later = [row for row in made["listings"] if row["valid_to"] >= ON.isoformat()]
    listed.update(row["hsa_id"] for row in ends_later)
    assert made["limits"]
    assert all(int(row["places"]) == listed[row["hsa_id"]] for row in made["limits"])
    queues = {row["hsa_id"] for row in made["listings"] if row["type"] == "queue"}
    assert queues <= {row["hsa_id"] for row in made["limits"]}


def test_all_sorts_of_listings_are_there(made: dict[str, Rows]) -> None:
    rows = made["listings"]
    assert {row["basis"] for row in rows if row["type"] == "listing"} == {"active", "passive"}
    assert any(row["valid_from"] > ON.isoformat() for row in rows)
    assert any(row["counted"] == "yes" for row in rows)
    assert any(row["priority"] == "1" and row["decision_reference"] for row in rows)
    assert 0.6 < len({row["person_id"] for row in rows}) / len(made["population"]) < 0.95


def test_without_people_nobody_is_listed_and_limits_stand(tmp_path: Path) -> None:
    generate(tmp_path, Plan(300, seed=7, on=ON))
    assert not (tmp_path / "listings.csv").exists()
    assert all(int(row["places"]) >= 3500 for row in _read(tmp_path / "limits.csv"))
