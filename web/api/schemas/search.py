"""The shapes of a search: hits, facets, how the words were read, features, suggestions."""

from typing import get_args

from marshmallow import fields

from directory.search.relaxed import Code
from web.api.schemas.base import (
    Shape,
    maybe,
    maybe_moment,
    maybe_number,
    number,
    part,
    parts,
    string,
)
from web.api.schemas.explanation import ExplanationSchema
from web.api.schemas.units import PositionSchema, UnitSummarySchema


class HitPropertiesSchema(UnitSummarySchema):
    """What a hit says beside where it is."""

    distance = maybe_number("Metres, as the crow flies, from `near` or the place; null without either.")
    explanation = fields.Nested(ExplanationSchema, metadata={"description": "Only with `explain=1`."})


class HitSchema(HitPropertiesSchema):
    """One hit of a search."""

    position = part(PositionSchema, null=True)


class FacetValueSchema(Shape):
    """One value of a facet and how many hits it would leave."""

    value = string()
    label = string()
    count = number()


class FacetsSchema(Shape):
    """Values with hits, most first."""

    municipality = parts(FacetValueSchema)
    region = parts(FacetValueSchema)
    unitType = parts(FacetValueSchema)
    service = parts(FacetValueSchema)
    listing = parts(FacetValueSchema)
    language = parts(FacetValueSchema)
    ownership = parts(FacetValueSchema)
    profession = parts(FacetValueSchema)
    openAt = parts(FacetValueSchema, "The one value `now`: how many are open at the moment of the question.")


class ReadServiceSchema(Shape):
    """Words that were read as a service."""

    system = string(example="care-service")
    code = string()
    display = string()
    matched = string("The words.", example="bmm")


class OtherPlaceSchema(Shape):
    """Another place of the same name."""

    name = string()
    kind = string()
    code = maybe()


class ReadPlaceSchema(Shape):
    """Words that were read as a place."""

    name = string()
    kind = string(example="municipality")
    code = maybe()
    municipality = maybe("The municipality of a place that has no code itself.")
    alternatives = parts(OtherPlaceSchema)
    members = parts(OtherPlaceSchema)
    matched = string("The words.", example="gbg")


class ReadTimeSchema(Shape):
    """Words that were read as a time: a moment, or a window to be open in at some time."""

    openAt = maybe_moment()
    openFrom = maybe_moment()
    openTo = maybe_moment()
    matched = string("The words.", example="lördag")


class ReadAttributeSchema(Shape):
    """Words that were read as a filter: a facet and its values, any of them."""

    name = string("The facet.", example="language")
    values = fields.List(fields.String(), required=True, metadata={"description": "Any of these."})
    display = string("The values in words.", example="Arabiska")
    matched = string("The words.", example="pratar arabiska")


class GroupSchema(Shape):
    """A group of services."""

    system = string(example="care-service")
    code = string()
    display = string()


class WidenedSchema(Shape):
    """What a search gave up to find something: a code, its arguments, and the same as a text."""

    code = string("Never reworded.", enum=list(get_args(Code)))
    words = fields.List(fields.String(), required=True, metadata={"description": "Words set aside."})
    place = maybe("The place that was left.")
    metres = maybe_number("How far around the place was searched.")
    service = part(GroupSchema, "The group that the hits' services are of.", null=True)
    text = string("In the language of the answer.")


class InterpretationSchema(Shape):
    """How the words were read."""

    services = parts(ReadServiceSchema)
    place = part(ReadPlaceSchema, null=True)
    openAt = maybe_moment()
    time = part(ReadTimeSchema, null=True)
    attributes = parts(ReadAttributeSchema)
    text = string("The words that are neither.")
    widened = part(WidenedSchema, "What was given up to find something; null when nothing was.", null=True)


class SearchResultSchema(Shape):
    """One page of hits."""

    total = number()
    limit = number()
    page = number()
    interpretation = part(InterpretationSchema)
    facets = part(FacetsSchema)
    items = parts(HitSchema)


class PointSchema(Shape):
    """A GeoJSON point."""

    type = string(enum=["Point"])
    coordinates = fields.List(
        fields.Float(), required=True, metadata={"minItems": 2, "maxItems": 2, "description": "lon, lat"}
    )


class FeatureSchema(Shape):
    """One hit as a feature; its properties are those of a hit, save the position."""

    type = string(enum=["Feature"])
    id = string()
    geometry = part(PointSchema, "Null when the position is not known (RFC 7946, 3.2).", null=True)
    properties = part(HitPropertiesSchema)


class FeatureCollectionSchema(Shape):
    """One page of hits as GeoJSON."""

    type = string(enum=["FeatureCollection"])
    numberMatched = number()
    numberReturned = number()
    features = parts(FeatureSchema)


class SuggestionSchema(Shape):
    """One suggestion."""

    label = string(example="Barnhälsovård/BVC")
    value = string("A service's code, a place's name or a unit's HSA-id.")
    detail = maybe("The municipality or region of a unit or place; the word that led to a service.")
    kind = maybe("The kind of a place.")
    words = string("Words typed before, that go with the suggestion; empty for units.", example="psykolog")


class SuggestionGroupSchema(Shape):
    """Suggestions of one kind; a group without any is left out."""

    group = string(enum=["services", "places", "units"])
    items = parts(SuggestionSchema)


class SuggestionsSchema(Shape):
    """What the words so far may become; each leads to at least one hit."""

    groups = parts(SuggestionGroupSchema)
