"""Whoever was refused can be told why, from history."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from listing.errors import ListingRefused
from listing.models import ListingEvent
from listing.services.choosing import choose
from listing.services.refusals import keep
from tests.support.register import a_limit, a_person, a_unit, events, resident, wish


def test_a_refusal_is_kept_once_a_day_with_its_rule(session: Session) -> None:
    unit, person = a_unit(session), a_person(session)
    a_limit(session, unit, 0)
    for _ in range(2):
        with pytest.raises(ListingRefused) as refused, session.begin_nested():
            choose(session, resident(person), "k", [wish(person, unit)])
        keep(session, resident(person), refused.value)
    assert events(session, person) == [("refused", "unit-full")]
    detail = session.scalars(select(ListingEvent.detail)).one()
    assert detail == {"because": "full", "arguments": {"waiting": 0, "places": 0}}
