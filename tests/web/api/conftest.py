"""An application on a database of its own, with a few units that between them have every kind of fact."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from codes.services import load_shipped as load_code_systems
from core import settings as settings_module
from core.database import engine_for, unit_of_work
from core.settings import Settings
from directory.geography.services import load_shipped as load_geography
from directory.search.writer import catch_up
from tests.support.database import scratch_database
from tests.web.api import units
from web import read_model
from web.app import create_app


@pytest.fixture(scope="package")
def app(test_server: str, tmp_path_factory: pytest.TempPathFactory, translations: None) -> Iterator[Flask]:
    """The application over committed units and an index of them."""
    index: Path = tmp_path_factory.mktemp("index")
    with scratch_database(test_server) as url, pytest.MonkeyPatch.context() as patch:
        settings = Settings(database_url=url, index_dir=index)
        patch.setattr(settings_module, "_settings", settings)
        engine = engine_for(url)
        with unit_of_work(engine) as session:
            load_code_systems(session)
            load_geography(session)
        with unit_of_work(engine) as session:
            units.load(session)
        catch_up(engine, index)
        app = create_app(settings)
        app.testing = True
        yield app
        read_model.keeper(app).stop()
        engine.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A caller without any claims."""
    return app.test_client()
