"""The plan of a run: who goes where and why, worked out from what was read, before anything is written.

Guardians before newborns: a newborn whose region follows a guardian's unit goes where the guardian is listed
or where this very plan puts the guardian, beyond the unit's limit where the region's rules exempt newborns
(`CapExemptions`), else while there is room; then by the non-choice method as everybody else.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from listing.allocation.ordering import order_key, siphash
from listing.allocation.reading import areas
from listing.allocation.reading.people import (
    Guardian,
    Scope,
    Waiting,
    count_protected,
    read_guardians,
    read_people,
)
from listing.allocation.reading.units import Receivers, read_units
from listing.people.keys import key_ring
from listing.policy.model import CHILD_HEALTH_CENTRE, Policy, PolicyInForce
from listing.rules.days import months_later
from listing.rules.non_choice import (
    NO_LIMIT,
    NO_UNIT,
    Bools,
    Floats,
    Ints,
    People,
    Step,
    Units,
    allocate,
    steps,
)

_DAY_ZERO = date(2000, 1, 1)
_NEWBORN_EXEMPTION = "newborn-of-listed-guardian"


@dataclass(frozen=True, slots=True)
class World:
    """What was read. `left_out`: newborn, or their unit closed, and the rules leave such people unlisted."""

    receivers: Receivers
    waiting: Waiting
    people: People
    newborn: Bools
    left_out: Bools
    guardians: Sequence[Guardian]
    protected: int


@dataclass(frozen=True, slots=True)
class Plan:
    """One element per person of `World.waiting`; `rank` is the place in the fair order.

    `step` is an index into `methods`. `beyond_limit`: exempt from the unit's limit. `as_newborn`: listed
    where a guardian is. Otherwise as `listing.rules.non_choice.Allocation`; `room` is what is left per unit.
    """

    methods: tuple[Step, ...]
    unit: Ints
    step: Ints
    first_choice: Ints
    metres: Floats
    rank: Ints
    beyond_limit: Bools
    as_newborn: Bools
    room: Ints


def scope_of(policy: PolicyInForce, day: date) -> Scope:
    """Whom the run is about: a child health centre lists nobody above its age."""
    born_after = date(1800, 1, 1)
    if policy.listing_type == CHILD_HEALTH_CENTRE:
        born_after = months_later(day, -12 * policy.policy.cap_exemptions.child_health_below_age)
    years = policy.policy.non_choice.last_visited_years
    return Scope(policy.region, policy.listing_type, day, born_after, years)


def read_world(session: Session, policy: PolicyInForce, scope: Scope) -> World:
    """Read all that the plan needs; in one snapshot when the transaction is repeatable read."""
    rules, region = policy.policy, scope.region
    methods = steps(rules.non_choice)
    by_district = "nearest-in-district" in methods
    districts = areas.unit_districts(session, region) if by_district else {}
    receivers = read_units(
        session, region, scope.listing_type, scope.day, rules.non_choice.capped_units, districts
    )
    waiting = read_people(session, scope)
    follows = rules.newborn.method == "guardian-unit"
    born_after = scope.day - timedelta(days=rules.cap_exemptions.newborn_days)
    guardians = read_guardians(session, scope, born_after) if follows else []
    newborn: Bools = waiting.born > (born_after - _DAY_ZERO).days
    left_out = (newborn if rules.newborn.method == "none" else np.zeros_like(newborn)).copy()
    if rules.closure.afterwards == "unlisted":
        left_out |= waiting.closed
    people = _people(session, scope, waiting, receivers, methods)
    return World(
        receivers, waiting, people, newborn & follows, left_out, guardians, count_protected(session, scope)
    )


def _people(
    session: Session, scope: Scope, waiting: Waiting, receivers: Receivers, methods: Sequence[Step]
) -> People:
    nobody = np.full(waiting.ids.shape, NO_UNIT, np.int64)
    pairs = nobody[:0], nobody[:0]
    if "polygon" in methods:
        person, unit_id = areas.catchments(session, scope.region, waiting.ids)
        unit = receivers.index_of(unit_id)
        pairs = person[unit != NO_UNIT], unit[unit != NO_UNIT]
    by_district = "nearest-in-district" in methods
    return People(
        x=waiting.x,
        y=waiting.y,
        municipality=waiting.municipality,
        district=areas.person_districts(session, scope.region, waiting.ids) if by_district else nobody,
        waiting_since=waiting.waiting_since,
        hash=siphash(order_key(key_ring()), waiting.ids.astype(np.uint64)),
        last_visited=receivers.index_of(waiting.visited),
        guardian_unit=nobody,
        catchment_person=pairs[0],
        catchment_unit=pairs[1],
    )


def make_plan(policy: Policy, world: World) -> Plan:
    """Place everybody, guardians before the newborn who follow them."""
    methods: tuple[Step, ...] = ("guardian-unit", *steps(policy.non_choice))
    count = world.waiting.ids.size
    plan = Plan(
        methods=methods,
        unit=np.full(count, NO_UNIT, np.int64),
        step=np.full(count, -1, np.int64),
        first_choice=np.full(count, NO_UNIT, np.int64),
        metres=np.full(count, np.nan),
        rank=_ranks(world.people),
        beyond_limit=np.zeros(count, np.bool_),
        as_newborn=np.zeros(count, np.bool_),
        room=world.receivers.units.room.copy(),
    )
    after = world.newborn & ~world.left_out
    _place(plan, world, np.flatnonzero(~world.newborn & ~world.left_out), first_step=1)
    known = _guardian_units(world, plan.unit)
    world.people.guardian_unit[after] = known[after]
    if _NEWBORN_EXEMPTION in policy.cap_exemptions.codes:
        beyond = np.flatnonzero(after & (known != NO_UNIT))
        _place_beyond(plan, world, beyond, known[beyond])
    _place(plan, world, np.flatnonzero(after & (plan.unit == NO_UNIT)))
    plan.as_newborn[:] = world.newborn & (plan.step == 0)
    return plan


def _ranks(people: People) -> Ints:
    rank = np.empty(people.x.size, np.int64)
    rank[np.lexsort((people.hash, people.waiting_since))] = np.arange(people.x.size)
    return rank


def _place(plan: Plan, world: World, who: Ints, first_step: int = 0) -> None:
    """Place these by the methods from one on, in the room that is left."""
    if not who.size:
        return
    units = replace(world.receivers.units, room=plan.room)
    found = allocate(units, _some(world.people, who), plan.methods[first_step:])
    plan.unit[who] = found.unit
    plan.step[who] = np.where(found.step < 0, -1, found.step + first_step)
    plan.first_choice[who], plan.metres[who] = found.first_choice, found.metres
    plan.room[:] = found.room


def _place_beyond(plan: Plan, world: World, who: Ints, unit: Ints) -> None:
    units: Units = world.receivers.units
    plan.unit[who], plan.first_choice[who], plan.step[who] = unit, unit, 0
    plan.beyond_limit[who] = _over_room(plan, who)
    plan.metres[who] = np.hypot(world.people.x[who] - units.x[unit], world.people.y[who] - units.y[unit])
    taken = np.bincount(unit, minlength=plan.room.size)
    plan.room[:] = np.where(plan.room == NO_LIMIT, NO_LIMIT, np.maximum(plan.room - taken, 0))


def _over_room(plan: Plan, who: Ints) -> Bools:
    """Which of these, all placed, come after the last free place of their unit in the fair order."""
    order = np.lexsort((plan.rank[who], plan.unit[who]))
    unit = plan.unit[who][order]
    number = np.arange(who.size) - np.searchsorted(unit, unit, "left")
    over = np.empty(who.size, np.bool_)
    over[order] = (plan.room[unit] != NO_LIMIT) & (number >= plan.room[unit])
    return over


def _some(people: People, who: Ints) -> People:
    """These people; the pairs of catchment areas are renumbered."""
    place = np.full(people.x.size, NO_UNIT, np.int64)
    place[who] = np.arange(who.size)
    person = place[people.catchment_person]
    return People(
        **{
            name: getattr(people, name)[who]
            for name in ("x", "y", "municipality", "district", "waiting_since", "hash", "last_visited")
        },
        guardian_unit=people.guardian_unit[who],
        catchment_person=person[person != NO_UNIT],
        catchment_unit=people.catchment_unit[person != NO_UNIT],
    )


def _guardian_units(world: World, planned: Ints) -> Ints:
    """For each person, the unit of the first guardian who has one here: listed already, or by this plan."""
    result = np.full(planned.shape, NO_UNIT, np.int64)
    if not world.guardians:
        return result
    ids = world.waiting.ids
    listed = world.receivers.index_of(
        np.array([NO_UNIT if one.unit is None else one.unit for one in world.guardians], np.int64)
    )
    children = _indexes(ids, [one.child for one in world.guardians])
    guardians = _indexes(ids, [one.guardian for one in world.guardians])
    for child, guardian, unit in zip(children, guardians, listed, strict=True):
        if child != NO_UNIT and result[child] == NO_UNIT:
            result[child] = planned[guardian] if unit == NO_UNIT and guardian != NO_UNIT else unit
    return result


def _indexes(ids: Ints, wanted: Sequence[int]) -> Ints:
    keys: NDArray[np.int64] = np.array(wanted, np.int64)
    if not ids.size:
        return np.full(keys.shape, NO_UNIT, np.int64)
    place = np.minimum(np.searchsorted(ids, keys), ids.size - 1)
    return np.where(ids[place] == keys, place, NO_UNIT)
