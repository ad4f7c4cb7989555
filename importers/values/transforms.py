"""The transformations that a mapping file may name. Each takes text and gives text; empty drops the value."""

import re
from collections.abc import Callable, Mapping

from importers.values import dates
from importers.values.text import one_line, prose


def county_code(text: str) -> str:
    """`7`, `07` and `007` are all county 07 (Kronoberg): leading zeros vary, the number does not."""
    return text.lstrip("0").zfill(2) if text.isascii() and text.isdigit() and text.strip("0") else text


def without_zeros(text: str) -> str:
    """Nothing for a code of zeros only, which stands for unknown."""
    return text if text.strip("0 ") else ""


def digits(text: str) -> str:
    """The digits alone."""
    return re.sub(r"[^0-9]", "", text)


def before_comma(text: str) -> str:
    """What stands before the last comma: `Alepraktiken, Nödinge` is `Alepraktiken`."""
    return text.rpartition(",")[0].strip() or text


def title_case(text: str) -> str:
    """`STOCKHOLM` as `Stockholm`; text that is not all capitals is left as it is."""
    return text.title() if text.isupper() else text


def last_day(text: str) -> str:
    """The last day of a period whose end is an instant (ISO); text that is no date is left as it is."""
    day, _ = dates.last_day(text)
    return day.isoformat() if day else text


TRANSFORMS: Mapping[str, Callable[[str], str]] = {
    "before-comma": before_comma,
    "county-code": county_code,
    "digits": digits,
    "last-day": last_day,
    "lower": str.lower,
    "one-line": one_line,
    "prose": prose,
    "title-case": title_case,
    "upper": str.upper,
    "without-zeros": without_zeros,
}
