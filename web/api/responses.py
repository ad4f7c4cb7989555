"""Answers: bytes with entity tag, content negotiation, and the headers that every answer has."""

from collections.abc import Sequence
from datetime import datetime
from email.utils import format_datetime
from hashlib import blake2b
from typing import Any

import orjson
from flask import Response, request

from core.problems import Problem
from web.api.language import language
from web.application import ReadyResponse

JSON, GEOJSON, CSV = "application/json", "application/geo+json", "text/csv"


class NotAcceptable(Problem):
    """The caller accepts none of the forms that there are."""

    code = "not-acceptable"
    status = 406
    title = "Not acceptable"


def negotiated(offered: Sequence[str] = (JSON,)) -> str:
    """The media type that the caller wants most among those offered; the first when it does not say.

    Parameters such as `charset` are disregarded, because each form has one reading only.
    """
    if request.headers.get("Accept", "") in ("", "*/*"):
        return offered[0]
    accepted = [(entry.partition(";")[0].strip(), quality) for entry, quality in request.accept_mimetypes]
    chosen = type(request.accept_mimetypes)(accepted).best_match(offered)
    if chosen is None:
        raise NotAcceptable("Accept one of: " + ", ".join(offered))
    return chosen


def respond(
    body: bytes, media_type: str = JSON, *, last_modified: datetime | None = None, labelled: bool = False
) -> Response:
    """An answer with a strong entity tag of its bytes; 304 when the caller has just these.

    `no-cache` lets caches keep it and makes them ask each time: a change shows at once. `last_modified` is
    when the facts last changed. It informs; only the tag validates, because labels and what is open now
    change while the facts stay. `labelled`: the answer depends on the language asked for.
    """
    tag = blake2b(body, digest_size=12).hexdigest()
    # If-None-Match compares weakly (RFC 9110, 13.1.2): a proxy that compresses weakens the tag.
    wanted = request.if_none_match if "If-None-Match" in request.headers else None
    fresh = wanted is not None and (wanted.star_tag or wanted.contains_weak(tag))
    headers = [
        ("ETag", f'"{tag}"'),
        ("Cache-Control", "no-cache"),
        ("Vary", "Accept, Accept-Language" if labelled else "Accept"),
    ]
    if labelled and not fresh:
        headers.append(("Content-Language", language()))
    if last_modified:
        headers.append(("Last-Modified", format_datetime(last_modified.replace(microsecond=0), usegmt=True)))
    if fresh:
        response = Response(b"", 304, headers)
        del response.headers["Content-Type"]
        return response
    content_type = media_type + ("; charset=utf-8; header=present" if media_type == CSV else "")
    return ReadyResponse(body, [("Content-Type", content_type), *headers])


def json(value: Any, *, last_modified: datetime | None = None, labelled: bool = False) -> Response:
    """An answer as JSON, the only form there is of it."""
    return json_bytes(orjson.dumps(value), last_modified=last_modified, labelled=labelled)


def json_bytes(body: bytes, *, last_modified: datetime | None = None, labelled: bool = False) -> Response:
    """An answer that is JSON already."""
    negotiated()
    return respond(body, last_modified=last_modified, labelled=labelled)
