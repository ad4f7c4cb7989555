"""Why a hit stands where it does, as the API tells it to who asks with `explain=1`."""

from typing import Any

from directory.search import schema
from directory.search.types import Explanation, Hit, MetPart

_FIELDS = {
    schema.NAME: "name",
    schema.OTHER_NAME: "otherName",
    schema.LABEL: "label",
    schema.PLACE: "place",
    schema.TEXT: "text",
}


def explanation(hit: Hit) -> dict[str, Any]:
    """What a hit's item has besides; nothing when nobody asked."""
    return {"explanation": _told(hit.explanation)} if hit.explanation else {}


def _told(why: Explanation) -> dict[str, Any]:
    # The numbers are not rounded: they add up to the rank to the last digit.
    return {
        "rank": why.rank,
        "parts": [
            {
                "name": part.name,
                "value": part.value,
                "weight": part.weight,
                "contribution": part.contribution,
            }
            for part in why.parts
        ],
        "listing": why.listing,
        "complete": list(why.complete),
        "wholeName": why.whole_name,
        "question": [_met(part) for part in why.question],
    }


def _met(part: MetPart) -> dict[str, Any]:
    return {
        "matched": part.matched,
        "score": part.score,
        "by": part.by,
        "code": part.code,
        "how": part.how,
        "words": [
            {
                "word": word.word,
                "field": _FIELDS[word.field] if word.field else None,
                "form": word.form,
                "score": word.score,
            }
            for word in part.words
        ],
    }
