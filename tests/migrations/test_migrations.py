"""The migrations: up, down and up again, numbered without gaps, and saying what the models say."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import NullPool, create_engine, text

from core import migrate
from core.settings import ROOT
from tests.support.database import empty_database

_OBJECTS = """
SELECT 'table', c.relname::text FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace
  AND c.relkind IN ('r', 'v', 'm', 'S', 'p')
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
UNION SELECT 'function', p.proname::text FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
UNION SELECT 'type', t.typname::text FROM pg_type t WHERE t.typnamespace = 'public'::regnamespace
  AND t.typtype IN ('e', 'd')
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = t.oid AND d.deptype = 'e')
"""


@pytest.fixture
def empty(test_server: str) -> Iterator[str]:
    """A database with the extensions only."""
    with empty_database(test_server) as url:
        yield url


def _objects(url: str) -> set[tuple[str, str]]:
    with create_engine(url, poolclass=NullPool).connect() as connection:
        return {(kind, name) for kind, name in connection.execute(text(_OBJECTS))}


def test_up_down_and_up_again(empty: str) -> None:
    migrate.upgrade(empty)
    assert migrate.current(empty) == migrate.head()
    first = _objects(empty)
    migrate.downgrade(empty, "base")
    assert migrate.current(empty) is None
    assert _objects(empty) <= {("table", "alembic_version")}
    migrate.upgrade(empty)
    assert _objects(empty) == first
    assert ("table", "outbox") in first


def test_the_models_and_the_migrated_database_agree(database_url: str) -> None:
    assert migrate.differences(database_url) == []


def test_revisions_are_numbered_without_gaps() -> None:
    files = sorted(path.name for path in (ROOT / "migrations" / "versions").glob("*.py"))
    revisions = [script.revision for script in migrate.script_directory().walk_revisions()][::-1]
    assert revisions == [f"{number:04d}" for number in range(1, len(files) + 1)]
    assert [name[:5] for name in files] == [f"{revision}_" for revision in revisions]


def test_two_migrations_at_once_take_turns(empty: str) -> None:
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(migrate.upgrade, [empty, empty]))
    assert migrate.current(empty) == migrate.head()
