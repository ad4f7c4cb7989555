"""Open, later today, closed, closed for a period, not known: past midnight, clock changes and seasons."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from directory.hours import DatedException, Interval, Schedule, WeeklyInterval, is_open_now, status
from directory.hours.model import NOMINAL_YEAR

SWEDEN = ZoneInfo("Europe/Stockholm")


def local(text: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SWEDEN, fold=fold)


def weekdays(opens: int = 480, closes: int = 1020, **season: object) -> tuple[WeeklyInterval, ...]:
    return tuple(WeeklyInterval(day, opens, closes, **season) for day in range(1, 6))  # type: ignore[arg-type]


def shut(first: str, last: str) -> DatedException:
    return DatedException(date.fromisoformat(first), date.fromisoformat(last), (), "Semester")


OFFICE = Schedule(weekdays())
SUMMER = Schedule(weekdays(), (shut("2026-07-06", "2026-08-02"),))
SHORT_SUMMER = Schedule(weekdays(), (shut("2026-07-06", "2026-07-10"),))
ONE_DAY = Schedule(weekdays(), (shut("2026-05-15", "2026-05-15"),))
DAY_BY_DAY = Schedule(
    weekdays(), tuple(shut(f"2026-07-{d:02}", f"2026-07-{d:02}") for d in (6, 7, 8, 9, 10, 13))
)
TERM = Schedule(
    weekdays(season_from=date(NOMINAL_YEAR - 1, 8, 17), season_to=date(NOMINAL_YEAR, 6, 12), yearly=True)
)
SHORTER_IN_SUMMER = Schedule(
    (
        *weekdays(
            season_from=date(NOMINAL_YEAR - 1, 8, 17), season_to=date(NOMINAL_YEAR, 6, 12), yearly=True
        ),
        WeeklyInterval(3, 540, 720, None, date(NOMINAL_YEAR, 6, 13), date(NOMINAL_YEAR, 8, 16), True),
    )
)
NIGHTS = Schedule(tuple(WeeklyInterval(day, 1200, 1560) for day in range(1, 8)))


@pytest.mark.parametrize(
    ("schedule", "at", "state", "opens"),
    [
        (OFFICE, "2026-11-20T09:00", "open", None),
        (OFFICE, "2026-11-20T07:59", "opens-later-today", "2026-11-20T08:00"),
        (OFFICE, "2026-11-20T17:00", "closed", "2026-11-23T08:00"),
        (OFFICE, "2026-11-22T12:00", "closed", "2026-11-23T08:00"),
        (Schedule(), "2026-11-20T09:00", "unknown", None),
        # A summer by one exception: its weekends belong to it, the weekend before does not.
        (SHORT_SUMMER, "2026-07-06T09:00", "closed-for-period", "2026-07-13T08:00"),
        (SHORT_SUMMER, "2026-07-10T09:00", "closed-for-period", "2026-07-13T08:00"),
        (SHORT_SUMMER, "2026-07-11T09:00", "closed", "2026-07-13T08:00"),
        (SHORT_SUMMER, "2026-07-05T09:00", "closed", "2026-07-13T08:00"),
        (SUMMER, "2026-07-10T09:00", "closed-for-period", None),
        (SUMMER, "2026-07-25T09:00", "closed-for-period", "2026-08-03T08:00"),
        (SUMMER, "2026-08-03T07:00", "opens-later-today", "2026-08-03T08:00"),
        # The Friday after Ascension Day: one date, whatever days off surround it.
        (ONE_DAY, "2026-05-15T09:00", "closed", "2026-05-18T08:00"),
        # A closing that a source states date by date, and the weekend in the midst of it.
        (DAY_BY_DAY, "2026-07-07T09:00", "closed-for-period", "2026-07-14T08:00"),
        (DAY_BY_DAY, "2026-07-11T09:00", "closed-for-period", "2026-07-14T08:00"),
        (DAY_BY_DAY, "2026-07-13T09:00", "closed-for-period", "2026-07-14T08:00"),
        (DAY_BY_DAY, "2026-07-05T09:00", "closed", "2026-07-14T08:00"),
        # A summer by season, near enough its end to tell when it opens.
        (TERM, "2026-08-05T09:00", "closed-for-period", "2026-08-17T08:00"),
        (TERM, "2026-08-16T09:00", "closed-for-period", "2026-08-17T08:00"),
        (TERM, "2026-06-13T09:00", "closed-for-period", None),
        (TERM, "2026-06-12T18:00", "closed-for-period", None),
        (TERM, "2026-09-05T09:00", "closed", "2026-09-07T08:00"),
        # Open once a week in summer is not shut for the summer.
        (SHORTER_IN_SUMMER, "2026-07-06T09:00", "closed", "2026-07-08T09:00"),
        # Past midnight it is still yesterday's evening.
        (NIGHTS, "2026-11-20T01:59", "open", None),
        (NIGHTS, "2026-11-20T02:00", "opens-later-today", "2026-11-20T20:00"),
    ],
)
def test_how_it_stands(schedule: Schedule, at: str, state: str, opens: str | None) -> None:
    found = status(schedule, local(at))
    assert found.state == state
    assert found.opens_at == (local(opens) if opens else None)


def test_across_the_clocks_changes() -> None:
    """A night has seven hours or nine when 20 to 02 is followed by the change at 02 or 03."""
    early = Schedule((WeeklyInterval(7, 150, 480),))
    assert status(early, local("2026-03-29T01:59")).state == "opens-later-today"
    assert status(early, local("2026-03-29T03:00")).state == "open"
    assert status(early, local("2026-10-25T02:29", fold=0)).state == "opens-later-today"
    assert status(early, local("2026-10-25T02:31", fold=1)).state == "open"
    assert status(NIGHTS, local("2026-10-25T01:59")).state == "open"
    assert status(NIGHTS, local("2026-10-25T03:00")).state == "opens-later-today"


def test_an_exception_that_opens_is_no_closing() -> None:
    open_late = DatedException(date(2026, 7, 6), date(2026, 7, 10), (Interval(720, 960),))
    found = status(Schedule(weekdays(), (open_late,)), local("2026-07-06T17:00"))
    assert found.state == "closed"


def test_open_now_is_not_known_without_hours() -> None:
    assert [is_open_now(state) for state in ("open", "closed", "closed-for-period", "unknown")] == [
        True,
        False,
        False,
        None,
    ]
