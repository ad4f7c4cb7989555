"""`hittavard audit`: seal, verify and head, as an operator runs them."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from core import audit
from core.database import unit_of_work
from core.settings import ROOT
from listing.people import key_file
from tests.support.cleaning import empty_tables

Command = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def command(clean_database: Engine, database_url: str, tmp_path: Path) -> Command:
    """Run `hittavard audit ...` against the test's database and a key file of its own."""
    empty_tables(clean_database)
    key_file.create(tmp_path / "keys.json")
    environment = {
        **os.environ,
        "HITTAVARD_DATABASE_URL": database_url,
        "HITTAVARD_KEYS_FILE": str(tmp_path / "keys.json"),
    }

    def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "web.cli", "audit", *arguments],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
        )

    return run


def _write(engine: Engine, count: int) -> None:
    with unit_of_work(engine) as session:
        entries = (audit.Entry("thing-done", "thing", str(n)) for n in range(count))
        audit.record_many(session, entries, actor="system:tests")


def test_sealed_and_verified(clean_database: Engine, command: Command) -> None:
    assert command("head").stderr == "hittavard: nothing has been sealed yet; run `hittavard audit seal`\n"
    _write(clean_database, 10)
    assert command("seal").stdout == "sealed 10 rows\n"
    _write(clean_database, 3)
    done = command("verify")
    assert (done.returncode, done.stdout, done.stderr) == (
        0,
        "intact: 1 seals over 10 rows; 3 rows wait\n",
        "",
    )
    head = command("head").stdout.strip()
    assert command("verify", "--head", head).returncode == 0


def test_a_breach_is_one_line_and_status_1(clean_database: Engine, command: Command) -> None:
    _write(clean_database, 10)
    command("seal")
    with clean_database.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        row = connection.scalar(
            text("UPDATE audit_event SET actor = 'x' WHERE subject_key = '4' RETURNING id")
        )
    broken = command("verify")
    assert (broken.returncode, broken.stdout) == (1, "")
    assert broken.stderr == (
        f"hittavard: the audit trail breaks at seal 1, row {row}: the row is not what was sealed\n"
    )


def test_a_cut_off_end_needs_the_head_to_be_seen(clean_database: Engine, command: Command) -> None:
    _write(clean_database, 2)
    command("seal")
    _write(clean_database, 2)
    command("seal")
    head = command("head").stdout.strip()
    with clean_database.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text("DELETE FROM audit_seal WHERE number = 2"))
        connection.execute(text("DELETE FROM audit_event WHERE id > (SELECT min(id) + 1 FROM audit_event)"))
    assert command("verify").returncode == 0
    cut = command("verify", "--head", head)
    assert cut.returncode == 1
    assert cut.stderr.endswith("breaks at seal 2: is missing: the trail ends at seal 1\n")


def test_what_is_no_head_is_wrong_usage(command: Command) -> None:
    assert command("verify", "--head", "1:00").returncode == 2
