"""From checked claims to who acts. What a token lacks or says twice is refused, never guessed."""

import re
from typing import Any

from joserfc.errors import JoseError

from codes.identifiers import HsaId, InvalidIdentifier, PersonId, parse_person_id
from core import clock
from core.settings import Settings
from listing.actor import SEES_PERSONS, Actor, Role
from web.auth import development
from web.auth.errors import RoleNotAllowed, TokenInvalid
from web.auth.purposes import purpose_of
from web.auth.tokens import Checked

_REGION = re.compile(r"[0-9]{2}")
_CLIENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/@~-]{0,79}")


def actor_of(checked: Checked, settings: Settings) -> Actor:
    """Who the token says that the caller is; TokenInvalid when it does not say, or says what cannot be."""
    role = _role(checked, settings)
    if role not in checked.issuer.roles:
        raise RoleNotAllowed
    try:
        if role is Role.RESIDENT:
            return Actor.resident(_person(checked, settings))
        return _staff(role, checked, settings)
    except ValueError as error:
        raise TokenInvalid(f"The access token makes no sense: {error}") from None


def _staff(role: Role, checked: Checked, settings: Settings) -> Actor:
    names = settings.tokens.claims
    region = _text(checked, names.region)
    if region is None or not _REGION.fullmatch(region):
        raise TokenInvalid("The access token of staff must carry a region, the two digits of its county")
    if checked.issuer.regions is not None and region not in checked.issuer.regions:
        raise RoleNotAllowed
    unit = _text(checked, names.unit)
    return Actor(
        role,
        key=_key(role, region, checked, settings),
        region=region,
        unit=None if unit is None else _hsa_id(unit, settings),
        # Only the value `true` is a right; a role that sees no persons has it in vain.
        may_see_protected=_value(checked, names.protected) is True and role in SEES_PERSONS,
        purpose=purpose_of(_value(checked, names.purpose)),
    )


def _key(role: Role, region: str, checked: Checked, settings: Settings) -> str:
    """What the audit trail knows the caller by: who looked must be told apart (HSLF-FS 2016:40, 4 kap.)."""
    if role is Role.SYSTEM:
        client = str(checked.claims["sub"])
        if not _CLIENT.fullmatch(client):
            raise TokenInvalid("The subject of a system must be 1 to 80 letters, digits and . _ / @ ~ -")
        return f"system:{region}:{client}"
    staff = _text(checked, settings.tokens.claims.staff)
    if staff is None:
        raise TokenInvalid("The access token of staff must carry the HSA-id of the person")
    return f"staff:{_hsa_id(staff, settings)}"


def _role(checked: Checked, settings: Settings) -> Role:
    """The one role of the token; an issuer that is trusted for one role only need not state it."""
    stated = _value(checked, settings.tokens.claims.role)
    words = [stated] if isinstance(stated, str) else stated
    if words is None and len(checked.issuer.roles) == 1:
        return next(iter(checked.issuer.roles))
    prefix = settings.tokens.role_prefix
    known = {role.value for role in Role}
    found = {
        word.removeprefix(prefix)
        for word in (words if isinstance(words, list) else [])
        if isinstance(word, str) and word.startswith(prefix)
    } & known
    if len(found) != 1:
        raise TokenInvalid(f"The access token must carry exactly one of the roles {', '.join(sorted(known))}")
    return Role(found.pop())


def _person(checked: Checked, settings: Settings) -> PersonId:
    """The identity number of a resident; several claims may carry it, and must then agree."""
    names = settings.tokens.claims.person
    values = [checked.claims[name] for name in names if checked.claims.get(name) not in (None, "")]
    if isinstance(checked.issuer.keys, development.LocalKeys):
        values += _unsealed(checked.claims.get(development.SEALED_PERSON), checked.issuer.keys)
    try:
        found = {parse_person_id(str(value), on=clock.today()) for value in values}
    except InvalidIdentifier:
        raise TokenInvalid("The access token carries an identity number that is not well formed") from None
    if len(found) != 1:
        raise TokenInvalid("The access token of a resident must carry one personal identity number")
    return found.pop()


def _unsealed(sealed: Any, keys: development.LocalKeys) -> list[str]:
    if not isinstance(sealed, str):
        return []
    try:
        return [keys.person(sealed)]
    except (JoseError, ValueError, TypeError, KeyError):
        raise TokenInvalid("The access token carries a person sealed with another key") from None


def _hsa_id(text: str, settings: Settings) -> str:
    try:
        return HsaId.parse(text, allow_test=not settings.in_production).value
    except InvalidIdentifier:
        raise TokenInvalid("The access token carries an HSA-id that is not well formed") from None


def _text(checked: Checked, names: tuple[str, ...]) -> str | None:
    value = _value(checked, names)
    if value is not None and not isinstance(value, str):
        raise TokenInvalid("The access token carries a claim that is not text where text is asked for")
    return value


def _value(checked: Checked, names: tuple[str, ...]) -> Any:
    """The first of the claims that is there and says something."""
    return next((found for name in names if (found := checked.claims.get(name)) not in (None, "", [])), None)
