"""What is asked of the register, and what it answers, as plain values."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal
from uuid import UUID

from listing.policy.codes import ListingType, ReasonCode

Channel = Literal["web", "phone", "paper", "staff", "system"]
IdentityCheck = Literal["id-document", "electronic", "known", "vouched"]
"""How staff made sure who stands before them or calls: a valid document, an electronic identity, known
personally, or vouched for by somebody who has identified themselves."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A signed form. `guardians` are the people whose signatures of a child's guardians are on it."""

    signed_on: date
    reference: str | None = None
    guardians: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """A wish that a person be listed at a unit.

    `wished` is a later first day; `join_queue` says that a place in the queue will do where the unit is full.
    `reason` is a special reason for a change beyond the limit, `evidence` where its proof is kept.
    `attending` are a child's guardians who ask at the desk or on the telephone without a form, and
    `identity_check` how staff made sure who asks.
    """

    person_id: int
    hsa_id: str
    listing_type: ListingType = "health-centre"
    professional_hsa_id: str | None = None
    join_queue: bool = False
    reason: ReasonCode | None = None
    evidence: str | None = None
    channel: Channel = "web"
    wished: date | None = None
    paper: Paper | None = None
    attending: tuple[int, ...] = ()
    identity_check: IdentityCheck | None = None

    @property
    def guardians(self) -> tuple[int, ...]:
        """The guardians who stand behind the wish: those who have signed, or who are there."""
        return self.paper.guardians if self.paper else self.attending

    def as_json(self) -> dict[str, Any]:
        """What is digested to tell one request from another."""
        paper = self.paper
        desk = {"attending": list(self.attending), "identity": self.identity_check}
        return {
            "person": self.person_id,
            "unit": self.hsa_id,
            "type": self.listing_type,
            "doctor": self.professional_hsa_id,
            "queue": self.join_queue,
            "reason": self.reason,
            "evidence": self.evidence,
            "channel": self.channel,
            "wished": self.wished and self.wished.isoformat(),
            "paper": paper and [paper.signed_on.isoformat(), paper.reference, list(paper.guardians)],
            **{name: value for name, value in desk.items() if value},
        }


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a choice. `id` is the listing's or, when queued, the queue entry's."""

    id: UUID
    status: Literal["listed", "scheduled", "queued"]
    hsa_id: str
    valid_from: date | None = None
    queue_position: int | None = None
    changes_left: int | None = None
    warnings: tuple[str, ...] = field(default=())
    form_reference: str | None = None

    def as_json(self) -> dict[str, Any]:
        """The stored answer, also what a repeated key is given."""
        return {
            "id": str(self.id),
            "status": self.status,
            "hsaId": self.hsa_id,
            "validFrom": self.valid_from and self.valid_from.isoformat(),
            "queuePosition": self.queue_position,
            "changesLeft": self.changes_left,
            "warnings": list(self.warnings),
            "formReference": self.form_reference,
        }
