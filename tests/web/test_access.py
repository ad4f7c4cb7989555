"""Drift guard: every route states who may call it."""

import pytest

from core.settings import Settings
from web.access import AUDIENCES, PUBLIC, audience, audience_of
from web.app import create_app


def test_every_route_states_who_may_call_it() -> None:
    app = create_app(Settings())
    stated = {rule.endpoint: audience_of(app, rule.endpoint) for rule in app.url_map.iter_rules()}
    assert len(stated) > 20
    assert [endpoint for endpoint, name in stated.items() if name not in AUDIENCES] == []


def test_a_route_that_nobody_spoke_for_is_found() -> None:
    app = create_app(Settings())
    app.add_url_rule("/unspoken", "unspoken", lambda: "")
    app.add_url_rule("/spoken", "spoken", audience(PUBLIC)(lambda: ""))
    assert audience_of(app, "unspoken") is None
    assert audience_of(app, "spoken") == PUBLIC


def test_an_audience_that_does_not_exist_cannot_be_stated() -> None:
    with pytest.raises(ValueError, match="everybody"):
        audience("everybody")
