"""Only units with a valid contract can be chosen.

Source: HSL (2017:30) 7 kap. 3 a § (a unit of the region's own or under contract with a region). A unit of the
region's own has an assignment that counts as one; both are rows with a first and a last day.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from listing.rules.decision import Allowed, Decision, Refused


@dataclass(frozen=True, slots=True)
class Period:
    """From a day to the day before another; None is open."""

    first: date | None
    until: date | None = None

    def holds_on(self, day: date) -> bool:
        """Whether the day lies within."""
        return (self.first is None or self.first <= day) and (self.until is None or day < self.until)


def listable(
    contracts: Iterable[Period], day: date, *, open_unit: bool = True, closes_on: date | None = None
) -> Decision:
    """Whether somebody may be listed at a unit so that the listing begins on `day`.

    `open_unit`: the unit is active in the directory; `closes_on`: the first day on which it is gone. A unit
    that has told that it closes takes nobody new: they would have to choose again at once.
    """
    if not open_unit:
        return Refused("unit-not-listable", "unit-closed")
    if closes_on is not None:
        return Refused("unit-not-listable", "unit-closing", {"closes": closes_on})
    held = list(contracts)
    if any(contract.holds_on(day) for contract in held):
        return Allowed("contract")
    starts = min((one.first for one in held if one.first is not None and one.first > day), default=None)
    if starts is not None:
        return Refused("unit-not-listable", "contract-not-begun", {"first": starts})
    return Refused("unit-not-listable", "contract-ended" if held else "no-contract")


def has_ended(contracts: Iterable[Period], day: date, *, within: date) -> bool:
    """Whether a contract has ended by `day`, none holds then, and none begins before `within`."""
    held = list(contracts)
    goes_on = any(one.holds_on(day) or (one.first is not None and day < one.first < within) for one in held)
    return not goes_on and any(one.until is not None and one.until <= day for one in held)


def ends_on(contracts: Iterable[Period], day: date) -> date | None:
    """The first day without a contract, where one holds on `day` and others follow it without a gap."""
    held = sorted(contracts, key=lambda one: one.first or date.min)
    last: date | None = None
    for contract in held:
        if contract.holds_on(last or day):
            if contract.until is None:
                return None
            last = contract.until
    return last
