"""What no request to the API may be, whatever it asks: too long, not UTF-8, with control characters."""

import re
from urllib.parse import unquote_to_bytes

from flask import Flask, Response, request

from web.api import problems
from web.problems import is_machine_path

MAX_ADDRESS = 4_000
"""Characters of path and query; the server in front of us draws its own line a little further out."""

# An address that is not UTF-8 reaches the views with U+FFFD in it: nobody means that character.
_NEVER = re.compile("[\\x00-\\x1f\\x7f\\ufffd]")


def register(app: Flask) -> None:
    """Refuse such a request before anything reads it."""
    app.before_request(_refuse)


def _refuse() -> Response | None:
    if not is_machine_path():
        return None
    query = request.query_string
    if len(request.path) + len(query) > MAX_ADDRESS:
        return problems.details(
            414, "uri-too-long", "URI too long", f"An address has at most {MAX_ADDRESS} characters."
        )
    if _NEVER.search(request.path):
        return problems.details(
            404, "not-found", "Not found", "The path has control characters or is not UTF-8."
        )
    try:
        unquote_to_bytes(query).decode()
    except UnicodeDecodeError:
        return problems.details(
            400, "invalid-parameter", "Invalid parameter", "Encode the query in UTF-8.", errors=[]
        )
    return None
