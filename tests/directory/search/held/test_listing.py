"""What the register of listings publishes is what a process shows after its next look."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import text
from sqlalchemy.orm import Session

from core import clock, outbox
from directory.hours.instants import local_date
from directory.search.engine import answer
from directory.search.held import loading
from directory.search.held.model import Maker, Model
from directory.search.index import TextIndex
from directory.search.types import SearchRequest
from directory.search.writer import build_from
from directory.services import ListingState, publish_listing_status
from tests.directory.search.units import AT, hsa_id, take, unit

ONE, TWO = hsa_id(1), hsa_id(2)


def test_a_published_status_is_in_filters_facets_hits_and_cards(session: Session, tmp_path: Path) -> None:
    take(session, {ONE: unit("Solrosen", "1480", 57.7, 11.97), TWO: unit("Vallmon", "1480", 57.7, 11.98)}, AT)
    build_from(session, tmp_path)
    maker, day = Maker(TextIndex(tmp_path)), local_date(AT)
    model = maker.with_cards(maker.load(session, day), session, loading.card_keys(session))
    position = outbox.present_position(session)
    rows = session.execute(text("SELECT hsa_id, id FROM care_unit WHERE hsa_id IS NOT NULL"))
    ids: dict[str, int] = dict(rows.all())
    with clock.frozen(AT + timedelta(hours=1)):
        changed = publish_listing_status(
            session, [ListingState(ids[ONE], "queue", 7), ListingState(ids[TWO], "closed")]
        )
    model = maker.changed(model, session, changed, position, day)
    assert _found(model, "closed") == [(TWO, {"status": "closed", "queueLength": None, "since": None})]
    assert _found(model, "queue") == [(ONE, {"status": "queue", "queueLength": 7, "since": None})]
    card = orjson.loads(model.cards[TWO].json(model.context.opening, AT))
    assert card["listing"] == {"status": "closed", "queueLength": None, "since": None}


def _found(model: Model, status: str) -> list[Any]:
    request = SearchRequest(listing=(status,))
    result = answer(request, model.held, model.reference, lambda: model.lexicon, AT)
    assert {value.value: value.count for value in result.facets["listing"]} == {"closed": 1, "queue": 1}
    return [(hit.view["hsaId"], hit.view["listing"]) for hit in result.hits]
