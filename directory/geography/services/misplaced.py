"""Places stored before the official outlines came, and found wrong by them."""

from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

from directory.geography.rows import Counts
from directory.geography.rules import is_misplaced
from directory.geography.services.stamp import stamped

_LOCALITIES = """
SELECT l.id, l.name, l.municipality_code, ST_Distance(a.geom::geography, l.position),
    (SELECT b.code FROM area b
     WHERE b.kind = 'municipality' AND b.precision = 'official' AND ST_Covers(b.geom, l.position::geometry)
     ORDER BY b.code LIMIT 1)
FROM locality l JOIN area a
  ON a.kind = 'municipality' AND a.precision = 'official' AND a.code = l.municipality_code
WHERE NOT ST_Covers(a.geom, l.position::geometry) ORDER BY l.id
"""

_POSTAL_CODES = """
SELECT p.code, p.code, p.municipality_code, ST_Distance(a.geom::geography, p.position),
    (SELECT b.code FROM area b
     WHERE b.kind = 'municipality' AND b.precision = 'official' AND ST_Covers(b.geom, p.position::geometry)
     ORDER BY b.code LIMIT 1)
FROM postal_code p JOIN area a
  ON a.kind = 'municipality' AND a.precision = 'official' AND a.code = p.municipality_code
WHERE p.position IS NOT NULL AND NOT ST_Covers(a.geom, p.position::geometry) ORDER BY p.code
"""

_REMOVE_LOCALITIES = "DELETE FROM locality WHERE id = ANY(:keys)"
_REMOVE_POSITIONS = "UPDATE postal_code SET position = NULL, updated_at = now() WHERE code = ANY(:keys)"


@dataclass(frozen=True, slots=True)
class Misplaced:
    """A stored place that an official outline contradicts; `name` is a locality's name or a postal code."""

    name: str
    municipality_code: str
    distance_m: float
    lies_in: str | None


def remove_misplaced(session: Session) -> list[Misplaced]:
    """Remove localities, and the positions of postal codes, that lie outside their municipality.

    A search from a wrong position misleads more than an unknown place. To be called when official
    outlines have been loaded.
    """
    removed = _remove(session, _LOCALITIES, _REMOVE_LOCALITIES)
    removed += _remove(session, _POSTAL_CODES, _REMOVE_POSITIONS)
    stamped(session, Counts(updated=len(removed)))
    return removed


def _remove(session: Session, find: str, remove: str) -> list[Misplaced]:
    rows = [row for row in session.execute(text(find)).all() if is_misplaced(row[3], row[4])]
    if rows:
        session.execute(text(remove), {"keys": [row[0] for row in rows]})
    return [Misplaced(name, code, distance, lies_in) for _, name, code, distance, lies_in in rows]
