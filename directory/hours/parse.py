"""Hours as they come in files: HSA's "Tid" syntax, and what both it and the one-line form share.

Reading never fails on content: what could be read comes back as values, and what could not, or was read
with leniency, as problems beside them.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from core.clock import SWEDEN
from directory.hours.errors import InvalidHours
from directory.hours.model import DAY, Schedule, WeeklyInterval


@dataclass(frozen=True)
class HoursProblem:
    """Trouble with one piece of text. `kept`: the piece was used, in the way that `message` says."""

    text: str
    code: str
    message: str
    kept: bool = False


@dataclass(frozen=True)
class Parsed:
    """What was understood, and what was not."""

    schedule: Schedule
    problems: tuple[HoursProblem, ...]


_CLOCK = re.compile(r"(\d{1,2})(?:[:.]?(\d{2}))?(?:[:.]\d{2})?")
_DAYS = re.compile(r"([1-7])(?:\s*-\s*([1-7]))?")
_DATE = re.compile(
    r"(\d{4})-?(\d{2})-?(\d{2})(?:[T ]?(\d{2}):?(\d{2})(?::?\d{2}(?:\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?"
)
_DASHES = str.maketrans("\u2010\u2011\u2012\u2013\u2014\u2212", "------")


def parse_hsa(values: Iterable[str]) -> Parsed:
    """Weekly hours from the values of an HSA attribute such as `surgeryHours`.

    The form, by the HSA attribute table, is `D-D#hh:mm#hh:mm[#comment[#fromDate#toDate]]` with 1 = Monday
    and 24:00 allowed as the end. Sources deviate, so this also reads a single day (`6`), a range that
    passes Sunday (`6-1`), the days as two parts (`1#5#...`), times without minutes (`06`), dates without a
    comment before them, and several values joined by `$`. What deviates in meaning is reported: an end
    before the beginning is read as past midnight, and 23:59 as 24:00.
    """
    intervals: list[WeeklyInterval] = []
    problems: list[HoursProblem] = []
    for value in values:
        for text in re.split(r"[$\r\n]+", value):
            if text.strip():
                intervals.extend(_tid(text.strip(), problems))
    return Parsed(Schedule(weekly=tuple(intervals)), tuple(problems))


def _tid(text: str, problems: list[HoursProblem]) -> list[WeeklyInterval]:
    parts = [part.strip() for part in text.split("#")]
    if len(parts) >= 4 and re.fullmatch("[1-7]", parts[0]) and re.fullmatch("[1-7]", parts[1]):
        parts[:2] = [f"{parts[0]}-{parts[1]}"]
    if len(parts) < 3:
        problems.append(HoursProblem(text, "hours-form", "expected days#from#to, such as 1-5#08:00#17:00"))
        return []
    days = _days(parts[0].translate(_DASHES))
    if not days:
        problems.append(HoursProblem(text, "hours-days", f"{parts[0]!r} is not a day, 1 to 7, or a range"))
        return []
    span = read_span(parts[1], parts[2], text, problems)
    if span is None:
        return []
    comment, first, last = _tail(parts[3:], text, problems)
    try:
        return [WeeklyInterval(day, *span, comment, first, last) for day in days]
    except InvalidHours as invalid:
        problems.append(HoursProblem(text, "hours-season", invalid.detail))
        return []


def _days(text: str) -> list[int]:
    found = _DAYS.fullmatch(text)
    if not found:
        return []
    return days_between(int(found[1]), int(found[2] or found[1]))


def days_between(first: int, last: int) -> list[int]:
    """Weekdays from `first` to `last`, past Sunday if need be: 6 to 1 is Saturday, Sunday, Monday."""
    return [(first - 1 + step) % 7 + 1 for step in range((last - first) % 7 + 1)]


def _tail(
    parts: list[str], text: str, problems: list[HoursProblem]
) -> tuple[str | None, date | None, date | None]:
    """Comment, first and last date from what follows the times."""
    if not parts:
        return None, None, None
    comment: str | None = None
    if not _DATE.fullmatch(parts[0]):
        comment, parts = parts[0] or None, parts[1:]
    dates: list[date | None] = []
    for part in parts[:2]:
        try:
            dates.append(_read_date(part) if part else None)
        except (ValueError, OverflowError):
            dates.append(None)
            problems.append(HoursProblem(text, "hours-date", f"{part!r} is not a date; left out", kept=True))
    if any(parts[2:]):
        problems.append(HoursProblem(text, "hours-extra", f"{'#'.join(parts[2:])!r} was left out", kept=True))
    first, last = [*dates, None, None][:2]
    return comment, first, last


def _read_date(text: str) -> date:
    found = _DATE.fullmatch(text)
    if not found:
        raise ValueError(text)
    day = date(int(found[1]), int(found[2]), int(found[3]))
    if found[6]:  # an instant: HSA keeps start and end in UTC, the date is the Swedish one
        moment = datetime.fromisoformat(f"{day}T{found[4]}:{found[5]}{found[6]}")
        return moment.astimezone(SWEDEN).date()
    return day


def read_span(opens: str, closes: str, text: str, problems: list[HoursProblem]) -> tuple[int, int] | None:
    """Minutes of opening and closing, or nothing and a problem. Hours up to 48 mean the next day."""
    start, end = read_clock(opens), read_clock(closes)
    if start is None or end is None or start >= DAY:
        wrong = opens if start is None or start >= DAY else closes
        problems.append(HoursProblem(text, "hours-time", f"{wrong!r} is not a time of day"))
        return None
    if start == end:
        problems.append(HoursProblem(text, "hours-empty", "the hours begin and end at the same time"))
        return None
    if end < start:
        end += DAY
        problems.append(HoursProblem(text, "hours-past-midnight", "read as past midnight", kept=True))
    if end % DAY == DAY - 1:
        end += 1
        problems.append(HoursProblem(text, "hours-end-of-day", "23:59 was read as 24:00", kept=True))
    if end > start + DAY:
        problems.append(HoursProblem(text, "hours-time", "the hours are longer than a day"))
        return None
    return start, end


def read_clock(text: str) -> int | None:
    """Minutes from midnight of `8`, `08`, `8:30`, `08.30`, `0830` or `08:30:00`; hours up to 48."""
    found = _CLOCK.fullmatch(text.strip())
    if not found:
        return None
    hours, minutes = int(found[1]), int(found[2] or 0)
    total = hours * 60 + minutes
    return total if minutes < 60 and total <= 2 * DAY else None
