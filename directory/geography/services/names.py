"""Regions and municipalities: codes and names."""

from collections.abc import Iterable

from sqlalchemy import text
from sqlalchemy.orm import Session

from core.provenance import ImportRun, Source
from directory.geography.rows import Counts, MunicipalityRow, RegionRow, Rejection
from directory.geography.services.stamp import stamped
from directory.geography.staging import Target, drop_staged, stage, store

_REGION = Target(
    table="region",
    keys=("code",),
    values={
        "short_name": "coalesce(s.short_name, t.short_name)",
        "county_name": "coalesce(s.county_name, t.county_name, s.short_name || ' län')",
        "name": "coalesce(s.name, t.name, 'Region ' || s.short_name)",
        "name_en": "coalesce(s.name_en, t.name_en, s.name, 'Region ' || s.short_name)",
        "organisation_number": "coalesce(s.organisation_number, t.organisation_number)",
        "aliases": "coalesce(s.aliases, t.aliases, '{}')",
    },
)

# A municipality that comes without a position gets one inside its outline, when there is one.
_POSITION = """coalesce(s.point::geography, t.position,
    (SELECT ST_PointOnSurface(geom)::geography FROM area WHERE kind = 'municipality' AND code = s.code))"""

# "Göteborgs kommun", but "Borås kommun": the genitive of the name.
_FULL_NAME = """coalesce(s.full_name, t.full_name,
    s.name || CASE WHEN s.name ~ '[sxz]$' THEN ' kommun' ELSE 's kommun' END)"""

_MUNICIPALITY = Target(
    table="municipality",
    keys=("code",),
    values={
        "region_code": "left(s.code, 2)",
        "name": "coalesce(s.name, t.name)",
        "full_name": _FULL_NAME,
        "name_en": "coalesce(s.name_en, t.name_en, s.name)",
        "aliases": "coalesce(s.aliases, t.aliases, '{}')",
        "position": _POSITION,
    },
)

_REGION_FAULTS = """
SELECT s.n, s.code, CASE WHEN s.code !~ '^[0-9]{2}$' THEN 'invalid-region-code' ELSE 'missing-name' END
FROM geography_stage s LEFT JOIN region t ON t.code = s.code
WHERE s.code !~ '^[0-9]{2}$' OR coalesce(s.short_name, t.short_name) IS NULL ORDER BY s.n
"""

_MUNICIPALITY_FAULTS = """
SELECT n, code, fault FROM (
    SELECT s.n, s.code, CASE
        WHEN s.code !~ '^[0-9]{4}$' THEN 'invalid-municipality-code'
        WHEN r.code IS NULL THEN 'unknown-region'
        WHEN coalesce(s.name, t.name) IS NULL THEN 'missing-name'
        WHEN s.point IS NULL AND t.position IS NULL AND NOT EXISTS (
            SELECT FROM area WHERE kind = 'municipality' AND area.code = s.code)
        THEN 'missing-position' END AS fault
    FROM geography_stage s LEFT JOIN municipality t ON t.code = s.code
                   LEFT JOIN region r ON r.code = left(s.code, 2)) judged
WHERE fault IS NOT NULL ORDER BY n
"""

_EXPLAINED = {
    "invalid-region-code": ("code", "a county code has two digits"),
    "invalid-municipality-code": ("code", "a municipality code has four digits"),
    "unknown-region": ("code", "the first two digits are no known county; load the counties first"),
    "missing-name": ("name", "the code is new and comes without a name"),
    "missing-position": ("lat", "the municipality is new; load its position or its outline first"),
}


def load_regions(
    session: Session, rows: Iterable[RegionRow], source: Source | None, run: ImportRun | None
) -> Counts:
    """Create or update regions by code."""
    stage(session, RegionRow, rows)
    rejections = _reject(session, _REGION_FAULTS)
    counts = store(session, _REGION, source, run)
    counts.rejections = rejections
    return stamped(session, counts)


def load_municipalities(
    session: Session, rows: Iterable[MunicipalityRow], source: Source | None, run: ImportRun | None
) -> Counts:
    """Create or update municipalities by code; the region follows from the code (Statistics Sweden)."""
    stage(session, MunicipalityRow, rows)
    rejections = _reject(session, _MUNICIPALITY_FAULTS)
    counts = store(session, _MUNICIPALITY, source, run)
    counts.rejections = rejections
    return stamped(session, counts)


def _reject(session: Session, faults: str) -> list[Rejection]:
    rejections = []
    for number, code, fault in session.execute(text(faults)).all():
        field, message = _EXPLAINED[fault]
        rejections.append(Rejection(number, code, fault, field, code, message))
    drop_staged(session, [rejection.index for rejection in rejections])
    return rejections
