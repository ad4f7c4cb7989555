"""From the Swedish clock on the wall to instants, across daylight-saving changes.

A time that the clock skips in spring counts as the moment of the change. Of a time that comes twice in
autumn, an opening takes the first and a closing the second, so that an interval is never cut in two.
Instants are whole seconds since 1970-01-01T00:00Z.
"""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from core.clock import SWEDEN
from directory.hours.model import DAY

_ONE_DAY = timedelta(days=1)


def instant(day: date, minute: int, *, closing: bool) -> int:
    """The instant when the clock shows `minute` minutes (0..2880) past midnight of `day`."""
    while minute >= DAY:
        day += _ONE_DAY
        minute -= DAY
    midnight, changes_after, shift = day_clock(day.toordinal())
    if not shift or minute < min(changes_after, changes_after + shift):
        return midnight + minute * 60
    if minute >= max(changes_after, changes_after + shift):
        return midnight + (minute - shift) * 60
    if shift > 0:
        return midnight + changes_after * 60
    return midnight + (minute - shift if closing else minute) * 60


@lru_cache(maxsize=4096)
def day_clock(ordinal: int) -> tuple[int, int, int]:
    """Of a date: the instant of its midnight, minutes from there to a change of the clock, and its size.

    The size is in minutes, positive when the clock is put forward, 0 when there is no change.
    """
    day = date.fromordinal(ordinal)
    midnight = _midnight(day)
    length = (_midnight(day + _ONE_DAY) - midnight) // 60
    if length == DAY:
        return midnight, 0, 0
    before = _offset(midnight)
    low, high = 0, length
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(midnight + middle * 60) == before:
            low = middle
        else:
            high = middle
    return midnight, high, DAY - length


def _midnight(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=SWEDEN).timestamp())


def _offset(seconds: int) -> timedelta | None:
    return datetime.fromtimestamp(seconds, SWEDEN).utcoffset()


def to_datetime(seconds: int) -> datetime:
    """An instant as an aware datetime in UTC."""
    return datetime.fromtimestamp(seconds, UTC)


def local_date(at: datetime) -> date:
    """The date in Sweden at the aware moment `at`."""
    if at.tzinfo is None:
        raise ValueError("hours are asked about at an aware moment")
    return at.astimezone(SWEDEN).date()
