"""What pages ask of the sign-in: who is here, and that somebody with a certain right is.

    @site.get("/mina-sidor")
    @requires_sign_in()                                    # a resident, at the level that listing needs
    @requires_sign_in(level=Need.SIGN_IN)                  # a resident, however signed in
    @requires_sign_in(roles=[Role.UNIT, Role.REGION])      # staff in one of these roles

A page asks `current_visitor()`, or `web.access.current_actor()` for the services; templates ask `visitor()`.
"""

from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Any, TypeVar

from flask import Response, g, make_response, render_template, request, url_for

from core.settings import Settings
from listing.actor import Actor, Role
from web.access import audience
from web.auth.signin import cookies, sessions
from web.auth.signin.next_page import address_here, local_path
from web.auth.signin.visitor import ANONYMOUS, Visitor
from web.unit_of_work import current_engine, current_settings

View = TypeVar("View", bound=Callable[..., Any])


class Need(StrEnum):
    """What a page needs a level of assurance for; which one that is, is a setting."""

    SIGN_IN = "sign-in"
    LISTING = "listing"


def current_visitor() -> Visitor:
    """Who looks at this page. One question to the database per request, and none without a cookie."""
    opened = current_session()
    return opened.visitor if opened else ANONYMOUS


def current_session() -> sessions.Opened | None:
    """The session of this request, kept for its length."""
    if "web_session" not in g:
        secret = cookies.session_secret()
        g.web_session = sessions.resume(current_engine(), current_settings(), secret) if secret else None
    found: sessions.Opened | None = g.web_session
    return found


def level_for(need: Need, settings: Settings) -> int:
    """The level of assurance, 1 to 4, that a need asks for."""
    return {Need.SIGN_IN: settings.sign_in_level, Need.LISTING: settings.listing_level}[need]


def requires_sign_in(
    *, level: Need = Need.LISTING, roles: Iterable[Role] = (Role.RESIDENT,)
) -> Callable[[View], View]:
    """Let only those in who are signed in, in one of `roles`; residents at the level that `level` asks for.

    Others come to the sign-in page and back here. Whose time is out is told so; who has another role is told
    what is needed. What was sent in a form by somebody who is not signed in is not carried out.

    The default level is the high one: whatever tells of a person's care over an open network asks for strong
    authentication (HSLF-FS 2016:40).
    """
    allowed = frozenset(roles)

    def actor_or_way_in() -> Actor | Response:
        return refusal(allowed, level) or current_visitor().actor()

    return audience(*sorted(allowed), entry=actor_or_way_in)


def refusal(allowed: frozenset[Role], need: Need) -> Response | None:
    """What somebody has to do before a page is theirs; None for whom it is."""
    visitor = current_visitor()
    if not visitor.is_signed_in:
        return _ask_to_sign_in(allowed)
    if visitor.is_staff and visitor.commission is None and allowed - {Role.RESIDENT}:
        return see_other(url_for("signin.commissions", next=_here()))
    if visitor.role not in allowed:
        page = render_template("signin/wrong_role.html", for_residents=Role.RESIDENT in allowed, next=_here())
        return make_response(page, 403)
    if visitor.is_resident and visitor.level < level_for(need, current_settings()):
        return see_other(url_for("signin.step_up", next=_here(), need=need))
    return None


def _ask_to_sign_in(allowed: frozenset[Role]) -> Response:
    who = "personal" if Role.RESIDENT not in allowed else None
    if cookies.session_secret():
        cookies.drop_session()
        return make_response(render_template("signin/expired.html", next=_here(), who=who), 401)
    return see_other(url_for("signin.choose", next=_here(), who=who))


def see_other(address: str) -> Response:
    """Go on by GET, whatever this request was (303)."""
    return make_response("", 303, {"Location": address})


def _here() -> str:
    """Where to come back to: this page, or after a form the page that the form was on."""
    if request.method in ("GET", "HEAD"):
        return local_path(address_here(request.full_path))
    origin = request.host_url.rstrip("/")
    sent_from = request.referrer or ""
    return local_path(sent_from.removeprefix(origin) if sent_from.startswith(f"{origin}/") else "")
