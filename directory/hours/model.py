"""Hours as plain values: weekly intervals, dated exceptions, rules for holidays.

All times are minutes from local midnight in Sweden. An interval belongs to the day on which it opens; it
may run past midnight, so that Friday 22:00-02:00 is (1320, 1560), and 24:00 is 1440. Every value puts
itself into canonical order and form, so that schedules that mean the same are equal.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import pairwise
from typing import Literal

from directory.hours.errors import InvalidHours

DAY = 1440
"""Minutes of a day on the clock."""

DayKind = Literal["public-holiday", "eve"]
NOMINAL_YEAR = 2000
"""Year under which the dates of a yearly season are kept (from the year before when it passes new year)."""


@dataclass(frozen=True, order=True)
class Interval:
    """Open from `opens` (0..1439) until `closes` (`opens`+1 .. `opens`+1440), minutes from local midnight."""

    opens: int
    closes: int

    def __post_init__(self) -> None:
        _check_span(self.opens, self.closes)


@dataclass(frozen=True)
class WeeklyInterval:
    """One interval on a weekday (1 = Monday .. 7 = Sunday), perhaps in a season only.

    A season is counted by the day on which the interval opens; both dates are inclusive and either may be
    open. With `yearly` the season returns every year between the same two dates (it may pass new year);
    the years given then carry no meaning and are replaced by `NOMINAL_YEAR`.
    """

    weekday: int
    opens: int
    closes: int
    comment: str | None = None
    season_from: date | None = None
    season_to: date | None = None
    yearly: bool = False

    def __post_init__(self) -> None:
        if not 1 <= self.weekday <= 7:
            raise InvalidHours(f"weekday {self.weekday} is not 1 (Monday) to 7 (Sunday)")
        _check_span(self.opens, self.closes)
        object.__setattr__(self, "comment", tidy(self.comment))
        if self.yearly:
            first, last = _nominal_season(self.season_from, self.season_to)
            object.__setattr__(self, "season_from", first)
            object.__setattr__(self, "season_to", last)
        elif self.season_from and self.season_to and self.season_from > self.season_to:
            raise InvalidHours(f"the season ends {self.season_to} before it begins {self.season_from}")

    @cached_property
    def rank(self) -> int:
        """How specific: 2 dated season, 1 yearly season, 0 all the year."""
        if self.season_from is None and self.season_to is None:
            return 0
        return 1 if self.yearly else 2

    def in_season(self, day: date) -> bool:
        """Whether the interval applies to `day`, its weekday aside."""
        first, last = self.season_from, self.season_to
        if self.yearly and first is not None and last is not None:
            at = (day.month, day.day)
            start, end = (first.month, first.day), (last.month, last.day)
            return start <= at <= end if start <= end else at >= start or at <= end
        return (first is None or first <= day) and (last is None or day <= last)


@dataclass(frozen=True)
class DatedException:
    """Other hours on the dates `first`..`last`, both inclusive; no intervals means closed."""

    first: date
    last: date
    intervals: tuple[Interval, ...] = ()
    reason: str | None = None

    def __post_init__(self) -> None:
        if self.first > self.last:
            raise InvalidHours(f"the exception ends {self.last} before it begins {self.first}")
        object.__setattr__(self, "intervals", tuple(sorted(set(self.intervals))))
        object.__setattr__(self, "reason", tidy(self.reason))

    @property
    def closed(self) -> bool:
        """Whether the unit is shut on these dates."""
        return not self.intervals

    @property
    def days(self) -> int:
        """How many dates the exception covers."""
        return (self.last - self.first).days + 1

    def covers(self, day: date) -> bool:
        """Whether `day` is one of the dates."""
        return self.first <= day <= self.last


@dataclass(frozen=True)
class HolidayRule:
    """Hours on every public holiday, or on every eve; no intervals means closed."""

    on: DayKind
    intervals: tuple[Interval, ...] = ()

    def __post_init__(self) -> None:
        if self.on not in ("public-holiday", "eve"):
            raise InvalidHours(f"{self.on!r} is neither 'public-holiday' nor 'eve'")
        object.__setattr__(self, "intervals", tuple(sorted(set(self.intervals))))


@dataclass(frozen=True)
class Schedule:
    """The hours of one kind (opening, telephone ...) of one unit. An empty schedule means hours not known."""

    weekly: tuple[WeeklyInterval, ...] = ()
    exceptions: tuple[DatedException, ...] = ()
    holidays: tuple[HolidayRule, ...] = ()
    note: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "weekly", tuple(sorted(set(self.weekly), key=_weekly_order)))
        object.__setattr__(self, "exceptions", _unique(self.exceptions))
        object.__setattr__(self, "holidays", tuple(sorted(set(self.holidays), key=lambda rule: rule.on)))
        object.__setattr__(self, "note", tidy(self.note))
        if len({rule.on for rule in self.holidays}) < len(self.holidays):
            raise InvalidHours("there are two different rules for the same kind of holiday")

    @cached_property
    def by_weekday(self) -> tuple[tuple[WeeklyInterval, ...], ...]:
        """The weekly intervals of weekday n at index n, the most specific season first; index 0 is empty."""
        return tuple(
            tuple(sorted((i for i in self.weekly if i.weekday == weekday), key=lambda i: -i.rank))
            for weekday in range(8)
        )

    @cached_property
    def steady(self) -> tuple[tuple[tuple[int, int, str | None], ...] | None, ...]:
        """(opens, closes, comment) of weekday n at index n, where no season is involved; else nothing."""
        return tuple(
            None if any(i.rank for i in day) else tuple((i.opens, i.closes, i.comment) for i in day)
            for day in self.by_weekday
        )

    @cached_property
    def rule_for(self) -> dict[str, HolidayRule]:
        """The holiday rules by kind of day."""
        return {rule.on: rule for rule in self.holidays}

    @property
    def known(self) -> bool:
        """Whether the schedule says anything about when it is open; a note alone does not."""
        return bool(self.weekly or self.exceptions or self.holidays)


def closed_until_further_notice(reason: str | None = None) -> DatedException:
    """What "stängt" with no days means: shut, as opposed to hours not known."""
    return DatedException(date.min, date.max, (), reason)


def tidy(text: str | None) -> str | None:
    """One line without space around it; nothing rather than an empty text."""
    return " ".join(text.split()) or None if text else None


def _check_span(opens: int, closes: int) -> None:
    if not 0 <= opens < DAY:
        raise InvalidHours(f"opening minute {opens} is not within a day (0 to {DAY - 1})")
    if not opens < closes <= opens + DAY:
        raise InvalidHours(f"closing minute {closes} is not after {opens} by at most a day")


def _nominal_season(first: date | None, last: date | None) -> tuple[date, date]:
    if first is None or last is None:
        raise InvalidHours("a yearly season needs both its first and its last date")
    if first > last or (last.year, last.month, last.day) >= (first.year + 1, first.month, first.day):
        raise InvalidHours(f"a yearly season cannot run from {first} to {last}")
    if (first.month, first.day) <= (last.month, last.day):
        return first.replace(year=NOMINAL_YEAR), last.replace(year=NOMINAL_YEAR)
    # Past new year: one of the two years is a leap year, and it is the one that may need its 29 February.
    starts = NOMINAL_YEAR if (first.month, first.day) == (2, 29) else NOMINAL_YEAR - 1
    return first.replace(year=starts), last.replace(year=starts + 1)


def _weekly_order(interval: WeeklyInterval) -> tuple[object, ...]:
    return (
        interval.weekday,
        interval.opens,
        interval.closes,
        interval.rank,
        interval.season_from or date.min,
        interval.season_to or date.max,
        interval.comment or "",
    )


def _unique(exceptions: Iterable[DatedException]) -> tuple[DatedException, ...]:
    ordered = sorted(set(exceptions), key=lambda e: (e.first, e.last))
    for earlier, later in pairwise(ordered):
        if (earlier.first, earlier.last) == (later.first, later.last):
            raise InvalidHours(f"there are two different exceptions for {later.first} to {later.last}")
    return tuple(ordered)
