"""What applies on one date, before any clock is involved.

Order of precedence: dated exception, rule for holidays, default for public holidays, weekly hours.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from directory.hours.calendar import SpecialDay, special_day
from directory.hours.model import DatedException, Interval, Schedule, WeeklyInterval

Decider = Literal["exception", "holiday-rule", "holiday-default", "weekly", "unknown"]
Hours = tuple[tuple[int, int, str | None], ...]
"""(opens, closes, comment) in minutes from local midnight."""

SATURDAY, SUNDAY = 6, 7


@dataclass(frozen=True)
class DayHours:
    """The hours that open on one date, what decided them, and the name of the exception or holiday."""

    hours: Hours
    decided_by: Decider
    reason: str | None
    exception: DatedException | None = None


def hours_on(schedule: Schedule, day: date, assume_closed_on_public_holidays: bool = True) -> DayHours:
    """The hours of `schedule` on `day`; intervals from the day before are not included.

    On a public holiday for which no rule is given the hours of a Sunday apply, so that a unit with no hours
    on Sundays is closed and one that never closes stays open. With `assume_closed_on_public_holidays` false
    the weekday's own hours apply instead.
    """
    exception = exception_on(schedule, day)
    if exception is not None:
        return DayHours(_plain(exception.intervals), "exception", exception.reason, exception)
    special = special_day(day)
    weekday = day.isoweekday()
    if special is None:
        return _weekly(schedule, day, weekday, None)
    if "eve" in schedule.rule_for and special.kind == "eve" and _eve_rule_applies(schedule, day, weekday):
        return DayHours(_plain(schedule.rule_for["eve"].intervals), "holiday-rule", special.name)
    if not special.like_sunday:
        return _weekly(schedule, day, weekday, None)
    return _holiday(schedule, day, weekday, special, assume_closed_on_public_holidays)


def exception_on(schedule: Schedule, day: date) -> DatedException | None:
    """The exception that decides `day`: of several the shortest, of equally long ones the last to begin."""
    found: DatedException | None = None
    for exception in schedule.exceptions:
        if exception.first > day:
            break
        if exception.last >= day and (found is None or exception.days <= found.days):
            found = exception
    return found


def _holiday(
    schedule: Schedule, day: date, weekday: int, special: SpecialDay, assume_closed: bool
) -> DayHours:
    if "public-holiday" in schedule.rule_for:
        return DayHours(_plain(schedule.rule_for["public-holiday"].intervals), "holiday-rule", special.name)
    if not schedule.weekly or not assume_closed or weekday == SUNDAY:
        return _weekly(schedule, day, weekday, special.name)
    return DayHours(_weekly_hours(schedule, day, SUNDAY), "holiday-default", special.name)


def _eve_rule_applies(schedule: Schedule, day: date, weekday: int) -> bool:
    # "Aftnar 8-12" shortens the days of a Monday-to-Friday unit; it does not open it on a Saturday.
    return weekday < SATURDAY or bool(_weekly_hours(schedule, day, weekday))


def _weekly(schedule: Schedule, day: date, weekday: int, reason: str | None) -> DayHours:
    decided_by: Decider = "weekly" if schedule.weekly else "unknown"
    return DayHours(_weekly_hours(schedule, day, weekday), decided_by, reason)


def _weekly_hours(schedule: Schedule, day: date, weekday: int) -> Hours:
    steady = schedule.steady[weekday]
    return _in_season(schedule.by_weekday[weekday], day) if steady is None else steady


def _in_season(intervals: Sequence[WeeklyInterval], day: date) -> Hours:
    """The intervals in force on `day`: a seasonal one replaces the more general ones that it overlaps."""
    kept: list[WeeklyInterval] = []
    for interval in intervals:
        if interval.rank and not interval.in_season(day):
            continue
        if not any(k.rank > interval.rank and _overlap(k, interval) for k in kept):
            kept.append(interval)
    kept.sort(key=lambda i: (i.opens, i.closes))
    return tuple((i.opens, i.closes, i.comment) for i in kept)


def _overlap(one: WeeklyInterval, other: WeeklyInterval) -> bool:
    return one.opens < other.closes and other.opens < one.closes


def _plain(intervals: Iterable[Interval]) -> Hours:
    return tuple((i.opens, i.closes, None) for i in intervals)
