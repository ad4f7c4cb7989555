"""Which people and units an actor may act upon.

Sources: patientdatalagen (2008:355) 4 kap. 1-2 §§ (only who needs it for the work), OSL (2009:400) 25 kap.
1 §. A resident reaches themselves and those they act for (`listing.rules.guardianship` decides how far); a
unit its own register; a region its own units and people; nobody else reaches a person.
"""

from dataclasses import dataclass

from listing.actor import Actor, Role
from listing.rules.decision import Allowed, Decision, Refused


@dataclass(frozen=True, slots=True)
class UnitPlace:
    """The unit that is acted upon: its HSA-id and region."""

    hsa_id: str
    region: str | None


def may_act_at(actor: Actor, unit: UnitPlace) -> Decision:
    """Whether the actor may change or read people in this unit's register.

    A resident acts at any unit in the country, for themselves; the rest is bound to its unit or region.
    """
    if actor.role is Role.RESIDENT:
        return Allowed("own-matter")
    if actor.role is Role.UNIT:
        return Allowed("own-unit") if actor.unit == unit.hsa_id else Refused("not-authorised", "other-unit")
    if actor.role in (Role.REGION, Role.SYSTEM):
        if actor.region is None or actor.region == unit.region:
            return Allowed("own-region")
        return Refused("not-authorised", "other-region")
    return Refused("not-authorised", "role")


def may_administer(actor: Actor, region: str | None) -> Decision:
    """Whether the actor decides for the region: limits, closures, allocation, corrections."""
    if actor.role in (Role.REGION, Role.SYSTEM) and (actor.region is None or actor.region == region):
        return Allowed("own-region")
    return Refused("not-authorised", "other-region" if actor.role is Role.REGION else "role")
