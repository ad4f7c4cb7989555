"""What a process holds answers as the database does: the same hits, order, distances, facets and hours."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from core.problems import Invalid
from directory.search.engine import answer, search
from directory.search.errors import IndexUnavailable
from directory.search.held import distance
from directory.search.types import SearchRequest, SearchResult
from tests.directory.search.held.conftest import TOWNS, WORDS, World
from tests.directory.search.units import AT

PLACES = ["Mölndal", "Uppsala", "Krokslätt", "Göteborg", "Skåne", "413 90", "Öbacka"]
near_town = st.sampled_from([(lat, lon) for _, lat, lon in TOWNS])
points = st.one_of(
    near_town,
    st.tuples(st.floats(55, 69), st.floats(11, 24)),
    st.tuples(st.floats(-90, 90), st.floats(-180, 180)),
)
EVERYWHERE = [(lat, lon) for lat in range(-90, 91, 15) for lon in range(-180, 181, 20)] + [
    (55 + step, 11 + step) for step in range(13)
]
words = st.lists(
    st.sampled_from([*WORDS, *PLACES, "vardcentral", "kirugi", "barn", "öppet nu", "xyzzyx", "vac", "bvc"]),
    max_size=3,
).map(" ".join)
some = {
    "municipality": st.lists(st.sampled_from(["1480", "1481", "0380"]), max_size=2).map(tuple),
    "region": st.lists(st.sampled_from(["14", "03", "12"]), max_size=2).map(tuple),
    "service": st.lists(st.sampled_from(["1502", "v-vaccination", "g-primary"]), max_size=1).map(tuple),
    "listing": st.lists(st.sampled_from(["open", "queue", "closed"]), max_size=2).map(tuple),
    "language": st.lists(st.sampled_from(["fin", "ara"]), max_size=1).map(tuple),
    "unit_type": st.lists(st.sampled_from(["02", "03"]), max_size=1).map(tuple),
}
minutes = st.integers(-30, 60 * 15 - 1).map(lambda n: AT + timedelta(minutes=n))


@st.composite
def requests(draw: st.DrawFn) -> SearchRequest:
    given: dict[str, Any] = {
        "q": draw(words),
        "limit": draw(st.integers(1, 40)),
        "page": draw(st.integers(1, 3)),
    }
    given |= {name: draw(values) for name, values in some.items() if draw(st.integers(0, 3)) == 0}
    if draw(st.booleans()):
        given["near"] = draw(points)
        if draw(st.booleans()):
            given["radius"] = draw(st.integers(1, 400_000))
    if draw(st.integers(0, 3)) == 0:
        given["place"] = draw(st.sampled_from(PLACES))
    if draw(st.integers(0, 3)) == 0:
        given["open_at"] = AT + timedelta(minutes=draw(st.integers(-20_000, 40_000)))
    if draw(st.integers(0, 4)) == 0:
        given["bbox"] = (11.9, 57.6, draw(st.sampled_from([12.0, 18.0])), draw(st.sampled_from([57.7, 60.0])))
    sorts = ["relevance", "name", "queue"]
    given["sort"] = draw(st.sampled_from([*sorts, "distance"] if "near" in given else sorts))
    return SearchRequest(**given)


def shape(result: SearchResult) -> tuple[object, ...]:
    hits = [replace(hit, view=dict(hit.view)) for hit in result.hits]
    return result.total, hits, result.interpretation, dict(result.facets)


def held(world: World, request: SearchRequest, now: datetime) -> SearchResult:
    model = world.model
    return answer(request, model.held, model.reference, lambda: model.lexicon, now)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(request=requests(), now=minutes)
def test_held_answers_as_the_database_does(world: World, request: SearchRequest, now: datetime) -> None:
    session, index = world.session, world.index
    try:
        expected = search(session, request, index=index, now=now)
    except Invalid:
        with pytest.raises(Invalid):
            held(world, request, now)
        return
    assert shape(held(world, request, now)) == shape(expected)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(point=points)
def test_a_radius_cuts_where_postgis_cuts(world: World, point: tuple[float, float]) -> None:
    session, model = world.session, world.model
    lat, lon = point
    statement = text(
        "SELECT hsa_id, ST_Distance(position, ST_MakePoint(:lon, :lat)::geography) AS metres FROM care_unit"
        " WHERE published AND position IS NOT NULL ORDER BY metres"
    )
    rows = session.execute(statement, {"lat": lat, "lon": lon}).all()
    for _, metres in rows[:: max(1, len(rows) // 8)]:
        for limit in {max(1, int(metres)), int(metres) + 1}:
            inside = {model.held.table.ids[n] for n in model.held.within(lat, lon, limit)}
            assert inside == {hsa_id for hsa_id, away in rows if away <= limit}


@given(point=points)
def test_arcs_are_as_good_as_they_are_said_to_be(point: tuple[float, float]) -> None:
    lat, lon = (np.array(values) for values in zip(*EVERYWHERE, strict=True))
    arcs = distance.arcs(distance.in_space(lat, lon), *point)
    metres = distance.geodesics(lat, lon, point)
    assert all(abs(arc - exact) <= distance.error(arc) for arc, exact in zip(arcs, metres, strict=True))
    nearness = np.abs(1 / (1 + arcs / 5000) - 1 / (1 + metres / 5000)) / 2
    assert nearness.max() <= distance.RANK_SLACK


def test_without_an_index_words_are_refused_and_filters_answered(world: World) -> None:
    lost = World(world.session, world.index, replace(world.model, held=replace(world.model.held, text=None)))
    with pytest.raises(IndexUnavailable):
        held(lost, SearchRequest(q="vc"), AT)
    assert held(lost, SearchRequest(municipality=("1481",)), AT).total > 0
