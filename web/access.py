"""Who may call each route: said once per route, and held by a test, so that none is open by oversight.

A view says it with `@audience(...)`. Routes that all have the same audience, or whose module should not know
of this one, stand in the tables below. There is no default: a route that nobody has spoken for is a fault.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask

View = TypeVar("View", bound=Callable[..., Any])

PUBLIC = "public"
"""Anyone, without signing in."""

OPERATIONS = "operations"
"""Load balancers and monitoring; a proxy keeps the world away. Says nothing about persons or units."""

AUDIENCES = frozenset({PUBLIC, OPERATIONS})

_BLUEPRINTS = {"site": PUBLIC}
_ENDPOINTS = {"static": PUBLIC, "favicon": PUBLIC, "live": OPERATIONS, "ready": OPERATIONS}


def audience(name: str) -> Callable[[View], View]:
    """Declare who may call a view."""
    if name not in AUDIENCES:
        raise ValueError(f"there is no audience {name}")

    def declare(view: View) -> View:
        view.audience = name  # type: ignore[attr-defined]
        return view

    return declare


def audience_of(app: Flask, endpoint: str) -> str | None:
    """Who may call an endpoint: by its own word, its table or its blueprint; None when nobody has said."""
    declared = getattr(app.view_functions[endpoint], "audience", None)
    return declared or _ENDPOINTS.get(endpoint) or _BLUEPRINTS.get(endpoint.rpartition(".")[0])
