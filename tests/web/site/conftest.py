"""A database with a few dozen units, its index, and the application on top of them."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session

from codes.services import load_shipped as load_codes
from core import clock
from core.database import engine_for, normal_url
from core.settings import Settings
from directory.geography.services.shipped import load_shipped as load_geography
from directory.record import Record
from directory.search.writer import catch_up
from directory.services import Incoming, apply_records, close_missing, ensure_source
from tests.support.database import scratch_database
from tests.web.site.browsing import address, browser, tabs
from tests.web.site.units import OLD, PROTECTED, QUEUE, UNITS, crowd
from web import read_model
from web.app import create_app

__all__ = ["address", "app", "browser", "client", "site_settings", "tabs"]

BEFORE = datetime(2026, 5, 4, 8, tzinfo=UTC)
LATER = datetime(2026, 11, 2, 8, tzinfo=UTC)
FRIDAY_MORNING = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


@pytest.fixture(scope="session")
def site_settings(test_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Settings of a database of the site's own, filled and indexed once."""
    with scratch_database(test_server) as url:
        settings = Settings(
            database_url=normal_url(url), index_dir=tmp_path_factory.mktemp("index"), tile_url=""
        )
        engine = create_engine(normal_url(url))
        _fill(engine)
        catch_up(engine, settings.index_dir)
        engine.dispose()
        yield settings
        engine_for(normal_url(url)).dispose()


def _fill(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        load_codes(session)
        load_geography(session)
        source = ensure_source(session, "catalogue", "Katalogtjänsten")
        for at, records in ((BEFORE, {**UNITS, **crowd()}), (LATER, _changed())):
            incoming = [Incoming(key, record) for key, record in records.items()]
            apply_records(session, source=source, run=None, actor="test", at=at, incoming=incoming)
        close_missing(session, source=source, missing=[OLD], run=None, actor="test", at=LATER)


def _changed() -> dict[str, Record]:
    return {
        QUEUE: {**UNITS[QUEUE], "name": "Svartbäckens nya vårdcentral"},
        PROTECTED: {**UNITS[PROTECTED], "visible_for": ["01"]},
    }


@pytest.fixture(scope="session")
def app(site_settings: Settings, translations: None) -> Iterator[Flask]:
    """The application on the filled database."""
    application = create_app(site_settings)
    application.testing = True
    yield application
    read_model.keeper(application).stop()


@pytest.fixture
def client(app: Flask) -> Iterator[FlaskClient]:
    """A browser without JavaScript, on a Friday at half past ten in Sweden."""
    with clock.frozen(FRIDAY_MORNING):
        yield app.test_client()
