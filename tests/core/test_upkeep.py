"""Chores: each in its turn, none the end of another."""

import threading

import pytest
from sqlalchemy import Engine, create_engine

from core import metrics, upkeep
from core.upkeep import Chore


@pytest.fixture
def engine() -> Engine:
    """One that is never asked."""
    return create_engine("postgresql+psycopg://")


def _fails(_: Engine) -> int:
    raise ValueError("not today")


def _counted(chore: str, outcome: str) -> float:
    found = metrics.CHORES.labels(chore, outcome)._value.get()
    return float(found)


def test_a_chore_that_fails_keeps_no_other_from_its_turn(engine: Engine) -> None:
    failed, done = _counted("bad", "failed"), _counted("good", "done")
    chores = [Chore("bad", 60, _fails), Chore("good", 60, lambda _: 3)]
    assert upkeep.run_all(engine, chores) == {"bad": 0, "good": 3}
    assert _counted("bad", "failed") == failed + 1
    assert _counted("good", "done") == done + 1


def test_beside_the_rest_each_is_done_at_its_own_interval(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upkeep, "LOOK_SECONDS", 0.001)
    often, seldom = threading.Semaphore(0), threading.Semaphore(0)

    def told(by: threading.Semaphore) -> int:
        by.release()
        return 0

    chores = [Chore("often", 0, lambda _: told(often)), Chore("seldom", 3600, lambda _: told(seldom))]
    with upkeep.beside(engine, chores):
        for _ in range(5):
            assert often.acquire(timeout=10)
    assert seldom.acquire(blocking=False)
    assert not seldom.acquire(blocking=False)
