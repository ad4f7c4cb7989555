"""The allocator against the rule in its plainest form: one person at a time, the first unit with room."""

import time
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from listing.policy.model import NonChoice
from listing.rules import non_choice
from listing.rules.non_choice import (
    NO_LIMIT,
    NO_UNIT,
    Allocation,
    People,
    Step,
    Units,
    allocate,
    fair_order,
    receiving,
    steps,
)

METHODS: tuple[Step, ...] = (
    "nearest",
    "nearest-in-municipality",
    "nearest-in-district",
    "polygon",
    "last-visited",
    "guardian-unit",
)


def _candidates(units: Units, people: People, person: int, method: Step) -> list[int]:
    """Units of one method, best first, by a sort of distance and place in the list."""
    if method == "last-visited":
        return [int(people.last_visited[person])] if people.last_visited[person] >= 0 else []
    if method == "guardian-unit":
        return [int(people.guardian_unit[person])] if people.guardian_unit[person] >= 0 else []
    squares = (units.x - people.x[person]) ** 2 + (units.y - people.y[person]) ** 2
    allowed = [unit for unit in range(units.x.size) if np.isfinite(squares[unit])]
    if method == "nearest-in-municipality":
        home = people.municipality[person]
        allowed = [unit for unit in allowed if home != NO_UNIT and units.municipality[unit] == home]
    if method == "nearest-in-district":
        home = people.district[person]
        allowed = [unit for unit in allowed if home != NO_UNIT and units.district[unit] == home]
    if method == "polygon":
        pairs = zip(people.catchment_person, people.catchment_unit, strict=True)
        within = {int(unit) for one, unit in pairs if one == person}
        allowed = [unit for unit in allowed if unit in within]
    return sorted(allowed, key=lambda unit: (squares[unit], unit))


def _one_at_a_time(units: Units, people: People, methods: tuple[Step, ...]) -> tuple[list[int], list[int]]:
    room = [10**9 if free == NO_LIMIT else max(0, int(free)) for free in units.room]
    found, first = [NO_UNIT] * people.x.size, [NO_UNIT] * people.x.size
    order = sorted(range(people.x.size), key=lambda n: (people.waiting_since[n], people.hash[n], n))
    for person in order:
        wanted = [unit for method in methods for unit in _candidates(units, people, person, method)]
        first[person] = wanted[0] if wanted else NO_UNIT
        for unit in wanted:
            if room[unit] > 0:
                room[unit] -= 1
                found[person] = unit
                break
    return found, first


def _numbers(rng: np.random.Generator, low: int, high: int, count: int) -> Any:
    return rng.integers(low, high, count, dtype=np.int64)


def _country(seed: int, m: int, n: int, size: int, room: int) -> tuple[Units, People]:
    """Units and people on a small map, so that ties, gaps and full units are common."""
    rng = np.random.default_rng(seed)
    units = Units(
        x=np.where(rng.random(n) < 0.1, np.nan, _numbers(rng, 0, size, n)),
        y=_numbers(rng, 0, size, n).astype(float),
        municipality=_numbers(rng, 0, 3, n),
        district=_numbers(rng, -1, 4, n),
        room=_numbers(rng, NO_LIMIT, room + 1, n),
    )
    pairs = _numbers(rng, 0, m * n, m) if m and n else np.empty(0, np.int64)
    people = People(
        x=np.where(rng.random(m) < 0.1, np.nan, _numbers(rng, 0, size, m)),
        y=_numbers(rng, 0, size, m).astype(float),
        municipality=_numbers(rng, -1, 4, m),
        district=_numbers(rng, -1, 4, m),
        waiting_since=_numbers(rng, 0, 5, m),
        hash=rng.permutation(m).astype(np.uint64),
        last_visited=_numbers(rng, -1, n, m) if n else np.full(m, NO_UNIT),
        guardian_unit=_numbers(rng, -1, n, m) if n else np.full(m, NO_UNIT),
        catchment_person=pairs // n if n else pairs,
        catchment_unit=pairs % n if n else pairs,
    )
    return units, people


CHAINS = st.lists(st.sampled_from(METHODS), min_size=1, unique=True).map(tuple)


@given(
    seed=st.integers(0, 10**6),
    m=st.integers(0, 60),
    n=st.integers(0, 8),
    size=st.sampled_from((2, 6, 700_000)),
    room=st.integers(0, 12),
    methods=CHAINS,
    block=st.sampled_from((1, 7, 256)),
)
@settings(max_examples=300, deadline=None)
def test_it_is_what_taking_one_at_a_time_gives(
    seed: int, m: int, n: int, size: int, room: int, methods: tuple[Step, ...], block: int
) -> None:
    units, people = _country(seed, m, n, size, room)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(non_choice, "_BLOCK", block)
        found = allocate(units, people, methods)
    expected, first = _one_at_a_time(units, people, methods)
    assert found.unit.tolist() == expected
    assert found.first_choice.tolist() == first
    _check_bounds(units, people, methods, found)


def _check_bounds(units: Units, people: People, methods: tuple[Step, ...], found: Allocation) -> None:
    taken = np.bincount(found.unit[found.unit >= 0], minlength=units.x.size)
    capped = units.room != NO_LIMIT
    assert (taken[capped] <= units.room[capped]).all()
    assert (found.room[capped] == units.room[capped] - taken[capped]).all()
    assert (found.room[~capped] == NO_LIMIT).all()
    for person, unit in enumerate(found.unit):
        if unit == NO_UNIT:
            assert found.step[person] == -1
            assert np.isnan(found.metres[person])
            continue
        assert unit in _candidates(units, people, person, methods[found.step[person]])
        straight = np.hypot(units.x[unit] - people.x[person], units.y[unit] - people.y[person])
        assert np.isclose(found.metres[person], straight, equal_nan=True)


@given(st.integers(0, 10**6), CHAINS)
@settings(max_examples=40, deadline=None)
def test_the_order_of_the_input_does_not_matter(seed: int, methods: tuple[Step, ...]) -> None:
    units, people = _country(seed, 40, 6, 6, 5)
    turn = np.random.default_rng(seed + 1).permutation(40)
    place = np.argsort(turn)
    turned = People(
        **{
            name: getattr(people, name)[turn]
            for name in ("x", "y", "municipality", "district", "waiting_since", "hash")
        },
        last_visited=people.last_visited[turn],
        guardian_unit=people.guardian_unit[turn],
        catchment_person=place[people.catchment_person],
        catchment_unit=people.catchment_unit,
    )
    one, other = allocate(units, people, methods), allocate(units, turned, methods)
    assert one.unit[turn].tolist() == other.unit.tolist()


def _plain(xs: list[float], room: list[int], people: list[float]) -> tuple[Units, People]:
    n, m = len(xs), len(people)
    none, zero = np.full(m, NO_UNIT), np.zeros(n, np.int64)
    units = Units(np.array(xs, float), np.zeros(n), zero, zero, np.array(room, np.int64))
    order = np.arange(m)
    return units, People(
        np.array(people, float), np.zeros(m), none, none, order, order.astype(np.uint64), none, none
    )


def test_equal_distances_go_by_the_order_of_the_units() -> None:
    units, people = _plain([100, 100, -100], [NO_LIMIT] * 3, [0, 0])
    assert allocate(units, people, ("nearest",)).unit.tolist() == [0, 0]


def test_who_is_passed_over_is_told_which_unit_was_full() -> None:
    units, people = _plain([0, 1000], [1, NO_LIMIT], [10, 10])
    found = allocate(units, people, ("nearest",))
    assert found.unit.tolist() == [0, 1]
    assert found.first_choice.tolist() == [0, 0]
    assert found.metres.tolist() == [10.0, 990.0]
    assert found.room.tolist() == [0, NO_LIMIT]


def test_a_place_lost_to_somebody_earlier_who_was_turned_away_elsewhere() -> None:
    units, people = _plain([0, 100, 500], [1, 1, 1], [0, 10, 100])
    assert allocate(units, people, ("nearest",)).unit.tolist() == [0, 1, 2]


def test_a_person_without_a_position_is_not_put_at_the_first_unit() -> None:
    units, people = _plain([0, 100], [NO_LIMIT] * 2, [np.nan])
    assert allocate(units, people, ("nearest",)).unit.tolist() == [NO_UNIT]


def test_positions_are_whole_metres() -> None:
    units, people = _plain([100.4, 99.6], [NO_LIMIT] * 2, [0])
    assert allocate(units, people, ("nearest",)).unit.tolist() == [0]


def test_the_order_is_by_day_then_by_a_hash_that_means_nothing() -> None:
    _, people = _plain([0], [0], [0, 0, 0])
    people = replace(
        people, waiting_since=np.array([2, 1, 1]), hash=np.array([1, 2**63 + 5, 2**63], np.uint64)
    )
    assert fair_order(people).tolist() == [2, 1, 0]


def test_units_with_a_limit_may_be_left_out() -> None:
    room = np.array([NO_LIMIT, 3, 0])
    assert receiving(room, "while-room").tolist() == [NO_LIMIT, 3, 0]
    assert receiving(room, "skip").tolist() == [NO_LIMIT, 0, 0]


def test_steps_are_the_method_and_its_fallbacks() -> None:
    assert steps(NonChoice(method="none")) == ()
    assert steps(NonChoice("polygon", ("nearest",))) == ("polygon", "nearest")


def test_a_step_is_farther_than_anything_in_sweden() -> None:
    corners = [(6_100_000, 250_000), (7_700_000, 940_000)]
    (north, west), (south, east) = corners
    assert (south - north) ** 2 + (east - west) ** 2 < non_choice._STEP
    assert len(METHODS) * non_choice._STEP + 1 < 2**53


def test_a_hundred_thousand_people_take_seconds() -> None:
    units, people = _country(7, 100_000, 400, 700_000, 200)
    started = time.perf_counter()
    found = allocate(units, people, ("nearest-in-municipality", "nearest"))
    assert time.perf_counter() - started < 30
    assert (found.room[units.room != NO_LIMIT] >= 0).all()
    assert (found.unit >= 0).sum() > 80_000
