"""`hittavard keys`: rotation while the service runs, killed in the middle, twice, two at once."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from core.database import unit_of_work
from core.settings import ROOT, Settings
from importers.synthetic.numbers import NumberSeries
from listing.actor import Actor
from listing.people import key_file, queries
from listing.people.record import PersonRecord
from listing.people.services import add_people, change_identity

COUNT = 1500
Start = Callable[..., "subprocess.Popen[str]"]
Command = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def keys_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh key file, which the settings name here and in the commands."""
    path = tmp_path / "keys.json"
    key_file.create(path)
    monkeypatch.setenv("HITTAVARD_KEYS_FILE", str(path))
    monkeypatch.setattr("core.settings._settings", Settings())
    return path


@pytest.fixture
def start(clean_database: Engine, database_url: str, keys_path: Path) -> Start:
    """Start a command against the test's database and key file."""

    def begin(*arguments: str) -> "subprocess.Popen[str]":
        environment = {**os.environ, "HITTAVARD_DATABASE_URL": database_url}
        return subprocess.Popen(
            [sys.executable, "-m", "web.cli", *arguments],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    return begin


@pytest.fixture
def command(start: Start) -> Command:
    """Run a command to its end."""

    def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
        with start(*arguments) as process:
            output, errors = process.communicate(timeout=60)
        return subprocess.CompletedProcess(arguments, process.returncode, output, errors)

    return run


@pytest.fixture
def people(clean_database: Engine, keys_path: Path) -> dict[str, int]:
    """Many people by identity, a few of whom have had another number before."""
    series = NumberSeries(date(2026, 11, 1))
    numbers = [series.next(date(1930 + n % 90, 1 + n % 12, 5), "female") for n in range(COUNT + 10)]
    with unit_of_work(clean_database) as session:
        ids = add_people(session, [PersonRecord(number, number.birth_date) for number in numbers[:COUNT]])
        expected = {number.value: person for number, person in zip(numbers, ids, strict=False)}
        for number, person in zip(numbers[COUNT:], ids[::150], strict=True):
            change_identity(session, Actor.internal("tests"), person, number)
            expected[number.value] = person
    return expected


def _found(engine: Engine, people: dict[str, int]) -> bool:
    with Session(engine) as session:
        return queries.find_people(session, list(people)) == people


def _with_key(engine: Engine, number: int) -> int:
    with engine.connect() as connection:
        return int(
            connection.scalar(
                text("SELECT count(*) FROM person WHERE hash_key = :n AND seal_key = 1"), {"n": number}
            )
            or 0
        )


def _former_with_key(engine: Engine, number: int) -> int:
    with engine.connect() as connection:
        statement = text("SELECT count(*) FROM former_identity WHERE hash_key = :n")
        return int(connection.scalar(statement, {"n": number}) or 0)


def test_a_rotation_that_is_killed_goes_on_where_it_was(
    clean_database: Engine, people: dict[str, int], start: Start, command: Command
) -> None:
    assert command("keys", "add", "lookup").returncode == 0
    assert _found(clean_database, people)
    with start("keys", "rotate", "lookup", "--batch", "5") as rotation:
        while not _with_key(clean_database, 2):
            assert rotation.poll() is None
        rotation.kill()
        rotation.communicate(timeout=30)
    done = _with_key(clean_database, 2)
    assert 0 < done < COUNT
    assert done % 5 == 0
    assert _found(clean_database, people)  # the service never stops finding

    refused = command("keys", "retire", "lookup", "1")
    assert refused.returncode == 1
    assert re.search(
        r"rows still need lookup key 1; run `hittavard keys rotate lookup` first", refused.stderr
    )

    with start("keys", "rotate", "lookup", "--batch", "7") as one, start("keys", "rotate", "lookup") as two:
        ended = [(*process.communicate(timeout=60), process.returncode) for process in (one, two)]
    assert [code for *_, code in ended] == [0, 0], ended
    assert _with_key(clean_database, 2) == COUNT
    assert (_former_with_key(clean_database, 1), _former_with_key(clean_database, 2)) == (0, 10)
    again = command("keys", "rotate", "lookup")
    assert again.stdout == "lookup key 2 is current; 0 rows brought to the current keys\n"

    retired = command("keys", "retire", "lookup", "1")
    assert retired.returncode == 0, retired.stderr
    assert _found(clean_database, people)


def test_details_are_sealed_anew_and_stay_the_same(
    clean_database: Engine, people: dict[str, int], keys_path: Path, command: Command
) -> None:
    def shown() -> dict[int, str]:
        with Session(clean_database) as session:
            rows = (queries.person_with(session, person) for person in set(people.values()))
            return {row.id: queries.details_of(row).identity for row in rows}

    before = shown()
    assert command("keys", "add", "seal").returncode == 0
    assert command("keys", "rotate", "seal").stdout.startswith("seal key 2 is current; 1500 rows")
    assert command("keys", "retire", "seal", "1").returncode == 0
    assert shown() == before
    assert before.items() <= {(person, number) for number, person in people.items()}


def test_the_list_says_what_needs_which_key_and_no_secret(
    people: dict[str, int], keys_path: Path, command: Command
) -> None:
    command("keys", "add", "seal")
    listed = command("keys", "list")
    rows = {tuple(line.split()[:2]): line.split()[3:] for line in listed.stdout.splitlines()[1:]}
    assert rows["lookup", "1"] == [str(COUNT + 10), "current"]
    assert rows["seal", "1"] == [str(COUNT), "current"]
    assert rows["seal", "2"] == ["0"]
    secrets = re.findall(r'"secret": "([^"]+)"', keys_path.read_text())
    assert len(secrets) == 5
    assert not any(secret in listed.stdout + listed.stderr for secret in secrets)


def test_another_databases_key_file_is_one_line_and_status_1(
    people: dict[str, int], keys_path: Path, command: Command
) -> None:
    keys_path.unlink()
    key_file.create(keys_path)
    for arguments in (("keys", "rotate", "lookup"), ("keys", "list"), ("audit", "seal"), ("audit", "verify")):
        refused = command(*arguments)
        if arguments != ("keys", "list"):
            assert refused.returncode == 1
            assert refused.stderr.startswith(
                "hittavard: the key file (HITTAVARD_KEYS_FILE) is not the one of"
            )
            assert refused.stderr.count("\n") == 1


def test_the_first_file_is_made_once(tmp_path: Path, keys_path: Path, command: Command) -> None:
    refused = command("keys", "create")
    assert (refused.returncode, refused.stderr) == (1, f"hittavard: {keys_path} is there already\n")
    keys_path.unlink()
    assert command("keys", "create").returncode == 0
    assert keys_path.stat().st_mode & 0o777 == 0o600
