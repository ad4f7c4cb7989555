"""A small country of units, indexed once for the module's tests and undone after them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from directory.search.index import TextIndex
from directory.search.writer import build_from
from tests.directory.search.units import AT, UNITS, take


@pytest.fixture(scope="module")
def world(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Session, TextIndex]]:
    """A session that sees the units of `units.py`, and an index of them. For reading only."""
    directory: Path = tmp_path_factory.mktemp("index")
    with engine.connect() as connection:
        transaction = connection.begin()
        with Session(connection, join_transaction_mode="create_savepoint", expire_on_commit=False) as session:
            take(session, UNITS, AT)
            build_from(session, directory)
            yield session, TextIndex(directory)
        transaction.rollback()
