"""The outbox misses nothing and waits for nobody, whatever order transactions end in."""

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from core import outbox
from core.outbox import Position


def _read(engine: Engine, position: Position) -> tuple[Position, list[str]]:
    with Session(engine) as session:
        reached, changes = outbox.read_after(session, position)
        return reached, [change.key for change in changes]


def _start(engine: Engine) -> Position:
    with Session(engine) as session:
        return outbox.present_position(session)


def test_a_slow_transaction_neither_is_skipped_nor_holds_up_others(clean_database: Engine) -> None:
    start = _start(clean_database)
    with Session(clean_database) as slow, Session(clean_database) as fast:
        outbox.publish(slow, "care-unit", ["slow"])
        outbox.publish(fast, "care-unit", ["fast"])
        fast.commit()
        between, seen = _read(clean_database, start)
        assert seen == ["fast"]
        slow.commit()
    assert _read(clean_database, between)[1] == ["slow"]


def test_a_transaction_that_numbers_its_row_late_still_comes(clean_database: Engine) -> None:
    start = _start(clean_database)
    with Session(clean_database) as early, Session(clean_database) as late:
        outbox.publish(early, "care-unit", ["early-1"])
        outbox.publish(late, "care-unit", ["late"])
        outbox.publish(early, "care-unit", ["early-2"])
        early.commit()
        between, seen = _read(clean_database, start)
        assert seen == ["early-1", "early-2"]
        late.commit()
    assert _read(clean_database, between)[1] == ["late"]


def test_reading_on_gives_each_row_once(clean_database: Engine) -> None:
    position = _start(clean_database)
    keys: list[str] = []
    for batch in (["a", "b", "c"], ["d"], ["e", "f"]):
        with Session(clean_database) as session, session.begin():
            outbox.publish(session, "care-unit", batch)
        position, seen = _read(clean_database, position)
        keys += seen
    assert keys == ["a", "b", "c", "d", "e", "f"]
    assert _read(clean_database, position)[1] == []


def test_what_is_rolled_back_never_comes(clean_database: Engine) -> None:
    start = _start(clean_database)
    with Session(clean_database) as session:
        outbox.publish(session, "care-unit", ["gone"])
        session.rollback()
    assert _read(clean_database, start)[1] == []


def test_a_fresh_reader_starts_after_what_is_there(clean_database: Engine) -> None:
    with Session(clean_database) as session, session.begin():
        outbox.publish(session, "care-unit", ["before"])
    start = _start(clean_database)
    with Session(clean_database) as session, session.begin():
        outbox.publish(session, "care-unit", ["after"])
    assert _read(clean_database, start)[1] == ["after"]


def test_a_reader_of_nothing_is_given_everything(clean_database: Engine) -> None:
    with Session(clean_database) as session, session.begin():
        outbox.publish(session, "care-unit", ["first"])
    assert "first" in _read(clean_database, Position())[1]


def test_a_reader_is_spared_topics_that_it_does_not_follow_and_told_what_is_gone(
    clean_database: Engine,
) -> None:
    start = _start(clean_database)
    for topic in ("care-unit", "listing", outbox.PRUNED):
        with Session(clean_database) as session, session.begin():
            outbox.publish(session, topic, ["1:"])
    with Session(clean_database) as session:
        reached, changes = outbox.read_after(session, start, ["care-unit"])
        _, rest = outbox.read_after(session, reached, ["care-unit", "listing"])
    assert [change.topic for change in changes] == ["care-unit"]
    assert rest == []
    with Session(clean_database) as session:
        _, missed = outbox.read_after(session, Position(), ["listing"])
    assert [change.topic for change in missed] == ["listing", outbox.PRUNED]
