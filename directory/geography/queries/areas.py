"""Which municipality a point lies in. Only official outlines decide; approximate ones are for drawing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

from directory.geography.rules import COAST_TOLERANCE_M, is_misplaced

# The box is wider than the tolerance in metres at every latitude of Sweden, so the index can be used.
_AT = """
SELECT coalesce(covering.code, near.code)
FROM unnest(CAST(:lats AS float8[]), CAST(:lons AS float8[])) WITH ORDINALITY AS p (lat, lon, n)
CROSS JOIN LATERAL (SELECT ST_SetSRID(ST_MakePoint(p.lon, p.lat), 4326) AS point) q
LEFT JOIN LATERAL (
    SELECT code FROM area
    WHERE kind = 'municipality' AND precision = 'official' AND ST_Covers(geom, q.point)
    ORDER BY code LIMIT 1
) covering ON true
LEFT JOIN LATERAL (
    SELECT code FROM area
    WHERE covering.code IS NULL AND kind = 'municipality' AND precision = 'official'
      AND geom && ST_Expand(q.point, 0.06, 0.03)
      AND ST_DWithin(geom::geography, q.point::geography, :tolerance)
    ORDER BY ST_Distance(geom::geography, q.point::geography), code LIMIT 1
) near ON true
ORDER BY p.n
"""

_CHECK = """
SELECT CASE WHEN a.code IS NULL THEN NULL WHEN ST_Covers(a.geom, q.point) THEN 0
            ELSE ST_Distance(a.geom::geography, q.point::geography) END,
       CASE WHEN ST_Covers(a.geom, q.point) THEN a.code ELSE (
            SELECT code FROM area
            WHERE kind = 'municipality' AND precision = 'official' AND ST_Covers(geom, q.point)
            ORDER BY code LIMIT 1) END
FROM unnest(CAST(:codes AS text[]), CAST(:lats AS float8[]), CAST(:lons AS float8[]))
     WITH ORDINALITY AS p (code, lat, lon, n)
CROSS JOIN LATERAL (SELECT ST_SetSRID(ST_MakePoint(p.lon, p.lat), 4326) AS point) q
LEFT JOIN area a ON a.kind = 'municipality' AND a.precision = 'official' AND a.code = p.code
ORDER BY p.n
"""


@dataclass(frozen=True, slots=True)
class PositionCheck:
    """How a position agrees with the municipality stated for it.

    `distance_m` is how far outside its official outline the point lies, 0 inside, None when there is no
    official outline to compare with. `lies_in` is the municipality that holds the point, None at sea or
    abroad. `misplaced` applies the tolerances of `directory.geography.rules`.
    """

    distance_m: float | None
    lies_in: str | None

    @property
    def misplaced(self) -> bool:
        """Whether the point is too far outside to be a matter of a simplified outline."""
        return self.distance_m is not None and is_misplaced(self.distance_m, self.lies_in)


def municipalities_at(session: Session, points: Iterable[tuple[float, float]]) -> list[str | None]:
    """For each (lat, lon) the municipality's code: the one that holds the point, else the nearest within
    2 km (simplified coasts), else None."""
    given = list(points)
    if not given:
        return []
    values = {
        "lats": [lat for lat, _ in given],
        "lons": [lon for _, lon in given],
        "tolerance": COAST_TOLERANCE_M,
    }
    return list(session.scalars(text(_AT), values))


def municipality_at(session: Session, lat: float, lon: float) -> str | None:
    """The municipality of one point, as in `municipalities_at`."""
    return municipalities_at(session, [(lat, lon)])[0]


def check_positions(session: Session, stated: Sequence[tuple[str, float, float]]) -> list[PositionCheck]:
    """For each (municipality code, lat, lon) how far outside that municipality the point lies."""
    if not stated:
        return []
    rows = session.execute(
        text(_CHECK),
        {
            "codes": [code for code, _, _ in stated],
            "lats": [lat for _, lat, _ in stated],
            "lons": [lon for _, _, lon in stated],
        },
    )
    return [PositionCheck(distance, code) for distance, code in rows]


def distance_to_municipality(session: Session, code: str, lat: float, lon: float) -> float | None:
    """Metres from the point to the municipality's official outline, 0 inside, None without an outline."""
    return check_positions(session, [(code, lat, lon)])[0].distance_m


def has_official_outlines(session: Session) -> bool:
    """Whether any municipality has an official outline, so that positions can be judged at all."""
    query = "SELECT EXISTS (SELECT FROM area WHERE kind = 'municipality' AND precision = 'official')"
    return bool(session.scalar(text(query)))
