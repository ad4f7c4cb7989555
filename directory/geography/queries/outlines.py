"""The municipalities' outlines as GeoJSON: the map's ground where no tile server is configured."""

import json
import uuid

from sqlalchemy import text
from sqlalchemy.orm import Session

from directory.geography.queries.stamp import geography_stamp

_OUTLINES = """
SELECT code, name, precision, ST_AsGeoJSON(geom, 4) FROM area WHERE kind = 'municipality' ORDER BY code
"""

# One per process: replaced when the stamp in the database is another one.
_kept: tuple[uuid.UUID | None, bytes] | None = None


def outlines_geojson(session: Session) -> bytes:
    """A FeatureCollection of every municipality's outline, UTF-8, four decimals (about 10 m).

    Each feature says whether its outline is `official` or `approximate`. Built once for each stamp:
    `geography_stamp` is a fit entity tag.
    """
    global _kept
    stamp = geography_stamp(session)
    kept = _kept
    if kept is None or stamp is None or kept[0] != stamp:
        features = ",\n".join(_feature(*row) for row in session.execute(text(_OUTLINES)))
        kept = _kept = (stamp, f'{{"type":"FeatureCollection","features":[\n{features}\n]}}\n'.encode())
    return kept[1]


def _feature(code: str, name: str, precision: str, geometry: str) -> str:
    properties = json.dumps({"code": code, "name": name, "precision": precision}, ensure_ascii=False)
    return f'{{"type":"Feature","id":"{code}","properties":{properties},"geometry":{geometry}}}'
