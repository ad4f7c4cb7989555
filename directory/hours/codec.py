"""Hours as JSON values, the form they have in a unit's record.

    {"weekly": [{"weekday": 1, "opens": "08:00", "closes": "17:00", "comment": "drop-in",
                 "from": "2026-06-15", "to": "2026-08-16", "yearly": true}],
     "exceptions": [{"from": "2026-12-24", "to": "2026-12-24", "reason": "Julafton",
                     "intervals": [{"opens": "08:00", "closes": "12:00"}]}],
     "holidays": [{"on": "public-holiday", "intervals": []}],
     "note": "..."}

Times are `HH:MM`; past midnight the hours go on from 24, so that `opens` is always less than `closes`.
Empty `intervals` mean closed. Keys with nothing in them are left out, and lists are in the model's order,
so that equal schedules have equal forms.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, TypeVar

from directory.hours.errors import InvalidHours
from directory.hours.format import format_clock
from directory.hours.model import DatedException, HolidayRule, Interval, Schedule, WeeklyInterval

T = TypeVar("T")
_TIME = re.compile(r"([0-4]\d):([0-5]\d)")


def encode(schedule: Schedule) -> dict[str, Any]:
    """The JSON form of a schedule; `{}` when nothing is known."""
    return _filled(
        weekly=[_encode_weekly(interval) for interval in schedule.weekly],
        exceptions=[_encode_exception(exception) for exception in schedule.exceptions],
        holidays=[{"on": rule.on, "intervals": _intervals(rule.intervals)} for rule in schedule.holidays],
        note=schedule.note,
    )


def decode(value: Mapping[str, Any]) -> Schedule:
    """The schedule of a JSON form. Raises `InvalidHours`, with the place, for anything else."""
    _keys(value, {"weekly", "exceptions", "holidays", "note"}, "hours")
    return Schedule(
        weekly=_each(value, "weekly", "hours", _decode_weekly),
        exceptions=_each(value, "exceptions", "hours", _decode_exception),
        holidays=_each(value, "holidays", "hours", _decode_holiday),
        note=_text(value, "note", "hours"),
    )


def _encode_weekly(interval: WeeklyInterval) -> dict[str, Any]:
    return _filled(
        weekday=interval.weekday,
        opens=format_clock(interval.opens),
        closes=format_clock(interval.closes),
        comment=interval.comment,
        **{"from": _iso(interval.season_from), "to": _iso(interval.season_to)},
        yearly=interval.yearly,
    )


def _encode_exception(exception: DatedException) -> dict[str, Any]:
    form: dict[str, Any] = {"from": _iso(exception.first), "to": _iso(exception.last)}
    form["intervals"] = _intervals(exception.intervals)
    return form | _filled(reason=exception.reason)


def _intervals(intervals: tuple[Interval, ...]) -> list[dict[str, str]]:
    return [{"opens": format_clock(i.opens), "closes": format_clock(i.closes)} for i in intervals]


def _decode_weekly(value: Mapping[str, Any], at: str) -> WeeklyInterval:
    _keys(value, {"weekday", "opens", "closes", "comment", "from", "to", "yearly"}, at)
    weekday, yearly = value.get("weekday"), value.get("yearly") or False
    if not isinstance(weekday, int) or isinstance(weekday, bool) or not isinstance(yearly, bool):
        raise InvalidHours(f"{at}: `weekday` is a whole number from 1 to 7, `yearly` true or false")
    return WeeklyInterval(
        weekday,
        _minute(value, "opens", at),
        _minute(value, "closes", at),
        _text(value, "comment", at),
        _date(value, "from", at),
        _date(value, "to", at),
        yearly,
    )


def _decode_exception(value: Mapping[str, Any], at: str) -> DatedException:
    _keys(value, {"from", "to", "intervals", "reason"}, at)
    first = _date(value, "from", at)
    if first is None:
        raise InvalidHours(f"{at}: `from` is missing")
    intervals = _each(value, "intervals", at, _decode_interval)
    return DatedException(first, _date(value, "to", at) or first, intervals, _text(value, "reason", at))


def _decode_holiday(value: Mapping[str, Any], at: str) -> HolidayRule:
    _keys(value, {"on", "intervals"}, at)
    return HolidayRule(value.get("on"), _each(value, "intervals", at, _decode_interval))  # type: ignore[arg-type]


def _decode_interval(value: Mapping[str, Any], at: str) -> Interval:
    _keys(value, {"opens", "closes"}, at)
    return Interval(_minute(value, "opens", at), _minute(value, "closes", at))


def _each(
    value: Mapping[str, Any], key: str, at: str, read: Callable[[Mapping[str, Any], str], T]
) -> tuple[T, ...]:
    items = [] if value.get(key) is None else value[key]
    if not isinstance(items, list):
        raise InvalidHours(f"{at}: `{key}` is a list")
    return tuple(_located(item, f"{at}.{key}[{number}]", read) for number, item in enumerate(items))


def _located(item: Any, at: str, read: Callable[[Mapping[str, Any], str], T]) -> T:
    try:
        return read(item, at)
    except InvalidHours as invalid:
        detail = invalid.detail if invalid.detail.startswith("hours") else f"{at}: {invalid.detail}"
        raise InvalidHours(detail) from None


def _keys(value: object, allowed: set[str], at: str) -> None:
    if not isinstance(value, Mapping):
        raise InvalidHours(f"{at}: an object was expected")
    unknown = sorted(str(key) for key in value if key not in allowed)
    if unknown:
        raise InvalidHours(f"{at}: unknown key {unknown[0]!r}")


def _minute(value: Mapping[str, Any], key: str, at: str) -> int:
    text = value.get(key)
    found = _TIME.fullmatch(text) if isinstance(text, str) else None
    if not found:
        raise InvalidHours(f"{at}: `{key}` is a time HH:MM, not {text!r}")
    return int(found[1]) * 60 + int(found[2])


def _date(value: Mapping[str, Any], key: str, at: str) -> date | None:
    text = value.get(key)
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except (TypeError, ValueError):
        raise InvalidHours(f"{at}: `{key}` is a date YYYY-MM-DD, not {text!r}") from None


def _text(value: Mapping[str, Any], key: str, at: str) -> str | None:
    text = value.get(key)
    if text is not None and not isinstance(text, str):
        raise InvalidHours(f"{at}: `{key}` is a text")
    return text


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _filled(**values: Any) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value not in (None, False, [])}
