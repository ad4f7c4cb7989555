"""Words of time in a question: "lördag", "söndag kl 14", "kvällsöppet", "efter 18", "i morgon", "öppet nu".

Words are found first and resolved last: a day, a clock time and a part of the day may stand anywhere in the
question. Days and clocks are Swedish; what was asked for is always ahead of the moment of asking.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import cache

from core.clock import SWEDEN
from directory.search.words import table

LONGEST = 4
HOURS_OF = {"morning": (6, 9), "forenoon": (9, 12), "afternoon": (12, 17)}
HOURS_OF |= {"evening": (18, 23), "night": (23, 30)}
"""From and to, in hours of the day: open at some time between them. A night ends at six the next morning."""
WEEKDAYS_ONLY = frozenset({"evening"})
"""Evening without a day is a weekday's, since that is what evening hours are asked for."""
_RELATIONS = {"efter": "after", "after": "after", "från": "after", "from": "after"}
_RELATIONS |= {"före": "before", "innan": "before", "before": "before"}
_SURE = frozenset({"efter", "after", "före", "innan", "before"})
_CLOCK = re.compile(
    r"(?:(?P<relation>efter|after|från|from|före|innan|before) )?(?P<clock>kl|klockan|at)? ?"
    r"(?P<hour>[01]?\d|2[0-4])(?:h(?P<minute>[0-5]\d))?(?: ?(?P<half>am|pm))?(?= |$)"
)
_WRITTEN_CLOCK = re.compile(r"\b([01]?\d|2[0-4])[:.]([0-5]\d)(?![\d.])")


@dataclass(frozen=True)
class When:
    """What the words said, and which they were. `relation`: at, after or before the clock."""

    day: str | None = None
    part: str | None = None
    clock: time | None = None
    relation: str = "at"
    now: bool = False
    words: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.words)

    def and_also(self, other: "When") -> "When":
        """Both, the first said counting where they disagree."""
        clock = self if self.clock is not None else other
        return When(
            self.day or other.day,
            self.part or other.part,
            clock.clock,
            clock.relation,
            self.now or other.now,
            self.words + other.words,
        )

    def at(self, now: datetime) -> datetime | None:
        """The moment that was asked for, when it is one."""
        if self.now:
            return now
        if self.clock is None or self.relation != "at":
            return None
        here = now.astimezone(SWEDEN)
        clock = self.clock
        if self.part in ("evening", "afternoon") and 1 <= clock.hour < 12:
            clock = clock.replace(hour=clock.hour + 12)
        return next(
            moment
            for day in self._days(here.date())
            if (moment := datetime.combine(day, clock, SWEDEN)) >= here
        )

    def between(self, now: datetime) -> tuple[datetime, datetime] | None:
        """The window that was asked for, when it is no moment: open at some time in it."""
        if not self or self.now or (self.clock is not None and self.relation == "at"):
            return None
        here = now.astimezone(SWEDEN)
        for day in self._days(here.date()):
            start, end = self._window(day)
            if end > here:
                return start, end
        raise AssertionError("unreachable: days never end")

    def _days(self, today: date) -> Sequence[date]:
        """The days that may be meant, nearest first; the last is always ahead."""
        if self.day is None:
            days = [today + timedelta(n) for n in range(8)]
            return [d for d in days if d.isoweekday() < 6] if self.part in WEEKDAYS_ONLY else days
        if self.day.startswith("+"):
            day = today + timedelta(int(self.day))
            return [day, day + timedelta(1)]
        first = 6 if self.day == "weekend" else int(self.day)
        ahead = (first - today.isoweekday()) % 7
        if self.day == "weekend" and today.isoweekday() == 7:
            ahead = -1
        return [today + timedelta(ahead), today + timedelta(ahead + 7)]

    def _window(self, day: date) -> tuple[datetime, datetime]:
        start, end = HOURS_OF[self.part] if self.part else (0, 48 if self.day == "weekend" else 24)
        if self.part and self.day == "weekend":
            end += 24
        low, high = _instant(day, start), _instant(day, end)
        if self.clock is not None:
            clock = datetime.combine(day, self.clock, SWEDEN)
            low, high = (clock, max(high, _instant(day, 24))) if self.relation == "after" else (low, clock)
        return low, high


def read_clock(raw: str) -> str:
    """The text with clock times as one word: "kl 14.30" becomes "kl 14h30"."""
    return _WRITTEN_CLOCK.sub(r"\1h\2", raw)


def read_when(words: Sequence[str]) -> When | None:
    """What the words begin by saying of time; None when they do not begin so."""
    for length in range(min(LONGEST, len(words)), 0, -1):
        found = _phrases().get(tuple(words[:length]))
        if found is not None:
            return replace(found, words=tuple(words[:length]))
    return _clock(words)


def _clock(words: Sequence[str]) -> When | None:
    """A clock time. A bare number is a street's or a name's; it takes "kl", "efter", minutes or am and pm."""
    match = _CLOCK.match(" ".join(words[:LONGEST]))
    if match is None:
        return None
    relation = _RELATIONS.get(match["relation"] or "", "at")
    is_told = match["clock"] or match["minute"] or match["half"] or match["relation"] in _SURE
    if not is_told:
        return None
    hour = int(match["hour"]) % 24
    if match["half"] == "pm" and hour < 12:
        hour += 12
    clock = time(hour, int(match["minute"] or 0))
    return When(clock=clock, relation=relation, words=tuple(match[0].split()))


@cache
def _phrases() -> dict[tuple[str, ...], When]:
    phrases: dict[tuple[str, ...], When] = {}
    for says, value, words in table("time_words"):
        for phrase in words.split("|"):
            phrases[tuple(phrase.split())] = _said(says, value)
    return phrases


def _said(says: str, value: str) -> When:
    if says == "now":
        return When(now=True)
    if says == "part":
        return When(part=value)
    return When(day=value, part="evening" if says == "tonight" else None)


def _instant(day: date, hours: int) -> datetime:
    return datetime.combine(day + timedelta(hours // 24), time(hours % 24), SWEDEN)
