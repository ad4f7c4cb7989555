"""Sign-in of people: OpenID Connect for residents and staff, sessions, and what pages may ask of them."""

from flask import Flask, Response, g, request

from web.auth.signin import cookies, csrf, way_in, words
from web.auth.signin.blueprint import signin as blueprint
from web.auth.signin.csrf import csrf_field, csrf_token
from web.auth.signin.guard import Need, current_visitor, requires_sign_in
from web.auth.signin.visitor import ANONYMOUS, Commission, Visitor


def register(app: Flask) -> None:
    """Add the pages, the check of forms, and what templates may ask. Refuses settings that contradict."""
    way_in.register(app)
    cookies.register(app)
    csrf.register(app)
    words.register(app)
    app.register_blueprint(blueprint)
    app.after_request(_keep_nothing_of_the_signed_in)


def _keep_nothing_of_the_signed_in(response: Response) -> Response:
    """A page that was made for somebody is not there for the next one who presses the back button."""
    opened = g.get("web_session")
    if opened is not None and request.endpoint != "static":
        response.headers["Cache-Control"] = "no-store"
    return response


__all__ = [
    "ANONYMOUS",
    "Commission",
    "Need",
    "Visitor",
    "blueprint",
    "csrf_field",
    "csrf_token",
    "current_visitor",
    "register",
    "requires_sign_in",
]
