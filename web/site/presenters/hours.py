"""Hours as a table: the coming week with its dates, and the special days after it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask_babel import format_date
from flask_babel import gettext as _

from core.clock import SWEDEN
from directory.hours import Schedule, hours_on, week_view
from directory.hours.calendar import special_day

SPECIAL_DAYS_AHEAD = 60
MAX_SPECIAL_DAYS = 6
_MINUTES = 1440


@dataclass(frozen=True)
class Row:
    """One date. `spans` is empty when closed; `note` names a holiday or the reason of an exception."""

    day: date
    weekday: str
    spans: tuple[str, ...]
    note: str
    today: bool
    comments: tuple[str, ...] = ()


@dataclass(frozen=True)
class HoursTable:
    """One kind of hours: seven dates from today on in the order of the week, and what differs later."""

    kind: str
    heading: str
    rows: tuple[Row, ...]
    later: tuple[Row, ...]
    note: str


def table(kind: str, heading: str, schedule: Schedule, now: datetime) -> HoursTable | None:
    """The table of a schedule; nothing when the hours are not known and no note says anything."""
    if not schedule.known and not schedule.note:
        return None
    today = now.astimezone(SWEDEN).date()
    rows = [_row(schedule, today + timedelta(days=n), today) for n in range(7)] if schedule.known else []
    rows.sort(key=lambda row: row.day.isoweekday())
    return HoursTable(
        kind, heading, tuple(rows), tuple(_special_days(schedule, today, kind)), schedule.note or ""
    )


def span(opens: int, closes: int) -> str:
    """`08:00–17:00`, or the whole day in words."""
    if opens == 0 and closes == _MINUTES:
        return _("Dygnet runt")
    return f"{_clock(opens)}–{_clock(closes)}"


def _row(schedule: Schedule, day: date, today: date) -> Row:
    view = week_view(schedule, day)[0]
    special = special_day(day)
    note = view.reason or (special.name if special else "")
    return Row(
        day=day,
        weekday=format_date(day, "EEEE").capitalize(),
        spans=tuple(span(opens, closes) for opens, closes, _comment in view.hours),
        note=note,
        today=day == today,
        comments=tuple(dict.fromkeys(comment for *_times, comment in view.hours if comment)),
    )


def _special_days(schedule: Schedule, today: date, kind: str) -> list[Row]:
    """Days after the coming week on which something else than the weekly hours applies.

    Holidays are told once, with the opening hours; for other kinds only what their source says of a date.
    """
    deciders = ("exception", "holiday-rule", "holiday-default") if kind == "opening" else ("exception",)
    if not schedule.known:
        return []
    found = []
    for offset in range(7, SPECIAL_DAYS_AHEAD):
        day = today + timedelta(days=offset)
        decided = hours_on(schedule, day)
        if decided.decided_by in deciders and _differs(schedule, day):
            found.append(_row(schedule, day, today))
        if len(found) == MAX_SPECIAL_DAYS:
            break
    return found


def _differs(schedule: Schedule, day: date) -> bool:
    ordinary = {(i.opens, i.closes) for i in schedule.by_weekday[day.isoweekday()] if i.in_season(day)}
    return {(opens, closes) for opens, closes, _comment in hours_on(schedule, day).hours} != ordinary


def _clock(minute: int) -> str:
    shown = minute if minute <= _MINUTES else minute - _MINUTES
    return f"{shown // 60:02}:{shown % 60:02}"
