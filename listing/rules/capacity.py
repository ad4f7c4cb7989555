"""Whether there is room at a unit, and who is listed although there is none.

Source: HSL (2017:30) 7 kap. 3 c § (a limit decided by the region on the unit's request; without a decision
there is none). Exemptions are named in the decisions; see `listing.policy.parts.CapExemptions`.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from listing.policy.codes import Exemption
from listing.policy.model import Cap, CapExemptions, Queue
from listing.rules.days import age_on, days_later, months_later
from listing.rules.decision import Refused

Action = Literal["list", "queue"]


@dataclass(frozen=True, slots=True)
class Room:
    """A unit's register on a day: `places` is the limit in force or None; `held` are offers outstanding."""

    places: int | None
    listed: int
    held: int = 0
    waiting: int = 0

    @property
    def free(self) -> int | None:
        """Places that nobody has or holds; None without a limit; never below 0 when a limit was lowered."""
        return None if self.places is None else max(0, self.places - self.listed - self.held)


@dataclass(frozen=True, slots=True)
class Placed:
    """List now, or queue. `because` is `room`, `no-limit`, an exemption, `full` or `queue-first`."""

    action: Action
    because: str
    exemption: Exemption | None = None


def place(
    room: Room, queue: Queue, *, exemption: Exemption | None = None, join_queue: bool = False
) -> Placed | Refused:
    """What a wish to be listed leads to.

    Free places belong to those who wait: as long as anyone does, newcomers queue behind them. Who is exempt
    is listed at once.
    """
    if exemption is not None:
        return Placed("list", exemption, exemption)
    if room.free is None:
        return Placed("list", "no-limit")
    if room.free > 0 and room.waiting == 0:
        return Placed("list", "room")
    because = "queue-first" if room.free > 0 else "full"
    told = {"waiting": room.waiting, "places": room.places}
    if queue.kind == "none":
        return Refused("unit-full", "no-queue", told)
    if not join_queue:
        return Refused("unit-full", because, told)
    return Placed("queue", because)


def to_serve(room: Room) -> int | None:
    """How many of the queue may be served now; None: all. A lowered limit serves and removes nobody."""
    return None if room.free is None else min(room.free, room.waiting)


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What is known of a person that may exempt from a unit's limit, on the day of listing.

    The first three are facts of the register; special care and the child health centre are told by staff.
    `special_care_here` is set when the unit answers for the person's housing or home care.
    `in_region_since` is the day of moving into the region, None when unknown or always.
    """

    born: date
    guardian_listed_here: bool = False
    household_listed_here: bool = False
    special_care_here: Literal["special-housing", "home-care"] | None = None
    in_region_since: date | None = None
    child_health_centre_here: bool = False
    youngest_child_born: date | None = None


PROOF: dict[Exemption, str] = {
    "newborn-of-listed-guardian": "register",
    "same-household": "register",
    "moved-in": "register",
    "special-housing": "staff",
    "home-care": "staff",
    "child-health-family": "staff",
}
"""What an exemption is proved by: the population and listing registers, or staff who answer for it."""


def exemption_for(rule: CapExemptions, person: Circumstances, day: date) -> Exemption | None:
    """The first exemption of the policy, in its order, that holds for this person on this day."""
    for code in rule.codes:
        if _holds(code, rule, person, day):
            return code
    return None


def _holds(code: Exemption, rule: CapExemptions, person: Circumstances, day: date) -> bool:
    if code == "newborn-of-listed-guardian":
        return person.guardian_listed_here and _within(person.born, rule.newborn_days, day)
    if code == "same-household":
        return person.household_listed_here
    if code == "moved-in":
        # Whoever was born here has moved from nowhere; a newborn's own exemption is by its guardians.
        since = person.in_region_since
        return since is not None and since > person.born and _within(since, rule.moved_in_days, day)
    if code == "child-health-family":
        return person.child_health_centre_here and _has_young_child(rule, person, day)
    return person.special_care_here == code


def _within(since: date, days: int, day: date) -> bool:
    return since <= day < days_later(since, days)


def _has_young_child(rule: CapExemptions, person: Circumstances, day: date) -> bool:
    births = [born for born in (person.born, person.youngest_child_born) if born is not None]
    return any(0 <= age_on(born, day) < rule.child_health_below_age for born in births)


def check_limit(rule: Cap, *, places: int, valid_from: date, valid_to: date | None) -> Refused | None:
    """Whether a decision on a limit keeps to the region's own frame; `valid_to` is the first day without."""
    if places < 0:
        return Refused("limit-not-possible", "places-negative", {"places": places})
    if valid_to is not None and valid_to <= valid_from:
        return Refused("limit-not-possible", "period-empty", {"first": valid_from})
    if rule.max_months is not None:
        last = months_later(valid_from, rule.max_months)
        if valid_to is None or valid_to > last:
            return Refused("limit-not-possible", "too-long", {"months": rule.max_months, "last": last})
    return None


def guide_places(rule: Cap, full_time_percent: int) -> int | None:
    """How many listed the region's measure gives for doctors of so many per cent of full time together."""
    if rule.per_full_time_doctor is None:
        return None
    return rule.per_full_time_doctor * full_time_percent // 100
