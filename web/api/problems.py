"""Problem details (RFC 9457) for everything under the machine paths: one shape for every refusal."""

import logging
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

import orjson
from flask import Flask, Response, current_app, request
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from core.problems import Invalid, Problem
from listing.errors import ListingRefused
from web import problems as pages
from web import refusals
from web.api import trace

MEDIA_TYPE = "application/problem+json"
MAX_ERRORS = 20
RETRY_SECONDS = "2"
_UNKNOWN = "Unknown field."
_PLACES = {"json": "body"}
_log = logging.getLogger("hittavard.api")


def register(app: Flask) -> None:
    """Answer errors of the API in its own form, and leave those of the site to the site."""
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Problem, _problem)
    for unreachable in (OperationalError, InterfaceError, PoolTimeout):
        app.register_error_handler(unreachable, _database_error)
    app.register_error_handler(Exception, _unexpected)


def details(
    status: int,
    code: str,
    title: str,
    detail: str | None = None,
    headers: Mapping[str, str] | None = None,
    **extra: object,
) -> Response:
    """One problem. `code` is stable; `type` is made from it; `errors` names each wrong parameter."""
    body: dict[str, Any] = {
        "type": f"urn:problem-type:hittavard:{code}",
        "title": title,
        "status": status,
        "detail": detail or title,
        "instance": quote(request.path, safe="/:@!$&'()*+,;=~"),
        "code": code,
        "traceId": trace.trace_id(),
        **extra,
    }
    response = Response(orjson.dumps(body), status=status, content_type=MEDIA_TYPE)
    response.headers["Cache-Control"] = "no-store"
    if status == 503:
        response.headers["Retry-After"] = RETRY_SECONDS
    response.headers.update(headers or {})
    return response


def _http_error(error: HTTPException) -> Response | HTTPException:
    if not pages.is_machine_path():
        return pages.http_error(error)
    status = error.code or 500
    if status < 400:
        return error
    messages = (getattr(error, "data", None) or {}).get("messages")
    if messages:
        return _invalid_arguments(messages)
    headers = {}
    if status == 405 and getattr(error, "valid_methods", None):
        headers["Allow"] = ", ".join(sorted(error.valid_methods))  # type: ignore[attr-defined]
    return details(status, error.name.lower().replace(" ", "-"), error.name, error.description, headers)


def _invalid_arguments(messages: Mapping[str, Any]) -> Response:
    """Refusals by the argument schemas: which parameter, what is wrong with it, how to mend it."""
    errors = [
        {"name": _name(name), "in": _PLACES.get(location, location), "message": _message(told)}
        for location, fields in messages.items()
        for name, told in fields.items()
    ]
    unknown = any(error["message"] == _UNKNOWN for error in errors)
    told = errors[:MAX_ERRORS]
    return details(
        400,
        "unknown-parameter" if unknown else "invalid-parameter",
        "Unknown parameter" if unknown else "Invalid parameter",
        "; ".join(f"{error['name']}: {error['message']}" for error in told),
        errors=told,
    )


def _name(name: object) -> str:
    """The name as it was given, without long numbers: somebody may have put a person where a name belongs."""
    return re.sub(r"\d[\d-]{5,}", "…", str(name))[:100].encode(errors="replace").decode()


def _message(told: Any) -> str:
    return " ".join(dict.fromkeys(_flat(told)))


def _flat(told: Any) -> Iterator[str]:
    if isinstance(told, dict):
        for value in told.values():
            yield from _flat(value)
    else:
        yield from told


def _problem(error: Problem) -> Response:
    if not pages.is_machine_path():
        return pages.problem(error)
    if type(error) is Invalid:
        # What only the search itself can judge, such as a code that does not exist.
        wrong = {"name": str(error.extra.get("parameter", "")), "in": "query", "message": error.detail}
        return details(400, "invalid-parameter", "Invalid parameter", error.detail, errors=[wrong])
    extra: Any = dict(error.extra)
    if isinstance(error, ListingRefused):
        extra = {"reason": error.because, "arguments": error.arguments, **extra}
    headers = getattr(error, "headers", None)
    return details(error.status, error.code, error.title, refusals.said(error), headers, **extra)


def _database_error(error: Exception) -> Response:
    """The database is out of reach or a lock was not had in time: the caller may try again."""
    _log.warning("database unavailable: %s", type(getattr(error, "orig", error)).__name__)
    if not pages.is_machine_path():
        response = pages.error_page(503)
        response.headers["Retry-After"] = RETRY_SECONDS
        return response
    return details(
        503,
        "temporarily-unavailable",
        "Temporarily unavailable",
        "The service cannot reach its database just now; try again in a few seconds.",
    )


def _unexpected(error: Exception) -> Response:
    if not pages.is_machine_path() or current_app.testing or current_app.debug:
        return pages.unexpected(error)
    _log.exception("unexpected error")
    return details(500, "internal-error", "Internal error", "The fault is ours and has been logged.")
