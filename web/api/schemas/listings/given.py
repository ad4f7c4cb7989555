"""Fields of what is sent: strict about form, and silent about what was given, which may be of a person."""

from collections.abc import Mapping
from datetime import date
from typing import Any, get_args

from marshmallow import ValidationError, fields, validate

from codes.identifiers import InvalidIdentifier, PersonId, parse_person_id
from core import clock
from listing.policy.codes import ListingType
from web.api.arguments import plain

YEARS = range(1900, 2201)
LISTING_TYPES = get_args(ListingType)
HSA_EXAMPLE = "SE2321000131-E000000000901"
TEST_NUMBER = "191212121212"


class PersonNumber(fields.Field[PersonId]):
    """A personal identity, coordination or reserve number, with or without hyphen. Never in an address."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> PersonId:
        try:
            return parse_person_id(str(value), on=clock.today())
        except InvalidIdentifier as error:
            raise ValidationError(error.detail) from None


class Day(fields.Date):
    """A civil day of our time."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> Any:
        day: date = super()._deserialize(value, attr, data, **kwargs)
        if day.year not in YEARS:
            raise ValidationError("Give a day from 1900 to 2200.")
        return day


class Count(fields.Integer):
    """A whole number as JSON writes it: no text, no fraction, no truth value."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> Any:
        if type(value) is not int:
            raise ValidationError("Give a whole number.")
        return super()._deserialize(value, attr, data, **kwargs)


def person(description: str, **options: Any) -> PersonNumber:
    """Whose number; twelve digits, or ten with the century told by the age."""
    about = {"type": "string", "description": description, "example": TEST_NUMBER}
    return PersonNumber(metadata=about, **options)


def words(description: str, example: str, most: int = 200, **options: Any) -> fields.String:
    """A short text that says something."""
    return fields.String(
        validate=[validate.Length(min=1, max=most), plain, _said],
        metadata={"description": description, "example": example},
        **options,
    )


def day(description: str, example: str = "2027-01-01", **options: Any) -> Day:
    """A day."""
    return Day(metadata={"description": description, "example": example}, **options)


def choice(description: str, values: tuple[str, ...], **options: Any) -> fields.String:
    """One of some codes."""
    return fields.String(
        validate=validate.OneOf(values),
        metadata={"description": description, "example": values[0]},
        **options,
    )


def count(description: str, least: int, most: int, example: int, **options: Any) -> Count:
    """A number within limits."""
    return Count(
        validate=validate.Range(min=least, max=most),
        metadata={"description": description, "example": example},
        **options,
    )


def yes(description: str, **options: Any) -> fields.Boolean:
    """True or false, as JSON writes them."""
    return fields.Boolean(
        truthy={True},
        falsy={False},
        load_default=False,
        metadata={"description": description, "example": False},
        **options,
    )


def listing_type() -> fields.String:
    """Which register."""
    return choice(
        "Which register; a health centre unless another is named.",
        LISTING_TYPES,
        data_key="listingType",
        load_default=LISTING_TYPES[0],
    )


def _said(value: str) -> None:
    if not value.strip():
        raise ValidationError("Say something.")
