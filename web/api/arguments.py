"""What the API may be asked, and how the parameters of a search become a `SearchRequest`."""

import re
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, post_load, pre_load, validate

from directory.search.types import SearchRequest
from web.api.fields import BOX_PATTERN, NEAR_PATTERN, BoundingBox, Moment, Near, Whole

MAX_LIMIT = 200
MAX_PAGE = 5_000
MAX_VALUES = 50
_SORT = r"^(relevance|distance|name|queue|quality:[A-Za-z0-9._-]{1,64})$"
_NEVER = re.compile("[\\x00-\\x1f\\x7f\\ufffd]")
_CODE = r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$"


def plain(value: str) -> None:
    """Refuse characters that no text has: controls, and what stands for bytes that are not UTF-8."""
    if _NEVER.search(value):
        raise ValidationError("Leave out control characters, and encode the text in UTF-8.")


def _values(description: str, example: str, check: Any = None, **options: Any) -> fields.List[Any]:
    return fields.List(
        fields.String(validate=check or validate.Regexp(_CODE, error="A code has letters and digits only.")),
        load_default=[],
        validate=validate.Length(max=MAX_VALUES),
        metadata={"description": f"{description} Repeat it for any of several.", "example": [example]},
        **options,
    )


def _text(description: str, example: str, most: int) -> fields.String:
    return fields.String(
        load_default="",
        validate=[validate.Length(max=most), plain],
        metadata={"description": description, "example": example},
    )


def _limit(default: int = 20, most: int = MAX_LIMIT) -> Whole:
    return Whole(
        load_default=default,
        validate=validate.Range(min=1, max=most),
        metadata={"description": "How many, at most.", "example": default},
    )


def _page() -> Whole:
    return Whole(
        load_default=1,
        validate=validate.Range(min=1, max=MAX_PAGE),
        metadata={"description": "Which page, from 1. One past the last is empty.", "example": 1},
    )


def _as_of(description: str) -> Moment:
    return Moment(
        accepts_date=True,
        data_key="asOf",
        metadata={
            "type": "string",
            "description": f"{description} RFC 3339, or a date for the end of that day in Sweden.",
            "example": "2026-11-20T08:00:00Z",
        },
    )


class Arguments(Schema):
    """Query parameters: unknown ones are refused, and so is a repeated one that may have one value only."""

    class Meta:
        """Unknown parameters are errors."""

        unknown = RAISE

    @pre_load
    def given_once(self, data: Any, **_: object) -> Any:
        """Two values where one is meant contradict each other, and either choice would be a guess."""
        several = {
            key: ["Give it once."]
            for key, field in self.load_fields.items()
            if not isinstance(field, fields.List) and len(data.getlist(field.data_key or key)) > 1
        }
        if several:
            raise ValidationError({self.fields[key].data_key or key: told for key, told in several.items()})
        return data


class NoArguments(Arguments):
    """No parameters at all."""


class SearchArguments(Arguments):
    """Parameters of the search."""

    q = _text("Words in any order, as people write them: name, service, place.", "bvc uppsala", 300)
    near = Near(
        metadata={
            "type": "string",
            "pattern": NEAR_PATTERN,
            "description": "`lat,lon` in WGS 84: distances are from here.",
            "example": "59.8586,17.6389",
        }
    )
    radius = Whole(
        validate=validate.Range(min=1, max=2_000_000),
        metadata={"description": "Metres from `near` or `place`.", "example": 5000},
    )
    place = fields.String(
        validate=[validate.Length(min=1, max=100), plain],
        metadata={
            "description": "Name of a region, municipality or locality, or a postal code.",
            "example": "Uppsala",
        },
    )
    bbox = BoundingBox(
        metadata={
            "type": "string",
            "pattern": BOX_PATTERN,
            "description": "`west,south,east,north` in degrees.",
            "example": "17.5,59.8,17.8,59.9",
        }
    )
    municipality = _values("Municipality code, four digits.", "0380")
    region = _values("Region code, two digits.", "03")
    service = _values("Care service (code system `care-service`).", "1502")
    profession = _values("Profession at the unit (code system `profession`).", "LK")
    listing = _values("Whether one can list.", "open", validate.OneOf(("open", "queue", "closed")))
    open_at = Moment(
        accepts_now=True,
        data_key="openAt",
        metadata={
            "type": "string",
            "description": "Open at this moment (RFC 3339) or `now`. Units without known hours are no hits.",
            "example": "now",
        },
    )
    language = _values("Language spoken (code system `language`).", "fin")
    ownership = _values("Ownership (code system `ownership`).", "1")
    unit_type = _values("Unit type (code system `unit-type`).", "02", data_key="unitType")
    as_of = _as_of("Search the directory as it stood at this moment.")
    sort = fields.String(
        load_default="relevance",
        validate=validate.Regexp(
            _SORT, error="Choose relevance, distance, name, queue or quality:<indicator>."
        ),
        metadata={"description": "Order of the hits.", "example": "distance"},
    )
    explain = fields.Boolean(
        load_default=False,
        truthy={"1"},
        falsy={"0"},
        error_messages={"invalid": "Give 1 or 0."},
        metadata={
            "type": "string",
            "enum": ["0", "1"],
            "default": "0",
            "description": "1: every hit says what its rank is made of (JSON and GeoJSON only).",
            "example": "1",
        },
    )
    limit = _limit()
    page = _page()

    @post_load
    def request(self, data: dict[str, Any], **_: object) -> SearchRequest:
        """Lists become tuples, so that a request can be a key."""
        values: Any = {
            name: tuple(value) if isinstance(value, list) else value for name, value in data.items()
        }
        return SearchRequest(**values)


class AsOfArguments(Arguments):
    """A past moment, for one unit."""

    as_of = _as_of("The unit as the directory knew it at this moment.")


class PageArguments(Arguments):
    """One page of a list."""

    limit = _limit()
    page = _page()


class SuggestionArguments(Arguments):
    """What has been typed so far."""

    q = _text("What has been typed so far.", "vårdc", 100)
    limit = _limit(5, 20)
