"""The first units of an order without sorting all."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.generic]


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
