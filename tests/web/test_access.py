"""Drift guard: every route states who may call it, and nobody else gets as far as its view.

The walk takes every route of the URL map with every method, as nobody and in every role, so that a new route
is walked without being named here. Views are replaced by a mark: only the way to them is tried.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import Rule

from codes.identifiers import parse_person_id
from core.settings import Settings
from listing.actor import Role
from tests.support.tokens import bearer_for, development_settings
from tests.web import role_routes
from web.access import AUDIENCES, OPERATIONS, PUBLIC, Audience, audience, audience_of
from web.app import create_app

REACHED = 299
CALLERS = [None, *Role]
CODES: dict[Role | None, dict[int, str]] = {
    None: {401: "token-missing"},
    **{role: {403: "role-not-allowed"} for role in Role},
}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The whole application, with routes for each role beside its own, and marks for views."""
    app = create_app(development_settings(tmp_path_factory.mktemp("access")))
    role_routes.add(app)
    for endpoint, view in app.view_functions.items():
        app.view_functions[endpoint] = _mark(audience_of(app, endpoint), view)
    return app


def _mark(declared: Audience | None, view: Any) -> Any:
    def mark(**_: Any) -> tuple[str, int]:
        return "", REACHED

    if getattr(view, "audience", None) is not None:
        mark.audience = declared  # type: ignore[attr-defined]
    return mark


def _rules(app: Flask) -> Iterator[tuple[Rule, str, str]]:
    """Every route with every method, and an address of it."""
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        values = {name: _value(rule, name) for name in rule.arguments}
        for method in sorted(rule.methods or ()):
            if method != "OPTIONS":  # Flask answers these itself, with the methods that there are.
                yield rule, method, adapter.build(rule.endpoint, values, method=method)


def _value(rule: Rule, name: str) -> Any:
    converter = rule._converters[name]
    return 1 if type(converter).__name__ in {"IntegerConverter", "FloatConverter"} else "x"


@pytest.mark.parametrize("caller", CALLERS)
def test_every_route_refuses_every_caller_that_it_does_not_name(app: Flask, caller: Role | None) -> None:
    client = app.test_client()
    headers = {} if caller is None else bearer_for(app, caller)
    walked = 0
    for rule, method, address in _rules(app):
        declared = audience_of(app, rule.endpoint)
        assert declared is not None, rule
        response = client.open(address, method=method, headers=headers)
        if declared.open_to or (caller in declared.roles and not declared.entry):
            # Forms of the pages have guards of their own.
            if method in ("GET", "HEAD") or rule.rule.startswith("/api/"):
                assert response.status_code == REACHED, (rule, method, caller)
            continue
        walked += 1
        assert response.status_code != REACHED, (rule, method, caller)
        if not declared.entry:
            told = CODES[caller]
            assert response.status_code in told, (rule, method, response.status_code)
            if method != "HEAD":
                assert response.get_json()["code"] == told[response.status_code]
    assert walked >= 2 * (len(Role) - 1)


def test_every_route_states_who_may_call_it() -> None:
    app = create_app(Settings())
    stated = {rule.endpoint: audience_of(app, rule.endpoint) for rule in app.url_map.iter_rules()}
    assert len(stated) > 20
    assert [endpoint for endpoint, declared in stated.items() if declared is None] == []


def test_a_route_that_nobody_spoke_for_is_found_and_answers_nobody(tmp_path: Any) -> None:
    app = create_app(development_settings(tmp_path))
    app.add_url_rule("/api/v1/unspoken", "unspoken", lambda: "")
    app.add_url_rule("/spoken", "spoken", audience(PUBLIC)(lambda: ""))
    assert audience_of(app, "unspoken") is None
    assert audience_of(app, "spoken") == Audience(open_to=PUBLIC)
    for caller in CALLERS:
        headers = {} if caller is None else bearer_for(app, caller)
        assert app.test_client().get("/api/v1/unspoken", headers=headers).status_code == 403


def test_a_page_knows_its_caller_by_its_own_entry_and_by_no_token(tmp_path: Any) -> None:
    from listing.actor import Actor
    from web.access import current_actor

    app = create_app(development_settings(tmp_path))
    here = Actor.resident(parse_person_id("191212121212")).resolved(7)

    @app.get("/mine")
    @audience(Role.RESIDENT, persons=True, entry=lambda: here)
    def mine() -> str:
        return current_actor().key

    @app.get("/theirs")
    @audience(Role.REGION, entry=lambda: here)
    def theirs() -> str:
        return "never"

    client = app.test_client()
    assert client.get("/mine").text == "person:7"
    assert client.get("/theirs", headers=bearer_for(app, Role.REGION)).status_code == 403


def test_an_audience_that_does_not_exist_cannot_be_stated() -> None:
    with pytest.raises(ValueError, match="everybody"):
        audience("everybody")
    assert {PUBLIC, OPERATIONS, *Role} == AUDIENCES


@pytest.mark.parametrize(
    ("names", "persons"),
    [
        ((), False),
        ((PUBLIC, Role.UNIT), False),
        ((PUBLIC, OPERATIONS), False),
        ((Role.UNIT, Role.UNIT), False),
        ((PUBLIC,), True),
        ((OPERATIONS,), True),
        ((Role.NURSE,), True),
        ((Role.REGION, Role.STATISTICIAN), True),
    ],
)
def test_an_audience_that_makes_no_sense_cannot_be_stated(names: tuple[str, ...], persons: bool) -> None:
    with pytest.raises(ValueError, match=r"audience|persons"):
        audience(*names, persons=persons)
