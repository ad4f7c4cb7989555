"""Open at T, closes at, opens next: the questions that a schedule answers.

Moments go in as aware datetimes of any zone and come out as aware datetimes in UTC. Intervals that touch
or overlap are one stretch of opening, so that a unit open 08:00-24:00 and 00:00-02:00 closes at 02:00.
Nothing here asks what time it is.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from directory.hours.day import Decider, Hours, exception_on, hours_on
from directory.hours.errors import InvalidHours
from directory.hours.instants import day_clock, instant, local_date, to_datetime
from directory.hours.model import DAY, Schedule
from directory.hours.state import State, closed_for_period

LOOK_AHEAD = timedelta(days=14)
AROUND_THE_CLOCK = timedelta(days=8)
"""A stretch that goes on for longer than this from the moment asked about has no closing time to tell."""
LONGEST_WINDOW = timedelta(days=366)
YEARS = range(1900, 3000)

_Span = tuple[int, int, str | None]
"""(opens, closes, comment), instants in seconds."""


@dataclass(frozen=True)
class Status:
    """How it stands at a moment.

    `open`: `closes_at` is set unless it stays open for more than eight days. `opens-later-today`: before
    midnight in Sweden. `closed-for-period`: shut by exceptions or between seasons for several days, or
    nothing opens within 14 days. `unknown`: nothing says what applies on this date; never to be shown as
    open or as closed.
    `opens_at` is the next opening within 14 days. `reason` names the exception or holiday that decides the
    day, `comment` belongs to the interval that is open, or else to the one that opens next.
    """

    state: State
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    reason: str | None = None
    comment: str | None = None


@dataclass(frozen=True)
class OpenInterval:
    """A stretch of opening, from `start` until `end`, both in UTC."""

    start: datetime
    end: datetime


@dataclass(frozen=True)
class DayView:
    """One date of a card: its hours in minutes from local midnight, what decided them, and its name."""

    date: date
    hours: Hours
    decided_by: Decider
    reason: str | None


def is_open(schedule: Schedule, at: datetime, *, assume_closed_on_public_holidays: bool = True) -> bool:
    """Whether it is open at `at`. The opening moment counts as open, the closing moment as closed."""
    now, today = _moment(at)
    return any(
        start <= now < end
        for day in (today, today - timedelta(days=1))
        for start, end, _ in _spans(schedule, day, assume_closed_on_public_holidays)
    )


def closes_at(
    schedule: Schedule, at: datetime, *, assume_closed_on_public_holidays: bool = True
) -> datetime | None:
    """When what is open at `at` closes; nothing when it is closed, or open for more than eight days."""
    now, today = _moment(at)
    for start, end, _ in _ahead(schedule, now, today, assume_closed_on_public_holidays):
        if end > now:
            return _closing(now, end) if start <= now else None
    return None


def opens_next(
    schedule: Schedule,
    at: datetime,
    within: timedelta = LOOK_AHEAD,
    *,
    assume_closed_on_public_holidays: bool = True,
) -> datetime | None:
    """The first moment after `at`, and at most `within` later, at which it goes from closed to open."""
    if within > LONGEST_WINDOW:
        raise InvalidHours(f"the next opening is looked for at most {LONGEST_WINDOW.days} days ahead")
    now, today = _moment(at)
    for start, _, _ in _merged(schedule, today, within, assume_closed_on_public_holidays):
        if start > now:
            return to_datetime(start) if start <= now + within.total_seconds() else None
    return None


def status(schedule: Schedule, at: datetime, *, assume_closed_on_public_holidays: bool = True) -> Status:
    """How it stands at `at`; see `Status`."""
    now, today = _moment(at)
    if not schedule.known:
        return Status("unknown")
    assume = assume_closed_on_public_holidays
    for start, end, comment in _ahead(schedule, now, today, assume):
        if end <= now:
            continue
        if start <= now:
            comment, reason = _in_force(schedule, now, today, assume)
            return Status("open", None, _closing(now, end), reason, comment)
        if start <= now + LOOK_AHEAD.total_seconds():
            return _closed(schedule, today, assume, start, comment)
    return _closed(schedule, today, assume, None, None)


def intervals_between(
    schedule: Schedule, start: datetime, end: datetime, *, assume_closed_on_public_holidays: bool = True
) -> list[OpenInterval]:
    """The stretches of opening between two moments at most 366 days apart, cut to fit, in order."""
    if end - start > LONGEST_WINDOW:
        raise InvalidHours(f"hours are listed for at most {LONGEST_WINDOW.days} days at a time")
    first, today = _moment(start)
    last, _ = _moment(end)
    found = []
    merged = _merged(schedule, today, end - start, assume_closed_on_public_holidays)
    for opens, closes, _ in merged:
        if opens < last and closes > first:
            found.append(OpenInterval(to_datetime(max(opens, first)), to_datetime(min(closes, last))))
    return found


def week_view(
    schedule: Schedule, monday: date, *, assume_closed_on_public_holidays: bool = True
) -> tuple[DayView, ...]:
    """The seven dates from `monday` (any date will do), each with its hours as they stand in the schedule."""
    if monday.year not in YEARS:
        raise InvalidHours(f"no hours are known for the year {monday.year}")
    views = []
    for offset in range(7):
        day = monday + timedelta(days=offset)
        plan = hours_on(schedule, day, assume_closed_on_public_holidays)
        views.append(DayView(day, _cut(schedule, day, plan.hours), plan.decided_by, plan.reason))
    return tuple(views)


def _moment(at: datetime) -> tuple[int, date]:
    today = local_date(at)
    if today.year not in YEARS:
        raise InvalidHours(f"no hours are known for the year {today.year}")
    return int(at.timestamp() // 1), today


def _cut(schedule: Schedule, day: date, hours: Hours) -> Hours:
    """An interval that runs past midnight ends there when the next date is closed by an exception."""
    if not schedule.exceptions or not any(closes > DAY for _, closes, _ in hours):
        return hours
    exception = exception_on(schedule, day + timedelta(days=1))
    if exception is None or not exception.closed:
        return hours
    return tuple((opens, min(closes, DAY), comment) for opens, closes, comment in hours)


def _spans(schedule: Schedule, day: date, assume: bool) -> list[_Span]:
    spans = []
    for opens, closes, comment in _cut(schedule, day, hours_on(schedule, day, assume).hours):
        start, end = instant(day, opens, closing=False), instant(day, closes, closing=True)
        if start < end:
            spans.append((start, end, comment))
    return spans


def _merged(
    schedule: Schedule, today: date, within: timedelta, assume: bool, until: float = float("inf")
) -> Iterator[_Span]:
    """Stretches from the day before `today` on, in order; each with the comment of its first interval.

    A stretch that reaches beyond `until` is not followed to its end, and is the last.
    """
    current: _Span | None = None
    for offset in range(-1, within.days + 2):
        day = today + timedelta(days=offset)
        if current is not None and current[1] < day_clock(day.toordinal())[0]:
            yield current
            current = None
        for start, end, comment in _spans(schedule, day, assume):
            if current is not None and start <= current[1]:
                current = (current[0], max(current[1], end), current[2])
                continue
            if current is not None:
                yield current
            current = (start, end, comment)
        if current is not None and current[1] > until:
            break
    if current is not None:
        yield current


def _ahead(schedule: Schedule, now: int, today: date, assume: bool) -> Iterator[_Span]:
    return _merged(schedule, today, LOOK_AHEAD, assume, now + AROUND_THE_CLOCK.total_seconds())


def _closing(now: int, end: int) -> datetime | None:
    return to_datetime(end) if end - now <= AROUND_THE_CLOCK.total_seconds() else None


def _in_force(schedule: Schedule, now: int, today: date, assume: bool) -> tuple[str | None, str | None]:
    """The comment of what is open and the reason of the day that it belongs to; today before yesterday."""
    for day in (today, today - timedelta(days=1)):
        covering = [comment for start, end, comment in _spans(schedule, day, assume) if start <= now < end]
        if covering:
            comment = next((comment for comment in covering if comment), None)
            return comment, hours_on(schedule, day, assume).reason
    raise AssertionError("open, but by no interval of today or yesterday")


def _closed(schedule: Schedule, today: date, assume: bool, start: int | None, comment: str | None) -> Status:
    plan = hours_on(schedule, today, assume)
    opens_at = to_datetime(start) if start is not None else None
    state: State = "closed"
    if opens_at is not None and local_date(opens_at) == today:
        state = "opens-later-today"
    elif plan.decided_by == "unknown":
        state = "unknown"
    elif opens_at is None or closed_for_period(schedule, today, assume):
        state = "closed-for-period"
    return Status(state, opens_at, None, plan.reason, comment)
