"""When units are open: equal schedules held once, and each date's opening as arrays of instants."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from core.problems import Invalid
from directory.hours import Schedule, State, decode, intervals_between, status
from directory.hours.evaluate import YEARS
from directory.hours.instants import day_clock, local_date, to_datetime
from directory.search.held.fragments import opening

KEPT_DAYS = 40
"""Dates whose openings are kept at a time, in a process."""

LONGEST_WINDOW = 7
"""Days that a window of opening may span."""

At = tuple[State, datetime | None, datetime | None]
"""How it stands, when it opens next, when it closes."""

UNKNOWN: tuple[At, bytes] = ("unknown", None, None), opening("unknown", None, None)


class Day:
    """The openings of one Swedish date: parallel arrays of schedule, from, until (seconds since 1970)."""

    def __init__(self, day: date) -> None:
        self.start, self.end = day_clock(day.toordinal())[0], day_clock(day.toordinal() + 1)[0]
        self.schedules = np.empty(0, np.int32)
        self.opens = np.empty(0, np.int64)
        self.closes = np.empty(0, np.int64)
        self.count = 0
        self.told: dict[int, list[tuple[int, int, At, bytes]]] = {}
        """Schedule -> (from, until, how it stands, that as JSON), for as much of the day as was asked for."""

    def with_all(self, schedules: "list[Schedule]") -> "Day":
        """This day with the schedules that it lacks."""
        count = len(schedules)
        if count == self.count:
            return self
        rows = [
            (number, int(stretch.start.timestamp()), int(stretch.end.timestamp()))
            for number in range(self.count, count)
            for stretch in intervals_between(
                schedules[number], to_datetime(self.start), to_datetime(self.end)
            )
        ]
        fresh = np.array(rows, np.int64).reshape(-1, 3)
        grown = object.__new__(Day)
        grown.start, grown.end, grown.count, grown.told = self.start, self.end, count, self.told
        grown.schedules = np.concatenate((self.schedules, fresh[:, 0].astype(np.int32)))
        grown.opens = np.concatenate((self.opens, fresh[:, 1]))
        grown.closes = np.concatenate((self.closes, fresh[:, 2]))
        return grown

    def open_at(self, now: int) -> NDArray[np.bool_]:
        """For each schedule whether it is open."""
        found = np.zeros(self.count, np.bool_)
        found[self.schedules[(self.opens <= now) & (now < self.closes)]] = True
        return found

    def open_between(self, start: int, end: int) -> NDArray[np.bool_]:
        """For each schedule whether it is open on this date at some time in [start, end)."""
        found = np.zeros(self.count, np.bool_)
        found[self.schedules[(self.opens < end) & (start < self.closes)]] = True
        return found


class Opening:
    """All schedules, numbered as they come. Numbers never change, so states of the directory share this."""

    def __init__(self) -> None:
        self._schedules: list[Schedule] = [Schedule()]
        self._numbers: dict[bytes, int] = {orjson.dumps({}): 0}
        self._days: dict[date, Day] = {}
        self._asked: tuple[datetime | None, Day, int] = (None, Day(date(2000, 1, 1)), 0)

    def number(self, hours: Mapping[str, Any]) -> int:
        """The number of the schedule with this JSON form; 0 for hours that are not known."""
        key = orjson.dumps(hours)
        number = self._numbers.get(key)
        if number is None:
            self._schedules.append(decode(hours))
            number = self._numbers[key] = len(self._schedules) - 1
        return number

    def __len__(self) -> int:
        return len(self._schedules)

    def open_at(self, moment: datetime) -> NDArray[np.bool_]:
        """For each schedule number whether it is open. Raises `Invalid` for a year without a calendar."""
        today = local_date(moment)
        if today.year not in YEARS:
            raise Invalid(f"no hours are known for the year {today.year}")
        return self.day(today).open_at(int(moment.timestamp() // 1))

    def open_between(self, start: datetime, end: datetime) -> NDArray[np.bool_]:
        """For each schedule number whether it is open at some time in [start, end), a week at the most."""
        first, last = local_date(start), local_date(end)
        if not {first.year, last.year} <= set(YEARS):
            raise Invalid(f"no hours are known for the year {last.year}")
        days = range(min((last - first).days, LONGEST_WINDOW) + 1)
        begins, ends = int(start.timestamp()), int(end.timestamp())
        return np.logical_or.reduce(
            [self.day(first + timedelta(days=n)).open_between(begins, ends) for n in days]
        )

    def status(self, number: int, moment: datetime) -> At:
        """How one schedule stands at a moment, as `directory.hours.status` says."""
        return self._told(number, moment)[0]

    def json(self, number: int, moment: datetime) -> bytes:
        """The same as the last keys of a JSON object."""
        return self._told(number, moment)[1]

    def _told(self, number: int, moment: datetime) -> tuple[At, bytes]:
        if number == 0:
            return UNKNOWN
        asked, day, now = self._asked
        if asked is not moment:  # else another hit of the same answer
            day, now = self.day(local_date(moment)), int(moment.timestamp() // 1)
            self._asked = moment, day, now
        told = day.told.get(number)
        if told is None:
            told = day.told.setdefault(number, [])
        for first, end, at, json in told:
            if first <= now < end:
                return at, json
        first, end, at = self._stands(number, now, day)
        told.append((first, end, at, opening(*at)))
        return told[-1][2:]

    def day(self, day: date) -> Day:
        """The openings of a date, worked out when first asked for."""
        kept = self._days.get(day)
        if kept is None:
            while len(self._days) >= KEPT_DAYS:
                self._days.pop(next(iter(self._days)), None)
            kept = Day(day)
        found = self._days[day] = kept.with_all(self._schedules)
        return found

    def prepare(self, today: date, days: int) -> None:
        """Work out the openings of the next dates beforehand."""
        for offset in range(days):
            self.day(today + timedelta(days=offset))

    def _stands(self, number: int, now: int, day: Day) -> tuple[int, int, At]:
        """How it stands, and from when until when on this date it goes on standing so.

        What is open stays so until it closes, what is closed until it opens. Without such a moment to tell
        (it is weeks away) the answer holds for the day if it is the same in its last minute.
        """
        at = self._ask(number, now)
        ends = at[2] if at[0] == "open" else at[1]
        if ends is not None:
            return now, min(int(ends.timestamp()), day.end), at
        return now, day.end if self._ask(number, day.end - 60) == at else now + 1, at

    def _ask(self, number: int, now: int) -> At:
        found = status(self._schedules[number], to_datetime(now))
        return found.state, found.opens_at, found.closes_at
