"""Imports of people: a key file of the test's own, and a unit to be listed at."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from core import clock
from core.database import unit_of_work
from core.settings import Settings
from directory.models import CareUnit
from listing.people import key_file
from tests.support.imports import Importer
from tests.support.population import NOW, Row
from tests.support.register import a_unit

Table = Callable[..., Path]


@pytest.fixture(autouse=True)
def keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A key file of the test's own."""
    path = tmp_path / "keys" / "keys.json"
    key_file.create(path)
    monkeypatch.setenv("HITTAVARD_KEYS_FILE", str(path))
    monkeypatch.setattr("core.settings._settings", Settings())


@pytest.fixture
def people(load: Importer, table: Table) -> Callable[..., Any]:
    """Import rows as the register's word on the 10th of May 2026, and return the report."""

    def run(*rows: Row, at: datetime = NOW, **options: Any) -> Any:
        with clock.frozen(at):
            return load("population", table(rows, "population.csv"), source="register", **options)

    return run


@pytest.fixture
def unit(directory: Engine) -> CareUnit:
    with clock.frozen(NOW), unit_of_work(directory) as session:
        return a_unit(session)
