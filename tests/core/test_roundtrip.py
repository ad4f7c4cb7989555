"""Statements sent together: in order, in one transaction, and failing as SQLAlchemy's fail."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.orm import Session

from core.database import engine_for, unit_of_work
from core.provenance import Source
from core.roundtrip import Ask, ask, together

_ADD = text("INSERT INTO source (key, name) VALUES (:key, :name)")
_COUNT = text("SELECT count(*) AS number FROM source")
_NAME = text("SELECT name FROM source WHERE key = :key")


def _add(key: str) -> Ask:
    return Ask(_ADD, {"key": key, "name": f"Named {key}"})


def test_each_statement_sees_those_before_it(session: Session) -> None:
    nothing, one, _, name = together(session, _add("a"), Ask(_COUNT, {}), _add("b"), Ask(_NAME, {"key": "b"}))
    assert nothing == []
    assert one[0].number == 1
    assert name[0].name == "Named b"
    assert ask(session, _COUNT, {})[0].number == 2


def test_they_are_of_the_sessions_transaction(clean_database: Engine) -> None:
    with Session(clean_database) as session:
        together(session, _add("a"), _add("b"))
        session.rollback()
        together(session, _add("c"), _add("d"))
        session.commit()
    with unit_of_work(clean_database) as session:
        assert sorted(session.scalars(text("SELECT key FROM source"))) == ["c", "d"]


@pytest.mark.parametrize("place", [0, 1, 2])
def test_the_first_that_fails_is_what_is_told(clean_database: Engine, place: int) -> None:
    with unit_of_work(clean_database) as session:
        together(session, _add("taken"))
    asked = [_add("x"), _add("y"), _add("z")]
    asked[place] = _add("taken")
    with Session(clean_database) as session:
        with pytest.raises(IntegrityError) as error:
            together(session, *asked)
        assert error.value.orig.sqlstate == "23505"  # type: ignore[union-attr]
        assert error.value.orig.diag.constraint_name == "uq_source_key"  # type: ignore[union-attr]
        assert "Named" not in str(error.value)
        session.rollback()
        assert ask(session, _COUNT, {})[0].number == 1


def test_values_never_stand_in_the_error(session: Session) -> None:
    with pytest.raises(DBAPIError) as error:
        together(session, Ask(_ADD, {"key": "k", "name": None}), Ask(_NAME, {"key": "191212121212"}))
    assert "191212121212" not in str(error.value)


def test_what_stands_behind_a_lock_sees_what_the_lock_waited_for(clean_database: Engine) -> None:
    lock = text("SELECT FROM source WHERE key = :key FOR UPDATE")
    with unit_of_work(clean_database) as session:
        session.add(Source(key="held", name="before"))

    def behind() -> str:
        with unit_of_work(clean_database) as session:
            waiting.append(session.scalar(text("SELECT pg_backend_pid()")))
            _, read = together(session, Ask(lock, {"key": "held"}), Ask(_NAME, {"key": "held"}))
            name: str = read[0].name
            return name

    waiting: list[int] = []
    with unit_of_work(clean_database) as holder, ThreadPoolExecutor(1) as pool:
        holder.execute(lock, {"key": "held"})
        later = pool.submit(behind)
        _await_lock(clean_database, waiting)
        holder.execute(text("UPDATE source SET name = 'after' WHERE key = 'held'"))
        holder.commit()
        assert later.result(10) == "after"


def _await_lock(engine: Engine, waiting: list[int]) -> None:
    seen = text("SELECT wait_event_type = 'Lock' FROM pg_stat_activity WHERE pid = :pid")
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        while not (waiting and connection.scalar(seen, {"pid": waiting[0]})):
            pass


def test_a_connection_that_is_lost_meanwhile_is_told_and_not_used_again(
    clean_database: Engine, database_url: str
) -> None:
    engine = engine_for(database_url)
    with Session(engine) as session:
        pid = ask(session, text("SELECT pg_backend_pid() AS pid"), {})[0].pid
        with clean_database.connect().execution_options(isolation_level="AUTOCOMMIT") as other:
            other.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})
        with pytest.raises(OperationalError) as error:
            together(session, Ask(_COUNT, {}), Ask(_COUNT, {}))
        assert error.value.connection_invalidated
    with unit_of_work(engine) as session:
        assert ask(session, text("SELECT pg_backend_pid() AS pid"), {})[0].pid != pid
