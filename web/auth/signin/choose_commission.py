"""Staff with several commissions choose which one they act in, and may change it later."""

from dataclasses import replace

from flask import Response, render_template, request, url_for

from listing.actor import Role
from web.access import PUBLIC, audience
from web.auth.signin import cookies, sessions
from web.auth.signin.blueprint import signin
from web.auth.signin.guard import current_visitor, see_other
from web.auth.signin.next_page import local_path
from web.auth.signin.visitor import Visitor
from web.unit_of_work import current_engine

STAFF_ROLES = (Role.UNIT, Role.REGION, Role.NURSE, Role.STATISTICIAN)


@signin.route("/logga-in/uppdrag", methods=["GET", "POST"])
@audience(PUBLIC)
def commissions() -> Response | str | tuple[str, int]:
    """Choose a commission. It is a change of rights, so the session goes on under a new secret."""
    visitor = current_visitor()
    next_path = local_path(request.values.get("next"))
    if not visitor.is_staff:
        return see_other(url_for("signin.choose", next=next_path, who="personal"))
    if request.method == "GET":
        return _page(visitor, next_path)
    chosen = next((one for one in visitor.commissions if one.key == request.form.get("commission")), None)
    if chosen is None:
        return _page(visitor, next_path, missing=True), 400
    secret = sessions.replace_visitor(
        current_engine(), cookies.session_secret(), replace(visitor, commission=chosen)
    )
    if secret is None:
        cookies.drop_session()
        return see_other(url_for("signin.choose", next=next_path, who="personal"))
    cookies.keep_session(secret)
    return see_other(next_path)


def _page(visitor: Visitor, next_path: str, *, missing: bool = False) -> str:
    return render_template("signin/commissions.html", visitor_=visitor, next=next_path, missing=missing)
