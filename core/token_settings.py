"""Settings of the access tokens: whom we trust, for what, and what their claims are called."""

import os
from dataclasses import dataclass, field

from core.problems import Invalid

_PERSON = (
    "https://id.oidc.se/claim/personalIdentityNumber",
    "https://id.oidc.se/claim/coordinationNumber",
    "personalIdentityNumber",
)


def _words(name: str, *default: str) -> tuple[str, ...]:
    """Words divided by space or comma."""
    return tuple((os.environ.get(name) or "").replace(",", " ").split()) or default


def _hours() -> int:
    value = os.environ.get("HITTAVARD_TOKEN_MAX_HOURS") or "24"
    if not (value.isascii() and value.isdigit() and int(value)):
        raise Invalid("HITTAVARD_TOKEN_MAX_HOURS must be a whole number of hours, at least 1")
    return int(value)


@dataclass(frozen=True)
class ClaimNames:
    """What each fact is called in a token; the first name that the token has is read. Brokers differ."""

    role: tuple[str, ...] = field(default_factory=lambda: _words("HITTAVARD_TOKEN_CLAIM_ROLE", "role"))
    region: tuple[str, ...] = field(default_factory=lambda: _words("HITTAVARD_TOKEN_CLAIM_REGION", "region"))
    unit: tuple[str, ...] = field(
        default_factory=lambda: _words("HITTAVARD_TOKEN_CLAIM_UNIT", "unit", "healthCareUnitHsaId")
    )
    staff: tuple[str, ...] = field(
        default_factory=lambda: _words("HITTAVARD_TOKEN_CLAIM_STAFF", "employeeHsaId")
    )
    person: tuple[str, ...] = field(default_factory=lambda: _words("HITTAVARD_TOKEN_CLAIM_PERSON", *_PERSON))
    purpose: tuple[str, ...] = field(
        default_factory=lambda: _words("HITTAVARD_TOKEN_CLAIM_PURPOSE", "purpose", "commissionPurpose")
    )
    protected: tuple[str, ...] = field(
        default_factory=lambda: _words("HITTAVARD_TOKEN_CLAIM_PROTECTED", "maySeeProtected")
    )


@dataclass(frozen=True)
class TokenSettings:
    """The lists `jwks_urls`, `roles` and `regions` follow the order of `issuers`; empty means all, to each.

    A word of `roles` is one or more roles joined by `+`; of `regions`, codes joined by `+`; `*` is all.
    """

    issuers: tuple[str, ...] = field(default_factory=lambda: _words("HITTAVARD_TOKEN_ISSUER"))
    jwks_urls: tuple[str, ...] = field(default_factory=lambda: _words("HITTAVARD_TOKEN_JWKS_URL"))
    roles: tuple[str, ...] = field(default_factory=lambda: _words("HITTAVARD_TOKEN_ROLES"))
    regions: tuple[str, ...] = field(default_factory=lambda: _words("HITTAVARD_TOKEN_REGIONS"))
    audience: str = field(default_factory=lambda: os.environ.get("HITTAVARD_TOKEN_AUDIENCE") or "hittavard")
    max_hours: int = field(default_factory=_hours)
    role_prefix: str = field(default_factory=lambda: os.environ.get("HITTAVARD_TOKEN_ROLE_PREFIX") or "")
    claims: ClaimNames = field(default_factory=ClaimNames)
