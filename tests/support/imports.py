"""A database for tests of whole imports: the shipped lists loaded once, the units cleared after each test.

Imports commit, so a session that is rolled back does not fit them, and loading the lists anew for every
test would take longer than the tests.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, text

from codes.services import load_shipped as load_code_systems
from core.database import normal_url, unit_of_work
from directory.geography.services import load_shipped as load_geography
from importers.kinds import kind_named
from importers.pipeline import Options, Report, run_import
from tests.support.database import scratch_database

UNIT_TABLES = (
    "care_unit, source_record, care_unit_membership, source, import_run, audit_event, outbox, listing_policy,"
    " person, guardianship, former_identity, representation, doctor_assignment, operation, key_check,"
    " listing_event, listing_notice, allocation_run"
)

Importer = Callable[..., Report]


@pytest.fixture(scope="session")
def loaded_engine(test_server: str) -> Iterator[Engine]:
    """An engine on a database of its own with code systems and geography."""
    with scratch_database(test_server) as url:
        engine = create_engine(
            normal_url(url), connect_args={"options": "-c timezone=UTC -c lock_timeout=5s"}
        )
        with unit_of_work(engine) as session:
            load_code_systems(session)
            load_geography(session)
        yield engine
        engine.dispose()


@pytest.fixture
def directory(loaded_engine: Engine) -> Iterator[Engine]:
    """The same, without units; what a test imports is gone after it."""
    yield loaded_engine
    with loaded_engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        for table in _tables(connection.scalars(text(_DEPENDENT)).all()):
            connection.execute(text(f"DELETE FROM {table}"))


@pytest.fixture
def load(directory: Engine) -> Importer:
    """Import one file with the options given by keyword; returns the report."""

    def run(kind: str, path: Path, source: str = "test", **options: Any) -> Report:
        return run_import(directory, kind_named(kind), kind, path, source=source, options=Options(**options))

    return run


@pytest.fixture
def table(tmp_path: Path) -> Callable[..., Path]:
    """Write a CSV with `;` from rows of column -> value."""

    def write(rows: Sequence[Mapping[str, object]], name: str = "units.csv") -> Path:
        columns = list(dict.fromkeys(column for row in rows for column in row))
        lines = [";".join(columns)]
        lines += [";".join(str(row.get(column, "")) for column in columns) for row in rows]
        path = tmp_path / name
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    return write


_DEPENDENT = """
SELECT DISTINCT conrelid::regclass::text FROM pg_constraint
WHERE contype = 'f' AND confrelid = 'care_unit'::regclass
"""


def _tables(dependent: Sequence[str]) -> list[str]:
    return sorted({*dependent, *UNIT_TABLES.replace(",", " ").split()})
