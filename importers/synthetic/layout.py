"""Which units a municipality gets: health centres first, hospitals where there are many, the rest by lot."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

from importers.synthetic.catalogue import UnitKind, hospital_kinds, kind_named, unit_kinds

PER_HOSPITAL = 90
"""Units of a municipality for each hospital in it."""

HOSPITAL_FROM = 14
"""Units that a municipality must have before it gets a hospital."""

REPLACED = 0.012
"""The share of units that came instead of one that is closed now."""


@dataclass(frozen=True, slots=True)
class Planned:
    """One unit to be made. `part_of` counts back to the planned unit that it belongs to; 0 for none.

    One that is `replaced` is the closed predecessor of the unit planned before it.
    """

    kind: UnitKind
    part_of: int = 0
    replaced: bool = False


def plan(quota: int, rng: Random) -> Iterator[Planned]:
    """The units of one municipality, each after the one that it belongs to."""
    left = quota
    for _ in range(_hospitals(quota)):
        for planned in _hospital(rng, left // 2):
            left -= 1
            yield planned
    if left:
        left -= 1
        yield Planned(kind_named("health-centre"))
    kinds = unit_kinds()
    weights = [kind.weight for kind in kinds]
    while left > 0:
        for planned in _group(rng.choices(kinds, weights)[0], rng)[:left]:
            left -= 1
            yield planned


def _hospitals(quota: int) -> int:
    return 0 if quota < HOSPITAL_FROM else max(1, quota // PER_HOSPITAL)


def _hospital(rng: Random, room: int) -> Iterator[Planned]:
    whole, *parts = hospital_kinds()
    yield Planned(whole)
    emergency, *others = parts
    number = min(room, rng.randint(6, 18)) - 1
    chosen = [emergency, *rng.sample(others, min(len(others), max(0, number)))]
    yield from (Planned(kind, part_of=place) for place, kind in enumerate(chosen, start=1))


def _group(kind: UnitKind, rng: Random) -> Sequence[Planned]:
    """A unit, alone or with what belongs to it, or with the closed one that it replaces."""
    group = [Planned(kind)]
    if rng.random() < REPLACED:
        group.append(Planned(kind, replaced=True))
    if kind.key == "health-centre":
        if rng.random() < 0.2:
            group.append(Planned(kind_named("child-health"), part_of=len(group)))
        if rng.random() < 0.1:
            group.append(Planned(kind_named("nurse"), part_of=len(group)))
    return group
