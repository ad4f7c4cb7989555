"""The shapes of code systems. Labels are given in both languages."""

from marshmallow import fields

from web.api.schemas.base import BothLanguagesSchema, Shape, maybe, moment, number, part, parts, string


class CodeSystemSchema(Shape):
    """A code system with its current version."""

    key = string(example="care-service")
    uri = string()
    oid = maybe()
    name = part(BothLanguagesSchema)
    provisional = fields.Boolean(
        required=True, metadata={"description": "Our own list, until a national one is published."}
    )
    version = string()
    vintage = string()
    source = string()
    licence = string()
    loadedAt = moment()
    concepts = number("How many codes are in use.")


class CodeSystemListSchema(Shape):
    """Every code system."""

    total = number()
    items = parts(CodeSystemSchema)


class ConceptSchema(Shape):
    """One code."""

    code = string()
    display = part(BothLanguagesSchema)
    description = maybe()
    parent = maybe("The code that it is a kind of.")
    properties = fields.Dict(required=True, metadata={"description": "What the system itself says of it."})
    retired = fields.Boolean(required=True)


class ConceptListSchema(Shape):
    """One page of the codes of a system."""

    total = number()
    limit = number()
    page = number()
    items = parts(ConceptSchema)


class TermSchema(Shape):
    """A word that people use for the concept."""

    text = string()
    language = string()
    kind = string()


class MapSchema(Shape):
    """A related code of another system; it is `relationship` in respect of this one."""

    system = string()
    code = string()
    display = part(BothLanguagesSchema)
    relationship = string(enum=["equivalent", "broader", "narrower", "related"])


class ConceptDetailSchema(ConceptSchema):
    """One code with its words and its relations to other systems."""

    terms = parts(TermSchema)
    maps = parts(MapSchema)
