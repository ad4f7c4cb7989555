"""The caller of a request, as its access token says."""

from flask import Flask, current_app, request

from core.settings import Settings
from listing.actor import Actor
from web.auth import claims, issuers, tokens
from web.auth.errors import TokenInvalid, TokenMissing

_ISSUERS = "hittavard.issuers"


def register(app: Flask) -> None:
    """Refuse to start with issuers that cannot be trusted as configured; fetches nothing yet."""
    app.extensions[_ISSUERS] = issuers.trusted(app.config["HITTAVARD"])


def by_token() -> Actor:
    """Who the bearer token of this request says that the caller is; see `web.auth.errors` for refusals."""
    settings: Settings = current_app.config["HITTAVARD"]
    header = request.headers.get("Authorization")
    if not header:
        raise TokenMissing
    token = tokens.bearer(header)
    if token is None:
        raise TokenInvalid("The Authorization header must be: Bearer <token>")
    checked = tokens.check(token, current_app.extensions[_ISSUERS], settings.tokens)
    return claims.actor_of(checked, settings)
