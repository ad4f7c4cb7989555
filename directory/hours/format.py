"""A schedule as one line of text that `directory.hours.text.parse_text` reads back to the same schedule."""

import re
from datetime import date
from itertools import groupby

from directory.hours import words
from directory.hours.model import DAY, DatedException, Schedule, WeeklyInterval, closed_until_further_notice

Spans = tuple[tuple[int, int], ...]


def format_hours(schedule: Schedule, language: words.Language = "sv") -> str:
    """The hours as one line, for a column of a file. Without the note; empty when not known."""
    phrases = words.PHRASES[language]
    entries = [_weekly_entry(days, group, language) for days, group in _weekly_groups(schedule)]
    for rule in schedule.holidays:
        spans = tuple((i.opens, i.closes) for i in rule.intervals)
        entries.append(f"{phrases[rule.on]} {_times(spans) or phrases['closed']}")
    entries.extend(_exception_entry(exception, phrases["closed"]) for exception in schedule.exceptions)
    return "; ".join(entries)


def format_clock(minute: int) -> str:
    """Minutes from midnight as `HH:MM`; 24:00 and past it as they are, so 1560 is 26:00."""
    return f"{minute // 60:02}:{minute % 60:02}"


def _weekly_groups(schedule: Schedule) -> list[tuple[list[int], list[WeeklyInterval]]]:
    """Days that share the same intervals, comment and season, with those intervals."""

    def terms(interval: WeeklyInterval) -> tuple[object, ...]:
        season = (interval.season_from or date.min, interval.season_to or date.max, interval.yearly)
        return (interval.rank, *season, interval.comment or "")

    groups: list[tuple[list[int], list[WeeklyInterval]]] = []
    for _, same_terms in groupby(sorted(schedule.weekly, key=terms), key=terms):
        by_day: dict[int, list[WeeklyInterval]] = {}
        for interval in same_terms:
            by_day.setdefault(interval.weekday, []).append(interval)
        days_of: dict[Spans, list[int]] = {}
        for day, intervals in sorted(by_day.items()):
            days_of.setdefault(tuple((i.opens, i.closes) for i in intervals), []).append(day)
        groups.extend((days, by_day[days[0]]) for days in days_of.values())
    return sorted(groups, key=lambda group: (group[0][0], group[1][0].opens))


def _weekly_entry(days: list[int], intervals: list[WeeklyInterval], language: words.Language) -> str:
    spans = tuple((i.opens, i.closes) for i in intervals)
    if len(days) == 7 and spans == ((0, DAY),):
        text = words.PHRASES[language]["always"]
    else:
        text = f"{_days(days, language)} {_times(spans)}"
    return text + _comment(intervals[0].comment) + _season(intervals[0], language)


def _exception_entry(exception: DatedException, closed: str) -> str:
    always = closed_until_further_notice()
    spans = tuple((i.opens, i.closes) for i in exception.intervals)
    if exception.closed and (exception.first, exception.last) == (always.first, always.last):
        return closed + _comment(exception.reason)
    dates = f"{exception.first.isoformat()}"
    if exception.last != exception.first:
        dates += f"--{exception.last.isoformat()}"
    return f"{dates} {_times(spans) or closed}{_comment(exception.reason)}"


def _days(days: list[int], language: words.Language) -> str:
    names = words.ABBREVIATIONS[language]
    runs: list[list[int]] = []
    for day in days:
        if runs and runs[-1][-1] == day - 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return ", ".join(names[run[0]] if len(run) == 1 else f"{names[run[0]]}-{names[run[-1]]}" for run in runs)


def _times(spans: Spans) -> str:
    return ", ".join(f"{format_clock(opens)}-{_closing(opens, closes)}" for opens, closes in spans)


def _closing(opens: int, closes: int) -> str:
    # Past midnight people write 22:00-02:00; a whole day from 08:00 must say 32:00 not to look like no time.
    return format_clock(closes - DAY if DAY < closes < opens + DAY else closes)


def _comment(comment: str | None) -> str:
    return " (" + re.sub(r"([\\()])", r"\\\1", comment) + ")" if comment else ""


def _season(interval: WeeklyInterval, language: words.Language) -> str:
    if not interval.rank:
        return ""
    cut = 5 if interval.yearly else 0
    first, last = (day.isoformat()[cut:] if day else "" for day in (interval.season_from, interval.season_to))
    yearly = " " + words.PHRASES[language]["yearly"] if interval.yearly else ""
    return f" [{first}--{last}{yearly}]"
