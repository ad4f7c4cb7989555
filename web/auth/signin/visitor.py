"""Who looks at a page: nobody known, a resident, or a member of staff in one of their commissions."""

from dataclasses import dataclass, field
from datetime import datetime

from codes.identifiers import parse_person_id
from listing.actor import Actor, Purpose, Role


@dataclass(frozen=True, slots=True)
class Commission:
    """One thing that a member of staff may be here: a role, and the unit or region that it is for.

    A commission in HSA (`hsa_id`, `name`) becomes as many of these as the person has system roles. `unit` is
    the HSA-id of the care unit of the commission; `region` a county code; `place` the name of either.
    `sees_protected` is the right to see people with protected personal data.
    """

    key: str
    hsa_id: str
    name: str
    role: Role
    region: str
    unit: str = ""
    place: str = ""
    sees_protected: bool = False


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who looks at a page, as the sign-in said it.

    `person_id` is the key of a resident in the register of persons, None for a resident whom the register
    does not know; `identity` is then the twelve characters that the sign-in gave, and else empty. `level` is
    the level of assurance, 1 to 4. `commission` is None until a member of staff with several has chosen.
    """

    name: str = ""
    is_resident: bool = False
    is_staff: bool = False
    level: int = 0
    provider: str = ""
    person_id: int | None = None
    identity: str = field(default="", repr=False)
    employee: str = ""
    commissions: tuple[Commission, ...] = ()
    commission: Commission | None = None
    signed_in_at: datetime | None = None

    @property
    def is_signed_in(self) -> bool:
        """Whether somebody has signed in at all."""
        return self.is_resident or self.is_staff

    @property
    def role(self) -> Role | None:
        """What the visitor acts as; None for nobody, and for staff who have not chosen yet."""
        if self.is_resident:
            return Role.RESIDENT
        return self.commission.role if self.commission else None

    @property
    def key(self) -> str:
        """The pseudonym for the audit trail; empty for nobody known."""
        if self.is_staff:
            return f"staff:{self.employee}"
        if self.is_resident:
            return f"person:{self.person_id}" if self.person_id is not None else "person:unresolved"
        return ""

    def actor(self, purpose: Purpose | None = None) -> Actor:
        """The one who acts, for services and queries. Only for a visitor whose `role` is known.

        A resident whom the register does not know is an actor that no operation is opened for: the page says
        so instead.
        """
        if self.is_resident:
            if self.person_id is None:
                return Actor.resident(parse_person_id(self.identity))
            return Actor(Role.RESIDENT, self.key, person_id=self.person_id, purpose=Purpose.OWN_MATTER)
        if self.commission is None:
            raise ValueError("a visitor without a role cannot act")
        return Actor(
            self.commission.role,
            self.key,
            region=self.commission.region,
            unit=self.commission.unit or None,
            may_see_protected=self.commission.sees_protected,
            purpose=purpose or Purpose.ADMINISTRATION,
        )


ANONYMOUS = Visitor()
