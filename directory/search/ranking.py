"""The ranking formula: the one place that says what comes first, and by how much.

    rank = text weight x how well the words are met
         + distance weight / (1 + metres / half distance)
         + listing weight x whether one can list there
         + record weight x how complete the record is

The weights are data (`data/ranking.toml`) that an administrator may replace. Nothing in the formula knows
which unit it is about: there is no way to lift one by hand. `present.py` states it once more in SQL.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from math import isfinite
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from core.problems import Invalid
from core.settings import Settings, settings
from directory.search.types import RankPart

SHIPPED = Path(__file__).resolve().parent / "data" / "ranking.toml"

LISTINGS = ("open", "queue", "closed", "unknown")
LISTING_VALUES = np.array([1.0, 0.5, 0.0, 0.25])
"""Listing is open, there is a queue, it is closed; what nobody has said lies between the last two."""

MOST_FOR_STANDING = 0.005
"""Listing and record together, to one of text: a tenth of what a word as written is above an inflected one
in a name, so that in no question of fewer than ten words they put an inexact hit before an exact one."""
MOST_BESIDE_TEXT = 0.7
"""All but text together, to one of text: a unit whose whole name was asked for (+ 1) is never passed."""

Number = TypeVar("Number", float, NDArray[np.float64])


@dataclass(frozen=True)
class Weights:
    """What each part counts. `half_distance` is metres; `listed_services` are codes that one lists at.

    Raises `Invalid` for weights that would turn the order upside down.
    """

    text: float
    distance: float
    half_distance: float
    listing: float
    record: float
    listed_services: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        for name in NUMBERS:
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
                raise Invalid(f"the weight {name} must be a number")
            if value < 0 or (value == 0 and name in ("text", "half_distance")):
                raise Invalid(f"the weight {name} must be above 0" if value == 0 else f"{name} is below 0")
        if self.listing + self.record > MOST_FOR_STANDING * self.text:
            raise Invalid(
                f"listing and record may together be at most {MOST_FOR_STANDING} of text:"
                " more would put units that match worse before units that match better"
            )
        if self.distance + self.listing + self.record > MOST_BESIDE_TEXT * self.text:
            raise Invalid(
                f"distance, listing and record may together be at most {MOST_BESIDE_TEXT} of text:"
                " more would put other units before the one whose name was asked for"
            )


NUMBERS = tuple(field.name for field in fields(Weights) if field.name != "listed_services")


def weights(of: Settings | None = None) -> Weights:
    """The weights of these settings, else of this process's. Raises `Invalid` when the file is of no use."""
    return read((of or settings()).ranking_file or SHIPPED)


@cache
def read(path: Path) -> Weights:
    """The weights in a file. Raises `Invalid` that names the file and what is wrong in it."""
    try:
        return _weights(tomllib.loads(path.read_text("utf-8")))
    except OSError as error:
        raise Invalid(f"{path}: the ranking file cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Invalid(f"{path}: the ranking file is not TOML: {error}") from error
    except Invalid as error:
        raise Invalid(f"{path}: {error.detail}") from error


def _weights(found: Mapping[str, Any]) -> Weights:
    numbers = _table(found, "weights", NUMBERS)
    listing = _table(found, "listing", ("services",))
    if unknown := sorted(found.keys() - {"weights", "listing"}):
        raise Invalid(f"there is no section {', '.join(unknown)}")
    services = listing["services"]
    if not isinstance(services, list) or not all(isinstance(code, str) for code in services):
        raise Invalid("services in [listing] is a list of codes")
    return Weights(**numbers, listed_services=frozenset(services))


def _table(found: Mapping[str, Any], name: str, keys: tuple[str, ...]) -> Mapping[str, Any]:
    table = found.get(name)
    if not isinstance(table, dict):
        raise Invalid(f"the section [{name}] is missing")
    if missing := [key for key in keys if key not in table]:
        raise Invalid(f"[{name}] lacks {', '.join(missing)}")
    if unknown := sorted(table.keys() - set(keys)):
        raise Invalid(f"[{name}] has the unknown {', '.join(unknown)}")
    return table


def text_and_distance(weights: Weights, text: Number, metres: Number | None) -> Number:
    """The half of the rank that depends on the question. Infinite metres: the position is not known."""
    rank: Number = weights.text * text
    return rank if metres is None else rank + weights.distance * nearness(weights, metres)


def nearness(weights: Weights, metres: Number) -> Number:
    """1 at the place, a half at the half distance, 0 infinitely far away."""
    return 1 / (1 + metres / weights.half_distance)


def parts(
    weights: Weights, text: float, metres: float | None, listing: str | None, record: float
) -> tuple[RankPart, ...]:
    """The parts of one rank, which is their sum in this order.

    `metres` None: the question is about no place, or the unit has no position; `listing` (one of `LISTINGS`)
    None: it is about nothing that one lists at.
    """
    near = None if metres is None else nearness(weights, metres)
    lists = None if listing is None else float(LISTING_VALUES[LISTINGS.index(listing)])
    return (
        _part("text", text, weights.text),
        _part("distance", near, weights.distance),
        _part("listing", lists, weights.listing),
        _part("record", record, weights.record),
    )


def _part(name: str, value: float | None, weight: float) -> RankPart:
    return RankPart(name, value, weight, 0.0 if value is None else weight * value)


def total(found: tuple[RankPart, ...]) -> float:
    """The sum of the parts."""
    return sum((part.contribution for part in found), 0.0)
