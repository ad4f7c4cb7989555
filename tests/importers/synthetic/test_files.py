"""The files as a whole, and the command that writes them."""

import csv
from datetime import date
from pathlib import Path

import pytest

from core.problems import Invalid
from core.settings import ROOT
from importers.synthetic import Plan, generate
from importers.synthetic.people import COLUMNS
from listing.policy import LISTING_TYPES
from web import cli

ON = date(2026, 11, 20)
NAMES = {
    "units.csv",
    "offerings.csv",
    "professions.csv",
    "rules.csv",
    "limits.csv",
    "population.csv",
    "listings.csv",
    "README.txt",
}


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter=";"))


def test_equal_plans_give_equal_files(tmp_path: Path) -> None:
    plan = Plan(300, people=300, seed=5, on=ON)
    for folder in ("one", "other"):
        generate(tmp_path / folder, plan)
    assert {path.name for path in (tmp_path / "one").iterdir()} == NAMES
    for name in NAMES:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "other" / name).read_bytes()


def test_counts_are_those_of_the_files(tmp_path: Path) -> None:
    told: dict[str, int] = {}

    def count(what: str, more: int) -> None:
        told[what] = told.get(what, 0) + more

    written = generate(tmp_path, Plan(700, people=600, seed=5, on=ON), count)
    assert told == {"units": 700, "people": 600}
    assert {path.name: number for path, number in written.rows.items()} == {
        name: len(_rows(tmp_path / name)) for name in NAMES - {"README.txt"}
    }


def test_units_do_not_depend_on_the_people_beside_them(tmp_path: Path) -> None:
    generate(tmp_path / "alone", Plan(200, seed=5, on=ON))
    generate(tmp_path / "beside", Plan(200, people=50, seed=5, on=ON))
    for name in NAMES - {"population.csv", "listings.csv", "limits.csv", "README.txt"}:
        assert (tmp_path / "alone" / name).read_bytes() == (tmp_path / "beside" / name).read_bytes()
    # With people beside them the units' limits have as many places as are taken.
    alone, beside = (
        [{**row, "places": ""} for row in _rows(tmp_path / folder / "limits.csv")]
        for folder in ("alone", "beside")
    )
    assert alone == beside
    assert not (tmp_path / "alone" / "population.csv").exists()


def test_details_are_of_units_in_the_file_and_manual_ones_are_signed(tmp_path: Path) -> None:
    generate(tmp_path, Plan(500, seed=5, on=ON))
    units = {row["hsa_id"] for row in _rows(tmp_path / "units.csv")}
    offerings, professions = _rows(tmp_path / "offerings.csv"), _rows(tmp_path / "professions.csv")
    assert {row["hsa_id"] for row in (*offerings, *professions)} <= units
    assert any(row["referral"] == "yes" for row in offerings)
    assert any(row["max_age"] for row in offerings)
    manual = [row for row in professions if row["origin"] == "manual"]
    assert manual
    assert all(row["recorded_by"] and row["recorded_at"] and row["valid_until"] for row in manual)


def test_contracts_and_limits_are_of_units_that_can_have_them(tmp_path: Path) -> None:
    generate(tmp_path, Plan(3000, seed=5, on=ON))
    units = {row["hsa_id"]: row for row in _rows(tmp_path / "units.csv")}
    contracts, limits = _rows(tmp_path / "rules.csv"), _rows(tmp_path / "limits.csv")
    assert {row["type"] for row in contracts} == {"contract"}
    assert {row["listing_type"] for row in contracts} == set(LISTING_TYPES)
    assert all(units[row["hsa_id"]]["status"] != "closed" for row in contracts)
    listable = {key for key, unit in units.items() if unit["listing_status"]}
    assert listable == {row["hsa_id"] for row in contracts if row["listing_type"] == "health-centre"}
    assert {units[row["hsa_id"]]["listing_status"] for row in limits} == {"queue", "closed"}
    full = {key for key, unit in units.items() if unit["listing_status"] in ("queue", "closed")}
    assert 0.6 < len(limits) / len(full) < 1
    for row in limits:
        assert date.fromisoformat(row["valid_from"]) <= ON <= date.fromisoformat(row["valid_to"])


def test_the_readme_says_that_everything_is_invented(tmp_path: Path) -> None:
    generate(tmp_path, Plan(10, seed=5, on=ON))
    text = (tmp_path / "README.txt").read_text("utf-8")
    assert "påhittat" in text
    assert "--units 10 --people 0 --seed 5 --date 2026-11-20" in text


def test_too_many_units_are_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(Invalid):
        generate(tmp_path / "new", Plan(10_000_000, on=ON))
    assert not (tmp_path / "new").exists()


def test_the_command_names_the_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = str(tmp_path / "out")
    status = cli.main(
        ["generate", "--units", "30", "--people", "20", "--seed", "3", "--date", "2026-11-20", folder]
    )
    assert status == 0
    printed = capsys.readouterr()
    assert "units.csv: 30 rows" in printed.out
    assert "population.csv: 20 rows" in printed.out
    assert printed.err == ""


@pytest.mark.parametrize("wrong", [["--units", "many"], ["--units", "-1"], ["--date", "31/12 2026"], []])
def test_wrong_usage_is_status_two(wrong: list[str], tmp_path: Path) -> None:
    folder = [str(tmp_path)] if wrong else []
    with pytest.raises(SystemExit) as ended:
        cli.main(["generate", *wrong, *folder])
    assert ended.value.code == 2


def test_every_column_of_the_population_is_documented() -> None:
    text = (ROOT / "docs" / "demo-data.md").read_text("utf-8")
    assert [name for name in COLUMNS if f"| `{name}` |" not in text] == []
