"""What an allocation did or would do, per unit and in all; it holds no person.

Distances are left out where a unit receives fewer than five: a greatest distance of one person is that
person's.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np

from listing.allocation.planning import Plan, World
from listing.policy.model import PolicyInForce
from listing.rules.non_choice import NO_UNIT, Bools, Ints, steps

FEWEST = 5
"""People of whom a distance may be told."""

Report = dict[str, Any]


def make(policy: PolicyInForce, day: date, world: World, plan: Plan, listed: Bools) -> Report:
    """The report on those of the plan that `listed` marks; the rest of the plan is told as not listed."""
    placed = listed & (plan.unit != NO_UNIT)
    full = (plan.first_choice != NO_UNIT) & (plan.first_choice != plan.unit)
    by_step = np.bincount(plan.step[placed], minlength=len(plan.methods))
    return {
        "region": policy.region,
        "listingType": policy.listing_type,
        "date": day.isoformat(),
        "policy": _policy(policy),
        "people": int(plan.unit.size),
        "listed": int(placed.sum()),
        "byStep": {step: int(count) for step, count in zip(plan.methods, by_step, strict=True) if count},
        "afterClosure": int((placed & world.waiting.closed & ~plan.as_newborn).sum()),
        "newborn": int((placed & plan.as_newborn).sum()),
        "beyondLimit": int((placed & plan.beyond_limit).sum()),
        "passedOverBecauseFull": int((placed & full).sum()),
        "metres": _metres(plan, placed),
        "notListed": _not_listed(world, plan, placed),
        "units": _units(world, plan, placed),
    }


def _policy(policy: PolicyInForce) -> Report:
    rule = policy.policy.non_choice
    return {
        "reference": policy.reference,
        "decidedOn": policy.decided_on and policy.decided_on.isoformat(),
        "default": policy.is_default,
        "steps": list(steps(rule)),
        "cappedUnits": rule.capped_units,
        "newborn": policy.policy.newborn.method,
        "closure": policy.policy.closure.afterwards,
    }


def _not_listed(world: World, plan: Plan, placed: Bools) -> Report:
    """Why, for everybody who is still without a unit; each person is counted once, but for the protected."""
    none = plan.unit == NO_UNIT
    nowhere = np.isnan(world.people.x)
    knew = plan.first_choice != NO_UNIT
    left_out = none & world.left_out
    return {
        "protected": world.protected,
        "notAllocatedByTheRules": int(left_out.sum()),
        "everyUnitFull": int((none & ~left_out & knew).sum()),
        "noPosition": int((none & ~left_out & ~knew & nowhere).sum()),
        "noUnit": int((none & ~left_out & ~knew & ~nowhere).sum()),
        "takenMeanwhile": int((~none & ~placed).sum()),
    }


def _units(world: World, plan: Plan, placed: Bools) -> list[Report]:
    receivers, count = world.receivers, world.receivers.ids.size
    receives = np.bincount(plan.unit[placed], minlength=count)
    exempt = np.bincount(plan.unit[placed & plan.beyond_limit], minlength=count)
    asked = np.flatnonzero((plan.first_choice != NO_UNIT) & (plan.first_choice != plan.unit))
    turned_away = np.bincount(plan.first_choice[asked], minlength=count)
    by_unit = _by_unit(plan.unit, placed, count)
    return [
        {
            "hsaId": receivers.hsa_ids[unit],
            "name": receivers.names[unit],
            "receives": int(receives[unit]),
            "beyondLimit": int(exempt[unit]),
            "roomBefore": _room(receivers.units.room[unit]),
            "roomAfter": _room(receivers.units.room[unit], int(receives[unit])),
            "passedOverBecauseFull": int(turned_away[unit]),
            **_distances(plan, by_unit[unit]),
        }
        for unit in range(count)
    ]


def _room(room: int, taken: int = 0) -> int | None:
    return None if room == NO_UNIT else max(int(room) - taken, 0)


def _by_unit(unit: Ints, placed: Bools, count: int) -> list[Ints]:
    """The people of each unit, found by sorting once."""
    who = np.flatnonzero(placed)
    who = who[np.argsort(unit[who], kind="stable")]
    edges = np.searchsorted(unit[who], np.arange(count + 1))
    return [who[edges[one] : edges[one + 1]] for one in range(count)]


def _distances(plan: Plan, who: Ints) -> Report:
    metres = plan.metres[who]
    metres = metres[np.isfinite(metres)]
    if metres.size < FEWEST:
        return {"medianMetres": None, "maxMetres": None}
    return {"medianMetres": round(float(np.median(metres))), "maxMetres": round(float(metres.max()))}


def _metres(plan: Plan, placed: Bools) -> Report:
    return _distances(plan, np.flatnonzero(placed))


def as_table(report: Mapping[str, Any]) -> str:
    """The report for people; units that receive nobody and turned nobody away are left out."""
    lines = [
        f"region {report['region']} {report['listingType']} {report['date']}: {report.get('status', '')}"
        f" {report['listed']} of {report['people']} without a unit"
        + (f", run {report['run']}" if report.get("run") else ""),
        f"rules: {', '.join(report['policy']['steps']) or 'none'}"
        f" ({report['policy']['reference'] or 'the default, no decision'})",
        "by step: " + (", ".join(f"{step} {n}" for step, n in report["byStep"].items()) or "-"),
        "not listed: " + ", ".join(f"{why} {n}" for why, n in report["notListed"].items() if n),
    ]
    if report["notListed"] and not any(report["notListed"].values()):
        lines.pop()
    units = [one for one in report["units"] if one["receives"] or one["passedOverBecauseFull"]]
    if units:
        columns = (
            "receives",
            "roomBefore",
            "roomAfter",
            "passedOverBecauseFull",
            "medianMetres",
            "maxMetres",
        )
        heads = ("receives", "room before", "after", "full for", "median m", "max m")
        lines.append(f"{'unit':32}" + "".join(f"{head:>13}" for head in heads))
        for one in units:
            told = ("-" if one[column] is None else one[column] for column in columns)
            lines.append(f"{one['hsaId']:32}" + "".join(f"{value:>13}" for value in told))
    return "\n".join(lines)
