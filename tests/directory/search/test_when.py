"""Words of time: which words, and what moment or window they mean when asked at some moment."""

from datetime import datetime

import pytest

from core.clock import SWEDEN
from directory.search.when import When, read_clock, read_when

WEDNESDAY = datetime(2026, 11, 18, 10, 0, tzinfo=SWEDEN)
SATURDAY = datetime(2026, 11, 21, 15, 0, tzinfo=SWEDEN)
SUNDAY = datetime(2026, 11, 22, 12, 0, tzinfo=SWEDEN)


def read(said: str) -> When:
    """All words of time in the text, as `interpret` gathers them."""
    words, when = read_clock(said).split(), When()
    while words:
        found = read_when(words)
        assert found is not None, words
        when, words = when.and_also(found), words[len(found.words) :]
    return when


def written(moment: datetime | None) -> str | None:
    return None if moment is None else f"{moment:%m-%d %H:%M}"


def window(said: str, now: datetime = WEDNESDAY) -> tuple[str | None, ...] | None:
    between = read(said).between(now)
    return between and tuple(map(written, between))


@pytest.mark.parametrize(
    ("said", "start", "end"),
    [
        ("lördag", "11-21 00:00", "11-22 00:00"),
        ("lördagar", "11-21 00:00", "11-22 00:00"),
        ("saturdays", "11-21 00:00", "11-22 00:00"),
        ("onsdag", "11-18 00:00", "11-19 00:00"),
        ("helgöppet", "11-21 00:00", "11-23 00:00"),
        ("lördag och söndag", "11-21 00:00", "11-23 00:00"),
        ("kvällsöppet", "11-18 18:00", "11-18 23:00"),
        ("ikväll", "11-18 18:00", "11-18 23:00"),
        ("i morgon", "11-19 00:00", "11-20 00:00"),
        ("tomorrow", "11-19 00:00", "11-20 00:00"),
        ("imorgon kväll", "11-19 18:00", "11-19 23:00"),
        ("söndag kväll", "11-22 18:00", "11-22 23:00"),
        ("efter kl 18", "11-18 18:00", "11-19 00:00"),
        ("lördag efter 14", "11-21 14:00", "11-22 00:00"),
        ("före kl 8", "11-19 00:00", "11-19 08:00"),
        ("natt", "11-18 23:00", "11-19 06:00"),
        ("fredag eftermiddag", "11-20 12:00", "11-20 17:00"),
    ],
)
def test_windows(said: str, start: str, end: str) -> None:
    assert window(said) == (start, end)
    assert read(said).at(WEDNESDAY) is None


@pytest.mark.parametrize(
    ("said", "moment"),
    [
        ("söndag kl 14", "11-22 14:00"),
        ("kl 14 söndag", "11-22 14:00"),
        ("klockan 17.30", "11-18 17:30"),
        ("kl 09:15", "11-19 09:15"),
        ("14:00", "11-18 14:00"),
        ("at 2pm", "11-18 14:00"),
        ("onsdag kl 8", "11-25 08:00"),
        ("kväll kl 7", "11-18 19:00"),
        ("i morgon kl 8", "11-19 08:00"),
    ],
)
def test_moments(said: str, moment: str) -> None:
    assert written(read(said).at(WEDNESDAY)) == moment
    assert read(said).between(WEDNESDAY) is None


def test_a_day_that_has_begun_is_meant_still() -> None:
    assert window("lördag", SATURDAY) == ("11-21 00:00", "11-22 00:00")
    assert window("helgen", SUNDAY) == ("11-21 00:00", "11-23 00:00")


def test_evening_without_a_day_is_a_weekdays() -> None:
    assert window("kvällsöppet", SATURDAY) == ("11-23 18:00", "11-23 23:00")
    assert window("ikväll", SATURDAY) == ("11-21 18:00", "11-21 23:00")


def test_the_hours_are_those_of_swedish_clocks_when_they_change() -> None:
    spring = datetime(2026, 3, 28, 12, 0, tzinfo=SWEDEN)
    start, end = read("söndag").between(spring) or (spring, spring)
    assert (end - start).total_seconds() == 24 * 3600
    assert end.timestamp() - start.timestamp() == 23 * 3600


def test_now_is_the_moment_of_asking() -> None:
    assert read("öppet nu").at(WEDNESDAY) == WEDNESDAY
    assert read("öppet nu").between(WEDNESDAY) is None
    assert not When()


@pytest.mark.parametrize("said", ["14", "7", "från 8", "storgatan", "431 61", "söder"])
def test_what_is_no_time(said: str) -> None:
    assert read_when(said.split()) is None
