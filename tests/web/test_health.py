"""Readiness: what a load balancer is told while the first index is built, and when a process falls behind."""

from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from core import outbox
from core.database import unit_of_work
from core.settings import Settings
from directory.search import writer
from directory.search.held.model import Maker
from directory.search.held.refresh import Keeper
from directory.search.index import TextIndex
from web import health, read_model
from web.app import create_app


@pytest.fixture
def index(tmp_path: Path) -> Path:
    """Where the index is to be."""
    return tmp_path / "index"


@pytest.fixture
def app(clean_database: Engine, database_url: str, index: Path) -> Iterator[Flask]:
    """The application on a migrated database without an index, which has read what there is."""
    application = create_app(Settings(database_url=database_url, index_dir=index))
    application.testing = True
    with application.app_context():
        read_model.keeper().model()
    yield application
    read_model.keeper(application).stop()


def _ready(app: Flask) -> tuple[int, dict[str, Any]]:
    answer = app.test_client().get("/health/ready")
    assert answer.json is not None
    return answer.status_code, answer.json


def test_not_ready_while_the_first_index_is_built_and_ready_soon_after(
    app: Flask, clean_database: Engine, index: Path
) -> None:
    with writer.writing(index):  # the folder is there, and in it only the writer's lock
        status, told = _ready(app)
    assert (status, told["status"]) == (503, "unavailable")
    assert told["checks"] == {"database": True, "migrations": True, "index": False, "readModel": True}
    writer.catch_up(clean_database, index)
    read_model.keeper(app).wait_until(lambda model: model.held.text is not None, 20)
    status, told = _ready(app)
    assert (status, told["status"], set(told["checks"].values())) == (200, "ok", {True})
    assert told["readModelAgeSeconds"] < health.STALE_SECONDS


def test_a_process_that_does_not_know_whether_it_is_up_to_date_is_not_ready(
    app: Flask, clean_database: Engine, index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer.catch_up(clean_database, index)
    read_model.keeper(app).wait_until(lambda model: model.held.text is not None, 20)
    monkeypatch.setattr(Keeper, "age", health.STALE_SECONDS + 1)
    status, told = _ready(app)
    assert status == 503
    assert told["checks"] == {"database": True, "migrations": True, "index": True, "readModel": False}
    assert told["readModelAgeSeconds"] == health.STALE_SECONDS + 1


def test_whoever_lost_the_database_reads_anew_by_itself(app: Flask, clean_database: Engine) -> None:
    keeper = read_model.keeper(app)
    before = keeper.model()
    with unit_of_work(clean_database) as session:
        session.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    clean_database.dispose()  # its own connections were ended too
    keeper.wait_until(lambda model: model.held.table is not before.held.table, 20)
    assert _ready(app)[1]["checks"]["database"] is True


def test_a_worker_that_comes_too_late_for_a_change_reads_everything_anew(
    app: Flask, clean_database: Engine, index: Path
) -> None:
    keeper = read_model.keeper(app)
    keeper.model()
    keeper.stop()
    assert keeper._round(Maker(TextIndex(index)), deque())
    with unit_of_work(clean_database) as session:
        outbox.publish(session, "care-unit", ["SE2321000016-1"])
        session.execute(text("UPDATE outbox SET created_at = now() - interval '9 days'"))
    with unit_of_work(clean_database) as session:
        assert outbox.prune(session, session.scalar(text("SELECT now() - interval '1 day'"))) >= 1
    assert not keeper._round(Maker(TextIndex(index)), deque())
