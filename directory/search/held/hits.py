"""One page of hits: as values for those who look, as JSON for those who send."""

from collections.abc import Sequence
from datetime import datetime
from typing import overload

import numpy as np
from numpy.typing import NDArray

from directory.search.held.distance import Floats
from directory.search.held.fragments import Fragment
from directory.search.held.opening import Opening
from directory.search.held.table import Table
from directory.search.types import Hit


class Hits(Sequence[Hit]):
    """Units by number, in order, and how far away each is.

    `metres`, as given, is None when nobody asks, and infinite where the position is not known.
    """

    def __init__(
        self,
        table: Table,
        opening: Opening,
        moment: datetime,
        units: NDArray[np.intp],
        metres: Floats | None,
        ranks: Floats,
    ) -> None:
        self._table, self._opening, self._moment = table, opening, moment
        self.units: list[int] = units.tolist()
        self.metres: list[float | None] = [None] * len(self.units)
        if metres is not None:
            self.metres = [None if far == np.inf else far for far in metres.tolist()]
        self._schedules: list[int] = table.columns["schedule"][units].tolist()
        self._ranks = ranks

    def __len__(self) -> int:
        return len(self.units)

    @overload
    def __getitem__(self, at: int) -> Hit: ...

    @overload
    def __getitem__(self, at: slice) -> Sequence[Hit]: ...

    def __getitem__(self, at: int | slice) -> Hit | Sequence[Hit]:
        if isinstance(at, slice):
            return [self[n] for n in range(*at.indices(len(self)))]
        state, opens_at, closes_at = self._opening.status(self._schedules[at], self._moment)
        metres = self.metres[at]
        return Hit(
            view=Fragment(self._table.fragments[self.units[at]] + b"}"),
            distance=None if metres is None else round(metres),
            score=round(float(self._ranks[at]), 6),
            open_status=state,
            opens_at=opens_at,
            closes_at=closes_at,
        )

    def json(self) -> bytes:
        """The hits as a JSON array, labels in Swedish."""
        fragments, told, moment = self._table.fragments, self._opening.json, self._moment
        return b"[%b]" % b",".join(
            [
                b'%b,"distance":%b%b'
                % (fragments[unit], b"null" if far is None else b"%d" % round(far), told(schedule, moment))
                for unit, far, schedule in zip(self.units, self.metres, self._schedules, strict=True)
            ]
        )
