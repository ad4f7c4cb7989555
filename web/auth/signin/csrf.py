"""Forms of ours alone: what a form sends must carry a token that only our own pages can have shown.

Flask-WTF makes and checks the tokens. It keeps its value in Flask's session, which here holds nothing else
and is stored nowhere: the value and the signing key are made of the secret in the browser's cookie, so the
token changes when somebody signs in, and no process needs a key of its own.

Templates write `{{ csrf_field() }}` in every form that is posted. The machine interfaces take no cookies, so
they are not asked for a token.
"""

from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Request, Response, current_app, render_template, request, session
from flask.sessions import SessionInterface, SessionMixin
from flask_wtf.csrf import CSRFError, generate_csrf, validate_csrf
from markupsafe import Markup
from wtforms import ValidationError

from web import problems
from web.auth.signin import cookies
from web.auth.signin.sealing import derived
from web.unit_of_work import current_settings

_FIELD = "csrf_token"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
_EXEMPT = "csrf_exempt"


class _BrowserSession(dict[str, Any], SessionMixin):
    """Lives as long as a request."""


class _BrowserSessions(SessionInterface):
    """Flask's session without storage."""

    def open_session(self, app: Flask, request: Request) -> _BrowserSession:
        return _BrowserSession()

    def save_session(self, app: Flask, session: SessionMixin, response: Any) -> None:
        """Nothing is kept."""


def register(app: Flask) -> None:
    """Check every form, and let templates write the field."""
    app.session_interface = _BrowserSessions()
    # A form object would check once more with a key that there is not; the check below is for all of them.
    app.config["WTF_CSRF_ENABLED"] = False
    app.before_request(_check)
    app.register_error_handler(CSRFError, _refused)
    app.jinja_env.globals.update(csrf_token=csrf_token, csrf_field=csrf_field)


def exempt(view: Any) -> Any:
    """Ask no token of a view that is called by a machine and proves its caller in another way."""
    setattr(view, _EXEMPT, True)
    return view


def csrf_token() -> str:
    """The token for this browser's forms; gives it a cookie if it has none."""
    secret = cookies.session_secret() or cookies.browser_secret(make=True)
    session[_FIELD] = derived(secret, "csrf").hex()
    return str(generate_csrf(secret_key=derived(secret, "csrf signature")))


def csrf_field() -> Markup:
    """The hidden field of a form."""
    return Markup('<input type="hidden" name="{}" value="{}">').format(_FIELD, csrf_token())


def _check() -> None:
    if request.method in _SAFE or request.endpoint is None or problems.is_machine_path():
        return
    if getattr(current_app.view_functions.get(request.endpoint), _EXEMPT, False):
        return
    if not _from_here():
        raise CSRFError("The form came from another site.")
    secret = cookies.session_secret() or cookies.browser_secret()
    if not secret:
        raise CSRFError("The browser sent no cookie.")
    session[_FIELD] = derived(secret, "csrf").hex()
    try:
        lifetime = current_settings().session_minutes * 60
        validate_csrf(request.form.get(_FIELD), derived(secret, "csrf signature"), lifetime)
    except ValidationError as error:
        raise CSRFError(str(error)) from error


def _from_here() -> bool:
    """Whether the browser says that the form is of this site; older browsers say nothing."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        return False
    origin = request.headers.get("Origin")
    if origin is None:
        return True
    own = {urlsplit(request.host_url).netloc, urlsplit(current_settings().public_url).netloc}
    return urlsplit(origin).netloc in own - {""}


def _refused(_error: CSRFError) -> Response:
    response = Response(render_template("signin/form_refused.html"), 400, mimetype="text/html")
    response.headers["Cache-Control"] = "no-store"
    return response
