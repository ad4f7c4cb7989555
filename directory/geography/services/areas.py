"""Outlines of regions, municipalities and the regions' own areas."""

from collections.abc import Iterable

from sqlalchemy import text
from sqlalchemy.orm import Session

from core.provenance import ImportRun, Source
from directory.geography.rows import AreaRow, Counts, Rejection
from directory.geography.services.stamp import stamped
from directory.geography.staging import Target, drop_staged, stage, store

_AREA = Target(
    table="area",
    keys=("kind", "code"),
    values={
        "name": "s.name",
        "precision": "s.precision",
        "geom": "ST_GeomFromWKB(decode(s.geojson, 'hex'), 4326)",
    },
    guard="excluded.precision = 'official' OR old.precision = 'approximate'",
)

# Repaired once, in place: what remains of a self-crossing ring after the repair is its surface.
_REPAIR = """
UPDATE geography_stage SET geojson = encode(ST_AsBinary(ST_Multi(ST_CollectionExtract(
    ST_MakeValid(ST_SetSRID(ST_GeomFromGeoJSON(geojson), 4326)), 3))), 'hex')
"""

_FAULTS = """
SELECT s.n, s.kind, s.code, CASE
    WHEN ST_IsEmpty(ST_GeomFromWKB(decode(s.geojson, 'hex'))) THEN 'empty-outline' ELSE 'unknown-code' END
FROM geography_stage s
WHERE ST_IsEmpty(ST_GeomFromWKB(decode(s.geojson, 'hex')))
   OR (s.kind = 'municipality' AND NOT EXISTS (SELECT FROM municipality m WHERE m.code = s.code))
   OR (s.kind = 'region' AND NOT EXISTS (SELECT FROM region r WHERE r.code = s.code))
ORDER BY s.n
"""

_EXPLAINED = {
    "empty-outline": ("geometry", "the outline encloses nothing"),
    "unknown-code": ("code", "no such region or municipality; load the codes first"),
}


def load_areas(
    session: Session, rows: Iterable[AreaRow], source: Source | None, run: ImportRun | None
) -> Counts:
    """Create or update outlines by kind and code, made valid.

    An official outline replaces an approximate one, never the other way round. The caller has made sure
    that `geojson` is a polygon with finite coordinates of a reasonable size.
    """
    stage(session, AreaRow, rows)
    session.execute(text(_REPAIR))
    rejections = []
    for number, _, code, fault in session.execute(text(_FAULTS)).all():
        field, message = _EXPLAINED[fault]
        rejections.append(Rejection(number, code, fault, field, code, message))
    drop_staged(session, [rejection.index for rejection in rejections])
    counts = store(session, _AREA, source, run)
    counts.rejections = rejections
    return stamped(session, counts)
