"""Approximate municipality outlines from places and a land outline, as one coverage without gaps."""

import json
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from pyproj import Transformer
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry


@dataclass(frozen=True)
class Place:
    """A named point in a municipality; an unknown municipality is an empty code."""

    name: str
    municipality: str
    lat: float
    lon: float


_to_metres = Transformer.from_crs(4326, 3006, always_xy=True)
_to_degrees = Transformer.from_crs(3006, 4326, always_xy=True)


def _through(transformer: Transformer, geometry: BaseGeometry) -> BaseGeometry:
    def move(xy: np.ndarray) -> np.ndarray:
        return np.column_stack(transformer.transform(xy[:, 0], xy[:, 1]))

    return shapely.transform(geometry, move)


def metres(geometry: BaseGeometry) -> BaseGeometry:
    """From WGS 84 longitude and latitude to SWEREF 99 TM."""
    return _through(_to_metres, geometry)


def degrees(geometry: BaseGeometry) -> BaseGeometry:
    """From SWEREF 99 TM to WGS 84 longitude and latitude."""
    return _through(_to_degrees, geometry)


def land_of_sweden(path: Path) -> BaseGeometry:
    """Sweden's land in metres, from Natural Earth's countries as TopoJSON (ISO 3166 number 752)."""
    topology = json.loads(path.read_text("utf-8"))
    scale, move = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = [np.cumsum(np.array(arc), axis=0) * scale + move for arc in topology["arcs"]]

    def ring(indexes: list[int]) -> np.ndarray:
        parts = [arcs[i] if i >= 0 else arcs[~i][::-1] for i in indexes]
        return np.concatenate([parts[0], *(part[1:] for part in parts[1:])])

    country = next(g for g in topology["objects"]["countries"]["geometries"] if g.get("id") == "752")
    polygons = [
        shapely.Polygon(ring(rings[0]), [ring(hole) for hole in rings[1:]]) for rings in country["arcs"]
    ]
    return metres(shapely.make_valid(shapely.union_all(polygons)))


def outlines(
    places: list[Place], land: BaseGeometry, tolerance: float
) -> tuple[list[str], list[BaseGeometry]]:
    """Approximate municipality polygons: the land nearest to each municipality's places.

    Natural Earth has no islands below a few kilometres, so a place at sea brings a disc of its own.
    Lines are noded on a 10 m grid and simplified as one coverage: neighbours keep a common border.
    """
    points = [metres(Point(place.lon, place.lat)) for place in places]
    shapely.prepare(land)
    land = shapely.union_all([land, *(p.buffer(1_800, quad_segs=3) for p in points if not land.contains(p))])
    diagram = shapely.voronoi_polygons(shapely.multipoints(points), extend_to=land.buffer(20_000))
    cells = list(shapely.get_parts(diagram))
    tree = shapely.STRtree(points)
    owner = [places[int(tree.nearest(cell.representative_point()))].municipality for cell in cells]
    for index, cell in enumerate(cells):
        owner[index] = places[int(tree.query(cell, predicate="intersects")[0])].municipality
    grouped: dict[str, list[BaseGeometry]] = defaultdict(list)
    for code, cell in zip(owner, cells, strict=True):
        grouped[code].append(cell)
    borders = [shapely.union_all(parts).boundary for parts in grouped.values()]
    lines = shapely.union_all([land.boundary, *borders], grid_size=10.0)
    faces: dict[str, list[BaseGeometry]] = defaultdict(list)
    shapely.prepare(land)
    for face in shapely.polygonize(list(shapely.get_parts(lines))).geoms:
        middle = face.representative_point()
        if face.area > 400_000 and land.contains(middle):
            faces[places[int(tree.nearest(middle))].municipality].append(face)
    codes = sorted(faces)
    coverage = [shapely.coverage_union_all(faces[code]) for code in codes]
    simple = shapely.coverage_simplify(coverage, tolerance)
    return codes, [shapely.transform(degrees(g), lambda xy: xy.round(4)) for g in simple]


def feature(code: str, name: str, geometry: BaseGeometry) -> dict[str, Any]:
    """One GeoJSON feature, always a MultiPolygon."""
    whole = shapely.multipolygons([p for p in shapely.get_parts(shapely.make_valid(geometry)) if p.area])
    return {
        "type": "Feature",
        "id": code,
        "properties": {"code": code, "name": name},
        "geometry": shapely.geometry.mapping(whole),
    }
