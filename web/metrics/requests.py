"""Every answer is counted by the rule of its route, never by its path: no value of a caller is a label.

The way to a counter is kept per combination that has occurred: counting one answer costs some microseconds.
"""

from time import perf_counter
from typing import Any

from flask import Flask, Response, g, request

from core import metrics
from web import at_once

NO_ROUTE = "none"
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_counters: dict[tuple[str, str, int, bool], Any] = {}


def register(app: Flask) -> None:
    """Take the time of each request. What is registered first begins first and ends last."""
    app.before_request(_begin)
    app.after_request(_count)


def _begin() -> None:
    g.began = perf_counter()


def _count(response: Response) -> Response:
    began = g.get("began")
    if began is None:
        return response
    rule = request.url_rule
    key = (rule.rule if rule else NO_ROUTE, request.method, response.status_code // 100, at_once.in_loop())
    counter = _counters.get(key)
    if counter is None:
        counter = _counter(*key)
        if key[1] in METHODS:
            _counters[key] = counter
    counter.observe(perf_counter() - began)
    return response


def _counter(rule: str, method: str, status: int, in_loop: bool) -> Any:
    return metrics.REQUESTS.labels(
        rule,
        method if method in METHODS else "other",
        f"{status}xx",
        "loop" if in_loop else "thread",
    )
