"""What happens to those listed at a unit that closes, is taken over, or loses its contract.

Source: practice (everyone is told, has a period to choose, the rest follow the non-choice method); forced
moves do not count as changes (`listing.rules.change_limit`).
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from listing.policy.model import Closure
from listing.rules.days import days_later

After = Literal["successor", "allocate", "unlisted"]


@dataclass(frozen=True, slots=True)
class ClosurePlan:
    """The days of a closure.

    Through `choose_until` a choice counts as forced by the closure: at least the region's period, and as long
    as the unit is open. On `moves_on`, when the unit is gone, those who have not chosen are moved, so that
    nobody is without a unit in between. `short_notice`: the unit is gone before the period is over.
    """

    told_on: date
    closes_on: date
    choose_until: date
    moves_on: date
    after: After
    short_notice: bool


def plan(rule: Closure, *, told_on: date, closes_on: date, has_successor: bool) -> ClosurePlan:
    """How a closure goes. `closes_on` is the first day on which the unit is gone."""
    wished = days_later(told_on, rule.choice_days)
    last_open = days_later(closes_on, -1)
    return ClosurePlan(
        told_on=told_on,
        closes_on=closes_on,
        choose_until=max(wished, last_open),
        moves_on=max(closes_on, told_on),
        after=after(rule, has_successor=has_successor),
        short_notice=wished > last_open,
    )


def contract_ended(rule: Closure, *, told_on: date) -> ClosurePlan:
    """How it goes when a contract has ended with none to follow: the whole period begins when it is told.

    The listings hold on meanwhile, so that nobody is without a unit in between and a contract that is only
    registered late has cost nobody anything. Regions that know of an end in time announce a closure instead.
    """
    until = days_later(told_on, rule.choice_days)
    return plan(rule, told_on=told_on, closes_on=days_later(until, 1), has_successor=False)


def after(rule: Closure, *, has_successor: bool) -> After:
    """What becomes of those who have not chosen when the unit is gone."""
    if has_successor and rule.successor == "move":
        return "successor"
    return rule.afterwards


def is_due(plan: ClosurePlan, today: date) -> bool:
    """Whether those who are left are to be moved by now."""
    return today >= plan.moves_on


def may_still_choose(plan: ClosurePlan, today: date) -> bool:
    """Whether a choice made today counts as one that the closure forced, also after having been moved."""
    return today <= plan.choose_until
