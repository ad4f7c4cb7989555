"""Dates and instants. Dates in files are Swedish local dates; instants become aware, in UTC."""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo

from core.clock import SWEDEN
from importers.issues import Trouble

Troubles = tuple[Trouble, ...]

_GENERALIZED = re.compile(
    r"(\d{4})(\d{2})(\d{2})(\d{2})(?:(\d{2})(?:(\d{2}))?)?(?:[.,]\d+)?(Z|[+-]\d{2}(?:\d{2})?)?", re.ASCII
)
_DATE = re.compile(r"(\d{4})[-./]?(\d{2})[-./]?(\d{2})", re.ASCII)
_DAY_FIRST = re.compile(r"(\d{1,2})[-./](\d{1,2})[-./](\d{4})", re.ASCII)


def generalized_time(text: str) -> tuple[datetime | None, Troubles]:
    """LDAP generalizedTime (RFC 4517) such as `20081112230000Z`; without a zone it is Swedish local time."""
    matched = _GENERALIZED.fullmatch(text.strip())
    if matched is None:
        return None, _unreadable("instant", "20081112230000Z")
    year, month, day, hour, minute, second = (int(part or 0) for part in matched.groups()[:6])
    try:
        zone = _zone(matched[7])
        return datetime(year, month, day, hour, minute, min(second, 59), tzinfo=zone).astimezone(UTC), ()
    except (ValueError, OverflowError):
        return None, _unreadable("instant", "20081112230000Z")


def instant(text: str) -> tuple[datetime | None, Troubles]:
    """A moment as generalizedTime, ISO 8601, or a plain date (its beginning in Sweden)."""
    text = text.strip()
    if not text:
        return None, ()
    found, _ = generalized_time(text)
    if found is not None:
        return found, ()
    day = _date(text)
    try:
        moment = datetime.combine(day, time.min, SWEDEN) if day else datetime.fromisoformat(text)
        aware = moment if moment.tzinfo else moment.replace(tzinfo=SWEDEN)
        return aware.astimezone(UTC), ()
    except (ValueError, OverflowError):
        return None, _unreadable("instant", "2025-05-31T12:00:00Z")


def local_date(text: str) -> tuple[date | None, Troubles]:
    """A Swedish date: `2025-05-31`, `20250531`, or an instant, which is first taken to Swedish time.

    HSA stores midnight in Sweden as GMT, so `20081112230000Z` is 13 November (HSA attribute table).
    """
    text = text.strip()
    if not text:
        return None, ()
    if (day := _date(text)) is not None:
        return day, ()
    if _DAY_FIRST.fullmatch(text):
        message = (
            "the date may be read in two ways; write it as 2025-05-31, or name date_format in a mapping file"
        )
        return None, (Trouble("date-ambiguous", message),)
    moment, _ = instant(text)
    if moment is None:
        return None, _unreadable("date", "2025-05-31")
    return moment.astimezone(SWEDEN).date(), ()


def last_day(text: str) -> tuple[date | None, Troubles]:
    """The last day of a period. An end given as midnight in Sweden closes the day before it."""
    day, troubles = local_date(text)
    moment, _ = generalized_time(text)
    if day is not None and moment is not None:
        local = moment.astimezone(SWEDEN)
        if (local.hour, local.minute, local.second) == (0, 0, 0) and day > date.min:
            return day - timedelta(days=1), troubles
    return day, troubles


def _date(text: str) -> date | None:
    matched = _DATE.fullmatch(text)
    if matched is None:
        return None
    try:
        return date(int(matched[1]), int(matched[2]), int(matched[3]))
    except ValueError:
        return None


def _zone(written: str | None) -> tzinfo:
    """The zone at the end of a generalizedTime: none means Swedish local time."""
    if written is None:
        return SWEDEN
    if written == "Z":
        return UTC
    offset = timedelta(hours=int(written[1:3]), minutes=int(written[3:5] or 0))
    return timezone(offset if written[0] == "+" else -offset)


def _unreadable(what: str, example: str) -> Troubles:
    return (Trouble(what, f"the {what} cannot be read; write it as {example}"),)
