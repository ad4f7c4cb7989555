"""What every shape is made of. A shape has the fields it names and no others, each always present."""

from typing import Any

from marshmallow import RAISE, Schema, fields


class Shape(Schema):
    """Base of every shape: a field that it does not name is a fault."""

    class Meta:
        """`additionalProperties: false` in the document."""

        unknown = RAISE


def string(description: str = "", **options: Any) -> fields.String:
    """A text that is always there."""
    return fields.String(required=True, metadata=_about(description, options))


def maybe(description: str = "", **options: Any) -> fields.String:
    """A text, or null when it is not known."""
    return fields.String(required=True, allow_none=True, metadata=_about(description, options))


def number(description: str = "", **options: Any) -> fields.Integer:
    """A whole number that is always there."""
    return fields.Integer(required=True, metadata=_about(description, options))


def maybe_number(description: str = "", **options: Any) -> fields.Integer:
    """A whole number, or null when it is not known."""
    return fields.Integer(required=True, allow_none=True, metadata=_about(description, options))


def decimal(description: str = "", **options: Any) -> fields.Float:
    """A number that is always there."""
    return fields.Float(required=True, metadata=_about(description, options))


def maybe_decimal(description: str = "", **options: Any) -> fields.Float:
    """A number, or null when it is not known."""
    return fields.Float(required=True, allow_none=True, metadata=_about(description, options))


def moment(description: str = "") -> fields.DateTime:
    """RFC 3339 in UTC."""
    return fields.DateTime(required=True, metadata=_about(description, {}))


def maybe_moment(description: str = "") -> fields.DateTime:
    """RFC 3339 in UTC, or null."""
    return fields.DateTime(required=True, allow_none=True, metadata=_about(description, {}))


def part(shape: type[Schema], description: str = "", *, null: bool = False) -> fields.Nested:
    """Another shape inside this one."""
    return fields.Nested(shape, required=True, allow_none=null, metadata=_about(description, {}))


def parts(shape: type[Schema], description: str = "") -> fields.List[Any]:
    """A list of another shape, empty when there is nothing."""
    return fields.List(fields.Nested(shape), required=True, metadata=_about(description, {}))


def strings(description: str = "") -> fields.List[Any]:
    """A list of texts."""
    return fields.List(fields.String(), required=True, metadata=_about(description, {}))


def by_key(values: Any, description: str) -> fields.Dict:
    """A value per key; keys with nothing are left out."""
    return fields.Dict(
        keys=fields.String(), values=values, required=True, metadata={"description": description}
    )


def _about(description: str, options: dict[str, Any]) -> dict[str, Any]:
    return {"description": description, **options} if description else options


class CodedSchema(Shape):
    """A code and its label in the language of the answer."""

    code = string(example="1502")
    display = string(example="Vårdcentral (allmänmedicin)")


class BothLanguagesSchema(Shape):
    """A label in Swedish and in English."""

    sv = string()
    en = string()


class SourceSchema(Shape):
    """Who said so."""

    key = maybe(example="hsa")
    name = maybe()
