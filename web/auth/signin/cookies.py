"""The cookies: one of the session, one that binds forms and sign-ins to a browser that has no session, and
beside the first a mark that lets whoever has signed in go first when there is a line (`web/line/mark.py`).

All are read by the server alone, sent to this host alone and over HTTPS alone (`__Host-`, RFC 6265bis
4.1.3.2); only a site that people reach by plain HTTP, which is a developer's own, does without the prefix.
They go when the browser is closed.
"""

from contextlib import suppress

from flask import Flask, Response, g, request

from core import clock
from listing.people.errors import KeysUnavailable
from listing.people.keys import key_ring
from web.auth.signin.sealing import SECRET_LENGTH, new_secret
from web.line import mark
from web.unit_of_work import current_settings

_SESSION = "hittavard-session"
_BROWSER = "hittavard-browser"


def register(app: Flask) -> None:
    """Send whatever cookies a request has changed."""

    @app.after_request
    def send(response: Response) -> Response:
        if "HTTP_COOKIE" not in request.environ and "changed_cookies" not in g:
            return response
        _renew_mark()
        for name, value in g.get("changed_cookies", {}).items():
            options = {"path": "/", "secure": is_secure(), "httponly": True, "samesite": "Lax"}
            if value:
                response.set_cookie(name, value, **options)  # type: ignore[arg-type]
            else:
                response.delete_cookie(name, **options)  # type: ignore[arg-type]
        return response


def is_secure() -> bool:
    """Whether people reach the site by HTTPS; a proxy may end it before us."""
    return request.is_secure or current_settings().public_url.startswith("https://")


def session_secret() -> str:
    """The secret of the session that the request came with; empty without one."""
    return _read(_SESSION)


def keep_session(secret: str) -> None:
    """Give the browser a session's secret; the one it had is forgotten."""
    _change(_SESSION, secret)
    _renew_mark(anew=True)


def drop_session() -> None:
    """Let the browser forget its session."""
    _change(_SESSION, "")
    _change(mark.NAME, "")


def browser_secret(*, make: bool = False) -> str:
    """The secret that a browser has without signing in; made when there is none and `make` says so."""
    secret = _read(_BROWSER)
    if not secret and make:
        secret = new_secret()
        _change(_BROWSER, secret)
    return secret


def _renew_mark(*, anew: bool = False) -> None:
    """Whoever is signed in has a mark that lasts as long as a session may be idle."""
    secret = session_secret()
    if not secret or not (anew or g.get("web_session")):
        return
    settings = current_settings()
    idle = 60 * settings.session_idle_minutes
    now = clock.now().timestamp()
    with suppress(KeysUnavailable):  # then there is nobody who goes first
        ring = key_ring(settings.keys_file)
        if anew or mark.until(ring, request.cookies.get(_name(mark.NAME), ""), secret) < now + 0.75 * idle:
            _change(mark.NAME, mark.made(ring, secret, now + idle))


def _name(name: str) -> str:
    return f"__Host-{name}" if is_secure() else name


def _read(name: str) -> str:
    changed: dict[str, str] = g.get("changed_cookies", {})
    value = changed.get(_name(name), request.cookies.get(_name(name), ""))
    return value if len(value) == SECRET_LENGTH and value.isascii() else ""


def _change(name: str, value: str) -> None:
    if "changed_cookies" not in g:
        g.changed_cookies = {}
    g.changed_cookies[_name(name)] = value
