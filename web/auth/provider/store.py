"""What the provider remembers, in its own memory: codes not yet used, access tokens, who is signed in."""

import secrets
import threading
from dataclasses import dataclass, field
from typing import Any

from authlib.oauth2.rfc6749 import ClientMixin
from joserfc.jwk import RSAKey

from core import clock
from web.auth.provider.personas import Persona, personas
from web.auth.provider.plan import RESIDENTS, STAFF, Plan

CODE_SECONDS = 60


@dataclass
class Code:
    """A code: for one client, one address, one use, a minute."""

    code: str
    client_id: str
    redirect_uri: str
    scope: str
    nonce: str
    persona: Persona
    sid: str
    acr: str
    code_challenge: str
    code_challenge_method: str
    made_at: float

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope

    def get_nonce(self) -> str:
        return self.nonce

    def get_auth_time(self) -> int:
        return int(self.made_at)

    def get_acr(self) -> str:
        return self.acr

    def get_amr(self) -> None:
        return None


class Client(ClientMixin):
    """The site, as residents or as staff use it."""

    def __init__(self, plan: Plan, who: str) -> None:
        self.client_id = plan.client_id(who)
        self.who = who
        self._secret = plan.secret
        self._redirect_uris = plan.redirect_uris(who)
        self.client_metadata = {"post_logout_redirect_uris": plan.signed_out_uris()}
        self.id_token_signed_response_alg = "RS256"
        self.back_channel = f"{plan.sites[0]}/logga-ut/meddelande/{who}"

    def get_client_id(self) -> str:
        return self.client_id

    def get_default_redirect_uri(self) -> str:
        return self._redirect_uris[0]

    def get_allowed_scope(self, scope: str) -> str:
        return " ".join(one for one in (scope or "").split() if one in ("openid", "profile"))

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri in self._redirect_uris

    def check_client_secret(self, client_secret: str) -> bool:
        return secrets.compare_digest(client_secret, self._secret)

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method in ("client_secret_basic", "client_secret_post")

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


@dataclass
class Store:
    """Everything, behind one lock: requests come in several threads."""

    plan: Plan
    key: RSAKey
    personas: dict[str, Persona]
    clients: dict[str, Client]
    logins: dict[str, tuple[Client, Persona]] = field(default_factory=dict)
    _codes: dict[str, Code] = field(default_factory=dict)
    _tokens: dict[str, Persona] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def for_plan(cls, plan: Plan) -> "Store":
        """A store with a fresh key and nobody signed in."""
        clients = [Client(plan, who) for who in (RESIDENTS, STAFF)]
        key = RSAKey.generate_key(2048, auto_kid=True)
        return cls(plan, key, personas(plan), {client.client_id: client for client in clients})

    def keep_code(self, code: Code) -> None:
        with self._lock:
            self._codes[code.code] = code

    def take_code(self, code: str, client: Client) -> Code | None:
        """A code's first use takes it away; None for any other, another client's, or one that is too old."""
        with self._lock:
            found = self._codes.pop(code, None)
        if found is None or found.client_id != client.client_id:
            return None
        return found if clock.now().timestamp() - found.made_at <= CODE_SECONDS else None

    def sign_in(self, client: Client, persona: Persona) -> str:
        """Begin the provider's own session; its `sid`."""
        sid = secrets.token_urlsafe(16)
        with self._lock:
            self.logins[sid] = (client, persona)
        return sid

    def sign_out(self, sid: str) -> Client | None:
        """End it; whom to tell."""
        with self._lock:
            found = self.logins.pop(sid, None)
        return found[0] if found else None

    def keep_token(self, token: dict[str, Any], persona: Persona) -> None:
        with self._lock:
            self._tokens[token["access_token"]] = persona

    def persona_of(self, access_token: str) -> Persona | None:
        with self._lock:
            return self._tokens.get(access_token)
