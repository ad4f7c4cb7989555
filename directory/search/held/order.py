"""The first units of an order without sorting all."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from directory.search.held.distance import NEARBY
from directory.search.ranking import Weights

Values = NDArray[np.generic]


def rank_slack(weights: Weights) -> float:
    """How far off a rank may be for a distance that is nearly right.

    An error of one part in 10,000 changes the nearness most at the half distance, by a quarter of it; that of
    a centimetre most at the place; that of one part in 100 or worse, far away, counts for little there.
    """
    half = weights.half_distance
    return weights.distance * (2.5e-5 + 0.01 / half + 0.02 * half / NEARBY)


def shortlist(keys: Sequence[tuple[Values, float]], wanted: int) -> NDArray[np.intp]:
    """Positions among which the first `wanted` certainly are, by these keys, smallest first.

    Each key has a slack: how far off its values may be. The keys after one with slack do not matter here.
    """
    alive = np.arange(len(keys[0][0]))
    ahead: list[NDArray[np.intp]] = []
    for values, slack in keys:
        if len(alive) <= wanted:
            break
        here = values[alive]
        last = np.partition(here, wanted - 1)[wanted - 1]
        before = here < last - 2 * slack
        ahead.append(alive[before])
        wanted -= len(ahead[-1])
        alive = alive[(here <= last + 2 * slack) & ~before]
        if slack:
            break
    return np.concatenate([*ahead, alive])
