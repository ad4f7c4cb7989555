"""A past search answers with the names and units of its moment."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from directory.search.engine import search
from directory.search.types import SearchRequest
from tests.directory.search.units import AT, KROKSLATT, UNITS, take

LATER = AT + timedelta(days=30)


@pytest.fixture
def renamed(session: Session) -> Session:
    take(session, UNITS, AT)
    take(session, {KROKSLATT: {**UNITS[KROKSLATT], "name": "Vårdcentralen Solrosen"}}, LATER)
    return session


def test_a_past_search_knows_the_names_and_units_of_then(renamed: Session) -> None:
    def names(q: str, **moment: Any) -> list[str]:
        result = search(renamed, SearchRequest(q=q, **moment))
        return [hit.view["name"] for hit in result.hits]

    assert names("vårdcentralen solrosen", as_of=LATER)[0] == "Vårdcentralen Solrosen"
    assert "Vårdcentralen Solrosen" not in names("solrosen", as_of=LATER - timedelta(seconds=1))
    assert names("vårdcentralen krokslätt", as_of=LATER - timedelta(days=1))[0] == "Vårdcentralen Krokslätt"
    before = search(renamed, SearchRequest(as_of=AT - timedelta(days=1)))
    assert before.total == 0
