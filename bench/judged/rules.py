"""The rule language that says which units answer a query, and its evaluation over the loaded records.

A rule is alternatives of conditions: `a & b ; c` means (a and b) or c, with spaces around the signs.

    hsa=ID|ID            the unit's HSA-id
    name=TEXT            the present name, whole and regardless of case
    was=TEXT             a former or alternative name, whole
    names=TEXT           any of them, whole
    name~REGEX           the present name contains it; was~, names~ for the others, text~ for the unit's texts
    municipality=CODE|…  four digits; region=CODE two digits
    city=NAME|…          the town of an address, or the place
    postal=DIGITS|…      the visiting address' postal code begins so
    street~REGEX         the visiting address' street contains it
    activity=CODE|…      an HSA business classification code; type=CODE a unit type
    near=LAT,LON<KM      at most so many kilometres away, as the crow flies
    open=MOMENT          open at that local moment, or on that date at any time
    @NAME                a named rule
    none                 nothing: the query must find no unit

Rules are judged over records, never over what an engine finds, so the acceptable units are complete.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time, timedelta
from math import asin, cos, radians, sin, sqrt
from typing import Any
from zoneinfo import ZoneInfo

from directory.hours import decode, intervals_between, is_open

Record = Mapping[str, Any]
Test = Callable[[str, Record], bool]
"""(HSA-id, public record) -> whether the unit is acceptable."""

STOCKHOLM = ZoneInfo("Europe/Stockholm")
NONE = "none"
_CONDITION = re.compile(r"(?P<field>[a-z]+)(?P<sign>[=~])(?P<value>.+)")
_NEAR = re.compile(r"(?P<lat>-?[\d.]+),(?P<lon>-?[\d.]+)<(?P<km>[\d.]+)")


class RuleInvalid(ValueError):
    """A rule that does not follow the language."""


def compile_rule(text: str, meanings: Mapping[str, Test] | None = None) -> Test:
    """The test that a rule states. `meanings` are the rules that `@name` may refer to."""
    if text.strip() == NONE:
        return lambda hsa_id, record: False
    alternatives = [
        [_condition(condition.strip(), meanings or {}) for condition in alternative.split(" & ")]
        for alternative in text.split(" ; ")
    ]
    return lambda hsa_id, record: any(all(test(hsa_id, record) for test in tests) for tests in alternatives)


def compile_meanings(rows: Iterable[tuple[str, str]]) -> dict[str, Test]:
    """Named rules by name; each may use those before it."""
    meanings: dict[str, Test] = {}
    for name, rule in rows:
        if name in meanings:
            raise RuleInvalid(f"@{name} is defined twice")
        meanings[name] = compile_rule(rule, meanings)
    return meanings


def acceptable(rule: Test, records: Mapping[str, Record]) -> frozenset[str]:
    """The HSA-ids of all units that satisfy a rule."""
    return frozenset(hsa_id for hsa_id, record in records.items() if rule(hsa_id, record))


def distance_km(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Great-circle kilometres between two (lat, lon) in degrees; good to half a per cent."""
    lat1, lon1, lat2, lon2 = map(radians, (*a, *b))
    half = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 12_742 * asin(sqrt(half))


def position(record: Record) -> tuple[float, float] | None:
    """(lat, lon) of a record, if it has a position."""
    at = record.get("position")
    return (at["lat"], at["lon"]) if at else None


def _condition(text: str, meanings: Mapping[str, Test]) -> Test:
    if text.startswith("@"):
        if text[1:] not in meanings:
            raise RuleInvalid(f"there is no rule {text}")
        return meanings[text[1:]]
    parsed = _CONDITION.fullmatch(text)
    if parsed is None:
        raise RuleInvalid(f"not a condition: {text!r}")
    field, sign, value = parsed["field"], parsed["sign"], parsed["value"]
    if sign == "=" and field in _SPECIAL:
        return _SPECIAL[field](value)
    if sign == "=" and field in _VALUES:
        return _one_of(_VALUES[field], value, prefix=field == "postal")
    if sign == "~" and field in _TEXTS:
        return _contains(_TEXTS[field], value)
    raise RuleInvalid(f"{field}{sign} is not in the language: {text!r}")


Read = Callable[[Record], Iterable[str]]


def _one_of(read: Read, value: str, prefix: bool = False) -> Test:
    wanted = tuple(part.strip().casefold() for part in value.split("|"))
    if prefix:
        return lambda hsa_id, record: any(found.startswith(wanted) for found in read(record))
    return lambda hsa_id, record: any(found.casefold() in wanted for found in read(record))


def _contains(read: Read, value: str) -> Test:
    pattern = re.compile(value, re.IGNORECASE)
    return lambda hsa_id, record: any(pattern.search(found) for found in read(record))


def _hsa(value: str) -> Test:
    wanted = {part.strip().upper() for part in value.split("|")}
    return lambda hsa_id, record: hsa_id.upper() in wanted


def _near(value: str) -> Test:
    parsed = _NEAR.fullmatch(value)
    if parsed is None:
        raise RuleInvalid(f"near= takes lat,lon<km, not {value!r}")
    centre, km = (float(parsed["lat"]), float(parsed["lon"])), float(parsed["km"])

    def test(hsa_id: str, record: Record) -> bool:
        at = position(record)
        return at is not None and distance_km(centre, at) <= km

    return test


def _open(value: str) -> Test:
    if "T" in value:
        moment = datetime.fromisoformat(value).replace(tzinfo=STOCKHOLM)
        return lambda hsa_id, record: is_open(_opening(record), moment)
    start = datetime.combine(date.fromisoformat(value), time(), STOCKHOLM)
    end = start + timedelta(days=1)
    return lambda hsa_id, record: bool(list(intervals_between(_opening(record), start, end)))


def _opening(record: Record) -> Any:
    return decode(record.get("hours", {}).get("opening", {}))


def _present(record: Record) -> Iterable[str]:
    return (record.get("name", ""),)


def _other(record: Record) -> Iterable[str]:
    return (*record.get("alternative_names", ()), *record.get("former_names", ()))


def _names(record: Record) -> Iterable[str]:
    return (*_present(record), *_other(record))


def _visiting(part: str) -> Read:
    return lambda record: (record.get("addresses", {}).get("visiting", {}).get(part, ""),)


def _cities(record: Record) -> Iterable[str]:
    cities = [address.get("city", "") for address in record.get("addresses", {}).values()]
    return (*cities, record.get("place", ""))


_SPECIAL: dict[str, Callable[[str], Test]] = {"hsa": _hsa, "near": _near, "open": _open}
_VALUES: dict[str, Read] = {
    "name": _present,
    "was": _other,
    "names": _names,
    "municipality": lambda record: (record.get("municipality", ""),),
    "region": lambda record: (record.get("region", ""),),
    "city": _cities,
    "postal": _visiting("postal_code"),
    "activity": lambda record: record.get("activities", ()),
    "type": lambda record: record.get("unit_types", ()),
}
_TEXTS: dict[str, Read] = {
    "name": _present,
    "was": _other,
    "names": _names,
    "text": lambda record: record.get("texts", {}).values(),
    "street": _visiting("street"),
}
