"""The shapes of a unit's history."""

from marshmallow import fields

from web.api.schemas.base import Shape, SourceSchema, maybe_number, moment, number, part, parts, string


class ChangeSchema(Shape):
    """One field from one value to another. The first change of a unit is its `status`, from nothing."""

    changedAt = moment()
    field = string("The field, with its part where it has parts.", example="contacts.phone")
    label = string("What the field is called, in the language of the answer.")
    old = fields.Raw(required=True, allow_none=True)
    new = fields.Raw(required=True, allow_none=True)
    source = part(SourceSchema, "On whose word.")
    importRun = maybe_number("The import that brought it; null for a change by hand.")


class ChangesSchema(Shape):
    """One page of a unit's history, newest first."""

    total = number()
    limit = number()
    page = number()
    items = parts(ChangeSchema)
