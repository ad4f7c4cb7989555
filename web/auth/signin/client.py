"""Our side of OpenID Connect: authorization code with PKCE (S256), state and nonce, through Authlib.

Sources: OpenID Connect Core 1.0, Discovery 1.0, RP-Initiated Logout 1.0, Back-Channel Logout 1.0; RFC 7636,
9207 and 9700. Whatever an answer says is believed only after its signature, issuer, audience, times and nonce
have been checked.
"""

import threading
import time
from collections.abc import Mapping
from typing import Any, cast

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.common.urls import add_params_to_uri
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from core import clock
from web.auth.signin.configuration import Provider
from web.auth.signin.errors import AnswerRefused, ProviderUnavailable

ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
"""Signatures with the provider's own key alone; `none` and those with a shared secret are never accepted."""

LEEWAY = 60
_TIMEOUT = (5, 10)
_METADATA_SECONDS = 3600.0
_KEYS_SECONDS = 60.0
_BACK_CHANNEL_EVENT = "http://schemas.openid.net/event/backchannel-logout"


class Client:
    """What we are at one provider. Made once per process; what it reads from the provider is kept."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        self._lock = threading.Lock()
        self._metadata: tuple[float, dict[str, Any]] | None = None
        self._keys: tuple[float, KeySet] | None = None

    def authorize_url(
        self,
        *,
        redirect_uri: str,
        state: str,
        nonce: str,
        verifier: str,
        language: str,
        acr: list[str],
        again: bool,
    ) -> str:
        """Where to send somebody. `again` asks the provider to identify anew, whatever it remembers."""
        extra: dict[str, str] = {**self.provider.authorize, "ui_locales": language}
        if acr:
            extra["acr_values"] = " ".join(acr)
        if again:
            extra["prompt"] = "login"
        with self._session(redirect_uri) as session:
            url, _state = session.create_authorization_url(
                self._endpoint("authorization_endpoint"),
                state=state,
                nonce=nonce,
                code_verifier=verifier,
                **extra,
            )
        return str(url)

    def exchange(self, *, code: str, verifier: str, redirect_uri: str) -> dict[str, Any]:
        """The tokens for a code; refused when the provider refuses it, as for a code that was used."""
        endpoint = self._endpoint("token_endpoint")
        try:
            with self._session(redirect_uri) as session:
                return dict(session.fetch_token(endpoint, code=code, code_verifier=verifier))
        except requests.RequestException as error:
            raise ProviderUnavailable("the provider of sign-in did not answer") from error
        except (AuthlibBaseError, ValueError) as error:
            raise AnswerRefused("the provider refused the code") from error

    def identity(self, tokens: Mapping[str, Any], nonce: str) -> dict[str, Any]:
        """The checked claims of an identity token, and those of userinfo where the settings say so."""
        token = tokens.get("id_token")
        if not isinstance(token, str):
            raise AnswerRefused("the answer has no identity token")
        header, claims = self._verified(token)
        checked = CodeIDToken(
            claims,
            header,
            {
                "iss": {"essential": True, "value": self.provider.issuer},
                "aud": {"essential": True, "value": self.provider.client_id},
            },
            {
                "nonce": nonce,
                "client_id": self.provider.client_id,
                "access_token": tokens.get("access_token"),
            },
        )
        try:
            checked.validate(now=int(clock.now().timestamp()), leeway=LEEWAY)
        except (AuthlibBaseError, JoseError, ValueError) as error:
            raise AnswerRefused(f"the identity token was refused: {type(error).__name__}") from error
        return self._with_userinfo(dict(checked), tokens) if self.provider.userinfo else dict(checked)

    def log_out_url(self, *, back_to: str, login: str, id_token: str, language: str) -> str:
        """Where to send somebody to end the provider's own session; empty when the provider has no such page.

        The identity token holds a personal number, and what stands in an address ends in logs; so it is sent
        as a hint only to a provider whose settings ask for it.
        """
        endpoint = self.metadata().get("end_session_endpoint")
        if not endpoint:
            return ""
        params = {
            "client_id": self.provider.client_id,
            "post_logout_redirect_uri": back_to,
            "ui_locales": language,
        }
        if login:
            params["logout_hint"] = login
        if id_token and self.provider.logout_id_token_hint:
            params["id_token_hint"] = id_token
        return str(add_params_to_uri(str(endpoint), list(params.items())))

    def logged_out(self, token: str) -> dict[str, Any]:
        """The checked claims of a logout token (Back-Channel Logout 1.0, 2.6)."""
        _header, claims = self._verified(token)
        registry = jwt.JWTClaimsRegistry(
            int(clock.now().timestamp()),
            LEEWAY,
            iss={"essential": True, "value": self.provider.issuer},
            aud={"essential": True, "value": self.provider.client_id},
            iat={"essential": True},
            exp={"essential": True},
            jti={"essential": True},
        )
        try:
            registry.validate(claims)
        except (JoseError, ValueError) as error:
            raise AnswerRefused("the logout token was refused") from error
        events = claims.get("events")
        if not isinstance(events, dict) or _BACK_CHANNEL_EVENT not in events or "nonce" in claims:
            raise AnswerRefused("the token is no logout token")
        if not claims.get("sid") and not claims.get("sub"):
            raise AnswerRefused("the logout token says not whose session ends")
        return claims

    def metadata(self) -> dict[str, Any]:
        """What the provider says of itself, read at most once an hour."""
        with self._lock:
            if self._metadata is None or time.monotonic() - self._metadata[0] > _METADATA_SECONDS:
                address = self.provider.issuer.rstrip("/") + "/.well-known/openid-configuration"
                found = _fetch(address)
                if found.get("issuer") != self.provider.issuer:
                    raise ProviderUnavailable(
                        "the provider calls itself by another name than the settings do"
                    )
                self._metadata = (time.monotonic(), found)
            return self._metadata[1]

    def _endpoint(self, name: str) -> str:
        address = self.metadata().get(name)
        if not isinstance(address, str):
            raise ProviderUnavailable(f"the provider names no {name}")
        return address

    def _session(self, redirect_uri: str = "") -> OAuth2Session:
        methods = self.metadata().get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        basic = "client_secret_basic" if "client_secret_basic" in methods else "client_secret_post"
        return OAuth2Session(
            self.provider.client_id,
            self.provider.client_secret or None,
            scope=" ".join(self.provider.scopes),
            redirect_uri=redirect_uri,
            token_endpoint_auth_method=basic if self.provider.client_secret else "none",
            code_challenge_method="S256",
            default_timeout=_TIMEOUT,
        )

    def _verified(self, token: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """Header and claims of a token whose signature holds; keys are read anew when none of ours fits."""
        registry = JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)
        try:
            found = jwt.decode(token, self._key_set(), registry=registry)
        except (JoseError, ValueError):
            try:
                found = jwt.decode(token, self._key_set(anew=True), registry=registry)
            except (JoseError, ValueError) as error:
                raise AnswerRefused(f"the signature was refused: {type(error).__name__}") from error
        return dict(found.header), dict(found.claims)

    def _key_set(self, *, anew: bool = False) -> KeySet:
        """The provider's keys, asked for again at most once a minute, so that forgeries cost it nothing."""
        address = self._endpoint("jwks_uri")
        with self._lock:
            kept = self._keys
            if kept is None or (anew and time.monotonic() - kept[0] > _KEYS_SECONDS):
                kept = self._keys = (time.monotonic(), KeySet.import_key_set(cast(Any, _fetch(address))))
            return kept[1]

    def _with_userinfo(self, claims: dict[str, Any], tokens: Mapping[str, Any]) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {tokens.get('access_token', '')}"}
        found = _fetch(self._endpoint("userinfo_endpoint"), headers)
        if found.get("sub") != claims["sub"]:
            raise AnswerRefused("userinfo tells of somebody else")
        return {**found, **claims}


def _fetch(address: str, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
    try:
        answer = requests.get(address, headers=headers, timeout=_TIMEOUT, allow_redirects=False)
        answer.raise_for_status()
        found = answer.json()
    except (requests.RequestException, ValueError) as error:
        raise ProviderUnavailable("the provider of sign-in did not answer") from error
    if not isinstance(found, dict):
        raise ProviderUnavailable("the provider answered with something else than an object")
    return found
