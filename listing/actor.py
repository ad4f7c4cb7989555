"""Who acts, and for what: the one thing that every operation and every read of persons is told of its caller.

An actor is made by whoever has checked the caller (the access token in `web/auth`, a signed-in session, a
timed job). What the actor may do to a person or a unit is decided by `listing/rules`, not here.
"""

import re
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Self

from codes.identifiers import InvalidIdentifier, PersonId, parse_person_id

_KEY = re.compile(r"[!-~]{1,100}")


class Role(StrEnum):
    """The roles of the access tokens. Their names are part of the interface."""

    RESIDENT = "resident"
    """A person who acts for themselves, their children, or somebody they represent."""
    UNIT = "unit"
    """Staff of one care unit: its own listings and queue."""
    REGION = "region"
    """Administrators of a region: its units, limits and persons."""
    NURSE = "nurse"
    """Advice nurses: the status of units, and never a person."""
    STATISTICIAN = "statistician"
    """Numbers, and never a person."""
    SYSTEM = "system"
    """A program: another system of a region, or our own timed work."""


STAFF = frozenset(Role) - {Role.RESIDENT}
"""The roles that belong to a region."""

SEES_PERSONS = frozenset({Role.RESIDENT, Role.UNIT, Role.REGION, Role.SYSTEM})
"""The roles that may be shown a person at all, because they need to (patientdatalagen 4 kap. 1-2 §§)."""


class Purpose(StrEnum):
    """Why personal data are processed; patientdatalagen (2008:355) 2 kap. 4 §, by its points."""

    CARE = "care"
    """Point 1: records and what care needs."""
    ADMINISTRATION = "administration"
    """Point 2: administration that concerns patients, such as a listing."""
    QUALITY = "quality"
    """Point 4: to develop and secure the quality systematically."""
    FOLLOW_UP = "follow-up"
    """Point 5: planning, following up, evaluation and supervision."""
    STATISTICS = "statistics"
    """Point 6: statistics about health care."""
    OWN_MATTER = "own-matter"
    """A resident in their own matter or that of somebody they act for; no staff has this purpose."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts.

    `key` is what the audit trail and the idempotency keys know the actor by: `person:<id>`,
    `staff:<hsa-id>`, `system:<region>:<name>`. It is a pseudonym and never a personal identity number
    (refused here). `region` is a two-digit county code; None only for our own work over the whole country.
    `unit` is an HSA-id in canonical form. `person` is a resident's identity number, masked when printed,
    until `resolved` has exchanged it for `person_id`; no operation is opened before that, because all
    unresolved residents share one key. `may_see_protected` is the right to see persons with
    protected personal data (offentlighets- och sekretesslagen 2009:400, 22 kap. 1-2 §§).
    """

    role: Role
    key: str
    region: str | None = None
    unit: str | None = None
    person: PersonId | None = None
    person_id: int | None = None
    may_see_protected: bool = False
    purpose: Purpose | None = None

    def __post_init__(self) -> None:
        if not _KEY.fullmatch(self.key) or any(map(_is_identity, self.key.split(":"))):
            raise ValueError("an actor's key is a pseudonym of 1 to 100 visible ASCII characters")
        if self.role is Role.RESIDENT:
            if self.region or self.unit or self.may_see_protected:
                raise ValueError("a resident has neither region, unit nor the right to see protected persons")
        elif self.person is not None or self.person_id is not None:
            raise ValueError("only a resident is a person here; staff are known by their HSA-id")
        if self.role in STAFF - {Role.SYSTEM} and not self.region:
            raise ValueError("staff act for a region")
        if self.role is Role.UNIT and not self.unit:
            raise ValueError("unit staff act for a unit")
        if self.may_see_protected and self.role not in SEES_PERSONS:
            raise ValueError("a role that sees no persons sees no protected ones")
        if (self.purpose is Purpose.OWN_MATTER) > (self.role is Role.RESIDENT):
            raise ValueError("an own matter is a resident's")

    @classmethod
    def resident(cls, person: PersonId) -> Self:
        """A resident as signed in, before the register of persons has been asked."""
        return cls(Role.RESIDENT, "person:unresolved", person=person, purpose=Purpose.OWN_MATTER)

    @classmethod
    def internal(cls, name: str) -> Self:
        """Our own work without a caller, such as the timed work, over the whole country."""
        return cls(Role.SYSTEM, f"system:{name}", may_see_protected=True, purpose=Purpose.ADMINISTRATION)

    @property
    def sees_persons(self) -> bool:
        """Whether any person may be shown to this actor; which ones is decided by the rules."""
        return self.role in SEES_PERSONS

    def resolved(self, person_id: int) -> Self:
        """The same resident by the key of the register; the identity number is let go."""
        if self.role is not Role.RESIDENT:
            raise ValueError("only a resident is a person here")
        return replace(self, key=f"person:{person_id}", person=None, person_id=person_id)


_ANY_CENTURY = date(2099, 12, 31)


def _is_identity(text: str) -> bool:
    if len(text) < 10:
        return False  # No number of any kind is so short, and every request asks several times.
    try:
        parse_person_id(text, on=_ANY_CENTURY)
    except InvalidIdentifier:
        return False
    return True
