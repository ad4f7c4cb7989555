"""The command line: exit status, and one line for what went wrong."""

import subprocess
import sys
from pathlib import Path

import pytest

from core.settings import ROOT
from tests.support.database import empty_database
from web import cli


def _run(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "web.cli", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize("arguments", [[], ["no-such-command"], ["db"], ["db", "downgrade"]])
def test_wrong_usage_is_status_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(arguments)
    assert ended.value.code == 2
    assert "usage: hittavard" in capsys.readouterr().err


def test_every_command_says_what_it_does(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["--help"])
    assert ended.value.code == 0
    assert {"db", "run", "serve"} <= set(capsys.readouterr().out.split())


def test_the_command_line_stands_without_the_heavy_libraries() -> None:
    code = "import sys; from web import cli; cli.parser(); print({'sqlalchemy', 'openpyxl'} & {*sys.modules})"
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert (result.stdout.strip(), result.returncode) == ("set()", 0)


def test_the_database_moves_up_and_says_where_it_is(database_url: str) -> None:
    environment = {"HITTAVARD_DATABASE_URL": database_url}
    assert _run("db", "upgrade", **environment).returncode == 0
    current = _run("db", "current", **environment)
    assert (current.returncode, current.stderr) == (0, "")
    assert current.stdout.strip().isdigit()


def test_an_unreachable_database_is_one_line_and_status_1(tmp_path: Path) -> None:
    result = _run("db", "current", HITTAVARD_DATABASE_URL=f"postgresql://x@/x?host={tmp_path}")
    assert result.returncode == 1
    assert result.stderr.startswith("hittavard: cannot reach the database: ")
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("name", "value"), [("PORT", "http"), ("HITTAVARD_DATABASE_URL", "mysql://localhost/x")]
)
def test_a_wrong_setting_is_one_line_and_status_1(name: str, value: str) -> None:
    result = _run("db", "current", **{name: value})
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.startswith(f"hittavard: {name} must")
    assert result.stderr.count("\n") == 1


def test_a_database_without_tables_is_told_how_to_get_them(test_server: str, tmp_path: Path) -> None:
    file = tmp_path / "units.csv"
    file.write_text("hsa_id;name\nSE2321000131-E000000000901;Ekbacken\n", encoding="utf-8")
    with empty_database(test_server) as url:
        done = _run("import", "units", str(file), HITTAVARD_DATABASE_URL=url)
    assert done.returncode == 1
    assert done.stderr == "hittavard: the database is not migrated; run `hittavard db upgrade`\n"
