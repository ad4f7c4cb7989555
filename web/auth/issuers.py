"""The issuers that we trust, and each for what: a region's own issuer need not speak for other regions."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from core.problems import Invalid
from core.settings import Settings
from listing.actor import Role
from web.auth import development
from web.auth.keys import Keys, PublishedKeys

_LOCAL = {"127.0.0.1", "::1", "localhost"}


@dataclass(frozen=True)
class Issuer:
    """One issuer: its name in `iss`, its keys, the roles and the regions that it speaks for (None: all)."""

    name: str
    keys: Keys
    roles: frozenset[Role]
    regions: frozenset[str] | None = None


def trusted(settings: Settings) -> Mapping[str, Issuer]:
    """The issuers of the settings by name; in development our own issuer beside them.

    Refuses settings that say too little or that are dangerous: a wrong list would trust the wrong issuer.
    """
    tokens = settings.tokens
    count = len(tokens.issuers)
    if len(set(tokens.issuers)) != count or len(tokens.jwks_urls) != count:
        raise Invalid(
            "HITTAVARD_TOKEN_ISSUER and HITTAVARD_TOKEN_JWKS_URL must have one address for each issuer"
        )
    if development.ISSUER in tokens.issuers:
        raise Invalid("the development issuer is built in and cannot be named in HITTAVARD_TOKEN_ISSUER")
    roles = _each("HITTAVARD_TOKEN_ROLES", tokens.roles, count)
    regions = _each("HITTAVARD_TOKEN_REGIONS", tokens.regions, count)
    issuers = {
        name: Issuer(
            name, PublishedKeys(_address(url, settings)), _roles(roles[index]), _regions(regions[index])
        )
        for index, (name, url) in enumerate(zip(tokens.issuers, tokens.jwks_urls, strict=True))
    }
    if not settings.in_production:
        keys = development.LocalKeys(development.folder(settings))
        issuers[development.ISSUER] = Issuer(development.ISSUER, keys, frozenset(Role))
    return issuers


def _each(name: str, words: tuple[str, ...], count: int) -> tuple[str, ...]:
    if words and len(words) != count:
        raise Invalid(f"{name} must have one word for each issuer, or be empty")
    return words or ("*",) * count


def _roles(word: str) -> frozenset[Role]:
    if word == "*":
        return frozenset(Role)
    try:
        return frozenset(Role(part) for part in word.split("+"))
    except ValueError as error:
        known = ", ".join(Role)
        raise Invalid(f"HITTAVARD_TOKEN_ROLES may hold {known}, joined by +, or *") from error


def _regions(word: str) -> frozenset[str] | None:
    if word == "*":
        return None
    codes = frozenset(word.split("+"))
    if not all(len(code) == 2 and code.isascii() and code.isdigit() for code in codes):
        raise Invalid("HITTAVARD_TOKEN_REGIONS may hold two-digit county codes, joined by +, or *")
    return codes


def _address(url: str, settings: Settings) -> str:
    """Keys come over TLS only: whoever can change them on the way can be anybody."""
    parts = urlsplit(url)
    local = not settings.in_production and parts.hostname in _LOCAL
    if not parts.hostname or parts.scheme not in ({"https", "http"} if local else {"https"}):
        raise Invalid("HITTAVARD_TOKEN_JWKS_URL must be https addresses")
    return url
