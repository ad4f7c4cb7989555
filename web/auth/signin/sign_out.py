"""Signing out: here, at the provider, and when the provider says so."""

from flask import Response, make_response, render_template, request, url_for

from core import audit
from core.database import unit_of_work
from web.access import PUBLIC, audience
from web.auth.signin import cookies, sessions
from web.auth.signin.blueprint import signin
from web.auth.signin.csrf import exempt
from web.auth.signin.errors import SignInFailed
from web.auth.signin.guard import current_session, see_other
from web.auth.signin.way_in import client_named, public_address, ways_in
from web.site.i18n import current_language
from web.unit_of_work import current_engine


@signin.post("/logga-ut")
@audience(PUBLIC)
def sign_out() -> Response:
    """End the session, then the provider's own.

    The page that says so takes the browser on: an answer that redirects a form to another host is stopped by
    our content security policy (`form-action`), and the hosts that a provider sends through are not known.
    """
    opened = current_session()
    secret = cookies.session_secret()
    if secret:
        sessions.end(current_engine(), secret)
        cookies.drop_session()
    if opened is None:
        return see_other(url_for("signin.signed_out"))
    with unit_of_work(current_engine()) as session:
        key = opened.visitor.key
        audit.record(session, actor=key, action="sign-out", subject_kind="session", subject_key=key)
    onward = _provider_page(opened)
    if not onward:
        return see_other(url_for("signin.signed_out"))
    return make_response(render_template("signin/signing_out.html", onward=onward))


def _provider_page(opened: sessions.Opened) -> str:
    """Where the provider ends its session; empty when it cannot, or does not answer: ours has ended."""
    client = ways_in().clients.get(opened.visitor.provider)
    if client is None:
        return ""
    try:
        return client.log_out_url(
            back_to=public_address("signin.signed_out"),
            login=opened.login.partition(" ")[2],
            id_token=opened.id_token,
            language=current_language(),
        )
    except SignInFailed:
        return ""


@signin.get("/utloggad")
@audience(PUBLIC)
def signed_out() -> str:
    """You are signed out."""
    return render_template("signin/signed_out.html")


@signin.post("/logga-ut/meddelande/<key>")
@exempt
@audience(PUBLIC)
def back_channel(key: str) -> Response:
    """A provider tells that one of its sessions has ended (Back-Channel Logout 1.0): so do ours of it.

    The signed token proves the caller. Only by `sid`: what we keep names no person's `sub`.
    """
    client = client_named(key)
    try:
        claims = client.logged_out(request.form.get("logout_token", ""))
    except SignInFailed:
        return make_response({"error": "invalid_request"}, 400)
    sid = claims.get("sid")
    if not isinstance(sid, str) or not sid:
        return make_response({"error": "invalid_request", "error_description": "sid is required"}, 400)
    sessions.end_login(current_engine(), f"{key} {sid}")
    return make_response("", 200)
