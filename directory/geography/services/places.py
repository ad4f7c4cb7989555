"""Localities and postal codes, checked against the official outlines of their municipalities."""

from collections.abc import Iterable

from sqlalchemy import text
from sqlalchemy.orm import Session

from core.provenance import ImportRun, Source
from directory.geography.rows import Counts, LocalityRow, PostalCodeRow, Rejection
from directory.geography.rules import is_misplaced
from directory.geography.services.stamp import stamped
from directory.geography.staging import Target, drop_staged, stage, store

_LOCALITY = Target(
    table="locality",
    keys=("name", "municipality_code", "kind"),
    values={"aliases": "coalesce(s.aliases, t.aliases, '{}')", "position": "s.point::geography"},
)

_POSTAL_CODE = Target(
    table="postal_code",
    keys=("code",),
    values={
        "city": "coalesce(s.city, t.city)",
        "municipality_code": "coalesce(s.municipality_code, t.municipality_code)",
        "position": "coalesce(s.point::geography, t.position)",
    },
)

_UNKNOWN = """
SELECT s.n, s.municipality_code
FROM geography_stage s LEFT JOIN municipality m ON m.code = s.municipality_code
WHERE s.municipality_code IS NOT NULL AND m.code IS NULL ORDER BY s.n
"""

_OUTSIDE = """
SELECT s.n, s.municipality_code, m.name, ST_Distance(a.geom::geography, s.point::geography), a.precision,
       h.code, h.name
FROM geography_stage s
JOIN area a ON a.kind = 'municipality' AND a.code = s.municipality_code
JOIN municipality m ON m.code = a.code
LEFT JOIN LATERAL (
    SELECT b.code, b.name FROM area b
    WHERE b.kind = 'municipality' AND b.precision = 'official' AND ST_Covers(b.geom, s.point)
    LIMIT 1) h ON true
WHERE s.lat IS NOT NULL AND NOT ST_Covers(a.geom, s.point) ORDER BY s.n
"""

_FILL = """
UPDATE geography_stage s SET municipality_code = a.code FROM area a
WHERE s.municipality_code IS NULL AND s.lat IS NOT NULL
  AND a.kind = 'municipality' AND a.precision = 'official' AND ST_Covers(a.geom, s.point)
"""

_POSTAL_FAULTS = """
SELECT s.n, s.code, CASE WHEN s.code !~ '^[0-9]{5}$' THEN 'invalid-postal-code' ELSE 'missing-city' END
FROM geography_stage s LEFT JOIN postal_code t ON t.code = s.code
WHERE s.code !~ '^[0-9]{5}$' OR coalesce(s.city, t.city) IS NULL ORDER BY s.n
"""

_POSTAL_EXPLAINED = {
    "invalid-postal-code": ("code", "a postal code has five digits"),
    "missing-city": ("city", "the postal code is new and comes without a postal city"),
}


def load_localities(
    session: Session, rows: Iterable[LocalityRow], source: Source | None, run: ImportRun | None
) -> Counts:
    """Create or update localities by name, municipality and kind.

    A row whose position lies outside its municipality's outline is turned away: such rows are homonyms,
    placed at another locality of the same name. An approximate outline tells only of the farthest ones.
    """
    stage(session, LocalityRow, rows)
    keys = _keys(session, "SELECT n, name FROM geography_stage")
    rejections = _unknown(session, keys) + _outside(session, keys)
    counts = store(session, _LOCALITY, source, run)
    counts.rejections = sorted(rejections, key=lambda rejection: rejection.index)
    return stamped(session, counts)


def load_postal_codes(
    session: Session, rows: Iterable[PostalCodeRow], source: Source | None, run: ImportRun | None
) -> Counts:
    """Create or update postal codes; a missing municipality is filled from the official outline."""
    stage(session, PostalCodeRow, rows)
    keys = _keys(session, "SELECT n, code FROM geography_stage")
    rejections = []
    for number, code, fault in session.execute(text(_POSTAL_FAULTS)).all():
        field, message = _POSTAL_EXPLAINED[fault]
        rejections.append(Rejection(number, code, fault, field, code, message))
    drop_staged(session, [rejection.index for rejection in rejections])
    rejections += _unknown(session, keys) + _outside(session, keys)
    session.execute(text(_FILL))
    counts = store(session, _POSTAL_CODE, source, run)
    counts.rejections = sorted(rejections, key=lambda rejection: rejection.index)
    return stamped(session, counts)


def _keys(session: Session, query: str) -> dict[int, str]:
    return {row.n: row[1] for row in session.execute(text(query))}


def _unknown(session: Session, keys: dict[int, str]) -> list[Rejection]:
    message = "no such municipality; load the municipalities first"
    rejections = [
        Rejection(number, keys[number], "unknown-municipality", "municipality_code", code, message)
        for number, code in session.execute(text(_UNKNOWN)).all()
    ]
    drop_staged(session, [rejection.index for rejection in rejections])
    return rejections


def _outside(session: Session, keys: dict[int, str]) -> list[Rejection]:
    rejections = []
    for number, code, name, distance, precision, inside, other in session.execute(text(_OUTSIDE)).all():
        if is_misplaced(distance, inside, precision):
            about = f"in {other}, " if inside else ""
            message = f"the position is {about}{distance / 1000:.1f} km outside {name}"
            rejections.append(
                Rejection(number, keys[number], "outside-municipality", "municipality_code", code, message)
            )
    drop_staged(session, [rejection.index for rejection in rejections])
    return rejections
