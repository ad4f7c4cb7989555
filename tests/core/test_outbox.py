"""The outbox misses nothing, whatever order transactions end in."""

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from core import outbox
from core.outbox import Position


def _read(engine: Engine, position: Position, limit: int = 100) -> list[outbox.Change]:
    with Session(engine) as session:
        return list(outbox.read_after(session, position, limit))


def _start(engine: Engine) -> Position:
    with Session(engine) as session:
        return outbox.safe_position(session)


def test_a_slow_transaction_with_a_lower_number_is_not_skipped(clean_database: Engine) -> None:
    start = _start(clean_database)
    with Session(clean_database) as slow, Session(clean_database) as fast:
        outbox.publish(slow, "care-unit", ["slow"])
        outbox.publish(fast, "care-unit", ["fast"])
        fast.commit()
        seen = _read(clean_database, start)
        assert seen == []  # the fast one waits for the slow one, whose row has the lower number
        slow.commit()
    assert [change.key for change in _read(clean_database, start)] == ["slow", "fast"]


def test_a_transaction_that_numbers_its_row_late_still_comes(clean_database: Engine) -> None:
    start = _start(clean_database)
    with Session(clean_database) as early, Session(clean_database) as late:
        outbox.publish(early, "care-unit", ["early-1"])
        outbox.publish(late, "care-unit", ["late"])
        outbox.publish(early, "care-unit", ["early-2"])
        early.commit()
        seen = _read(clean_database, start)
        assert [change.key for change in seen] == ["early-1", "early-2"]
        late.commit()
    assert [change.key for change in _read(clean_database, seen[-1].position)] == ["late"]


def test_reading_on_from_any_position_gives_each_row_once(clean_database: Engine) -> None:
    position = _start(clean_database)
    for batch in (["a", "b", "c"], ["d"], ["e", "f"]):
        with Session(clean_database) as session, session.begin():
            outbox.publish(session, "care-unit", batch)
    keys: list[str] = []
    while changes := _read(clean_database, position, limit=2):
        keys += [change.key for change in changes]
        position = changes[-1].position
    assert keys == ["a", "b", "c", "d", "e", "f"]


def test_what_is_rolled_back_never_comes(clean_database: Engine) -> None:
    start = _start(clean_database)
    with Session(clean_database) as session:
        outbox.publish(session, "care-unit", ["gone"])
        session.rollback()
    assert _read(clean_database, start) == []


def test_a_fresh_reader_starts_after_what_is_there(clean_database: Engine) -> None:
    with Session(clean_database) as session, session.begin():
        outbox.publish(session, "care-unit", ["before"])
    start = _start(clean_database)
    with Session(clean_database) as session, session.begin():
        outbox.publish(session, "care-unit", ["after"])
    assert [change.key for change in _read(clean_database, start)] == ["after"]
