"""A state made from the one before equals one that is read anew, whatever changed in between."""

import random
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from core.outbox import Position
from directory.hours.instants import local_date
from directory.queries import public_unit
from directory.search.engine import answer
from directory.search.held import loading
from directory.search.held.model import Maker, Model
from directory.search.index import TextIndex
from directory.search.types import SearchRequest
from directory.search.writer import build_from
from directory.views import card_view
from tests.directory.search.held.conftest import many
from tests.directory.search.held.test_directory import shape
from tests.directory.search.units import AT, hsa_id, take, unit

DAY = local_date(AT)
PARENT, CHILD, OLD = hsa_id(101), hsa_id(102), hsa_id(103)
QUESTIONS: list[dict[str, Any]] = [
    {"limit": 200},
    {"sort": "name", "limit": 200},
    {"q": "solrosen"},
    {"q": "ny vårdcentral", "near": (57.7, 11.97)},
    {"open_at": AT, "listing": ("open",)},
    {"service": ("v-vaccination",)},
    {"q": "bvc möldnal"},
]


@pytest.fixture
def empty(engine: Engine) -> Iterator[Session]:
    with engine.connect() as connection:
        transaction = connection.begin()
        with Session(connection, join_transaction_mode="create_savepoint", expire_on_commit=False) as session:
            yield session
        transaction.rollback()


def told(model: Model, question: dict[str, Any], later: timedelta = timedelta()) -> tuple[object, ...]:
    request = SearchRequest(**question)
    return shape(answer(request, model.held, model.reference, lambda: model.lexicon, AT + later))


def card(model: Model, key: str) -> Any:
    return orjson.loads(model.cards[key].json(model.context.opening, AT))


def full(session: Session, index: TextIndex) -> Model:
    maker = Maker(index)
    return maker.with_cards(maker.load(session, DAY), session, loading.card_keys(session))


def test_a_chain_of_changes_comes_to_what_is_read_anew(empty: Session, tmp_path: Path) -> None:
    chance, session = random.Random(11), empty
    everything = many(60, seed=5)
    take(session, everything, AT - timedelta(days=9))
    build_from(session, tmp_path)
    index = TextIndex(tmp_path)
    maker = Maker(index)
    model = maker.with_cards(maker.load(session, DAY), session, loading.card_keys(session))
    others = list(many(90, seed=6).items())
    for step in range(6):
        changed: dict[str, dict[str, Any]] = {}
        for key in chance.sample(sorted(everything), 7):
            _, other = chance.choice(others)
            changed[key] = {**other, "name": f"{other['name']} Ny {step}"}
        changed |= {key: dict(record) for key, record in chance.sample(others, 3)}
        changed[chance.choice(sorted(changed))] |= {"status": "closed"}
        changed = {key: record for key, record in changed.items() if record.get("name")}
        take(session, changed, AT - timedelta(days=8 - step))
        build_from(session, tmp_path)
        model = maker.changed(model, session, changed, Position(f"{step}:{step}:"), DAY)
        model = maker.with_text(model)
        anew = full(session, index)
        assert sorted(model.held.table.numbers) == sorted(anew.held.table.numbers)
        for question in QUESTIONS:
            assert told(model, question) == told(anew, question), question
        assert model.cards.keys() == anew.cards.keys()
        assert all(card(model, key) == card(anew, key) for key in anew.cards)


def test_facets_follow_the_date(empty: Session, tmp_path: Path) -> None:
    take(empty, many(80), AT)
    build_from(empty, tmp_path)
    index = TextIndex(tmp_path)
    tomorrow = DAY + timedelta(days=1)
    maker = Maker(index)
    moved = maker.changed(maker.load(empty, DAY), empty, (), Position(), tomorrow)
    anew = Maker(index).load(empty, tomorrow)
    day = timedelta(days=1)
    assert told(moved, {"limit": 200}, day) == told(anew, {"limit": 200}, day)
    assert told(moved, {"limit": 200}, day) != told(Maker(index).load(empty, DAY), {"limit": 200}, day)


def test_cards_are_what_the_database_tells(empty: Session, tmp_path: Path) -> None:
    take(empty, {**many(60), PARENT: unit("Sjukhuset", "1480", 57.7, 11.97)}, AT)
    child: dict[str, Any] = {**unit("Kliniken", "1480", 57.7, 11.97), "kind": "unit", "parent": PARENT}
    old = {**unit("Gamla kliniken", "1480", 57.7, 11.97), "status": "closed", "successor": CHILD}
    take(empty, {CHILD: child, OLD: old}, AT)
    build_from(empty, tmp_path)
    model = full(empty, TextIndex(tmp_path))
    known = model.reference
    held = 0
    for key in loading.card_keys(empty):
        snapshot = public_unit(empty, key)
        assert snapshot is not None
        limited = "publish_to" in snapshot.record or "publish_from" in snapshot.record
        assert (key in model.cards) != limited
        if key in model.cards:
            expected = card_view(snapshot, known.label, known.places, known.services_of)
            assert expected.items() <= card(model, key).items()
            held += 1
    assert held > 40
    assert [r["hsaId"] for r in card(model, CHILD)["related"]] == [PARENT, OLD]


def test_a_card_follows_the_units_that_it_names(empty: Session, tmp_path: Path) -> None:
    child: dict[str, Any] = {**unit("Kliniken", "1480", 57.7, 11.97), "kind": "unit", "parent": PARENT}
    take(empty, {PARENT: unit("Sjukhuset", "1480", 57.7, 11.97), CHILD: child}, AT)
    build_from(empty, tmp_path)
    maker = Maker(TextIndex(tmp_path))
    model = maker.with_cards(maker.load(empty, DAY), empty, loading.card_keys(empty))
    assert [r["name"] for r in card(model, PARENT)["related"]] == ["Kliniken"]
    take(empty, {CHILD: {**child, "name": "Mottagningen"}}, AT + timedelta(hours=1))
    model = maker.changed(model, empty, [CHILD], Position(), DAY)
    assert [r["name"] for r in card(model, PARENT)["related"]] == ["Mottagningen"]
    take(empty, {PARENT: unit("Lasarettet", "1480", 57.7, 11.97)}, AT + timedelta(hours=1))
    model = maker.changed(model, empty, [PARENT], Position(), DAY)
    assert [r["name"] for r in card(model, CHILD)["related"]] == ["Lasarettet"]


def test_the_last_of_several_batches_brings_the_order_of_names(empty: Session, tmp_path: Path) -> None:
    first = {hsa_id(number): unit(name, "1480", 57.7, 11.97) for number, name in ((1, "Örn"), (2, "Ekorre"))}
    take(empty, first, AT)
    build_from(empty, tmp_path)
    maker = Maker(TextIndex(tmp_path))
    model = maker.load(empty, DAY)
    take(empty, {hsa_id(1): unit("Abborre", "1480", 57.7, 11.97)}, AT + timedelta(hours=1))
    take(empty, {hsa_id(3): unit("Ärla", "1480", 57.7, 11.97)}, AT + timedelta(hours=1))
    model = maker.changed(model, empty, [hsa_id(1)], Position(), DAY, more=True)
    model = maker.changed(model, empty, [hsa_id(3)], Position(), DAY)
    request = SearchRequest(sort="name")
    result = answer(request, model.held, model.reference, lambda: model.lexicon, AT)
    assert [hit.view["name"] for hit in result.hits] == ["Abborre", "Ekorre", "Ärla"]


def test_terms_are_held_in_order_and_the_index_is_let_go(empty: Session, tmp_path: Path) -> None:
    take(empty, {**many(40), PARENT: unit("Ångströms ögonmottagning", "1480", 57.7, 11.97)}, AT)
    build_from(empty, tmp_path)
    index = TextIndex(tmp_path)
    model = Maker(index).load(empty, DAY)
    assert model.held.text is not None
    for segment, _ in model.held.text.segments:
        for held in segment.fields.values():
            assert list(held.terms) == sorted(held.terms)
    assert index.is_as_seen()
    (tmp_path / "current").unlink()
    assert not index.is_as_seen()
