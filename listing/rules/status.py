"""What everyone may know of a unit's register: whether one can list, must queue, or neither.

Source: the regulation on listing services in force since 2024 asks that people see whether one can list or
whether there is a queue, in the hit list and on the contact card. Numbers of people listed are not shown.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from listing.policy.model import Queue
from listing.rules.capacity import Room
from listing.rules.contract import Period, listable
from listing.rules.decision import Refused


@dataclass(frozen=True, slots=True)
class PublicStatus:
    """`queue_length` stands with a queue only. `because` says it exactly, for the unit's own staff."""

    status: Literal["open", "queue", "closed"]
    because: str
    queue_length: int | None = None


def public_status(
    queue: Queue,
    room: Room,
    contracts: Sequence[Period],
    day: date,
    *,
    open_unit: bool = True,
    closes_on: date | None = None,
) -> PublicStatus:
    """The status on a day: closed without contract or when full without queue; queue while anyone waits."""
    may = listable(contracts, day, open_unit=open_unit, closes_on=closes_on)
    if isinstance(may, Refused):
        return PublicStatus("closed", may.because)
    full = room.free == 0
    if not full and (room.waiting == 0 or queue.kind == "none"):
        return PublicStatus("open", "room")
    if queue.kind == "none":
        return PublicStatus("closed", "full")
    return PublicStatus("queue", "full" if full else "queue-first", room.waiting)
