"""Access tokens: signed JWT (RFC 7519, RFC 9068) checked as the current practice asks (RFC 8725).

The algorithm is ours to allow and never the token's to choose: asymmetric ones only, so that neither `none`
nor a published key used as an HMAC secret gets anybody in. The issuer, the audience and the times hold
before any claim about the caller is read.
"""

import json
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from threading import Lock
from typing import Any, NamedTuple

from joserfc import jws, jwt
from joserfc.errors import (
    BadSignatureError,
    ExpiredTokenError,
    InvalidClaimError,
    JoseError,
    MissingClaimError,
)
from joserfc.jwk import KeySet
from joserfc.jws import CompactSignature, JWSRegistry

from core import clock
from core.token_settings import TokenSettings
from web.auth.errors import TokenExpired, TokenInvalid
from web.auth.issuers import Issuer

ALGORITHMS = ("ES256", "ES384", "ES512", "PS256", "PS384", "PS512", "RS256", "RS384", "RS512", "Ed25519")
LEEWAY = 30
"""Seconds that two clocks may differ."""
MAX_LENGTH = 8_192
_TYPES = {"jwt", "at+jwt", "application/at+jwt"}

# Headers that we do not know are disregarded (RFC 7515, 4). Critical ones there may be none.
_REGISTRY = JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)
_MALFORMED = (JoseError, ValueError, TypeError, KeyError, AttributeError, RecursionError)


@dataclass(frozen=True)
class Checked:
    """The claims of a token whose signature, issuer, audience and times hold. Never printed."""

    issuer: Issuer
    claims: Mapping[str, Any]

    def __repr__(self) -> str:
        return f"Checked({self.issuer.name})"


def bearer(header: str) -> str | None:
    """The token of an Authorization header; None when it holds something else."""
    scheme, _, token = header.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def check(token: str, issuers: Mapping[str, Issuer], settings: TokenSettings) -> Checked:
    """The claims of the token, or TokenInvalid, TokenExpired or KeysUnavailable."""
    if len(token) > MAX_LENGTH or not token.isascii():
        raise TokenInvalid("The access token is too long or has characters that no token has")
    issuer, claims = _signed(token.encode(), issuers)
    _check_claims(claims, issuer, settings)
    return Checked(issuer, claims)


class _Signed(NamedTuple):
    """A token whose signature held, and the very keys that it was checked with."""

    issuer: str
    kid: str | None
    keys: KeySet
    claims: dict[str, Any]


_MOST_SIGNED = 4_096
_signed_before: OrderedDict[bytes, _Signed] = OrderedDict()
_lock = Lock()


def _signed(token: bytes, issuers: Mapping[str, Issuer]) -> tuple[Issuer, dict[str, Any]]:
    """Who has signed the token, and its claims, times and all else yet to be looked at.

    A caller sends one token many times, and its signature is what costs. So it is checked again only when
    the issuer's keys are others than they were: a withdrawn key is noticed as soon as without this.
    """
    digest = sha256(token).digest()
    before = _signed_before.get(digest)
    if before is not None:
        issuer = issuers.get(before.issuer)
        if issuer is not None and issuer.keys.find(before.kid) is before.keys:
            return issuer, before.claims
    unverified, claims, issuer = _announced(token, issuers)
    kid = unverified.headers().get("kid")
    try:
        keys = issuer.keys.find(kid)
        if not jws.validate_compact(unverified, keys, registry=_REGISTRY):
            raise BadSignatureError
    except _MALFORMED:
        # What exactly does not hold is told to nobody: it only helps whoever tries to make tokens.
        raise TokenInvalid("The signature of the access token does not hold") from None
    with _lock:
        _signed_before[digest] = _Signed(issuer.name, kid, keys, claims)
        while len(_signed_before) > _MOST_SIGNED:
            _signed_before.popitem(last=False)
    return issuer, claims


def _announced(
    token: bytes, issuers: Mapping[str, Issuer]
) -> tuple[CompactSignature, dict[str, Any], Issuer]:
    """What the token says. Nothing is believed yet: it only chooses the keys."""
    try:
        unverified = jws.extract_compact(token, registry=_REGISTRY)
        header, payload = unverified.headers(), json.loads(unverified.payload)
        issuer = issuers.get(payload["iss"])
    except _MALFORMED:
        raise TokenInvalid("The access token is not a signed JWT") from None
    if issuer is None:
        raise TokenInvalid("The issuer of the access token is not trusted here")
    if (
        "crit" in header
        or header.get("alg") not in ALGORITHMS
        or str(header.get("typ", "JWT")).lower() not in _TYPES
    ):
        raise TokenInvalid("The access token is of a type or has an algorithm that is not allowed")
    return unverified, payload, issuer


def _check_claims(claims: dict[str, Any], issuer: Issuer, settings: TokenSettings) -> None:
    registry = jwt.JWTClaimsRegistry(
        now=int(clock.now().timestamp()),
        leeway=LEEWAY,
        iss={"essential": True, "value": issuer.name},
        aud={"essential": True, "value": settings.audience},
        exp={"essential": True},
        iat={"essential": True},
        sub={"essential": True},
    )
    try:
        registry.validate(claims)
    except ExpiredTokenError:
        raise TokenExpired from None
    except (MissingClaimError, InvalidClaimError) as error:
        # The error holds names of claims, no values.
        raise TokenInvalid(f"The access token lacks what is asked of it: {error.claim}") from None
    if claims["exp"] - claims["iat"] > settings.max_hours * 3600:
        raise TokenInvalid(f"The access token lasts more than {settings.max_hours} hours")
