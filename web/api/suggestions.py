"""Suggestions while one types."""

from collections.abc import Mapping
from typing import Any

from flask import Response

from directory.search.engine import index_at
from directory.search.reference import SERVICE, reference
from directory.search.suggest import suggest
from directory.views import Label
from web.api import responses
from web.api.arguments import SuggestionArguments
from web.api.blueprint import ApiBlueprint
from web.api.language import label_in
from web.api.schemas import SuggestionsSchema
from web.unit_of_work import current_settings, read_session

blueprint = ApiBlueprint("suggestions", "suggestions", description="Suggestions")


@blueprint.public_get(
    "/suggestions", SuggestionArguments, SuggestionsSchema, operation="listSuggestions", labelled=True
)
def list_suggestions(arguments: dict[str, Any]) -> Response:
    """What the words so far may become. Services, places and units, each with at least one hit."""
    session = read_session()
    index = index_at(current_settings().index_dir)
    found = suggest(session, arguments["q"], arguments["limit"], index=index)
    label = label_in(session, reference(session))
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
    }
