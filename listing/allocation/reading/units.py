"""The units of a region where people may be listed on a day, in the order of their HSA-ids."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from sqlalchemy import text
from sqlalchemy.orm import Session

from listing.rules.non_choice import NO_LIMIT, NO_UNIT, Floats, Ints, Units, receiving

# One that has told that it closes takes nobody, and one that has closed nobody until it has a new contract.
_LISTABLE = """
    FROM care_unit u
    JOIN unit_contract c ON c.care_unit_id = u.id AND c.listing_type = :type AND c.valid @> CAST(:day AS date)
    LEFT JOIN listing_limit l ON l.care_unit_id = u.id AND l.listing_type = :type
        AND l.valid @> CAST(:day AS date)
    LEFT JOIN unit_register r ON r.care_unit_id = u.id AND r.listing_type = :type
    WHERE u.region_code = :region AND u.status = 'active' AND u.hsa_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM unit_closure x
        WHERE x.care_unit_id = u.id AND x.listing_type = :type AND x.withdrawn_at IS NULL
            AND (x.carried_out_at IS NULL OR lower_inf(c.valid) OR x.closes_on > lower(c.valid)))
"""
# While anybody waits, free places are the queue's: newcomers stand behind them.
_ROOM = "l.places - coalesce(r.listed, 0) - coalesce(r.held, 0) - coalesce(r.waiting, 0) AS room"
_PLACE = "ST_Transform(u.position::geometry, 3006)"
_UNITS = text(
    f"""
    SELECT u.id, u.hsa_id, u.name, ST_X({_PLACE}) AS x, ST_Y({_PLACE}) AS y, u.municipality_code,
        {_ROOM}
    {_LISTABLE}
    ORDER BY u.hsa_id COLLATE "C"
    """
)
_ROOM_NOW = text(f"SELECT u.id, {_ROOM} {_LISTABLE} AND u.id = ANY(CAST(:units AS bigint[]))")


@dataclass(frozen=True, slots=True)
class Receivers:
    """The units in the order of `units`' arrays: `ids` are row keys."""

    ids: Ints
    hsa_ids: Sequence[str]
    names: Sequence[str]
    units: Units

    def index_of(self, ids: Ints) -> Ints:
        """Each unit's index by its key; `NO_UNIT` for one that may not receive."""
        if not self.ids.size:
            return np.full(ids.shape, NO_UNIT, np.int64)
        order = np.argsort(self.ids)
        place = np.minimum(np.searchsorted(self.ids[order], ids), self.ids.size - 1)
        found = order[place]
        return np.where(self.ids[found] == ids, found, NO_UNIT)


def read_units(
    session: Session, region: str, listing_type: str, day: date, capped: Any, districts: dict[int, int]
) -> Receivers:
    """All that may receive; `districts` is each unit's area by its key, where areas decide."""
    rows = session.execute(_UNITS, {"region": region, "type": listing_type, "day": day}).all()
    room = np.array([NO_LIMIT if row.room is None else max(row.room, 0) for row in rows], np.int64)
    units = Units(
        x=_floats([row.x for row in rows]),
        y=_floats([row.y for row in rows]),
        municipality=np.array([int(row.municipality_code or NO_UNIT) for row in rows], np.int64),
        district=np.array([districts.get(row.id, NO_UNIT) for row in rows], np.int64),
        room=receiving(room, capped),
    )
    return Receivers(
        np.array([row.id for row in rows], np.int64),
        [row.hsa_id for row in rows],
        [row.name for row in rows],
        units,
    )


def room_now(
    session: Session, region: str, listing_type: str, day: date, ids: Sequence[int]
) -> dict[int, int | None]:
    """The free places of those of these units that still may receive; None without a limit.

    Read it with the units' registers locked.
    """
    values = {"region": region, "type": listing_type, "day": day, "units": list(ids)}
    return {row.id: row.room for row in session.execute(_ROOM_NOW, values)}


def _floats(values: Sequence[float | None]) -> Floats:
    return np.array([np.nan if value is None else value for value in values], np.float64)
