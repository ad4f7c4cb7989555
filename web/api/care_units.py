"""Care units: search, card and history."""

from datetime import datetime
from typing import Any

from flask import Response

from core import clock
from core.problems import NotFound
from directory import queries
from directory.hours import codec, is_open_now
from directory.hours.evaluate import status
from directory.queries import UnitSnapshot
from directory.record import LABELS
from directory.search.reference import reference
from directory.search.types import SearchRequest
from directory.views import card_view, change_path, change_view, instant
from web.api import hits, responses
from web.api.arguments import AsOfArguments, PageArguments, SearchArguments
from web.api.blueprint import ApiBlueprint
from web.api.language import label_in, language
from web.api.schemas import CareUnitSchema, ChangesSchema, FeatureCollectionSchema, SearchResultSchema
from web.questions import card as held_card
from web.questions import search
from web.unit_of_work import read_session

blueprint = ApiBlueprint("care-units", "care-units", description="Care units")
_FORMS = {responses.JSON: hits.as_json, responses.GEOJSON: hits.as_geojson, responses.CSV: hits.as_csv}
_EXPLAINED = (responses.JSON, responses.GEOJSON)
"""What has room for an explanation."""


@blueprint.public_get(
    "/care-units",
    SearchArguments,
    SearchResultSchema,
    operation="findCareUnits",
    labelled=True,
    also={
        responses.GEOJSON: FeatureCollectionSchema,
        responses.CSV: {"type": "string", "example": hits.HEADER},
    },
)
def find(wanted: SearchRequest) -> Response:
    """Search by words, place, position and time. Also as `application/geo+json` and `text/csv`."""
    media_type = responses.negotiated(_EXPLAINED if wanted.explain else tuple(_FORMS))
    result, words = search(wanted)
    label = words if language() != "sv" else None
    return responses.respond(_FORMS[media_type](result, label), media_type, labelled=True)


@blueprint.public_get(
    "/care-units/<hsa_id>",
    AsOfArguments,
    CareUnitSchema,
    operation="getCareUnit",
    labelled=True,
    dated=True,
)
def get(arguments: dict[str, Any], hsa_id: str) -> Response:
    """The whole unit, now or as it was. A closed unit names its successor; a hidden one is not found."""
    as_of = arguments.get("as_of")
    ready = None if as_of or language() != "sv" else held_card(hsa_id)
    if ready is not None:
        body, updated_at = ready
        return responses.json_bytes(body, last_modified=updated_at, labelled=True)
    session = read_session()
    unit = _public(queries.public_unit(session, hsa_id, as_of))
    if as_of:
        # What may not be seen now, such as an address that is protected, may not be seen as it was either.
        _public(queries.public_unit(session, hsa_id))
    words = reference(session)
    card = card_view(unit, label_in(session, words), words.places, words.services_of)
    card |= _open_at(unit, as_of or clock.now())
    return responses.json(card, last_modified=unit.updated_at, labelled=True)


@blueprint.public_get(
    "/care-units/<hsa_id>/history",
    PageArguments,
    ChangesSchema,
    operation="getCareUnitHistory",
    labelled=True,
)
def history(arguments: dict[str, Any], hsa_id: str) -> Response:
    """What changed, from what to what, when and on whose word. Newest first."""
    session = read_session()
    _public(queries.public_unit(session, hsa_id))
    total, changes = queries.changes(session, hsa_id, **arguments) or (0, [])
    items = [
        {
            "changedAt": instant(change.changed_at),
            "field": change_path(change.field),
            "label": getattr(LABELS[change.field.partition(".")[0]], language()),
            "old": change_view(change.old_value),
            "new": change_view(change.new_value),
            "source": {"key": change.source_key, "name": change.source_name},
            "importRun": change.import_run_id,
        }
        for change in changes
    ]
    return responses.json({"total": total, **arguments, "items": items}, labelled=True)


def _public(unit: UnitSnapshot | None) -> UnitSnapshot:
    """A closed unit is shown as closed, so that old links and old habits lead on; a hidden one is not."""
    if unit is None or not (unit.published or unit.closed_in_public):
        raise NotFound("There is no such care unit; check the HSA-id, or search for its name")
    return unit


def _open_at(unit: UnitSnapshot, moment: datetime) -> dict[str, Any]:
    hours = unit.record.get("hours", {}).get("opening")
    if not hours or unit.record["status"] != "active":
        return {"openNow": None, "openStatus": "unknown", "opensAt": None, "closesAt": None}
    at = status(codec.decode(hours), moment)
    return {
        "openNow": is_open_now(at.state),
        "openStatus": at.state,
        "opensAt": instant(at.opens_at),
        "closesAt": instant(at.closes_at),
    }
