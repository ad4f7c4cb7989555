"""W3C Trace Context: a caller's `traceparent` is taken and returned; a call without one gets one."""

import re
import secrets

from flask import Flask, Response, g, request

_FORM = re.compile(r"00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")


def register(app: Flask) -> None:
    """Say on every answer which trace it belongs to."""
    app.after_request(_give)


def traceparent() -> str:
    """The trace context of this request. A malformed one is ignored and a new one begun (3.2.2)."""
    kept: str | None = g.get("traceparent")
    if kept is None:
        given = request.headers.get("traceparent", "")
        kept = g.traceparent = given if given and _FORM.fullmatch(given) else _new()
    return kept


def trace_id() -> str:
    """The trace that this request belongs to, for logs and problem details."""
    return traceparent().split("-")[1]


def _give(response: Response) -> Response:
    response.headers.add("traceparent", traceparent())
    return response


def _new() -> str:
    digits = secrets.token_hex(24)
    return f"00-{digits[:32]}-{digits[32:]}-01"
