"""Figures beside their targets; a small run is not held to the targets of a large one."""

import pytest

from bench import report
from bench.report import Figure, Result, as_json, is_met, show

TARGETS = {"trial": {"seconds": {"max": 2.0, "units": 1000}, "rate": {"min": 50.0}}}


@pytest.fixture(autouse=True)
def targets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "_targets", lambda: TARGETS)


def result(seconds: float, rate: float, units: int = 1000) -> Result:
    figures = [
        Figure("seconds", seconds, "s", "all of it", {"COPY": 0.5}),
        Figure("rate", rate, "/s", "per second"),
    ]
    return Result("trial", {"units": units}, figures)


@pytest.mark.parametrize(
    ("seconds", "rate", "units", "met"),
    [(2.0, 50, 1000, True), (2.1, 50, 1000, False), (1, 49, 1000, False), (2.1, 50, 999, True)],
)
def test_a_result_is_met_when_every_target_that_holds_is(
    seconds: float, rate: float, units: int, met: bool
) -> None:
    assert is_met(result(seconds, rate, units)) is met


def test_a_target_holds_from_every_size_that_it_names_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        report, "_targets", lambda: {"trial": {"seconds": {"max": 1, "people": 9, "units": 5}}}
    )
    for people, met in ((9, False), (8, True), (0, True)):
        slow = Result("trial", {"units": 5, "people": people}, [Figure("seconds", 2, "s", "all of it")])
        assert is_met(slow) is met


def test_the_table_has_the_target_and_the_peers_beside_the_figure() -> None:
    table = show(result(2.5, 1234.0)).splitlines()
    assert " ".join(table[2].split()) == "all of it 2.5 s ≤ 2 MISSED COPY 0.5"
    assert " ".join(table[3].split()) == "per second 1 234 /s ≥ 50 met"


def test_the_file_tells_machine_date_size_and_peers() -> None:
    kept = as_json(result(1.0, 60.0))
    assert kept["size"] == {"units": 1000}
    assert kept["machine"]["cores"]
    assert kept["date"].endswith("+00:00")
    assert kept["figures"][0]["peers"] == {"COPY": 0.5}
    assert kept["figures"][0]["met"] is True
