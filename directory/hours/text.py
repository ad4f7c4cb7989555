"""Hours on one line, as people write them in a column: `mån-fre 08:00-17:00; lör 10-14 (drop-in)`.

Entries are separated by `;` or a line break. An entry is days, a kind of holiday, or dates; then times or
"stängt"; then perhaps a comment in parentheses and a season in brackets. docs/hours.md has the whole form.
"""

import re
from dataclasses import dataclass, field
from datetime import date

from directory.hours import words
from directory.hours.errors import InvalidHours
from directory.hours.model import (
    DAY,
    DatedException,
    DayKind,
    HolidayRule,
    Interval,
    Schedule,
    WeeklyInterval,
    closed_until_further_notice,
)
from directory.hours.parse import HoursProblem, Parsed, days_between, read_span

_DATE = r"\d{4}-\d{2}-\d{2}"
_TIME = r"\d{1,2}(?:[:.]?\d{2})?"
_TOKEN = re.compile(
    rf"""(?P<comment>\((?:\\.|[^\\()])*\))
    | \[\s*(?P<season>[^\]]*?)\s*\]
    | (?P<dates>{_DATE}(?:\s*--?\s*{_DATE})?)
    | (?P<times>{_TIME}\s*-\s*{_TIME})(?!\d)
    | (?P<always>dygnet\ runt|24/7|around\ the\ clock|24\s*(?:h|tim)\b)
    | (?P<every>alla\ dagar|every\ day)
    | (?P<holiday>röda?\ dag(?:ar)?|(?:public|bank)\ holidays?)
    | (?P<word>[^\W\d_]+)\.?
    | (?P<mark>[-,:&/])
    """,
    re.VERBOSE | re.IGNORECASE,
)
_ENTRY = re.compile(r"(?:\((?:\\.|[^\\()])*\)|[^;\n])+")
_SEASON = re.compile(rf"({_DATE}|\d{{2}}-\d{{2}})?\s*--\s*({_DATE}|\d{{2}}-\d{{2}})?")
_DASHES = str.maketrans("\u2010\u2011\u2012\u2013\u2014\u2212", "------")
_TO = re.compile(
    r"(?<=\d)\s+(?:to|till|until)\s+(?=\d)|(?<=day)s?\s+to\s+|(?<=\w)\s+till\s+(?=[^\W\d])", re.IGNORECASE
)

Season = tuple[date | None, date | None, bool]


class _Unreadable(Exception):
    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass
class _Found:
    weekly: list[WeeklyInterval] = field(default_factory=list)
    dated: dict[tuple[date, date], tuple[list[Interval], str | None]] = field(default_factory=dict)
    rules: dict[DayKind, list[Interval]] = field(default_factory=dict)
    problems: list[HoursProblem] = field(default_factory=list)

    def schedule(self) -> Schedule:
        exceptions = [DatedException(*key, tuple(spans), why) for key, (spans, why) in self.dated.items()]
        rules = [HolidayRule(kind, tuple(spans)) for kind, spans in self.rules.items()]
        return Schedule(tuple(self.weekly), tuple(exceptions), tuple(rules))


@dataclass
class _Group:
    """Days, and the times that follow them until the next days or the end of the entry."""

    days: list[int] = field(default_factory=list)
    kinds: list[DayKind] = field(default_factory=list)
    dates: list[tuple[date, date]] = field(default_factory=list)
    range_from: int | None = None
    spans: list[tuple[int, int, str | None]] = field(default_factory=list)
    closed: bool = False
    comment: str | None = None
    season: Season = (None, None, False)

    @property
    def complete(self) -> bool:
        return bool(self.spans) or self.closed

    @property
    def dayless(self) -> bool:
        return not (self.days or self.kinds or self.dates)


def parse_text(text: str) -> Parsed:
    """The schedule that a line of hours in Swedish or English describes, and what could not be read in it.

    An entry that cannot be read whole is left out whole. "Stängt" alone means closed until further notice,
    as opposed to an empty line, which means that the hours are not known.
    """
    found = _Found()
    for match in _ENTRY.finditer(text):
        entry = match[0].strip()
        if not entry:
            continue
        try:
            for group in _groups(entry, found.problems):
                _record(group, found)
        except _Unreadable as trouble:
            found.problems.append(HoursProblem(entry, trouble.code, trouble.message))
        except InvalidHours as invalid:
            found.problems.append(HoursProblem(entry, "hours-season", invalid.detail))
    return Parsed(found.schedule(), tuple(found.problems))


def _groups(entry: str, problems: list[HoursProblem]) -> list[_Group]:
    groups = [_Group()]
    for kind, token in _tokens(entry):
        begins = kind in ("dates", "every", "holiday") or (kind == "word" and _is_day(token.lower()))
        if begins and groups[-1].complete:
            groups.append(_Group())
        group = groups[-1]
        if begins:
            _add_days(group, kind, token)
        elif kind == "times":
            group.spans.append(_span(token, entry, problems))
        elif kind == "mark":
            group.range_from = group.days[-1] if token == "-" and group.days and not group.complete else None
        else:
            _add_terms(group, kind, token)
    return groups


def _add_terms(group: _Group, kind: str, token: str) -> None:
    if kind == "always":
        group.spans.append((0, DAY, None))
        group.days = list(words.WEEK) if group.dayless else group.days
    elif kind == "comment":
        _comment(group, re.sub(r"\\(.)", r"\1", token[1:-1]))
    elif kind == "season":
        group.season = _season(token)
    elif token.lower() in words.CLOSED:
        group.closed = True
    elif token.lower() not in words.IGNORED:
        raise _Unreadable("hours-word", f"{token!r} is not a day or a word for hours")


def _span(token: str, entry: str, problems: list[HoursProblem]) -> tuple[int, int, None]:
    opens, closes = token.split("-")
    found: list[HoursProblem] = []
    span = read_span(opens, closes, entry, found)
    if span is None:
        raise _Unreadable(found[-1].code, found[-1].message)
    # Past midnight is ordinary here, unlike in HSA's syntax.
    problems.extend(problem for problem in found if problem.code != "hours-past-midnight")
    return (*span, None)


def _tokens(entry: str) -> list[tuple[str, str]]:
    """Kind and text of each piece. Only what is outside parentheses is put into one way of writing."""
    pieces = re.split(r"(\((?:\\.|[^\\()])*\))", entry)
    plain = [piece if n % 2 else _TO.sub("-", piece.translate(_DASHES)) for n, piece in enumerate(pieces)]
    text = "".join(plain)
    tokens, at = [], 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        match = _TOKEN.match(text, at)
        if match is None or match.lastgroup is None:
            raise _Unreadable("hours-form", f"cannot be read from {text[at : at + 20]!r} on")
        tokens.append((match.lastgroup, match[match.lastgroup]))
        at = match.end()
    return tokens


def _is_day(word: str) -> bool:
    return word in words.DAYS or word in words.GROUPS or word in words.PUBLIC_HOLIDAY or word in words.EVE


def _add_days(group: _Group, kind: str, token: str) -> None:
    word = token.lower()
    if kind == "dates":
        group.dates.append(_dates(token))
    elif kind == "every":
        group.days.extend(words.WEEK)
    elif kind == "holiday" or word in words.PUBLIC_HOLIDAY:
        group.kinds.append("public-holiday")
    elif word in words.EVE:
        group.kinds.append("eve")
    elif word in words.GROUPS:
        group.days.extend(words.GROUPS[word])
    elif group.range_from is not None:
        group.days.extend(days_between(group.range_from, words.DAYS[word]))
    else:
        group.days.append(words.DAYS[word])
    group.range_from = None


def _dates(token: str) -> tuple[date, date]:
    found = re.findall(_DATE, token)
    first, last = _date(found[0]), _date(found[-1])
    if first > last:
        raise _Unreadable("hours-date", f"{last} is before {first}")
    return first, last


def _comment(group: _Group, comment: str) -> None:
    """A comment belongs to the times before it that have none yet."""
    group.spans = [(opens, closes, own or comment) for opens, closes, own in group.spans]
    group.comment = comment


def _season(text: str) -> Season:
    yearly = False
    for phrase in words.YEARLY:
        if text.lower().endswith(phrase):
            yearly, text = True, text[: -len(phrase)].strip()
    found = _SEASON.fullmatch(text)
    if not found or not any(found.groups()) or (yearly and not all(found.groups())):
        raise _Unreadable("hours-season", f"{text!r} is not a season such as 2026-06-15--2026-08-16")
    if not yearly:
        return (*(_date(part) if part else None for part in found.groups()), False)  # type: ignore[return-value]
    start, end = found[1][-5:], found[2][-5:]
    if start <= end:
        return _date(f"2000-{start}"), _date(f"2000-{end}"), True
    year = 2000 if start == "02-29" else 1999
    return _date(f"{year}-{start}"), _date(f"{year + 1}-{end}"), True


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise _Unreadable("hours-date", f"{text!r} is not a date such as 2026-12-24") from None


def _record(group: _Group, found: _Found) -> None:
    if not group.complete:
        raise _Unreadable("hours-time", "there are no times, and not the word closed")
    if group.closed and group.spans:
        raise _Unreadable("hours-form", "closed and open at once")
    if group.dayless and not group.closed:
        raise _Unreadable("hours-days", "the times are given without days")
    if group.closed and (group.dayless or set(group.days) == set(words.WEEK)):
        always = closed_until_further_notice(group.comment)
        found.dated[always.first, always.last] = ([], always.reason)
    weekly = [WeeklyInterval(day, *span, *group.season) for day in group.days for span in group.spans]
    spans = [Interval(opens, closes) for opens, closes, _ in group.spans]
    found.weekly.extend(weekly)
    for kind in group.kinds:
        found.rules.setdefault(kind, []).extend(spans)
    for dates in group.dates:
        earlier, reason = found.dated.get(dates, ([], None))
        found.dated[dates] = ([*earlier, *spans], reason or group.comment)
