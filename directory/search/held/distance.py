"""Distances on the earth: nearly right for all units at once, exactly right for those that decide.

Positions are held as points in space on the WGS 84 ellipsoid (metres from the earth's centre). The straight
line between two of them is a few multiplications, and the arc over it differs from the geodesic by so little
that only units near a limit (a radius, the end of a page) must be measured as PostGIS measures them.
"""

from math import cos, radians, sin, sqrt

import numpy as np
from numpy.typing import NDArray
from pyproj import Geod

Floats = NDArray[np.float64]

_EARTH = Geod(ellps="WGS84")
_AXIS, _ECCENTRICITY = _EARTH.a, _EARTH.es
_MEAN_RADIUS = 6_371_008.8
NEARBY = 2_000_000.0
"""Metres within which the arc is good to one part in 10,000; beyond, to one in 100."""
FAR = 10_000_000.0
"""Towards the other side of the earth the line says little of the arc: there everything is measured."""


def in_space(lat: Floats | float, lon: Floats | float) -> Floats:
    """(n, 3) metres from the centre; NaN where a degree is."""
    phi, theta = np.radians(lat), np.radians(lon)
    normal = _AXIS / np.sqrt(1 - _ECCENTRICITY * np.sin(phi) ** 2)
    plane = normal * np.cos(phi)
    point: Floats = np.stack(
        (plane * np.cos(theta), plane * np.sin(theta), normal * (1 - _ECCENTRICITY) * np.sin(phi)), axis=-1
    )
    return point


def _in_space(lat: float, lon: float) -> tuple[float, float, float]:
    """The same for one position: numpy takes ten times as long for a single number."""
    phi, theta = radians(lat), radians(lon)
    normal = _AXIS / sqrt(1 - _ECCENTRICITY * sin(phi) ** 2)
    plane = normal * cos(phi)
    return plane * cos(theta), plane * sin(theta), normal * (1 - _ECCENTRICITY) * sin(phi)


def arcs(points: Floats, lat: float, lon: float) -> Floats:
    """Metres from a position to each point, nearly; infinite for points that are NaN."""
    apart = points - _in_space(lat, lon)
    half_chord = np.sqrt(np.einsum("ij,ij->i", apart, apart)) / (2 * _MEAN_RADIUS)
    metres: Floats = 2 * _MEAN_RADIUS * np.arcsin(np.minimum(half_chord, 1, out=half_chord), out=half_chord)
    metres[np.isnan(metres)] = np.inf
    return metres


def error(metres: float) -> float:
    """How far off an arc of this length may be."""
    if metres <= NEARBY:
        return 1e-4 * metres + 0.01
    return 0.01 * metres if metres <= FAR else FAR


def geodesics(lat: Floats, lon: Floats, at: tuple[float, float]) -> Floats:
    """Metres along the ellipsoid, as ST_Distance gives them for geography; infinite without a position."""
    if not len(lat):
        return np.empty(0)
    known = ~np.isnan(lat)
    count = np.count_nonzero(known)
    metres = np.full(len(lat), np.inf)
    _, _, found = _EARTH.inv(np.full(count, at[1]), np.full(count, at[0]), lon[known], lat[known])
    metres[known] = np.round(found, 8)  # PostGIS gives ten nanometres
    return metres


def within(
    metres: Floats, lat: Floats, lon: Floats, at: tuple[float, float], radius: float
) -> NDArray[np.bool_]:
    """Which of these lie within the radius, given their arcs; those near its edge are measured."""
    slack = error(radius)
    inside = metres <= radius
    edge = np.flatnonzero(np.abs(metres - radius) <= slack)
    inside[edge] = geodesics(lat[edge], lon[edge], at) <= radius
    return inside
