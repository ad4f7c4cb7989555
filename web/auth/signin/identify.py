"""From checked claims to a visitor, with what our own registers know: the person, the unit, the region."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from codes.identifiers import HsaId
from core.settings import Settings
from directory.geography.models import Region
from directory.models import CareUnit
from listing.actor import Role
from listing.people.queries import find_person_id
from web.auth.signin import claims as read
from web.auth.signin.claims import HsaCommission
from web.auth.signin.configuration import Provider
from web.auth.signin.errors import LevelTooLow, NoCommission
from web.auth.signin.levels import level_of
from web.auth.signin.visitor import Commission, Visitor


def visitor_of(
    session: Session, settings: Settings, provider: Provider, claims: Mapping[str, Any], wanted: int
) -> Visitor:
    """Who has signed in. `wanted` is the level that was asked for; less is refused."""
    level = level_of(claims.get("acr"), provider.levels, provider.assumed_level)
    least = settings.staff_level if provider.staff else settings.sign_in_level
    if level < max(least, wanted):
        raise LevelTooLow("the level of assurance is too low")
    if provider.staff:
        return _staff(session, provider, claims, level)
    return _resident(session, provider, claims, level)


def _resident(session: Session, provider: Provider, claims: Mapping[str, Any], level: int) -> Visitor:
    number, name = read.resident(claims, provider)
    person_id = find_person_id(session, number)
    return Visitor(
        name=name,
        is_resident=True,
        level=level,
        provider=provider.key,
        person_id=person_id,
        identity="" if person_id is not None else number.value,
    )


def _staff(session: Session, provider: Provider, claims: Mapping[str, Any], level: int) -> Visitor:
    employee, name, hsa_commissions = read.staff(claims, provider)
    roles, sees_protected = read.roles(claims, provider)
    found: dict[str, Commission] = {}
    for role in roles:
        for one in _commissions(session, role, hsa_commissions, sees_protected):
            found.setdefault(one.key, one)
    if not found:
        raise NoCommission("no commission of this person may be here")
    commissions = tuple(found.values())
    return Visitor(
        name=name,
        is_staff=True,
        level=level,
        provider=provider.key,
        employee=employee,
        commissions=commissions,
        commission=commissions[0] if len(commissions) == 1 else None,
    )


def _commissions(
    session: Session, role: Role, hsa_commissions: list[HsaCommission], sees_protected: bool
) -> Iterator[Commission]:
    """What a role comes to. Unit staff act where their care unit is; others for the region that is the care
    provider of their commission, so nobody administers a region from a commission with somebody else."""
    sees = sees_protected and role in (Role.UNIT, Role.REGION)
    for one in hsa_commissions:
        if role is Role.UNIT:
            where, unit = _unit(session, one.unit), one.unit
        else:
            where, unit = _region(session, one.provider), ""
        if where:
            region, place = where
            key = f"{role}:{unit or region}"
            yield Commission(key, one.hsa_id, one.name, role, region, unit, place, sees)


def _unit(session: Session, hsa_id: str) -> tuple[str, str] | None:
    """Region and name of a unit that the directory knows."""
    found = select(CareUnit.region_code, CareUnit.name).where(
        CareUnit.hsa_id == hsa_id, CareUnit.kind != "provider", CareUnit.region_code.is_not(None)
    )
    row = session.execute(found).one_or_none()
    return (row[0] or "", row[1]) if row else None


def _region(session: Session, hsa_id: str) -> tuple[str, str] | None:
    """Code and name of the region that is the care provider."""
    owner = HsaId.parse(hsa_id, allow_test=True).organisation_number if hsa_id else None
    if owner is None:
        return None
    found = select(Region.code, Region.name).where(Region.organisation_number == owner.value)
    row = session.execute(found).one_or_none()
    return (row[0], row[1]) if row else None
