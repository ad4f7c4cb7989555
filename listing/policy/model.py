"""A region's rules for one listing type, as one value. Pure functions in `listing/rules` decide by it."""

from dataclasses import dataclass, field
from datetime import date

from listing.policy.codes import ListingType
from listing.policy.parts import (
    Cap,
    CapExemptions,
    ChangeLimit,
    Children,
    Closure,
    Effective,
    Entitlement,
    MovedIn,
    Newborn,
    NonChoice,
    Paper,
    Protected,
    Queue,
    RegularDoctor,
    Representation,
    SpecialReason,
    Texts,
)

HEALTH_CENTRE: ListingType = "health-centre"
CHILD_HEALTH_CENTRE: ListingType = "child-health-centre"
MIDWIFERY: ListingType = "midwifery"
REHABILITATION: ListingType = "rehabilitation"
LISTING_TYPES: tuple[ListingType, ...] = (HEALTH_CENTRE, CHILD_HEALTH_CENTRE, MIDWIFERY, REHABILITATION)


@dataclass(frozen=True, slots=True)
class Policy:
    """All parameters. `Policy()` is the law and the commonest practice for health centres."""

    effective: Effective = field(default_factory=Effective)
    change_limit: ChangeLimit = field(default_factory=ChangeLimit)
    entitlement: Entitlement = field(default_factory=Entitlement)
    queue: Queue = field(default_factory=Queue)
    cap: Cap = field(default_factory=Cap)
    cap_exemptions: CapExemptions = field(default_factory=CapExemptions)
    children: Children = field(default_factory=Children)
    representation: Representation = field(default_factory=Representation)
    protected: Protected = field(default_factory=Protected)
    non_choice: NonChoice = field(default_factory=NonChoice)
    newborn: Newborn = field(default_factory=Newborn)
    moved_in: MovedIn = field(default_factory=MovedIn)
    closure: Closure = field(default_factory=Closure)
    regular_doctor: RegularDoctor = field(default_factory=RegularDoctor)
    paper: Paper = field(default_factory=Paper)
    texts: Texts = field(default_factory=Texts)


@dataclass(frozen=True, slots=True)
class PolicyInForce:
    """The policy that holds on a day, and where it comes from.

    `id` is None when the region has decided nothing and the defaults hold; then there is no reference. The
    period is as decided: `valid_to` is the first day on which it no longer holds, None while open.
    """

    policy: Policy
    region: str
    listing_type: ListingType
    id: int | None = None
    reference: str | None = None
    decided_on: date | None = None
    valid_from: date | None = None
    valid_to: date | None = None

    @property
    def is_default(self) -> bool:
        """Whether the region has no decision of its own on this day."""
        return self.id is None


__all__ = [
    "CHILD_HEALTH_CENTRE",
    "HEALTH_CENTRE",
    "LISTING_TYPES",
    "MIDWIFERY",
    "REHABILITATION",
    "Cap",
    "CapExemptions",
    "ChangeLimit",
    "Children",
    "Closure",
    "Effective",
    "Entitlement",
    "ListingType",
    "MovedIn",
    "Newborn",
    "NonChoice",
    "Paper",
    "Policy",
    "PolicyInForce",
    "Protected",
    "Queue",
    "RegularDoctor",
    "Representation",
    "SpecialReason",
    "Texts",
]
