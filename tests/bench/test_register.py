"""The register's benchmark: what is recorded is the product's own transaction, repeated for others."""

import re
import subprocess
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from bench.register import asking, recorded, world
from bench.register.programs import pgbench
from core.cluster.extensions import libpq_url
from core.database import normal_url

PEOPLE, ABLE = 60, 20


@pytest.fixture
def made(test_server: str):  # type: ignore[no-untyped-def]
    with world.made(PEOPLE, ABLE, test_server) as made:
        yield made


def test_pgbench_lists_people_by_the_products_own_statements(made: world.World, tmp_path: Path) -> None:
    first = world.FIRST_PERSON + ABLE
    script = tmp_path / "listing.sql"
    script.write_text(recorded.script(made.url, PEOPLE, first, 10), encoding="utf-8")
    command = [pgbench(), "-n", "-M", "prepared", "-f", str(script), "-D", "n=0", "-c", "2", "-t", "9"]
    done = subprocess.run([*command, libpq_url(made.url)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    engine = create_engine(normal_url(made.url))
    with engine.connect() as connection:
        aims = connection.execute(
            text(
                "SELECT person_id, care_unit_id FROM listing"
                " WHERE upper_inf(valid) AND basis = 'choice' AND counted"
            )
        ).all()
        counts = connection.execute(
            text("SELECT (SELECT count(*) FROM operation), (SELECT count(*) FROM listing_event)")
        ).one()
    engine.dispose()
    expected = [*range(first, first + 9), *range(first + 10, first + 19)]
    assert sorted(row[0] for row in aims) == expected
    assert all(row[1] == world.aim(row[0]) for row in aims)
    assert tuple(counts) == (18, 36)


def test_nothing_of_the_recorded_person_is_left_in_the_script(made: world.World) -> None:
    sample = world.FIRST_PERSON + PEOPLE - 1
    script = recorded.script(made.url, PEOPLE, world.FIRST_PERSON, 10)
    assert str(sample) not in script
    assert not re.search(r"[0-9a-f]{32}'::uuid", script)


def test_every_request_is_another_persons(made: world.World, tmp_path: Path) -> None:
    tokens = [f"t{number}" for number in range(ABLE)]
    for kind in asking.KINDS[:2]:
        lines = asking.write(kind, made, tokens, 5, tmp_path).read_text().splitlines()
        parts = [line.split("\t") for line in lines]
        assert len({part[2] for part in parts}) == len({part[3] for part in parts}) == ABLE
        assert parts[0][2] == "t5"
