"""Access tokens: signed JWT (RFC 7519, RFC 9068) checked as the current practice asks (RFC 8725).

The algorithm is ours to allow and never the token's to choose: asymmetric ones only, so that neither `none`
nor a published key used as an HMAC secret gets anybody in. The issuer, the audience and the times hold
before any claim about the caller is read.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from joserfc import jws, jwt
from joserfc.errors import ExpiredTokenError, InvalidClaimError, JoseError, MissingClaimError
from joserfc.jws import JWSRegistry

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
    header, issuer = _announced(token, issuers)
    try:
        keys = issuer.keys.find(header.get("kid"))
        claims = jwt.decode(token, keys, registry=_REGISTRY).claims
    except _MALFORMED:
        # What exactly does not hold is told to nobody: it only helps whoever tries to make tokens.
        raise TokenInvalid("The signature of the access token does not hold") from None
    _check_claims(claims, issuer, settings)
    return Checked(issuer, claims)


def _announced(token: str, issuers: Mapping[str, Issuer]) -> tuple[dict[str, Any], Issuer]:
    """Header and issuer as the token has them. Nothing is believed yet: they only choose the keys."""
    try:
        unverified = jws.extract_compact(token.encode())
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
    return header, issuer


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
