"""How long a new request would wait."""

import pytest

from web.line.load import Load


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time, in the first place of a list."""
    now = [1000.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    return now


def test_nobody_waits_while_there_are_threads(clock: list[float]) -> None:
    measured = Load(2)
    measured.began()
    assert not measured.full
    assert measured.wait(clock[0]) == 0


def test_by_the_number_who_wait_and_what_each_takes(clock: list[float]) -> None:
    measured = Load(2)
    for _ in range(40):
        measured.began()
        measured.ended(0.5, page=False)
    for _ in range(11):
        measured.began()
    assert measured.full
    assert measured.wait(clock[0]) == pytest.approx(10 * 0.5 / 2)


def test_before_the_first_answer_it_is_guessed(clock: list[float]) -> None:
    measured = Load(1)
    for _ in range(100):
        measured.began()
    assert measured.wait(clock[0]) > 3


def test_when_nothing_is_answered_the_wait_is_what_it_has_been(clock: list[float]) -> None:
    measured = Load(2)
    for _ in range(3):
        measured.began()
    clock[0] += 7
    assert measured.wait(clock[0]) == 7


def test_pages_are_measured_apart_and_one_slow_answer_is_soon_forgotten(clock: list[float]) -> None:
    measured = Load(1)
    assert measured.page_seconds > 0
    for _ in range(60):
        measured.began()
        measured.ended(0.002, page=False)
        measured.began()
        measured.ended(0.05, page=True)
    assert measured.page_seconds == pytest.approx(0.05)
    measured.began()
    measured.ended(30.0, page=True)
    for _ in range(60):
        measured.began()
        measured.ended(0.05, page=True)
    assert measured.page_seconds < 0.2
