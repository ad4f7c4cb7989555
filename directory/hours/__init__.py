"""Hours of a unit: open at T, opens next, closes at, in Sweden and across daylight-saving changes.

Pure: no database, no clock, no request. docs/hours.md tells the rules and where they come from.
"""

from directory.hours.codec import decode, encode
from directory.hours.day import DayHours, hours_on
from directory.hours.errors import InvalidHours
from directory.hours.evaluate import (
    DayView,
    OpenInterval,
    Status,
    closes_at,
    intervals_between,
    is_open,
    opens_next,
    status,
    week_view,
)
from directory.hours.format import format_clock, format_hours
from directory.hours.model import (
    DatedException,
    HolidayRule,
    Interval,
    Schedule,
    WeeklyInterval,
    closed_until_further_notice,
)
from directory.hours.parse import HoursProblem, Parsed, parse_hsa
from directory.hours.state import State, is_open_now
from directory.hours.text import parse_text

__all__ = [
    "DatedException",
    "DayHours",
    "DayView",
    "HolidayRule",
    "HoursProblem",
    "Interval",
    "InvalidHours",
    "OpenInterval",
    "Parsed",
    "Schedule",
    "State",
    "Status",
    "WeeklyInterval",
    "closed_until_further_notice",
    "closes_at",
    "decode",
    "encode",
    "format_clock",
    "format_hours",
    "hours_on",
    "intervals_between",
    "is_open",
    "is_open_now",
    "opens_next",
    "parse_hsa",
    "parse_text",
    "status",
    "week_view",
]
