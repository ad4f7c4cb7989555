"""A unit by its HSA-id, for whoever may see the people of its register."""

from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

from listing.actor import Actor
from listing.errors import UnitUnknown, refuse
from listing.rules import access
from listing.rules.decision import Refused

_UNIT = text(
    "SELECT id, hsa_id, region_code FROM care_unit WHERE hsa_id = :hsa_id AND region_code IS NOT NULL"
)


@dataclass(frozen=True, slots=True)
class UnitRow:
    """The unit's key, HSA-id and region."""

    id: int
    hsa_id: str
    region: str


def unit_of(session: Session, hsa_id: str) -> UnitRow:
    """The unit; raises `UnitUnknown`."""
    row = session.execute(_UNIT, {"hsa_id": hsa_id.upper()}).one_or_none()
    if row is None:
        raise UnitUnknown("There is no such unit in the directory")
    return UnitRow(*row)


def staffed_unit(session: Session, actor: Actor, hsa_id: str) -> UnitRow:
    """The unit, if this member of staff may see its people: their own unit's, or their region's."""
    unit = unit_of(session, hsa_id)
    allowed = access.may_act_at(actor, access.UnitPlace(unit.hsa_id, unit.region))
    if not actor.sees_persons or actor.person_id is not None:
        allowed = Refused("not-authorised", "role")
    if isinstance(allowed, Refused):
        raise refuse(allowed)
    return unit
