"""Upkeep: what is kept no longer goes, whoever still needs it is told, and the trail is sealed in time."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from core import audit, clock, outbox
from core.audit import standing
from core.audit.verifying import verify
from core.database import unit_of_work
from core.outbox import Position
from core.settings import Settings
from core.upkeep import run_all
from directory.search import writer
from listing.people.keys import Use, key_ring
from listing.services import operation
from web import upkeep

DAY = timedelta(days=1)
LATER = datetime.now(UTC) + 40 * DAY


@pytest.fixture
def clean_database(clean_database: Engine) -> Engine:
    """With an outbox that is empty, of the reference data's changes too."""
    with unit_of_work(clean_database) as session:
        session.execute(text("DELETE FROM outbox"))
    return clean_database


def _publish(engine: Engine, *keys: str) -> None:
    with unit_of_work(engine) as session:
        outbox.publish(session, "care-unit", keys)


def _read(engine: Engine, position: Position) -> tuple[Position, list[str]]:
    with Session(engine) as session:
        reached, changes = outbox.read_after(session, position)
        return reached, [change.topic for change in changes]


def _prune(engine: Engine, before: datetime, rows: int = 1000) -> int:
    with unit_of_work(engine) as session:
        return outbox.prune(session, before, rows)


def test_a_reader_that_is_up_to_date_loses_nothing_by_the_pruning(clean_database: Engine) -> None:
    _publish(clean_database, "a", "b", "c")
    position, _ = _read(clean_database, Position())
    assert _prune(clean_database, LATER, rows=2) == 2
    assert _prune(clean_database, LATER, rows=2) == 1
    assert _prune(clean_database, LATER) == 0  # twice changes nothing
    position, topics = _read(clean_database, position)
    assert topics == []
    _publish(clean_database, "d")
    assert _read(clean_database, position)[1] == ["care-unit"]


def test_a_reader_that_comes_too_late_is_told_to_read_everything_anew(clean_database: Engine) -> None:
    late, _ = _read(clean_database, Position())
    _publish(clean_database, "missed")
    assert _prune(clean_database, LATER) == 1
    _publish(clean_database, "new")
    reached, topics = _read(clean_database, late)
    assert set(topics) == {outbox.PRUNED, "care-unit"}
    assert _read(clean_database, reached)[1] == []
    _prune(clean_database, LATER)
    assert outbox.PRUNED in _read(clean_database, late)[1]  # still, after the next pruning
    assert _read(clean_database, Position())[1] == [outbox.PRUNED]


def test_what_a_slow_transaction_wrote_is_never_lost_unnoticed(clean_database: Engine) -> None:
    with Session(clean_database) as slow:
        outbox.publish(slow, "care-unit", ["slow"])
        _publish(clean_database, "fast")
        position, topics = _read(clean_database, Position())
        assert topics == ["care-unit"]
        slow.commit()
    assert _prune(clean_database, LATER) == 2
    assert outbox.PRUNED in _read(clean_database, position)[1]


def test_the_mark_stays_short_and_says_the_rest_at_once(
    clean_database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "_MARKED", 2)
    first, _ = _read(clean_database, Position())
    for number in range(4):
        _publish(clean_database, str(number))
    between, _ = _read(clean_database, first)
    for _ in range(4):
        assert _prune(clean_database, LATER, rows=1) == 1
    assert _read(clean_database, first)[1] == [outbox.PRUNED]
    assert _read(clean_database, between)[1] == []


def test_recent_changes_stay(clean_database: Engine) -> None:
    _publish(clean_database, "young")
    assert _prune(clean_database, datetime.now(UTC) - DAY) == 0
    assert _read(clean_database, Position())[1] == ["care-unit"]


def test_an_index_that_comes_too_late_is_built_anew(clean_database: Engine, tmp_path: Path) -> None:
    writer.catch_up(clean_database, tmp_path)
    _publish(clean_database, "SE2321000016-1")
    assert writer.catch_up(clean_database, tmp_path).rebuilt is None
    _prune(clean_database, LATER)
    assert writer.catch_up(clean_database, tmp_path).rebuilt is None  # it had read them
    _publish(clean_database, "SE2321000016-2")
    _prune(clean_database, LATER)
    assert writer.catch_up(clean_database, tmp_path).rebuilt is not None
    assert writer.catch_up(clean_database, tmp_path) == writer.Progress()


def test_old_answers_are_forgotten_in_batches_and_recent_ones_kept(clean_database: Engine) -> None:
    insert = text(
        "INSERT INTO operation (scope, idempotency_key, request_digest, created_at)"
        " SELECT 'test', 'k' || n, '\\x00', now() - n * interval '1 day' FROM generate_series(1, 50) n"
    )
    with unit_of_work(clean_database) as session:
        session.execute(insert)
        assert operation.forget(session, clock.now() - 30 * DAY, most=15) == 15
        assert operation.forget(session, clock.now() - 30 * DAY, most=15) <= 6
        assert operation.forget(session, clock.now() - 30 * DAY) == 0
        assert session.scalar(text("SELECT count(*) FROM operation")) in (29, 30)


def test_all_of_it_is_safe_twice(clean_database: Engine, tmp_path: Path) -> None:
    _publish(clean_database, "a")
    settings = Settings(outbox_hours=24, idempotency_days=30)
    with unit_of_work(clean_database) as session:
        session.execute(text("UPDATE outbox SET created_at = now() - interval '2 days'"))
        session.execute(
            text(
                "INSERT INTO web_sign_in (state_hash, sealed, expires_at)"
                " VALUES (decode(repeat('00', 32), 'hex'), '', now() - interval '1 hour')"
            )
        )
    chores = [chore for chore in upkeep.chores(settings) if chore.name != "audit-seal"]
    assert run_all(clean_database, chores) == {
        "outbox": 1,
        "idempotency-keys": 0,
        "sessions": 0,
        "sign-ins": 1,
    }
    assert run_all(clean_database, chores) == {
        "outbox": 0,
        "idempotency-keys": 0,
        "sessions": 0,
        "sign-ins": 0,
    }


def test_the_trail_is_sealed_when_it_has_waited_a_minute_or_is_long(
    clean_database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write(count: int) -> None:
        with unit_of_work(clean_database) as session:
            entries = [audit.Entry("tested", "care-unit", str(number)) for number in range(count)]
            audit.record_many(session, entries, actor="test")

    assert upkeep.seal_when_due(clean_database) == 0
    write(3)
    assert upkeep.seal_when_due(clean_database) == 0
    monkeypatch.setattr(upkeep, "SEAL_ROWS", 5)
    write(2)
    assert upkeep.seal_when_due(clean_database) == 5
    write(1)
    assert upkeep.seal_when_due(clean_database) == 0
    monkeypatch.setattr(upkeep, "SEAL_SECONDS", 0.0)
    assert upkeep.seal_when_due(clean_database) == 1
    assert upkeep.seal_when_due(clean_database) == 0
    with unit_of_work(clean_database) as session:
        assert standing.ask(session).rows == 0
    with unit_of_work(clean_database) as session:
        verdict = verify(session, key_ring()[Use.AUDIT], None)
    assert (verdict.rows, verdict.waiting, verdict.breach) == (6, 0, None)


def test_rows_that_were_brought_from_another_cluster_are_told_to_be_unsealed(
    clean_database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    ahead = "SELECT (pg_snapshot_xmax(pg_current_snapshot())::text::bigint + 1000000)"
    write = text(
        "INSERT INTO audit_event (txid, actor, action, subject_kind, subject_key)"
        f" SELECT n, 'test', 'tested', 'care-unit', '1' FROM ({ahead}) future (n)"
    )
    with unit_of_work(clean_database) as session:
        before = standing.ask(session).rows
        session.execute(write)
    with unit_of_work(clean_database) as session:
        assert standing.ask(session).rows == before
    monkeypatch.setattr(standing, "IN_THE_FUTURE", text("SELECT CAST(:seen AS text) IS NOT NULL"))
    with unit_of_work(clean_database) as session:
        assert standing.ask(session).rows == before + 1


def test_changes_that_were_brought_from_another_cluster_are_no_news_for_ever(clean_database: Engine) -> None:
    with unit_of_work(clean_database) as session:
        session.execute(
            text("INSERT INTO outbox (txid, topic, key) VALUES (:ahead, 'care-unit', 'x')"), {"ahead": 2**40}
        )
    assert _read(clean_database, Position())[1] == []
    assert _prune(clean_database, LATER) == 1
