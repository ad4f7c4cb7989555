"""The file that names the providers of sign-in (`HITTAVARD_SIGN_IN_FILE`), read and checked.

docs/sign-in.md describes it. Whatever is wrong is refused when a program starts, in words, and never later.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from core.problems import Problem
from core.settings import Settings
from listing.actor import Role
from web.auth.signin.levels import KNOWN

_LOOPBACK = {"127.0.0.1", "::1", "localhost"}
_OIDC_SE = "https://id.oidc.se/claim/"


class SignInMisconfigured(Problem):
    """The settings of sign-in contradict each other, or this environment."""

    code = "sign-in-misconfigured"
    status = 500
    title = "Sign-in is not set up right"


@dataclass(frozen=True)
class ResidentClaims:
    """Where a resident's claims stand: names in the order of preference, `a.b` for a value inside another."""

    identity: tuple[str, ...] = (
        f"{_OIDC_SE}personalIdentityNumber",
        f"{_OIDC_SE}coordinationNumber",
        "personalIdentityNumber",
        "personalNumber",
        "personal_number",
        "socialno",
        "nin.value",
        "urn:oid:1.2.752.29.4.13",
    )
    name: tuple[str, ...] = ("name", f"{_OIDC_SE}name")
    given_name: tuple[str, ...] = ("given_name", "givenName")
    family_name: tuple[str, ...] = ("family_name", "surname")


@dataclass(frozen=True)
class StaffClaims:
    """Where the claims of staff stand; the defaults are the names of HSA and of Inera's provider."""

    employee: tuple[str, ...] = ("employeeHsaId",)
    name: tuple[str, ...] = ("name",)
    given_name: tuple[str, ...] = ("given_name", "givenName")
    family_name: tuple[str, ...] = ("family_name", "surname")
    system_role: tuple[str, ...] = ("systemRole",)
    commissions: tuple[str, ...] = ("allCommissions",)
    commission: tuple[str, ...] = ("commissionHsaId",)
    commission_name: tuple[str, ...] = ("commissionName",)
    unit: tuple[str, ...] = ("healthCareUnitHsaId",)
    unit_name: tuple[str, ...] = ("healthCareUnitName",)
    provider: tuple[str, ...] = ("healthCareProviderHsaId",)


@dataclass(frozen=True)
class Provider:
    """One provider of OpenID Connect and what we are there; the fields are described in docs/sign-in.md."""

    key: str
    staff: bool
    name: str
    name_en: str
    issuer: str
    client_id: str
    client_secret: str = field(default="", repr=False)
    scopes: tuple[str, ...] = ("openid", "profile")
    levels: Mapping[str, int] = field(default_factory=lambda: dict(KNOWN))
    own_levels: tuple[str, ...] = ()
    ask_for_level: bool = True
    assumed_level: int = 0
    userinfo: bool = False
    logout_id_token_hint: bool = False
    authorize: Mapping[str, str] = field(default_factory=dict)
    resident_claims: ResidentClaims = ResidentClaims()
    staff_claims: StaffClaims = StaffClaims()
    system: str = "hittavard"
    roles: Mapping[str, Role] = field(default_factory=lambda: dict(ROLES))
    protected_role: str = "protected"
    development: bool = False


ROLES: Mapping[str, Role] = {
    role.value: role for role in (Role.UNIT, Role.REGION, Role.NURSE, Role.STATISTICIAN)
}


def providers(settings: Settings) -> tuple[Provider, ...]:
    """The providers of the file, in its order; none without a file."""
    if settings.sign_in_file is None:
        return ()
    try:
        content = tomllib.loads(settings.sign_in_file.read_text("utf-8"))
    except OSError as error:
        raise SignInMisconfigured(f"cannot read {settings.sign_in_file}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SignInMisconfigured(f"{settings.sign_in_file} is not TOML: {error}") from error
    found = tuple(_provider(row, settings.sign_in_file.parent) for row in content.get("provider", []))
    if len({one.key for one in found}) != len(found):
        raise SignInMisconfigured("two providers of sign-in have the same key")
    if settings.in_production:
        _check_production(found, settings)
    return found


def _check_production(found: tuple[Provider, ...], settings: Settings) -> None:
    for one in found:
        if one.development:
            raise SignInMisconfigured(
                f"{one.key} is the development sign-in, where one may be anybody; production refuses it"
            )
        if urlsplit(one.issuer).scheme != "https":
            raise SignInMisconfigured(f"the issuer of {one.key} must begin with https:// in production")
    if found and not settings.public_url.startswith("https://"):
        raise SignInMisconfigured("sign-in in production needs HITTAVARD_PUBLIC_URL, beginning with https://")


def _provider(row: dict[str, Any], folder: Path) -> Provider:
    key = str(row.get("key", ""))
    if not key.isascii() or not key.replace("-", "").isalnum():
        raise SignInMisconfigured("each provider of sign-in needs a `key` of letters, digits and hyphens")
    values = dict(row)
    if values.get("for") not in ("residents", "staff"):
        raise SignInMisconfigured(f"{key}: `for` must be residents or staff")
    values["staff"] = values.pop("for") == "staff"
    if "client_secret_file" in values:
        values["client_secret"] = _secret(key, folder / values.pop("client_secret_file"))
    claims = values.pop("claims", {})
    values["staff_claims" if values["staff"] else "resident_claims"] = _claims(key, claims, values["staff"])
    values["scopes"] = tuple(values.get("scopes", ("openid", "profile")))
    own = values.get("levels", {})
    values["levels"] = {**KNOWN, **own} if values.pop("known_levels", True) else own
    values["own_levels"] = tuple(own)
    values["roles"] = _roles(key, values.get("roles", ROLES))
    values.setdefault("name_en", values.get("name", ""))
    _check_fields(key, values)
    return Provider(**values)


def _check_fields(key: str, values: dict[str, Any]) -> None:
    known = {one.name for one in fields(Provider)}
    for name in sorted(set(values) - known):
        raise SignInMisconfigured(f"{key}: there is no setting `{name}`")
    for name in ("name", "issuer", "client_id"):
        if not values.get(name):
            raise SignInMisconfigured(f"{key}: `{name}` is missing")
    if "openid" not in values["scopes"]:
        raise SignInMisconfigured(f"{key}: `scopes` must have openid")
    issuer = urlsplit(values["issuer"])
    if issuer.scheme != "https" and (issuer.scheme != "http" or issuer.hostname not in _LOOPBACK):
        raise SignInMisconfigured(f"{key}: `issuer` must begin with https://")


def _roles(key: str, named: Mapping[str, str]) -> dict[str, Role]:
    try:
        roles = {name: Role(role) for name, role in named.items()}
    except ValueError as error:
        raise SignInMisconfigured(f"{key}: `roles` names a role that there is not") from error
    if {Role.RESIDENT, Role.SYSTEM} & set(roles.values()):
        raise SignInMisconfigured(f"{key}: staff cannot sign in as resident or system")
    return roles


def _claims(key: str, named: Mapping[str, Any], staff: bool) -> ResidentClaims | StaffClaims:
    values = {name: (value,) if isinstance(value, str) else tuple(value) for name, value in named.items()}
    try:
        return StaffClaims(**values) if staff else ResidentClaims(**values)
    except TypeError as error:
        raise SignInMisconfigured(f"{key}: `claims` names something that we do not read") from error


def _secret(key: str, path: Path) -> str:
    try:
        return path.read_text("utf-8").strip()
    except OSError as error:
        raise SignInMisconfigured(f"{key}: cannot read client_secret_file: {error.strerror}") from error
