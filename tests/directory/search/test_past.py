"""The past is searched by the same rules: what holds today holds for the version of today."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from directory.search.engine import search
from directory.search.index import TextIndex
from directory.search.types import SearchRequest, SearchResult
from tests.directory.search.units import AT

World = tuple[Session, TextIndex]

QUESTIONS: list[dict[str, Any]] = [
    {},
    {"q": "vårdcentral"},
    {"q": "vårdcentral krokslätt"},
    {"q": "närhälsan mölndal"},
    {"q": "ögonmottagning mölndal"},
    {"q": "vc", "near": (57.7, 11.97)},
    {"near": (57.7, 11.97), "radius": 6000},
    {"near": (57.7, 11.97), "sort": "distance"},
    {"bbox": (11.9, 57.6, 12.0, 57.69)},
    {"unit_type": ("02",), "municipality": ("1481",)},
    {"service": ("g-primary",)},
    {"language": ("fin",), "listing": ("queue",)},
    {"open_at": AT},
    {"open_at": AT + timedelta(days=1)},
    {"q": "apotek öppet nu"},
    {"sort": "name", "limit": 3, "page": 2},
    {"sort": "queue"},
    {"place": "Mölndal"},
    {"q": "krokslätt flogsta parkering"},
]


def shape(result: SearchResult) -> tuple[object, ...]:
    hits = [(hit.view["hsaId"], hit.distance, round(hit.score, 4), hit.open_status) for hit in result.hits]
    return result.total, result.open_now, hits, result.interpretation, result.facets


@pytest.mark.parametrize("question", QUESTIONS, ids=str)
def test_present_and_past_answer_alike(world: World, question: dict[str, Any]) -> None:
    session, index = world
    now = search(session, SearchRequest(**question), index=index, now=AT)
    then = search(session, SearchRequest(**question, as_of=AT), index=index)
    assert shape(then) == shape(now)
