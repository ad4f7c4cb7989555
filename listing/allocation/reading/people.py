"""The people of a region who have no unit on a day: numbers only, by row key, nobody protected among them.

Protected people are left out by the query itself (folkbokföringslagen 16 §, OSL 22 kap. 1 §): no row of them
ever reaches an array, so nothing can be worked out from where they live.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import text
from sqlalchemy.orm import Session

from listing.allocation.reading import rows
from listing.rules.non_choice import Floats, Ints

# A point of SWEREF 99 TM as 21 bytes (WKB, little-endian); one that is not known has no number for either.
_NOWHERE = bytes.fromhex("0101000000" + "000000000000f87f" * 2)

# Whoever has a listing that holds on the day or begins later has a unit, or has chosen one. The last listing
# that ended says from when the person waits, and whether it was the unit that closed.
_PEOPLE = """
    SELECT p.id,
        coalesce(ST_AsBinary(ST_Transform(p.position::geometry, 3006), 'NDR'), %(nowhere)s),
        coalesce(p.municipality_code::integer, -1),
        greatest(e.until, coalesce(p.region_since, p.registered_since, p.birth_date)),
        p.birth_date,
        coalesce(CASE WHEN p.last_visited_on >= %(visited_since)s THEN p.last_visited_unit_id END, -1),
        coalesce((e.end_reason IN ('closed', 'contract-ended'))::integer, 0)
    FROM person p
    LEFT JOIN (
        SELECT DISTINCT ON (person_id) person_id, upper(valid) AS until, end_reason FROM listing
        WHERE listing_type = %(type)s AND (upper(valid) <= %(day)s OR isempty(valid)
            AND end_reason NOT IN ('withdrawn', 'replaced', 'error', 'allocation-undone'))
        ORDER BY person_id, registered_at DESC
    ) e ON e.person_id = p.id
    WHERE p.region_code = %(region)s AND p.registered AND p.protection = 'none'
        AND p.birth_date > %(born_after)s AND p.birth_date <= %(day)s AND NOT EXISTS (
        SELECT FROM listing l
        WHERE l.person_id = p.id AND l.listing_type = %(type)s AND l.valid && daterange(%(day)s, NULL))
"""
_FIELDS = {
    "id": ">i8",
    "point": "V21",
    "municipality": ">i4",
    "waiting": ">i4",
    "born": ">i4",
    "visited": ">i8",
    "closed": ">i4",
}
_POINT = np.dtype([("order", "u1"), ("kind", "<u4"), ("x", "<f8"), ("y", "<f8")])

_PROTECTED = text(
    """
    SELECT count(*) FROM person p
    WHERE p.region_code = :region AND p.registered AND p.protection <> 'none'
        AND p.birth_date > :born_after AND p.birth_date <= CAST(:day AS date) AND NOT EXISTS (
        SELECT FROM listing l WHERE l.person_id = p.id AND l.listing_type = :type
            AND l.valid && daterange(CAST(:day AS date), NULL))
    """
)
# Of two guardians the one who is stated first decides, as when a birth arrives from the population register.
_GUARDIANS = text(
    """
    SELECT g.child_id, g.guardian_id, l.care_unit_id
    FROM guardianship g
    JOIN person c ON c.id = g.child_id AND c.region_code = :region AND c.registered AND c.protection = 'none'
        AND c.birth_date > :born_after AND c.birth_date <= CAST(:day AS date)
    JOIN person a ON a.id = g.guardian_id AND a.protection = 'none'
    LEFT JOIN listing l ON l.person_id = a.id AND l.listing_type = :type AND l.valid @> CAST(:day AS date)
    WHERE g.valid @> CAST(:day AS date) AND NOT g.suspended
    ORDER BY g.child_id, g.id
    """
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """People without a unit, ascending by `ids` (row keys); days are counted from 2000-01-01.

    `visited`: key of the unit last visited within the region's years. `closed`: their unit closed on them.
    """

    ids: Ints
    x: Floats
    y: Floats
    municipality: Ints
    waiting_since: Ints
    born: Ints
    visited: Ints
    closed: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Guardian:
    """A child's guardian and the unit where the guardian is listed on the day, if at any."""

    child: int
    guardian: int
    unit: int | None


@dataclass(frozen=True, slots=True)
class Scope:
    """Whom one reading is about. `born_after`: nobody older is listed for this type."""

    region: str
    listing_type: str
    day: date
    born_after: date = date(1800, 1, 1)
    visited_years: int = 3

    def values(self) -> dict[str, Any]:
        """As the queries name them."""
        return {
            "region": self.region,
            "type": self.listing_type,
            "day": self.day,
            "born_after": self.born_after,
            "visited_since": self.day - timedelta(days=round(self.visited_years * 365.25)),
        }


def read_people(session: Session, scope: Scope) -> Waiting:
    """Everybody without a unit on the day."""
    found = rows.read(session, _PEOPLE, {**scope.values(), "nowhere": _NOWHERE}, _FIELDS)
    found = found[np.argsort(found["id"], kind="stable")]
    point = np.ascontiguousarray(found["point"]).view(_POINT)
    return Waiting(
        ids=found["id"].astype(np.int64),
        x=point["x"].astype(np.float64),
        y=point["y"].astype(np.float64),
        municipality=found["municipality"].astype(np.int64),
        waiting_since=found["waiting"].astype(np.int64),
        born=found["born"].astype(np.int64),
        visited=found["visited"].astype(np.int64),
        closed=found["closed"] == 1,
    )


def count_protected(session: Session, scope: Scope) -> int:
    """How many protected people have no unit: they are listed by hand only."""
    return int(session.scalar(_PROTECTED, scope.values()) or 0)


def read_guardians(session: Session, scope: Scope, born_after: date) -> list[Guardian]:
    """The guardians of the children born after a day, by child and then in the order in which they decide."""
    found = session.execute(_GUARDIANS, {**scope.values(), "born_after": born_after})
    return [Guardian(*row) for row in found]
