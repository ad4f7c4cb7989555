"""`hittavard import`: exit status, table for people, report for machines, one line of error."""

import json
from pathlib import Path

import pytest
from sqlalchemy import Engine, make_url, text

from core.settings import settings
from tests.support.imports import directory, loaded_engine
from web.cli import main

__all__ = ["directory", "loaded_engine"]

ROWS = "hsa_id;name\nSE2321000024-1001;Eken\nSE2321000024-1002;Almen\n"


@pytest.fixture(autouse=True)
def address(directory: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command works on the test's database."""
    url = directory.url.render_as_string(hide_password=False)
    assert make_url(url).database
    monkeypatch.setattr("core.settings._settings", None)
    monkeypatch.setenv("HITTAVARD_DATABASE_URL", url)
    settings()


@pytest.fixture
def units(tmp_path: Path) -> Path:
    """A file of two units."""
    path = tmp_path / "units.csv"
    path.write_text(ROWS, encoding="utf-8")
    return path


def test_an_import_says_what_it_did(units: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = tmp_path / "report.json"
    assert main(["import", "units", str(units), "--region", "03", "--report", str(report)]) == 0
    shown = capsys.readouterr()
    assert "units.csv as units-03: applied" in shown.out
    assert "new 2" in shown.out
    assert shown.err == ""
    written = json.loads(report.read_text(encoding="utf-8"))
    assert (written["created"], written["source"], written["status"]) == (2, "units-03", "applied")
    assert main(["import", "units", str(units), "--region", "03"]) == 0
    assert "nothing changed" in capsys.readouterr().out


def test_the_account_stands_in_the_history(directory: Engine, units: Path) -> None:
    assert main(["import", "units", str(units), "--actor", "nattjobb"]) == 0
    with directory.connect() as connection:
        assert connection.scalar(text("SELECT DISTINCT actor FROM care_unit_change")) == "nattjobb"


def test_several_files_are_several_reports_and_the_first_refused_ends_it(
    units: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "broken.csv"
    broken.write_text("hsa_id;name\nabc;Eken\n", encoding="utf-8")
    report = tmp_path / "report.json"
    assert main(["import", "units", str(units), str(broken), str(units), "--report", str(report)]) == 1
    shown = capsys.readouterr()
    assert shown.err.count("\n") == 1
    assert shown.err.startswith("hittavard: ")
    assert "--max-rejected" in shown.err
    assert [one["status"] for one in json.loads(report.read_text(encoding="utf-8"))] == ["applied", "refused"]


@pytest.mark.parametrize("missing", ["no-such-file.csv"])
def test_a_missing_file_is_one_line(missing: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import", "units", missing]) == 1
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert missing in error


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense", "x.csv"],
        ["units"],
        ["units", "x.csv", "--region", "Uppsala"],
        ["units", "x.csv", "--max-rejected", "mycket"],
        ["units", "x.csv", "--mode", "halv"],
        ["units", "x.csv", "--source", " "],
        ["units", "x.csv", "--source", "x" * 65],
        ["units", "x.csv", "--source", "a\x1b[31m"],
    ],
)
def test_wrong_usage_is_status_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["import", *arguments])
    assert ended.value.code == 2


def _units_stored(engine: Engine) -> int:
    with engine.connect() as connection:
        return connection.scalar(text("SELECT count(*) FROM care_unit")) or 0


def test_a_report_that_cannot_be_written_is_told_before_anything_is_done(
    directory: Engine, units: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = _units_stored(directory)
    for place in (tmp_path, tmp_path / "none" / "report.json"):
        assert main(["import", "units", str(units), "--report", str(place)]) == 1
        error = capsys.readouterr().err
        assert error.startswith(f"hittavard: the report cannot be written to {place} (")
        assert error.count("\n") == 1
    assert _units_stored(directory) == before


def test_a_full_disk_under_the_report_does_not_hide_that_the_import_is_done(
    directory: Engine, units: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = _units_stored(directory)
    assert main(["import", "units", str(units), "--report", "/dev/full"]) == 0
    assert capsys.readouterr().err.startswith("hittavard: the report could not be written to /dev/full")
    assert _units_stored(directory) == before + 2


@pytest.mark.parametrize("content", [None, "name = ", "[columns]\nA = 'nmae'\n", "#" * 1_000_001])
def test_a_faulty_mapping_stands_in_the_report(units: Path, tmp_path: Path, content: str | None) -> None:
    mapping, report = tmp_path / "my.toml", tmp_path / "report.json"
    if content is not None:
        mapping.write_text(content, encoding="utf-8")
    arguments = ["import", "units", str(units), "--mapping", str(mapping), "--report", str(report)]
    assert main(arguments) == 1
    assert json.loads(report.read_text(encoding="utf-8"))["refusal"]["code"] == "mapping-invalid"


def test_a_mapping_that_never_ends_is_not_read(units: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import", "units", str(units), "--mapping", "/dev/zero"]) == 1
    assert "not a plain file" in capsys.readouterr().err
