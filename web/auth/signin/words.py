"""What templates may ask of the sign-in: who is here, in which role, and how to get in."""

from flask import Flask, g, request
from flask_babel import gettext as _
from sqlalchemy.exc import SQLAlchemyError

from listing.actor import Role
from web.auth.signin.guard import current_visitor
from web.auth.signin.next_page import address_here, local_path
from web.auth.signin.visitor import ANONYMOUS, Commission, Visitor
from web.auth.signin.way_in import ways_in


def register(app: Flask) -> None:
    """Add `visitor()`, `role_name(commission)`, `can_sign_in()` and `sign_in_next()`."""
    app.jinja_env.globals.update(
        visitor=shown_visitor,
        role_name=role_name,
        can_sign_in=lambda: bool(ways_in().clients),
        sign_in_next=lambda: local_path(address_here(request.full_path)),
    )


def shown_visitor() -> Visitor:
    """Who is here; nobody when the database cannot say: the page that tells of that has a header too."""
    try:
        return current_visitor()
    except SQLAlchemyError:
        g.web_session = None
        return ANONYMOUS


def role_name(commission: Commission) -> str:
    """`Personal, Ekeby vårdcentral`."""
    words = {
        Role.UNIT: _("Personal"),
        Role.REGION: _("Regionadministratör"),
        Role.NURSE: _("Sjuksköterska i rådgivning"),
        Role.STATISTICIAN: _("Statistiker"),
    }
    return f"{words[commission.role]}, {commission.place}"
