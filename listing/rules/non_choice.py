"""Where people are listed who do not choose (icke-val): one pass over all of them, never over a limit.

Source: HSL (2017:30) 7 kap. 3 § (everyone is to be covered) and the regions' methods (`NonChoice`): nearest
by distance, within the municipality or district, within the unit's catchment area, last visited, a
guardian's unit. What a region does when a method finds nothing is its list of fallbacks.

The outcome is this, exactly: people are taken one at a time in a stated order (`fair_order`), and each gets
the first unit of their own list that still has room. Their list is the candidates of the first method by
distance, then those of the first fallback, and so on; equal distances go by HSA-id. The order is by the day
from which a person has been without a unit, then by a keyed hash of the person that means nothing, so that
neither name, age nor number decides and the same input gives the same answer.

Distances are between whole metres of SWEREF 99 TM, compared as exact squares: no rounding decides a tie.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from listing.policy.codes import CappedUnits, Method
from listing.policy.model import NonChoice

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Step = Method | Literal["guardian-unit"]

NO_UNIT = -1
"""No unit, no area: not a candidate, not allocated."""
NO_LIMIT = -1
"""In `Units.room`: the unit has no limit."""
UNKNOWN = np.nan
"""A coordinate that is not known, or may not be used (protected details)."""

_STEP = 1e13
"""Larger than any squared distance in Sweden (5e12 m²), so that an earlier step always goes first."""
_BLOCK = 256
"""People at a time: a block's table of distances fits in a processor's own cache, which is twice as fast."""


@dataclass(frozen=True)
class Units:
    """The units that may receive people: n of them, SORTED BY HSA-id, which is the order of ties.

    `x`, `y`: metres (SWEREF 99 TM), NaN where unknown. `municipality`, `district`: any numbers that name the
    area, `NO_UNIT` for none. `room`: free places, `NO_LIMIT` for a unit without a limit.
    """

    x: Floats
    y: Floats
    municipality: Ints
    district: Ints
    room: Ints


@dataclass(frozen=True)
class People:
    """The people to place: m of them, in any order; the answers stand in the same order.

    `x`, `y`, `municipality`, `district` as for units; a protected person has none of them. `waiting_since`: a
    day as a number, `hash`: stable and evenly spread. `last_visited`, `guardian_unit`: index of a unit or
    `NO_UNIT` (only visits within the region's years). Catchment areas are pairs of the two indexes
    `catchment_person` and `catchment_unit`, in any order; areas may overlap.
    """

    x: Floats
    y: Floats
    municipality: Ints
    district: Ints
    waiting_since: Ints
    hash: NDArray[np.uint64]
    last_visited: Ints
    guardian_unit: Ints
    catchment_person: Ints = field(default_factory=lambda: np.empty(0, np.int64))
    catchment_unit: Ints = field(default_factory=lambda: np.empty(0, np.int64))


@dataclass(frozen=True)
class Allocation:
    """The answer, one element per person.

    `unit`: index or `NO_UNIT`. `step`: which of the steps gave it, -1 for none. `first_choice`: the unit at
    the head of the person's list, room or not; when it differs from `unit`, the person was passed over
    because it was full. `metres`: distance to `unit`, NaN where it is not known. `room`: what is left.
    """

    unit: Ints
    step: Ints
    first_choice: Ints
    metres: Floats
    room: Ints


def steps(rule: NonChoice) -> tuple[Step, ...]:
    """The methods in the order in which they are tried; none where nobody is allocated."""
    return () if rule.method == "none" else (rule.method, *rule.fallbacks)


def receiving(room: Ints, capped_units: CappedUnits) -> Ints:
    """The room of units under the region's rule: `skip` leaves out every unit with a limit."""
    if capped_units == "skip":
        return np.where(room == NO_LIMIT, NO_LIMIT, 0)
    return room


def fair_order(people: People) -> Ints:
    """Indexes of the people in the order in which they are placed."""
    return np.lexsort((people.hash, people.waiting_since)).astype(np.int64)


def allocate(units: Units, people: People, methods: tuple[Step, ...]) -> Allocation:
    """Place all people. Beside the arrays given, memory is that of one block: 10 MB for 1,200 units."""
    count = people.x.size
    result = Allocation(
        unit=np.full(count, NO_UNIT, np.int64),
        step=np.full(count, -1, np.int64),
        first_choice=np.full(count, NO_UNIT, np.int64),
        metres=np.full(count, np.nan),
        room=np.where(units.room == NO_LIMIT, count, np.maximum(units.room, 0)),
    )
    if units.x.size and methods:
        ranking = _Ranking(units, people, methods)
        for block in _blocks(fair_order(people)):
            _place_block(ranking, block, result)
    left = np.where(units.room == NO_LIMIT, NO_LIMIT, result.room)
    return Allocation(result.unit, result.step, result.first_choice, result.metres, left)


class _Ranking:
    """How much each person of a block would like each unit: lower is better, infinite is never."""

    def __init__(self, units: Units, people: People, methods: tuple[Step, ...]) -> None:
        self._units, self._people, self._methods = units, people, methods
        placed = np.isfinite(units.x) & np.isfinite(units.y)
        self._placed = placed
        self._ux = np.rint(np.where(placed, units.x, 0.0))
        self._uy = np.rint(np.where(placed, units.y, 0.0))
        order = np.argsort(people.catchment_person, kind="stable")
        self._area_person = people.catchment_person[order]
        self._area_unit = people.catchment_unit[order]

    def squares(self, block: Ints) -> Floats:
        """Squared metres, block x units; infinite where either position is unknown."""
        x, y = np.rint(self._people.x[block]), np.rint(self._people.y[block])
        dx = x[:, None] - self._ux[None, :]
        dy = y[:, None] - self._uy[None, :]
        dx *= dx
        dy *= dy
        dx += dy
        dx[~np.isfinite(dx)] = np.inf
        dx[:, ~self._placed] = np.inf
        return dx

    def keys(self, block: Ints, squares: Floats) -> Floats:
        """The step's number times `_STEP` plus the squared distance; of several steps the first."""
        keys = np.full(squares.shape, np.inf)
        for number, method in enumerate(self._methods):
            open_to = np.isinf(keys)
            if method in _NEEDS_NO_DISTANCE:
                self._put_own_unit(keys, block, method, number)
                continue
            mask = self._mask(method, block)
            candidates = squares + number * _STEP
            if mask is None:
                np.copyto(keys, candidates, where=open_to)
            else:
                np.copyto(keys, candidates, where=open_to & mask)
        return keys

    def _mask(self, method: Step, block: Ints) -> Bools | None:
        if method == "nearest":
            return None
        if method == "polygon":
            return self._catchment(block)
        name: Literal["municipality", "district"] = (
            "municipality" if method == "nearest-in-municipality" else "district"
        )
        ours, theirs = getattr(self._people, name)[block], getattr(self._units, name)
        same: Bools = ours[:, None] == theirs[None, :]
        same[ours == NO_UNIT] = False
        return same

    def _catchment(self, block: Ints) -> Bools:
        mask = np.zeros((block.size, self._ux.size), np.bool_)
        first = np.searchsorted(self._area_person, block, "left")
        last = np.searchsorted(self._area_person, block, "right")
        for row in np.flatnonzero(last > first):
            mask[row, self._area_unit[first[row] : last[row]]] = True
        return mask

    def _put_own_unit(self, keys: Floats, block: Ints, method: Step, number: int) -> None:
        own = self._people.last_visited if method == "last-visited" else self._people.guardian_unit
        unit = own[block]
        rows = np.flatnonzero(unit != NO_UNIT)
        columns = unit[rows]
        keys[rows, columns] = np.minimum(keys[rows, columns], number * _STEP)


_NEEDS_NO_DISTANCE = frozenset({"last-visited", "guardian-unit"})


def _place_block(ranking: _Ranking, block: Ints, result: Allocation) -> None:
    """Everyone of a block, in its order, as if one at a time.

    Each asks for the best unit on their list; a unit that too many ask for keeps the earliest in order, and
    the others ask further down. A place may be lost to somebody earlier who was turned away elsewhere.
    Because every unit prefers in the same order, this ends where taking one at a time would (it is deferred
    acceptance with one order of priority).
    """
    squares = ranking.squares(block)
    keys = ranking.keys(block, squares)
    rows = np.arange(block.size)
    best = keys.argmin(axis=1)
    known = np.isfinite(keys[rows, best])
    result.first_choice[block] = np.where(known, best, NO_UNIT)
    keys[:, result.room == 0] = np.inf
    choice = np.full(block.size, NO_UNIT, np.int64)
    asking = rows
    while asking.size:
        best = keys[asking].argmin(axis=1)
        hopeful = np.isfinite(keys[asking, best])
        choice[asking] = np.where(hopeful, best, NO_UNIT)
        asking = _turned_away(choice, result.room)
        keys[asking, choice[asking]] = np.inf
        choice[asking] = NO_UNIT
    _settle(result, block, choice, keys, squares)


def _turned_away(choice: Ints, room: Ints) -> Ints:
    """Rows beyond the room of the unit that they chose; rows are in order, so the earliest keep theirs."""
    rows = np.flatnonzero(choice != NO_UNIT)
    by_unit = rows[np.argsort(choice[rows], kind="stable")]
    chosen = choice[by_unit]
    starts = np.searchsorted(chosen, chosen, "left")
    beyond = np.arange(by_unit.size) - starts >= room[chosen]
    return by_unit[beyond]


def _settle(result: Allocation, block: Ints, choice: Ints, keys: Floats, squares: Floats) -> None:
    rows = np.flatnonzero(choice != NO_UNIT)
    chosen, people = choice[rows], block[rows]
    result.unit[people] = chosen
    result.step[people] = (keys[rows, chosen] // _STEP).astype(np.int64)
    metres = np.sqrt(squares[rows, chosen])
    result.metres[people] = np.where(np.isfinite(metres), metres, np.nan)
    np.subtract.at(result.room, chosen, 1)


def _blocks(order: Ints) -> Iterator[Ints]:
    for start in range(0, order.size, _BLOCK):
        yield order[start : start + _BLOCK]
