"""Suggestions while one types."""

from collections.abc import Mapping
from typing import Any

from flask import Response

from directory.search.reference import SERVICE
from directory.search.suggest import suggest
from directory.views import Label
from web.api import responses
from web.api.arguments import SuggestionArguments
from web.api.blueprint import ApiBlueprint
from web.api.language import language
from web.api.schemas import SuggestionsSchema
from web.read_model import current_model

blueprint = ApiBlueprint("suggestions", "suggestions", description="Suggestions")


@blueprint.public_get(
    "/suggestions", SuggestionArguments, SuggestionsSchema, operation="listSuggestions", labelled=True
)
def list_suggestions(arguments: dict[str, Any]) -> Response:
    """What the words so far may become. Services, places and units, each with at least one hit.

    The last words are completed, and corrected when hardly anything begins so; the words before them stay.
    """
    model = current_model()
    found = suggest(model, arguments["q"], arguments["limit"])
    label = model.label if language() == "en" else model.reference.label
    groups = [
        {"group": part["group"], "items": [_item(part["group"], each, label) for each in part["items"]]}
        for part in found
    ]
    return responses.json({"groups": groups}, labelled=True)


def _item(group: str, item: Mapping[str, str | None], label: Label) -> dict[str, Any]:
    value = item["value"] or ""
    return {
        "label": label(SERVICE, value) if group == "services" else item["label"],
        "value": value,
        "detail": item.get("detail"),
        "kind": item.get("kind"),
        "words": item["words"],
    }
