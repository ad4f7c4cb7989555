"""Two square municipalities side by side, with official outlines."""

import json

import pytest
from sqlalchemy.orm import Session

from core.provenance import Source
from directory.geography.rows import AreaRow, MunicipalityRow, RegionRow
from directory.geography.services import load_areas, load_municipalities, load_regions
from directory.services import ensure_source

WEST, EAST = "1480", "1481"


def square(west: float, south: float, size: float = 0.1) -> str:
    """A square's GeoJSON, sides in degrees."""
    east, north = west + size, south + size
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return json.dumps({"type": "Polygon", "coordinates": [ring]})


@pytest.fixture
def source(session: Session) -> Source:
    return ensure_source(session, "survey")


@pytest.fixture
def squares(session: Session, source: Source) -> Session:
    """West covers longitude 11.9-12.0 and east 12.0-12.1, both latitude 57.6-57.7; the sea is around."""
    load_regions(session, [RegionRow("14", "Västra Götaland", "Västra Götalands län")], source, None)
    load_municipalities(
        session,
        [
            MunicipalityRow(WEST, "Göteborg", "Göteborgs kommun", lat=57.65, lon=11.95),
            MunicipalityRow(EAST, "Mölndal", "Mölndals kommun", lat=57.65, lon=12.05),
        ],
        source,
        None,
    )
    load_areas(
        session,
        [
            AreaRow("municipality", WEST, "Göteborg", square(11.9, 57.6)),
            AreaRow("municipality", EAST, "Mölndal", square(12.0, 57.6)),
        ],
        source,
        None,
    )
    return session
