"""Fixtures that need a database: always a real PostgreSQL + PostGIS, built by the real migrations.

`session` rolls everything back, so it fits every test of a service or a query. A test that needs commits
(two connections, the command line, the web application) takes `clean_database`, which empties the tables
afterwards.
"""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session

from codes.services import load_shipped as load_code_systems
from core.database import engine_for, normal_url, unit_of_work
from core.settings import Settings
from directory.geography.services import load_shipped as load_geography
from tests.support.cleaning import BARE_TABLES, empty_tables
from tests.support.database import scratch_database, server_url


@pytest.fixture(scope="session")
def test_server() -> str:
    """The address of a database on the server where tests make their own databases."""
    return server_url(Settings())


@pytest.fixture(scope="session")
def database_url(test_server: str) -> Iterator[str]:
    """A migrated database for this process, with the reference data."""
    with scratch_database(test_server) as url:
        yield url
        engine_for(url).dispose()


@pytest.fixture(scope="session")
def migrated_engine(database_url: str) -> Iterator[Engine]:
    """The engine on that database, before any reference data."""
    engine = create_engine(
        normal_url(database_url), connect_args={"options": "-c timezone=UTC -c lock_timeout=5s"}
    )
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def reference_data(migrated_engine: Engine) -> None:
    """The lists that ship with the product, loaded once and committed."""
    with unit_of_work(migrated_engine) as session:
        load_code_systems(session)
        load_geography(session)


@pytest.fixture(scope="session")
def engine(migrated_engine: Engine, reference_data: None) -> Engine:
    """The engine on this process's database, reference data loaded."""
    return migrated_engine


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A session whose work is undone after the test, even where the code under test commits."""
    with engine.connect() as connection:
        transaction = connection.begin()
        with Session(connection, join_transaction_mode="create_savepoint", expire_on_commit=False) as session:
            yield session
        if transaction.is_active:
            transaction.rollback()


@pytest.fixture
def clean_database(engine: Engine) -> Iterator[Engine]:
    """The engine, for a test that commits: whatever it wrote is deleted afterwards."""
    yield engine
    empty_tables(engine)


@pytest.fixture(scope="session")
def bare_engine(test_server: str) -> Iterator[Engine]:
    """An engine on a migrated database of its own with no reference data."""
    with scratch_database(test_server) as url:
        yield engine_for(url)
        engine_for(url).dispose()


@pytest.fixture
def bare_database(bare_engine: Engine) -> Iterator[Engine]:
    """A migrated database with no rows at all, for a test that loads the reference data itself."""
    yield bare_engine
    empty_tables(bare_engine, BARE_TABLES)
