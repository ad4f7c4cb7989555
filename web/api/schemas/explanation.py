"""The shapes of what a hit's rank is made of."""

from marshmallow import fields

from web.api.schemas.base import Shape, decimal, maybe, maybe_decimal, parts, string, strings


class RankPartSchema(Shape):
    """One part of a rank: `contribution` is `value` times `weight`."""

    name = string(enum=["text", "distance", "listing", "record"])
    value = maybe_decimal("How much there is of it; null when the question does not ask or nobody knows.")
    weight = decimal("How much it counts: a setting of the installation.")
    contribution = decimal()


class MetWordSchema(Shape):
    """One word of the question as the unit has it; field and form are null when it does not."""

    word = string()
    field = maybe("Where.", enum=["name", "otherName", "label", "place", "text", None])
    form = maybe("As what.", enum=["word", "stem", "fold", "part", "beginning", "compound", "misspelt", None])
    score = decimal("The weight of the field times that of the form.")


class MetPartSchema(Shape):
    """Words of the question that belong together, and how the unit meets them."""

    matched = string("The words.", example="bmm")
    score = decimal("0 when the unit does not meet them.")
    by = maybe("By what it meets them.", enum=["hsa-id", "service", "place", "words", None])
    code = maybe("The service, place or unit.", example="care-service:1505")
    how = maybe(
        "How the unit states the service.",
        enum=["coded", "named", "partly-named", "told", "partly-told", "often", None],
    )
    words = parts(MetWordSchema)


class ExplanationSchema(Shape):
    """Why a hit stands where it does when hits are sorted by relevance."""

    rank = decimal("The sum of the contributions; the highest is first.")
    listing = string("What is known of listing there.", enum=["open", "queue", "closed", "unknown"])
    complete = strings("What the published record has: `position`, `hours`, `phone`, `services`, `recent`.")
    wholeName = fields.Boolean(
        required=True, metadata={"description": "The words are the whole of a name: 1 more in the text."}
    )
    question = parts(MetPartSchema, "The parts that the words were read as.")
    parts = parts(RankPartSchema, "To be added in this order.")
