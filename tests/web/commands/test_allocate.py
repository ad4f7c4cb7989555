"""`hittavard allocate`: the table, the report, the exit status, a run taken back."""

import json
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from core import clock
from core.database import unit_of_work
from core.settings import Settings
from listing.allocation.running import only_one
from listing.people import key_file
from tests.support.register import a_person, a_unit
from web.cli import main

PLACE = "SRID=4326;POINT(17.6 59.8)"


@pytest.fixture
def engine(
    clean_database: Engine, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Engine:
    """The command's database and keys, with two people and one unit in Uppsala."""
    path = tmp_path / "keys.json"
    key_file.create(path)
    monkeypatch.setattr("core.settings._settings", Settings(keys_file=path, database_url=database_url))
    with unit_of_work(clean_database) as session:
        a_unit(session, position=PLACE, position_origin="wgs84")
        for _ in range(2):
            a_person(session, position=PLACE)
    return clean_database


def _listed(engine: Engine) -> int:
    with unit_of_work(engine) as session:
        return int(session.scalar(text("SELECT count(*) FROM listing WHERE upper_inf(valid)")) or 0)


def test_try_apply_and_take_back(engine: Engine, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "report.json"
    assert main(["allocate", "--region", "03", "--dry-run", "--report", str(file)]) == 0
    assert "dry-run 2 of 2" in capsys.readouterr().out
    assert (_listed(engine), json.loads(file.read_text())["listed"]) == (0, 2)
    today = clock.today().isoformat()
    assert main(["allocate", "--region", "03", "--date", today, "--report", str(file)]) == 0
    report = json.loads(file.read_text())
    assert (_listed(engine), report["status"], report["units"][0]["receives"]) == (2, "applied", 2)
    assert f"run {report['run']}" in capsys.readouterr().out
    assert main(["allocate", "--undo", str(report["run"]), "--report", str(file)]) == 0
    assert (_listed(engine), json.loads(file.read_text())["annulled"]) == (0, 2)


def test_all_regions_one_after_the_other(engine: Engine, tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    assert main(["allocate", "--all", "--report", str(file)]) == 0
    reports = json.loads(file.read_text())
    assert (len(reports), sum(one["listed"] for one in reports), _listed(engine)) == (21, 2, 2)


def test_a_region_that_is_busy_does_not_stop_the_others(
    engine: Engine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "report.json"
    with only_one(engine, "01", "health-centre"):
        assert main(["allocate", "--all", "--report", str(file)]) == 1
    assert "region 01: an allocation" in capsys.readouterr().err
    assert (len(json.loads(file.read_text())), _listed(engine)) == (20, 2)


@pytest.mark.parametrize(
    "wrong",
    [
        [],
        ["--region", "3"],
        ["--region", "03", "--all"],
        ["--region", "03", "--date", "tomorrow"],
        ["--region", "03", "--type", "x"],
        ["--undo", "1", "--region", "03"],
    ],
)
def test_wrong_usage(wrong: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["allocate", *wrong])
    assert ended.value.code == 2


def test_refusals_say_what_is_wrong(engine: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["allocate", "--undo", "4711"]) == 1
    assert "there is no allocation 4711" in capsys.readouterr().err
    assert main(["allocate", "--region", "03", "--date", "2020-01-01"]) == 1
    assert "days ahead" in capsys.readouterr().err
    assert main(["allocate", "--region", "99"]) == 1
    assert main(["allocate", "--undo", "1", "--dry-run"]) == 2
