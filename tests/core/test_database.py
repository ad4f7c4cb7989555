"""The door to the database: addresses, time zone, and all or nothing."""

import psycopg
import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from core.database import engine_for, normal_url, unit_of_work
from core.provenance import Source


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_form_of_address_names_the_driver(scheme: str) -> None:
    expected = "postgresql+psycopg://anna:a%40b@db.example:6543/vard?sslmode=require"
    assert normal_url(f"{scheme}://anna:a%40b@db.example:6543/vard?sslmode=require") == expected


@pytest.mark.parametrize("url", ["mysql://localhost/x", "localhost/x", "", "sqlite://"])
def test_another_database_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="postgresql://"):
        normal_url(url)


def test_sessions_run_in_utc(session: Session) -> None:
    assert session.scalar(text("SHOW timezone")) == "UTC"


def _fail_half_way(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        session.add(Source(key="half", name="Half"))
        session.flush()
        raise RuntimeError("half way")


def test_a_failed_unit_of_work_leaves_nothing(clean_database: Engine) -> None:
    with pytest.raises(RuntimeError, match="half way"):
        _fail_half_way(clean_database)
    with unit_of_work(clean_database) as session:
        assert session.query(Source).count() == 0


def test_swedish_names_sort_as_in_swedish(session: Session) -> None:
    names = "ARRAY['Öland', 'Ängelholm', 'Zinkgruvan', 'Åmål']"
    rows = session.scalars(text(f'SELECT n FROM unnest({names}) n ORDER BY n COLLATE "sv-x-icu"'))
    assert list(rows) == ["Zinkgruvan", "Åmål", "Ängelholm", "Öland"]


def _pid(engine: Engine) -> int:
    with unit_of_work(engine) as session:
        pid: int = session.scalar(text("SELECT pg_backend_pid()"))
        return pid


def test_a_connection_that_the_server_has_left_is_not_handed_out(
    clean_database: Engine, database_url: str
) -> None:
    engine = engine_for(database_url)
    before = _pid(engine)
    assert _pid(engine) == before
    with clean_database.connect().execution_options(isolation_level="AUTOCOMMIT") as other:
        other.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": before})
    assert _pid(engine) != before


def test_a_connection_that_something_was_said_on_stays(clean_database: Engine, database_url: str) -> None:
    engine = engine_for(database_url)
    with unit_of_work(engine) as session:
        session.execute(text("LISTEN something"))
    before = _pid(engine)
    with unit_of_work(clean_database) as session:
        session.execute(text("NOTIFY something"))
    assert _pid(engine) == before
    engine.dispose()


def test_a_connection_that_has_rested_is_asked_first(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = engine_for(database_url)
    before = _pid(engine)
    monkeypatch.setattr("core.database.REST_SECONDS", -1.0)
    asked: list[str] = []
    real = psycopg.Connection.execute

    def noting(self: psycopg.Connection, query: str) -> psycopg.Cursor:
        asked.append(query)
        return real(self, query)

    monkeypatch.setattr(psycopg.Connection, "execute", noting)
    assert _pid(engine) == before
    assert asked == ["SELECT 1"]
