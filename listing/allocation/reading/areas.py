"""Districts and catchment areas: which area a unit or a person belongs to, where the region's rules ask it.

Only `official` outlines decide where a point belongs (`directory.geography.models.Area`). A unit's catchment
area (upptagningsområde) is a `service-area` whose code is the unit's HSA-id. A person's district is the one
that the population register names, by code or by a name that only one district has, else where the address
lies; a unit's where it lies.
"""

import numpy as np
from sqlalchemy import text
from sqlalchemy.orm import Session

from listing.allocation.reading import rows
from listing.rules.non_choice import NO_UNIT, Ints

_UNIT_DISTRICTS = text(
    """
    SELECT u.id AS unit, min(a.id) AS area FROM care_unit u
    JOIN area a ON a.kind = 'district' AND a.precision = 'official'
        AND ST_Covers(a.geom, u.position::geometry)
    WHERE u.region_code = :region GROUP BY u.id
    """
)
_PERSON_DISTRICTS = """
    SELECT p.id, coalesce(c.id, n.id, (
        SELECT min(a.id) FROM area a WHERE a.kind = 'district' AND a.precision = 'official'
            AND ST_Covers(a.geom, p.position::geometry)), -1)::bigint
    FROM person p
    LEFT JOIN area c ON c.kind = 'district' AND c.code = p.district
    LEFT JOIN (
        SELECT name, min(id) AS id FROM area WHERE kind = 'district' GROUP BY name HAVING count(*) = 1
    ) n ON n.name = p.district
    WHERE p.region_code = %(region)s AND p.registered AND p.protection = 'none'
"""
_CATCHMENTS = """
    SELECT p.id, u.id FROM area a
    JOIN care_unit u ON u.hsa_id = upper(a.code) AND u.region_code = %(region)s
    JOIN person p ON p.region_code = %(region)s AND p.registered AND p.protection = 'none'
        AND ST_Covers(a.geom, p.position::geometry)
    WHERE a.kind = 'service-area' AND a.precision = 'official'
"""


def unit_districts(session: Session, region: str) -> dict[int, int]:
    """The district's row key by the unit's."""
    return {row.unit: row.area for row in session.execute(_UNIT_DISTRICTS, {"region": region})}


def person_districts(session: Session, region: str, people: Ints) -> Ints:
    """The district of each of these people, `NO_UNIT` where none is known."""
    found = rows.read(session, _PERSON_DISTRICTS, {"region": region}, {"person": ">i8", "area": ">i8"})
    return _look_up(found["person"].astype(np.int64), found["area"].astype(np.int64), people)


def catchments(session: Session, region: str, people: Ints) -> tuple[Ints, Ints]:
    """Pairs: index among these (ascending) people, and the key of a unit in whose area the person lives."""
    found = rows.read(session, _CATCHMENTS, {"region": region}, {"person": ">i8", "unit": ">i8"})
    person, unit = found["person"].astype(np.int64), found["unit"].astype(np.int64)
    if not people.size:
        return people, people
    place = np.minimum(np.searchsorted(people, person), people.size - 1)
    wanted = people[place] == person
    return place[wanted].astype(np.int64), unit[wanted]


def _look_up(keys: Ints, values: Ints, wanted: Ints) -> Ints:
    if not keys.size:
        return np.full(wanted.shape, NO_UNIT, np.int64)
    order = np.argsort(keys)
    place = np.minimum(np.searchsorted(keys[order], wanted), keys.size - 1)
    found = order[place]
    return np.where(keys[found] == wanted, values[found], NO_UNIT)
