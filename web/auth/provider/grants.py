"""The code flow on the provider's side: Authlib's server, made stricter where it leaves a choice.

Authlib asks for PKCE from public clients alone and knows the method `plain`; here every client must use it,
with S256 (RFC 9700, 2.1.1), as the providers do that the site will meet.
"""

from typing import Any

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import InvalidRequestError
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import UserInfo
from authlib.oidc.core.grants import OpenIDCode
from flask import Flask

from core import clock
from web.auth.provider.personas import ACR, Persona
from web.auth.provider.store import Client, Code, Store

ID_TOKEN_SECONDS = 300


def authorization_server(app: Flask, store: Store) -> AuthorizationServer:
    """Authlib's server over our store."""
    server = AuthorizationServer()
    server.init_app(
        app,
        query_client=store.clients.get,
        save_token=lambda token, request: store.keep_token(token, request.user),
    )
    server.register_grant(_grant(store), [StrictCodeChallenge(), _open_id(store)])
    return server


class StrictCodeChallenge(CodeChallenge):
    """A challenge from everybody, by S256 alone."""

    DEFAULT_CODE_CHALLENGE_METHOD = ""
    SUPPORTED_CODE_CHALLENGE_METHOD = ["S256"]

    def validate_code_challenge(self, grant: Any, redirect_uri: str) -> None:
        data = grant.request.payload.data
        if not data.get("code_challenge") or data.get("code_challenge_method") != "S256":
            raise InvalidRequestError("'code_challenge' with the method S256 is required")
        super().validate_code_challenge(grant, redirect_uri)


def _grant(store: Store) -> type[AuthorizationCodeGrant]:
    class Grant(AuthorizationCodeGrant):
        def save_authorization_code(self, code: str, request: Any) -> None:
            data = request.payload.data
            client: Client = request.client
            store.keep_code(
                Code(
                    code=code,
                    client_id=client.client_id,
                    redirect_uri=request.payload.redirect_uri,
                    scope=request.scope,
                    nonce=data.get("nonce", ""),
                    persona=request.user,
                    sid=store.sign_in(client, request.user),
                    acr=ACR[client.who][2 if data.get("level") == "2" else 3],
                    code_challenge=data["code_challenge"],
                    code_challenge_method=data["code_challenge_method"],
                    made_at=clock.now().timestamp(),
                )
            )

        def query_authorization_code(self, code: str, client: Client) -> Code | None:
            return store.take_code(code, client)

        def delete_authorization_code(self, authorization_code: Code) -> None:
            """It was taken when it was first seen."""

        def authenticate_user(self, authorization_code: Code) -> Persona:
            return authorization_code.persona

    return Grant


def _open_id(store: Store) -> OpenIDCode:
    class OpenId(OpenIDCode):
        def exists_nonce(self, nonce: str, request: Any) -> bool:
            """Replay is caught by codes being for one use."""
            return False

        def resolve_client_private_key(self, client: Client) -> Any:
            return store.key

        def get_encode_header(self, client: Client) -> dict[str, str]:
            return {"alg": "RS256", "kid": str(store.key.kid)}

        def get_client_claims(self, client: Client) -> dict[str, Any]:
            now = int(clock.now().timestamp())
            return {
                "iss": store.plan.issuer,
                "aud": client.client_id,
                "iat": now,
                "exp": now + ID_TOKEN_SECONDS,
            }

        def get_authorization_code_claims(self, authorization_code: Code) -> dict[str, Any]:
            return {
                **super().get_authorization_code_claims(authorization_code),
                "sid": authorization_code.sid,
            }

        def generate_user_info(self, user: Persona, scope: str) -> UserInfo:
            return UserInfo(user.claims)

    return OpenId(require_nonce=True)
