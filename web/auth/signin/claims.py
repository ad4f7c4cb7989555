"""From a provider's claims to who somebody is. Pure: registers are asked elsewhere.

Sources: the Swedish OpenID Connect profile (id.oidc.se) for residents, HSA and Inera's identity provider for
staff. Names of claims differ between brokers and are settings; values are checked here, once for all.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from codes.identifiers import (
    CoordinationNumber,
    HsaId,
    InvalidIdentifier,
    PersonalIdentityNumber,
    PersonId,
    parse_person_id,
)
from listing.actor import Role
from web.auth.signin.configuration import Provider, StaffClaims
from web.auth.signin.errors import AnswerRefused, NoIdentity

_LONGEST_NAME = 100
_MOST_COMMISSIONS = 50


@dataclass(frozen=True, slots=True)
class HsaCommission:
    """A commission as HSA says it: HSA-ids of the commission, its care unit and its care provider."""

    hsa_id: str
    name: str
    unit: str
    unit_name: str
    provider: str


def resident(claims: Mapping[str, Any], provider: Provider) -> tuple[PersonId, str]:
    """Number and name of a resident.

    Refused without a valid number, and when claims name two different people: a number and a coordination
    number never come together (id.oidc.se, scope naturalPersonNumber).
    """
    numbers = {_number(value) for value in _all(claims, provider.resident_claims.identity)}
    if not numbers:
        raise NoIdentity("the provider gave no personal identity number or coordination number")
    if len(numbers) > 1:
        raise AnswerRefused("the provider named two people")
    names = provider.resident_claims
    return numbers.pop(), _name(claims, names.name, names.given_name, names.family_name)


def staff(claims: Mapping[str, Any], provider: Provider) -> tuple[str, str, list[HsaCommission]]:
    """HSA-id, name and commissions of a member of staff; refused without an HSA-id."""
    names = provider.staff_claims
    employee = next(iter(_all(claims, names.employee)), None)
    if employee is None:
        raise NoIdentity("the provider gave no HSA-id")
    several = next(iter(_all(claims, names.commissions)), None)
    rows = [row for row in _list(several) if isinstance(row, Mapping)] or [claims]
    found = [one for row in rows[:_MOST_COMMISSIONS] if (one := _commission(row, names)) is not None]
    chosen = {_hsa(value) for value in _all(claims, names.commission)} if several is not None else set()
    kept = [one for one in found if one.hsa_id in chosen] or found
    return _hsa(employee), _name(claims, names.name, names.given_name, names.family_name), kept


def roles(claims: Mapping[str, Any], provider: Provider) -> tuple[list[Role], bool]:
    """Our roles among the system roles `<system>;<role>`, and whether protected persons may be seen."""
    named = []
    for value in _all(claims, provider.staff_claims.system_role):
        for one in _list(value):
            system, _, role = str(one).partition(";")
            if system.strip().casefold() == provider.system.casefold():
                named.append(role.strip())
    found = [provider.roles[name] for name in dict.fromkeys(named) if name in provider.roles]
    return list(dict.fromkeys(found)), provider.protected_role in named


def login_of(claims: Mapping[str, Any]) -> str:
    """The name of the provider's session (`sid`), by which it can end it; empty without one."""
    sid = claims.get("sid")
    return sid if isinstance(sid, str) else ""


def _commission(row: Mapping[str, Any], names: StaffClaims) -> HsaCommission | None:
    def text(claim: Iterable[str]) -> str:
        return str(next(iter(_all(row, claim)), "")).strip()

    if not text(names.commission):
        return None
    ids = [text(claim) for claim in (names.commission, names.unit, names.provider)]
    try:
        commission, unit, care_provider = (_hsa(one) if one else "" for one in ids)
    except NoIdentity:
        return None
    name = text(names.commission_name)[:_LONGEST_NAME]
    return HsaCommission(commission, name, unit, text(names.unit_name)[:_LONGEST_NAME], care_provider)


def _number(value: Any) -> PersonId:
    try:
        number = parse_person_id(str(value))
    except InvalidIdentifier:
        raise NoIdentity("the provider gave a number that is nobody's") from None
    if not isinstance(number, PersonalIdentityNumber | CoordinationNumber):
        raise NoIdentity("one signs in with a personal identity number or a coordination number")
    return number


def _hsa(value: Any) -> str:
    try:
        return HsaId.parse(str(value), allow_test=True).value
    except InvalidIdentifier:
        raise NoIdentity("the provider gave something that is no HSA-id") from None


def _name(claims: Mapping[str, Any], *alternatives: Iterable[str]) -> str:
    whole, given, family = (str(next(iter(_all(claims, names)), "")).strip() for names in alternatives)
    return (whole or f"{given} {family}".strip())[:_LONGEST_NAME]


def _all(claims: Mapping[str, Any], names: Iterable[str]) -> list[Any]:
    """The values of those claims that are there and not empty."""
    found = (_value(claims, name) for name in names)
    return [value for value in found if value not in (None, "", [], {})]


def _value(claims: Mapping[str, Any], name: str) -> Any:
    """A claim by its whole name, or by a path `a.b` into claims inside claims."""
    if name in claims:
        return claims[name]
    first, dot, rest = name.partition(".")
    inner = claims.get(first)
    return _value(inner, rest) if dot and isinstance(inner, Mapping) else None


def _list(value: Any) -> list[Any]:
    """A list as such, as JSON in a text, or a single value as a list of it."""
    if isinstance(value, str) and value.lstrip().startswith(("[", "{")):
        try:
            value = json.loads(value)
        except ValueError:
            return []
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
