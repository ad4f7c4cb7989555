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
from directory.search import ranking
from directory.search.engine import answer, search
from directory.search.errors import IndexUnavailable
from directory.search.held import distance
from directory.search.held.order import rank_slack
from directory.search.types import Explanation, SearchRequest, SearchResult
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
    given["explain"] = draw(st.booleans())
    return SearchRequest(**given)


def shape(result: SearchResult) -> tuple[object, ...]:
    hits = [
        replace(hit, view=dict(hit.view), explanation=hit.explanation and blunt(hit.explanation))
        for hit in result.hits
    ]
    return result.total, result.open_now, hits, result.interpretation, dict(result.facets)


def blunt(why: Explanation) -> Explanation:
    """PostGIS and PROJ differ by ten nanometres, which a rank shows in its last digits."""
    parts = (
        replace(part, value=part.value and round(part.value, 9), contribution=round(part.contribution, 9))
        for part in why.parts
    )
    return replace(why, rank=round(why.rank, 9), parts=tuple(parts))


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


@given(point=points, half=st.sampled_from([50.0, 1000.0, 5000.0, 200_000.0, 5e6]))
def test_arcs_are_as_good_as_they_are_said_to_be(point: tuple[float, float], half: float) -> None:
    lat, lon = (np.array(values) for values in zip(*EVERYWHERE, strict=True))
    arcs = distance.arcs(distance.in_space(lat, lon), *point)
    metres = distance.geodesics(lat, lon, point)
    assert all(abs(arc - exact) <= distance.error(arc) for arc, exact in zip(arcs, metres, strict=True))
    weights = replace(ranking.read(ranking.SHIPPED), half_distance=half)
    off = weights.distance * np.abs(ranking.nearness(weights, arcs) - ranking.nearness(weights, metres))
    assert off.max() <= rank_slack(weights)


def test_without_an_index_words_are_refused_and_filters_answered(world: World) -> None:
    lost = World(world.session, world.index, replace(world.model, held=replace(world.model.held, text=None)))
    with pytest.raises(IndexUnavailable):
        held(lost, SearchRequest(q="vc"), AT)
    assert held(lost, SearchRequest(municipality=("1481",)), AT).total > 0


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(request=requests(), now=minutes)
def test_hits_stand_in_the_order_of_what_their_parts_come_to(
    world: World, request: SearchRequest, now: datetime
) -> None:
    try:
        result = held(world, replace(request, sort="relevance", explain=True, page=1), now)
    except Invalid:
        return
    ranks = []
    for hit in result.hits:
        why = hit.explanation
        assert why is not None
        assert sum(part.contribution for part in why.parts) == why.rank
        assert round(why.rank, 6) == hit.score
        ranks.append(why.rank)
    assert ranks == sorted(ranks, reverse=True)


@pytest.mark.parametrize("asked", [{"near": TOWNS[0][1:]}, {"q": "vårdcentral"}, {"place": "Göteborg"}, {}])
def test_ties_are_the_same_from_page_to_page(world: World, asked: dict[str, Any]) -> None:
    every = [hit.view["hsaId"] for hit in held(world, SearchRequest(**asked, limit=200), AT).hits]
    assert len(every) > 20
    for limit in (1, 7):
        pages = [
            [h.view["hsaId"] for h in held(world, SearchRequest(**asked, limit=limit, page=page), AT).hits]
            for page in range(1, len(every) // limit + 2)
        ]
        assert [key for page in pages for key in page] == every


def test_what_a_hit_says_of_itself_is_not_asked_when_nobody_asks(world: World) -> None:
    assert all(hit.explanation is None for hit in held(world, SearchRequest(q="vårdcentral"), AT).hits)
