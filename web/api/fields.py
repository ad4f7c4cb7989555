"""Argument fields of our own: positions, moments, numbers, each with a refusal that says how to mend it."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any

from marshmallow import ValidationError, fields

from core import clock
from core.clock import SWEDEN

_YEARS = range(1900, 2201)
_DEGREES = r"[+-]?[0-9]{1,3}(\.[0-9]{1,20})?"
NEAR_PATTERN = rf"^\s*{_DEGREES}\s*,\s*{_DEGREES}\s*$"
BOX_PATTERN = rf"^\s*{_DEGREES}(\s*,\s*{_DEGREES}){{3}}\s*$"
_DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_MOMENT = re.compile(_DATE + r"[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?([Zz]|[+-][0-9]{2}:[0-9]{2})")


class Whole(fields.Integer):
    """A whole number written with plain digits: no `1_000`, no exponent, no other script's digits."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> int:
        if not re.fullmatch(r"[+-]?[0-9]{1,18}", str(value)):
            raise ValidationError("Give a whole number.")
        return super()._deserialize(value, attr, data, **kwargs)


class Near(fields.Field[tuple[float, float]]):
    """`lat,lon` in decimal degrees, WGS 84."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> tuple[float, float]:
        if not re.match(NEAR_PATTERN, str(value), re.ASCII):
            raise ValidationError("Give latitude and longitude with a comma between, such as 59.33,18.06.")
        lat, lon = (float(part) for part in str(value).split(","))
        if not (-90 <= lat <= 90 and -180 <= lon <= 180):
            raise ValidationError("Latitude is from -90 to 90 and longitude from -180 to 180.")
        return lat, lon


class BoundingBox(fields.Field[tuple[float, float, float, float]]):
    """`minLon,minLat,maxLon,maxLat` in decimal degrees, as in GeoJSON."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> tuple[float, float, float, float]:
        if not re.match(BOX_PATTERN, str(value), re.ASCII):
            raise ValidationError("Give four numbers: west,south,east,north in degrees.")
        west, south, east, north = (float(part) for part in str(value).split(","))
        if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
            raise ValidationError("West must not exceed east, nor south exceed north.")
        return west, south, east, north


class Moment(fields.Field[datetime]):
    """An RFC 3339 instant with an offset; `now` where `accepts_now`; a date where `accepts_date`.

    A date means the end of that day in Sweden: what was known when the day was over.
    """

    def __init__(self, *, accepts_now: bool = False, accepts_date: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.accepts_now = accepts_now
        self.accepts_date = accepts_date

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> datetime:
        words = str(value)
        if self.accepts_now and words == "now":
            return clock.now()
        try:
            moment = self._read(words)
        except (ValueError, OverflowError):
            raise ValidationError(self._help()) from None
        if moment.year not in _YEARS:
            raise ValidationError(self._help())
        return moment.astimezone(UTC)

    def _read(self, words: str) -> datetime:
        if self.accepts_date and re.fullmatch(_DATE, words):
            return datetime.combine(date.fromisoformat(words), time.max, tzinfo=SWEDEN)
        # A plus sign that was not encoded arrives as a space.
        words = re.sub(r" ([0-9]{2}:[0-9]{2})$", r"+\1", words)
        if not _MOMENT.fullmatch(words):
            raise ValueError(words)
        return datetime.fromisoformat(words.upper())

    def _help(self) -> str:
        also = (" or now" if self.accepts_now else "") + (" or a date" if self.accepts_date else "")
        return f"Give an RFC 3339 moment with offset, such as 2026-11-20T08:00:00Z{also}."
