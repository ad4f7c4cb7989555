"""A change is one transaction: committed before the answer, tried again once, and never in half."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from flask import Flask
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.orm import Session

from core.database import engine_for
from tests.support.database import scratch_database
from tests.support.tokens import development_settings
from web import unit_of_work
from web.access import PUBLIC, audience
from web.app import create_app
from web.unit_of_work import Busy, in_transaction, read_session, write_session


@pytest.fixture(scope="module")
def app(test_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application over a database with a table of the test's own."""
    with scratch_database(test_server) as url:
        settings = development_settings(tmp_path_factory.mktemp("work"), database_url=url)
        with engine_for(url).begin() as connection:
            connection.execute(text("CREATE TABLE trial (id integer PRIMARY KEY, taken integer NOT NULL)"))
        yield create_app(settings)
        engine_for(url).dispose()


@pytest.fixture
def engine(app: Flask) -> Engine:
    """Another client of the same database; the table has one row."""
    engine = engine_for(app.config["HITTAVARD"].database_url)
    with engine.begin() as connection:
        connection.execute(text("TRUNCATE trial; INSERT INTO trial VALUES (1, 0)"))
    return engine


def taken(engine: Engine) -> dict[int, int]:
    with engine.connect() as connection:
        return {row.id: row.taken for row in connection.execute(text("SELECT id, taken FROM trial"))}


def insert(session: Session, key: int) -> None:
    session.execute(text("INSERT INTO trial VALUES (:key, 0)"), {"key": key})


def fails_with(state: str) -> DBAPIError:
    original: Any = psycopg.errors.lookup(state)("refused")
    return DBAPIError("statement", None, original)


def test_it_is_committed_when_the_result_is_there(app: Flask, engine: Engine) -> None:
    def work(session: Session) -> str:
        insert(session, 2)
        return "done"

    with app.app_context():
        assert in_transaction(work) == "done"
        assert taken(engine) == {1: 0, 2: 0}


def test_any_error_undoes_all_of_it(app: Flask, engine: Engine) -> None:
    def work(session: Session) -> None:
        insert(session, 2)
        raise KeyError("later")

    with app.app_context(), pytest.raises(KeyError):
        in_transaction(work)
    assert taken(engine) == {1: 0}


@pytest.mark.parametrize("state", ["40001", "40P01", "23505", "23P01", "HV001"])
def test_a_lost_race_is_run_again_once_and_from_the_beginning(app: Flask, engine: Engine, state: str) -> None:
    tries: list[int] = []

    def work(session: Session) -> int:
        tries.append(1)
        insert(session, 2)
        if len(tries) == 1:
            raise fails_with(state)
        return len(tries)

    with app.app_context():
        assert in_transaction(work) == 2
    assert taken(engine) == {1: 0, 2: 0}


@pytest.mark.parametrize(
    ("state", "told", "times"),
    [
        ("40001", Busy, 2),
        ("40P01", Busy, 2),
        ("HV001", Busy, 2),
        ("55P03", Busy, 1),
        ("23505", DBAPIError, 2),
        ("23P01", DBAPIError, 2),
        ("23514", DBAPIError, 1),
        ("08006", DBAPIError, 1),
    ],
)
def test_what_goes_on_is_told(
    app: Flask, engine: Engine, state: str, told: type[Exception], times: int
) -> None:
    tries: list[int] = []

    def work(session: Session) -> None:
        tries.append(1)
        insert(session, 2)
        raise fails_with(state)

    with app.app_context(), pytest.raises(told):
        in_transaction(work)
    assert len(tries) == times
    assert taken(engine) == {1: 0}


def test_the_second_of_two_who_write_the_same_key_sees_the_first(app: Flask, engine: Engine) -> None:
    """A real race: the other writes between our look and our insert."""
    found: list[bool] = []

    def work(session: Session) -> str:
        there = session.execute(text("SELECT EXISTS (SELECT FROM trial WHERE id = 2)")).scalar_one()
        found.append(there)
        if there:
            return "already"
        with engine.begin() as other:
            other.execute(text("INSERT INTO trial VALUES (2, 5)"))
        insert(session, 2)
        return "first"

    with app.app_context():
        assert in_transaction(work) == "already"
    assert found == [False, True]
    assert taken(engine)[2] == 5


def test_a_real_serialization_failure_is_run_again(app: Flask, engine: Engine) -> None:
    tries: list[int] = []

    def work(session: Session) -> None:
        tries.append(1)
        session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
        session.execute(text("SELECT taken FROM trial"))
        if len(tries) == 1:
            with engine.begin() as other:
                other.execute(text("UPDATE trial SET taken = taken + 1"))
        session.execute(text("UPDATE trial SET taken = taken + 1"))

    with app.app_context(), pytest.MonkeyPatch.context() as patch:
        # The isolation level must come first in a transaction: before our own wait for locks.
        patch.setattr(unit_of_work, "write_session", _bare(app))
        in_transaction(work)
    assert len(tries) == 2
    assert taken(engine) == {1: 2}


def _bare(app: Flask) -> Any:
    from core.database import unit_of_work as bare

    return lambda: bare(engine_for(app.config["HITTAVARD"].database_url))


def test_a_lock_that_is_not_had_in_time_is_503_with_a_time_to_come_back(app: Flask, engine: Engine) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(unit_of_work, "LOCK_WAIT", "20ms")

        @app.post("/api/v1/trial-lock")
        @audience(PUBLIC)
        def view() -> str:
            in_transaction(lambda session: session.execute(text("UPDATE trial SET taken = 1")))
            return "done"

        with engine.begin() as other:
            other.execute(text("SELECT FROM trial FOR UPDATE"))
            response = app.test_client().post("/api/v1/trial-lock")
    assert response.status_code == 503
    assert response.get_json()["code"] == "busy"
    assert response.headers["Retry-After"] == "2"
    assert taken(engine) == {1: 0}


def test_the_wait_for_locks_ends_with_the_transaction(app: Flask, engine: Engine) -> None:
    with app.app_context(), write_session() as session:
        assert session.execute(text("SHOW lock_timeout")).scalar_one() == "2s"
    with engine.connect() as connection:
        assert connection.execute(text("SHOW lock_timeout")).scalar_one() == "5s"


def test_an_error_of_the_database_does_not_carry_what_was_written(app: Flask, engine: Engine) -> None:
    secret = "191212121212"
    with app.app_context(), pytest.raises((IntegrityError, OperationalError, DBAPIError)) as error:
        in_transaction(
            lambda session: session.execute(
                text("INSERT INTO trial (id, taken) VALUES (length(:secret), NULL)"), {"secret": secret}
            )
        )
    assert secret not in str(error.value)


def test_reading_leaves_the_statements_of_its_connection_prepared(app: Flask, engine: Engine) -> None:
    engine.dispose()
    question = text("SELECT taken + :more FROM trial")
    for _ in range(8):
        with app.app_context():
            read_session().execute(question, {"more": 1}).all()
    with app.app_context():
        known = read_session().scalars(text("SELECT statement FROM pg_prepared_statements")).all()
    assert any("FROM trial" in statement for statement in known)


def test_a_reader_whose_connection_is_lost_harms_no_later_one(app: Flask, engine: Engine) -> None:
    with app.app_context():
        pid = read_session().scalar(text("SELECT pg_backend_pid()"))
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as other:
            other.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})
        with pytest.raises(OperationalError):
            read_session().execute(text("SELECT 1"))
    with app.app_context():
        assert read_session().scalar(text("SELECT 1")) == 1
