"""Flask, without what no request of ours needs.

Most questions are answered from memory, in less time than a framework may take to be asked and to answer.
"""

from collections.abc import Callable
from typing import Any

from flask import Flask, Response
from werkzeug.datastructures import Headers


class Application(Flask):
    """An application whose views and hooks are plain functions."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """As it is: none is a coroutine, and Flask would ask that some fifteen times for each request."""
        return func


class ReadyResponse(Response):
    """A whole answer with a body, whose headers are as they are to be sent.

    Werkzeug would copy them, check them once more, and look for a location to complete.
    """

    default_mimetype = None

    def __init__(self, body: bytes, headers: list[tuple[str, str]]) -> None:
        """`headers` have the content's type; its length is added here."""
        super().__init__([body], 200, [*headers, ("Content-Length", str(len(body)))])

    def get_wsgi_headers(self, environ: Any) -> Headers:
        """The headers of the response."""
        return self.headers
