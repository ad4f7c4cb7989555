"""Long work gives way to those who answer; short work is soon done."""

import pytest

from directory.search.held.refresh import PATIENCE, SHORT_SECONDS, Pace


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long was slept each time, in a time in which every look at the clock is 2 ms of work later."""
    now, slept = [0.0], list[float]()

    def look() -> float:
        now[0] += 0.002
        return now[0]

    monkeypatch.setattr("directory.search.held.refresh.time.perf_counter", look)
    monkeypatch.setattr("directory.search.held.refresh.time.sleep", slept.append)
    return slept


def test_the_first_reading_of_all_is_not_held_up(slept: list[float]) -> None:
    pace = Pace()
    for _ in range(10):
        pace()
    assert slept == []


def test_work_rests_as_long_as_it_works_and_longer_when_it_goes_on(slept: list[float]) -> None:
    pace = Pace()
    pace.slow = True
    short = int(SHORT_SECONDS / 0.002)
    for _ in range(2 * short):
        pace()
    assert slept[: short - 1] == pytest.approx([0.002] * (short - 1))
    assert slept[short + 1 :] == pytest.approx([PATIENCE * 0.002] * (short - 1))
    slept.clear()
    pace.begin()
    pace()
    assert slept == pytest.approx([0.002])
