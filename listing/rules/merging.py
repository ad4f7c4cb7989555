"""Two rows that turn out to be one person: which listing goes on, and which place in a queue.

Source: practice when a coordination or reserve number is followed by a personal identity number (Varberg: an
earlier reserve number is joined with the new number at the first visit). One person has one health centre
(HSL 2017:30, 7 kap. 3 a §), so of two the one chosen last holds, and that the other stood beside it was an
error of the register: ending it counts no change. In a queue nobody loses the time already waited.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

Whose = Literal["kept", "merged"]


@dataclass(frozen=True, slots=True)
class Lasting:
    """A listing that holds today or later. `whose`: the row that is kept, or that is merged into it."""

    id: UUID
    whose: Whose
    care_unit_id: int
    begins: date
    chosen_at: datetime


@dataclass(frozen=True, slots=True)
class Ending:
    """A listing that gives way: held until the day before `until`, or never (None)."""

    listing: Lasting
    until: date | None


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a queue that still counts, by its order: `rank` sorts as the queue is served."""

    id: UUID
    whose: Whose
    care_unit_id: int
    offered: bool
    queued_at: datetime
    rank: tuple[int, datetime, int]


def listings_that_give_way(lasting: Sequence[Lasting], today: date) -> list[Ending]:
    """Of one listing type: what ends so that one row's listings go on alone.

    The row whose latest choice was made last goes on; listed at the same unit by both, the one that was there
    first does, so that the person has been listed since then. A listing that gives way holds until the other
    begins; one that would only have begun is taken back.
    """
    rows = {whose: [one for one in lasting if one.whose == whose] for whose in ("kept", "merged")}
    if not rows["kept"] or not rows["merged"]:
        return []
    goes_on = _goes_on(rows["kept"], rows["merged"])
    gives_way = rows["merged" if goes_on == "kept" else "kept"]
    first = min(one.begins for one in rows[goes_on])
    return [Ending(one, first if one.begins < first and one.begins <= today else None) for one in gives_way]


def _goes_on(kept: Sequence[Lasting], merged: Sequence[Lasting]) -> Whose:
    if {one.care_unit_id for one in kept} == {one.care_unit_id for one in merged}:
        return "kept" if min(one.begins for one in kept) <= min(one.begins for one in merged) else "merged"
    return "kept" if max(one.chosen_at for one in kept) >= max(one.chosen_at for one in merged) else "merged"


def places_that_go_on(places: Sequence[Place]) -> list[tuple[Place, datetime, list[Place]]]:
    """Of one listing type: for each unit the place that stays, since when it counts, and those it replaces.

    An offer that has been made stands; else the place that would be served first does, from the earliest day.
    """
    units = dict.fromkeys(one.care_unit_id for one in places)
    found = []
    for unit in units:
        here = sorted(
            (one for one in places if one.care_unit_id == unit), key=lambda one: (not one.offered, one.rank)
        )
        found.append((here[0], min(one.queued_at for one in here), here[1:]))
    return found
