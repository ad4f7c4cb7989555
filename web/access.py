"""Who may call each route: said once per route, enforced before its view, and held by tests.

A view says it with `@audience(...)`: `PUBLIC`, `OPERATIONS`, or the roles that may call it. Routes that all
have the same audience, or whose module should not know of this one, stand in the tables below. There is no
default: a route that nobody has spoken for is called by nobody.

Under the machine prefixes the caller is who the access token says (`web/auth`), and no cookie counts, so no
other site can act through a browser. A page says with `entry` how it knows who has signed in.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask, current_app, g, request
from werkzeug.wrappers import Response

from listing.actor import SEES_PERSONS, Actor, Role
from web import at_once
from web.auth import caller
from web.auth.errors import RoleNotAllowed
from web.auth.purposes import HEADER, with_purpose
from web.problems import is_machine_path

View = TypeVar("View", bound=Callable[..., Any])

PUBLIC = "public"
"""Anyone, without signing in."""

OPERATIONS = "operations"
"""Load balancers and monitoring; a proxy keeps the world away. Says nothing about persons or units."""

AUDIENCES = frozenset({PUBLIC, OPERATIONS, *Role})

_BLUEPRINTS = {"site": PUBLIC}
_ENDPOINTS = {"static": PUBLIC, "favicon": PUBLIC, "live": OPERATIONS, "ready": OPERATIONS}

Entry = Callable[[], Actor | Response]
"""How a page knows its caller: the actor of the session, or the answer that leads to the sign-in."""


@dataclass(frozen=True, slots=True)
class Audience:
    """Either `open_to` everybody of a kind (PUBLIC, OPERATIONS), or the `roles` that may call.

    `persons`: the route shows persons, so that only roles which may see any can be named, and staff must
    state a purpose (patientdatalagen 2008:355, 2 kap. 4 §, 4 kap. 1-2 §§). `entry`: see `Entry`; without it
    only access tokens count.
    """

    open_to: str = ""
    roles: frozenset[Role] = frozenset()
    persons: bool = False
    entry: Entry | None = None


def audience(*names: str, persons: bool = False, entry: Entry | None = None) -> Callable[[View], View]:
    """Declare who may call a view: `@audience(PUBLIC)`, `@audience(Role.UNIT, Role.REGION, persons=True)`."""
    declared = _audience(names, persons, entry)

    def declare(view: View) -> View:
        view.audience = declared  # type: ignore[attr-defined]
        return view

    return declare


def _audience(names: tuple[str, ...], persons: bool, entry: Entry | None) -> Audience:
    for name in names:
        if name not in AUDIENCES:
            raise ValueError(f"there is no audience {name}")
    roles = frozenset(Role(name) for name in names if name not in (PUBLIC, OPERATIONS))
    if not names or (len(roles) != len(names) and len(names) > 1):
        raise ValueError("an audience is one kind of everybody, or one or more roles, each once")
    if persons and not (roles and roles <= SEES_PERSONS):
        raise ValueError("a route that shows persons is for roles that may see them")
    return Audience(roles=roles, persons=persons, entry=entry) if roles else Audience(open_to=names[0])


def audience_of(app: Flask, endpoint: str) -> Audience | None:
    """Who may call an endpoint: by its own word, its table or its blueprint; None when nobody has said."""
    declared: Audience | None = getattr(app.view_functions[endpoint], "audience", None)
    if declared is not None:
        return declared
    name = _ENDPOINTS.get(endpoint) or _BLUEPRINTS.get(endpoint.rpartition(".")[0])
    return Audience(open_to=name) if name else None


def register(app: Flask) -> None:
    """Ask who calls before any view does anything."""
    caller.register(app)
    app.before_request(_enforce)


def current_actor() -> Actor:
    """Who calls; only in views that are declared for roles."""
    actor: Actor = g.actor
    return actor


def _enforce() -> Response | None:
    if request.endpoint is None:
        return None  # No such route: the answer is 404 or 405 for everybody.
    declared = audience_of(current_app, request.endpoint)
    if declared is None:
        raise RoleNotAllowed
    if declared.open_to:
        return None
    at_once.or_in_thread()
    actor = declared.entry() if declared.entry and not is_machine_path() else caller.by_token()
    if isinstance(actor, Response):
        return actor
    if actor.role not in declared.roles:
        raise RoleNotAllowed
    g.actor = with_purpose(actor, request.headers.get(HEADER)) if declared.persons else actor
    return None
