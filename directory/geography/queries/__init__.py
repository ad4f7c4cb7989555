"""Reading geography: which area a point lies in, places by name, outlines to draw."""

from directory.geography.queries.areas import (
    PositionCheck,
    check_positions,
    distance_to_municipality,
    has_official_outlines,
    municipalities_at,
    municipality_at,
)
from directory.geography.queries.lists import (
    MunicipalityInfo,
    PostalPlace,
    RegionInfo,
    list_municipalities,
    list_regions,
    postal_code,
)
from directory.geography.queries.names import find_places, gazetteer
from directory.geography.queries.outlines import outlines_geojson
from directory.geography.queries.stamp import geography_stamp

__all__ = [
    "MunicipalityInfo",
    "PositionCheck",
    "PostalPlace",
    "RegionInfo",
    "check_positions",
    "distance_to_municipality",
    "find_places",
    "gazetteer",
    "geography_stamp",
    "has_official_outlines",
    "list_municipalities",
    "list_regions",
    "municipalities_at",
    "municipality_at",
    "outlines_geojson",
    "postal_code",
]
