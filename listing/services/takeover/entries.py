"""What is taken over: a listing or a queue place of a known person at a known unit."""

from dataclasses import dataclass
from datetime import date, datetime

from listing.policy.codes import ListingType, PriorityReason


@dataclass(frozen=True, slots=True)
class Held:
    """A listing, present, coming or past. `until` is the first day without it.

    `own_choice`: chosen by the person, not given by allocation. `counted`: it used up a change where it was
    kept. `chosen_at` is when the person chose, and from when the change counts.
    """

    row: int
    person_id: int
    unit_id: int
    listing_type: ListingType
    begins: date
    until: date | None
    chosen_at: datetime
    own_choice: bool = True
    counted: bool = False
    end_reason: str | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A queue place. Those of the same time stand in the order in which they were given."""

    row: int
    person_id: int
    unit_id: int
    listing_type: ListingType
    queued_at: datetime
    priority: int = 0
    priority_reason: PriorityReason | None = None
    decision_reference: str | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a row is not taken over. `other` is the row of the file that it stands against, if there is one."""

    row: int
    code: str
    other: int | None = None
