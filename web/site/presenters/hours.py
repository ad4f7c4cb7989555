"""Hours as a table: the coming week with its dates, and the special days after it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from flask_babel import format_date
from flask_babel import gettext as _

from core.clock import SWEDEN
from directory.hours import Schedule, hours_on, week_view
from directory.hours.calendar import special_day
from web.site.i18n import current_language

SPECIAL_DAYS_AHEAD = 60
MAX_SPECIAL_DAYS = 6
DAY_BY_DAY = "opening"
_MINUTES = 1440


@dataclass(frozen=True)
class Row:
    """One date, or neighbouring dates that are alike. `spans` is empty when closed; `note` names a holiday or
    the reason of an exception.
    """

    day: date
    weekday: str
    spans: tuple[str, ...]
    note: str
    today: bool
    comments: tuple[str, ...] = ()


@dataclass(frozen=True)
class HoursTable:
    """One kind of hours: seven dates from today on in the order of the week, and what differs later.

    Opening hours stand day by day; of other kinds days that are alike stand on one row.
    """

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
    shown = rows if kind == DAY_BY_DAY else merged(rows)
    return HoursTable(
        kind, heading, tuple(shown), tuple(_special_days(schedule, today, kind)), schedule.note or ""
    )


def merged(rows: Sequence[Row]) -> list[Row]:
    """Neighbouring days with equal hours as one row: `Måndag–torsdag`."""
    found: list[list[Row]] = []
    for row in rows:
        last = found[-1][-1] if found else None
        if last and (last.spans, last.note, last.comments) == (row.spans, row.note, row.comments):
            found[-1].append(row)
        else:
            found.append([row])
    return [_range(days) for days in found]


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


def _range(days: Sequence[Row]) -> Row:
    first, last = days[0], days[-1]
    if first is last:
        return first
    weekday = f"{first.weekday}–{last.weekday if current_language() == 'en' else last.weekday.lower()}"
    return replace(first, weekday=weekday, today=any(day.today for day in days))


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
