"""The provider's addresses: discovery, keys, choosing whom to be, tokens, userinfo, signing out."""

import secrets
from typing import Any

import requests
from authlib.common.urls import add_params_to_uri
from authlib.oauth2.rfc6749 import OAuth2Error
from flask import Blueprint, Flask, Response, current_app, jsonify, redirect, render_template, request
from flask_babel import Babel
from joserfc import jwt

from core import clock, logging
from web import assets
from web.auth.provider.grants import authorization_server
from web.auth.provider.personas import ACR
from web.auth.provider.plan import Plan
from web.auth.provider.store import Client, Store
from web.language import DEFAULT, LANGUAGES

_EVENT = "http://schemas.openid.net/event/backchannel-logout"
_TELL_SECONDS = 5
_log = logging.get("development-sign-in")
provider = Blueprint("provider", __name__)


def create_provider(plan: Plan) -> Flask:
    """The provider as a Flask application; it remembers nothing beyond its process."""
    app = Flask("web", static_folder=None)
    app.config.update(BABEL_DEFAULT_LOCALE=DEFAULT, BABEL_TRANSLATION_DIRECTORIES="translations")
    Babel(app, locale_selector=_language)
    assets.register(app)
    store = Store.for_plan(plan)
    app.extensions["provider-store"] = store
    app.extensions["provider-server"] = authorization_server(app, store)
    app.register_blueprint(provider)
    app.after_request(_headers)
    return app


def store() -> Store:
    """What this provider remembers."""
    found: Store = current_app.extensions["provider-store"]
    return found


@provider.get("/.well-known/openid-configuration")
def discovery() -> Response:
    """OpenID Connect Discovery 1.0."""
    issuer = store().plan.issuer
    return jsonify(
        issuer=issuer,
        authorization_endpoint=f"{issuer}/authorize",
        token_endpoint=f"{issuer}/token",
        userinfo_endpoint=f"{issuer}/userinfo",
        jwks_uri=f"{issuer}/keys",
        end_session_endpoint=f"{issuer}/end-session",
        response_types_supported=["code"],
        subject_types_supported=["public"],
        id_token_signing_alg_values_supported=["RS256"],
        code_challenge_methods_supported=["S256"],
        token_endpoint_auth_methods_supported=["client_secret_basic", "client_secret_post"],
        backchannel_logout_supported=True,
        backchannel_logout_session_supported=True,
        authorization_response_iss_parameter_supported=True,
        acr_values_supported=[acr for levels in ACR.values() for acr in levels.values()],
        ui_locales_supported=list(LANGUAGES),
    )


@provider.get("/keys")
def keys() -> Response:
    """The public key that tokens are signed with."""
    return jsonify(keys=[{**store().key.as_dict(private=False), "use": "sig", "alg": "RS256"}])


@provider.route("/authorize", methods=["GET", "POST"])
def authorize() -> Response | str | tuple[str, int]:
    """Choose whom to be. What is wrong with the question is told here, never sent anywhere."""
    server = current_app.extensions["provider-server"]
    try:
        grant = server.get_consent_grant(end_user=None)
    except OAuth2Error as error:
        return render_template("provider/refused.html", lang=_language(), error=error.error), 400
    client: Client = grant.request.client
    if request.method == "GET":
        return _choose(client)
    if request.form.get("cancel"):
        persona = None
    else:
        persona = store().personas.get(request.form.get("persona", ""))
        if persona is None or persona.who != client.who:
            return _choose(client)
    answer: Response = server.create_authorization_response(grant_user=persona, grant=grant)
    answer.headers["Location"] = add_params_to_uri(answer.headers["Location"], [("iss", store().plan.issuer)])
    return answer


@provider.post("/token")
def token() -> Response:
    """A code for tokens."""
    answer: Response = current_app.extensions["provider-server"].create_token_response()
    return answer


@provider.get("/userinfo")
def userinfo() -> Response:
    """The claims of whoever an access token is of."""
    scheme, _, access_token = request.headers.get("Authorization", "").partition(" ")
    persona = store().persona_of(access_token) if scheme.casefold() == "bearer" else None
    if persona is None:
        return Response(status=401, headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})
    return jsonify(persona.claims)


@provider.get("/end-session")
def end_session() -> Response | str:
    """RP-Initiated Logout 1.0: end our session, tell the site behind the browser's back, go back there."""
    client = store().clients.get(request.args.get("client_id", ""))
    sid = request.args.get("logout_hint", "")
    if sid:
        _end(sid)
    back = request.args.get("post_logout_redirect_uri", "")
    if client and back in client.client_metadata["post_logout_redirect_uris"]:
        return redirect(back, 303)  # type: ignore[return-value]
    return render_template("provider/signed_out.html", lang=_language())


def _end(sid: str) -> None:
    client = store().sign_out(sid)
    if client is None:
        return
    try:
        token = logout_token(store(), client, sid)
        requests.post(client.back_channel, data={"logout_token": token}, timeout=_TELL_SECONDS)
    except requests.RequestException:
        _log.warning("the site could not be told that a session has ended")


def logout_token(kept: Store, client: Client, sid: str) -> str:
    """Back-Channel Logout 1.0, 2.4."""
    now = int(clock.now().timestamp())
    claims: dict[str, Any] = {
        "iss": kept.plan.issuer,
        "aud": client.client_id,
        "iat": now,
        "exp": now + 120,
        "jti": secrets.token_urlsafe(16),
        "sid": sid,
        "events": {_EVENT: {}},
    }
    header = {"alg": "RS256", "kid": str(kept.key.kid), "typ": "logout+jwt"}
    return jwt.encode(header, claims, kept.key)


def _choose(client: Client) -> str:
    chosen = [persona for persona in store().personas.values() if persona.who == client.who]
    return render_template("provider/choose.html", lang=_language(), personas=chosen)


def _language() -> str:
    wishes = request.values.get("ui_locales", "").split() if request else []
    return next((one for one in wishes if one in LANGUAGES), DEFAULT)


def _headers(response: Response) -> Response:
    response.headers.setdefault(
        "Content-Security-Policy", "default-src 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "no-referrer")
    if request.endpoint != "static":
        response.headers["Cache-Control"] = "no-store"
    return response
