"""How it stands in one word, and when being shut is more than the week's own rhythm."""

from datetime import date, timedelta
from typing import Literal

from directory.hours.day import hours_on
from directory.hours.model import Schedule

State = Literal["open", "opens-later-today", "closed", "closed-for-period", "unknown"]

LONGEST_PAUSE = 7
"""Ordinary dates without hours, such as a weekend or Easter, that a period of closing may run across."""


def is_open_now(state: State) -> bool | None:
    """Open or not; None when that is not known."""
    return None if state == "unknown" else state == "open"


def closed_for_period(schedule: Schedule, day: date, assume_closed_on_public_holidays: bool = True) -> bool:
    """Whether `day`, a date without opening, belongs to a period of at least two dates that are shut.

    A date is shut when an exception closes it or when no season of the weekly hours reaches it, as in a
    summer. A weekend between shut dates belongs to the period; one beside them does not, and neither does a
    single date that is shut, however many days off surround it.
    """
    if not schedule.exceptions and not any(interval.rank for interval in schedule.weekly):
        return False
    assume = assume_closed_on_public_holidays
    before, after = (_next_is_shut(schedule, day, step, assume) for step in (-1, 1))
    return before or after if _is_shut(schedule, day) else before and after


def _is_shut(schedule: Schedule, day: date) -> bool:
    plan = hours_on(schedule, day)
    if plan.exception is not None:
        return plan.exception.closed
    return bool(schedule.weekly) and not any(not i.rank or i.in_season(day) for i in schedule.weekly)


def _next_is_shut(schedule: Schedule, day: date, step: int, assume: bool) -> bool:
    """Whether the nearest date in this direction that is not an ordinary one without hours is shut."""
    for distance in range(1, LONGEST_PAUSE + 1):
        other = day + timedelta(days=step * distance)
        if _is_shut(schedule, other):
            return True
        if hours_on(schedule, other, assume).hours:
            return False
    return False
