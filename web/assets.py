"""Static files under addresses that carry a digest of their content.

A digest in the path (`/static/3f2a…/css/base.css`) makes the address change with the content, so an answer
may be kept for a year, and relative addresses inside style sheets and modules keep working.
"""

import hashlib
from functools import cache
from pathlib import Path

from flask import Flask, Response, request, send_from_directory, url_for

FOLDER = Path(__file__).parent / "static"
TOGETHER = "css/site.css"
SHEETS = ("tokens", "base", "layout", "components", "pages", "card", "choosing", "map")
"""The style sheets that travel as one: before the first is there nothing is drawn, and each of several would
cost a phone a turn over the network. They stay apart as files, and in this order."""
_YEAR = 365 * 24 * 3600


@cache
def tree_digest(folder: Path = FOLDER) -> str:
    """One digest of every static file: modules import each other, so all change address together."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            digest.update(str(path.relative_to(folder)).encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


@cache
def together(folder: Path = FOLDER) -> str:
    """`css/site.css`, which is no file: the sheets one after another."""
    return "".join((folder / f"css/{sheet}.css").read_text(encoding="utf-8") for sheet in SHEETS)


def static_url(path: str) -> str:
    """The lasting address of a static file, for templates."""
    return url_for("static", digest=tree_digest(), filename=path)


def register(app: Flask) -> None:
    """Serve `/static/<digest>/<path>`; an address with another digest still answers, but is not kept."""

    def static(digest: str, filename: str) -> Response:
        response = _answer(filename)
        if digest == tree_digest():
            response.cache_control.public = True
            response.cache_control.max_age = _YEAR
            response.cache_control.immutable = True
        else:
            response.cache_control.no_cache = True
        return response

    app.add_url_rule("/static/<digest>/<path:filename>", endpoint="static", view_func=static)
    app.jinja_env.globals["static_url"] = static_url

    @app.get("/favicon.ico")
    def favicon() -> Response:
        response = send_from_directory(FOLDER, "img/favicon.svg")
        response.cache_control.max_age = 24 * 3600
        return response


def _answer(filename: str) -> Response:
    if filename != TOGETHER:
        return send_from_directory(FOLDER, filename, conditional=True)
    response = Response(together(), mimetype="text/css")
    response.set_etag(tree_digest())
    response.make_conditional(request)
    return response
