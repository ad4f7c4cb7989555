"""Pages and outlines travel compressed to browsers that can take it.

Not for a request that carries a cookie: a compressed answer that holds both a secret and what an attacker
chose gives the secret away by its length (BREACH, CVE-2013-3587). Machine interfaces are left alone.
"""

import gzip

from flask import Flask, Response, request

from web.problems import is_machine_path

LEAST_BYTES = 1000
LEVEL = 5
TYPES = frozenset({"text/html", "application/geo+json", "text/css", "text/javascript", "image/svg+xml"})


def register(app: Flask) -> None:
    """Compress what is worth it."""
    app.after_request(compress)


def compress(response: Response) -> Response:
    """The answer compressed, or as it was."""
    if is_machine_path() or response.mimetype not in TYPES:
        return response
    response.vary.add("Accept-Encoding")
    if response.status_code != 200 or not _wanted() or response.headers.get("Content-Encoding"):
        return response
    response.direct_passthrough = False
    body = response.get_data()
    if len(body) < LEAST_BYTES:
        return response
    response.set_data(gzip.compress(body, LEVEL, mtime=0))
    response.headers["Content-Encoding"] = "gzip"
    etag, _weak = response.get_etag()
    if etag:
        response.set_etag(etag, weak=True)
    return response


def _wanted() -> bool:
    return (
        request.method == "GET" and "Cookie" not in request.headers and request.accept_encodings["gzip"] > 0
    )
