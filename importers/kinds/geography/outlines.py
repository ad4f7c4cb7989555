"""Outlines from GeoJSON features: which area a feature is, and whether its geometry can be used."""

import json
import math
from typing import Any

from directory.geography.models import AREA_KINDS, PRECISIONS
from directory.geography.rows import AreaRow
from importers.issues import Issue
from importers.kinds.geography.layouts import Parsed
from importers.kinds.geography.values import Fault, area_code
from importers.readers.geojson import Feature

MAX_POSITIONS = 200_000
"""Positions of one outline: ten times the most detailed municipality that authorities publish."""

_MUNICIPALITY_KEYS = ("municipality_code", "kommunkod", "kom_kod", "knkod", "code", "id")
_REGION_KEYS = ("region_code", "county_code", "lanskod", "lnkod", "l_id", "lan_code", "code")
_NAME_KEYS = ("name", "kom_namn", "kommunnamn", "knnamn", "lan_namn", "lnnamn")

# Northern Europe in degrees: projected metres and exchanged axes fall outside.
_LONGITUDES = (4.0, 35.0)
_LATITUDES = (50.0, 75.0)


def parse(feature: Feature) -> Parsed:
    """The feature as an area to load, or the issue that rejects it."""
    try:
        return Parsed(_area(feature))
    except Fault as fault:
        issue = Issue("error", fault.code, feature.number, None, fault.field, fault.value, fault.message)
        return Parsed(None, (issue,))


def _area(feature: Feature) -> AreaRow:
    properties = {key.casefold(): value for key, value in feature.properties.items()}
    kind, code = _identity(properties)
    precision = str(properties.get("precision") or "official")
    if precision not in PRECISIONS:
        raise Fault("unknown-precision", "precision", precision, f"one of {', '.join(PRECISIONS)}")
    name = next((str(properties[key]) for key in _NAME_KEYS if properties.get(key)), code)
    return AreaRow(kind, code, name, json.dumps(_geometry(feature.geometry)), precision)


def _identity(properties: dict[str, Any]) -> tuple[str, str]:
    kind, code = properties.get("kind"), properties.get("code")
    if kind in AREA_KINDS[2:] and code:
        return str(kind), str(code)
    for key in _MUNICIPALITY_KEYS:
        value = str(properties.get(key, "")).removesuffix(".0")
        if value.isdecimal() and 3 <= len(value) <= 4:
            return "municipality", area_code(value, 4, key)
    for key in _REGION_KEYS:
        value = str(properties.get(key, "")).removesuffix(".0")
        if value.isdecimal() and len(value) <= 2:
            return "region", area_code(value, 2, key)
    shown = ", ".join(sorted(properties))
    raise Fault("missing-code", "properties", shown, "no property holds a county or municipality code")


def _geometry(geometry: dict[str, Any] | None) -> dict[str, Any]:
    form = geometry.get("type") if geometry else None
    coordinates = geometry.get("coordinates") if geometry else None
    if form not in ("Polygon", "MultiPolygon") or not isinstance(coordinates, list):
        raise Fault("not-a-polygon", "geometry", str(form), "an outline is a Polygon or a MultiPolygon")
    polygons = [coordinates] if form == "Polygon" else coordinates
    left = MAX_POSITIONS
    outline = []
    for polygon in polygons:
        if not isinstance(polygon, list) or not polygon:
            raise Fault("invalid-ring", "geometry", "", "a polygon without rings")
        rings = [_ring(ring) for ring in polygon]
        left -= sum(map(len, rings))
        if left < 0:
            raise Fault("too-many-positions", "geometry", "", f"more than {MAX_POSITIONS}; simplify it")
        outline.append(rings)
    return {"type": "MultiPolygon", "coordinates": outline}


def _ring(ring: object) -> list[tuple[float, float]]:
    if not isinstance(ring, list) or len(ring) < 3:
        raise Fault("invalid-ring", "geometry", "", "a ring has at least three positions")
    if len(ring) > MAX_POSITIONS:
        raise Fault("too-many-positions", "geometry", "", f"more than {MAX_POSITIONS}; simplify it")
    points = [_point(point) for point in ring]
    if points[0] != points[-1]:
        points.append(points[0])
    if len(points) < 4:
        raise Fault("invalid-ring", "geometry", "", "a ring encloses something only with three corners")
    return points


def _point(point: object) -> tuple[float, float]:
    if isinstance(point, list) and len(point) >= 2:
        lon, lat = point[0], point[1]
        if all(isinstance(value, int | float) and math.isfinite(value) for value in (lon, lat)):
            if _within(lon, _LONGITUDES) and _within(lat, _LATITUDES):
                return float(lon), float(lat)
            message = "positions are longitude, latitude in degrees (WGS 84, RFC 7946)"
            raise Fault("not-wgs84", "geometry", f"{lon}, {lat}", message)
    raise Fault("invalid-position", "geometry", str(point)[:40], "not a position")


def _within(value: float, bounds: tuple[float, float]) -> bool:
    return bounds[0] <= value <= bounds[1]
