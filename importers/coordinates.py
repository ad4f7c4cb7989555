"""Positions in RT 90 2.5 gon V, SWEREF 99 TM and WGS 84, detected or declared, made into WGS 84 degrees.

RT 90 2.5 gon V is read with Lantmäteriet's direct projection to SWEREF 99 (Gauss-Krüger on GRS 80 with the
parameters published under “RT 90 - SWEREF 99” at lantmateriet.se: mean error just under 0.07 m, at most
about 0.2 m). That is the transformation the authority prescribes; the seven-parameter one that PROJ would
choose (EPSG:1895) agrees with it within about a decimetre. SWEREF 99 TM is EPSG:3006. WGS 84 is taken as
equal to SWEREF 99, from which it differs by less than a metre because the continent drifts.

Bounds: a position counts as inside Sweden when it lies in the box that holds the country; whether it lies
in the stated municipality is for whoever has the polygons.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from pyproj import Transformer

from importers.issues import Trouble

System = Literal["rt90", "sweref99tm", "wgs84"]

SYSTEMS: dict[str, System] = {
    "rt90": "rt90",
    "rt9025gonv": "rt90",
    "epsg3021": "rt90",
    "3021": "rt90",
    "sweref99tm": "sweref99tm",
    "sweref99": "sweref99tm",
    "sweref": "sweref99tm",
    "epsg3006": "sweref99tm",
    "3006": "sweref99tm",
    "wgs84": "wgs84",
    "epsg4326": "wgs84",
    "4326": "wgs84",
    "latlon": "wgs84",
    "latlong": "wgs84",
}
"""Names under which a file may declare its system, folded to letters and digits."""

TITLES: dict[System, str] = {"rt90": "RT 90 2.5 gon V", "sweref99tm": "SWEREF 99 TM", "wgs84": "WGS 84"}

RT90_DIRECT = (
    "+proj=pipeline +step +inv +proj=tmerc +lat_0=0 +lon_0=15.80628452944445 +k=1.00000561024"
    " +x_0=1500064.274 +y_0=-667.711 +ellps=GRS80 +step +proj=unitconvert +xy_in=rad +xy_out=deg"
)
SWEREF99TM = (
    "+proj=pipeline +step +inv +proj=utm +zone=33 +ellps=GRS80 +step +proj=unitconvert +xy_in=rad +xy_out=deg"
)


@dataclass(frozen=True, slots=True)
class Bounds:
    """The box that holds Sweden in one system: northing or latitude, easting or longitude."""

    south: float
    north: float
    west: float
    east: float

    def holds(self, northing: float, easting: float) -> bool:
        """Whether the pair lies in the box."""
        return self.south <= northing <= self.north and self.west <= easting <= self.east


BOUNDS: dict[System, Bounds] = {
    "rt90": Bounds(6_100_000, 7_700_000, 1_200_000, 1_900_000),
    "sweref99tm": Bounds(6_130_000, 7_680_000, 260_000, 930_000),
    "wgs84": Bounds(55.0, 69.2, 10.5, 24.2),
}


@dataclass(frozen=True, slots=True)
class Position:
    """WGS 84 degrees and the system that the source gave them in."""

    lat: float
    lon: float
    system: System


@dataclass(frozen=True, slots=True)
class Reading:
    """A position, or none, and what was repaired or refused on the way to it."""

    position: Position | None
    troubles: tuple[Trouble, ...] = ()


@dataclass(frozen=True, slots=True)
class _Pair:
    northing: float
    easting: float
    swapped: bool
    system: System


NOTHING = Reading(None)

_NUMBER = r"[+-]?\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?:[.,]\d+)?|[+-]?\d{1,17}(?:[.,]\d{1,20})?"
_LABELLED = re.compile(rf"(lat(?:itude?)?|long?(?:itude?)?|[XYNE])\s*[:=]?\s*({_NUMBER})", re.IGNORECASE)
_POINT = re.compile(rf"POINT\s*\(\s*({_NUMBER})\s+({_NUMBER})\s*\)", re.IGNORECASE)
_ONE = re.compile(rf"\s*({_NUMBER})\s*(?:°|[NEnemM])?\s*")
_NORTH = ("x", "n", "lat")


def known_system(name: str | None) -> System | None:
    """The system behind a declared name, or None when the name is empty or unknown."""
    return SYSTEMS.get(re.sub(r"[^a-z0-9]", "", (name or "").lower()))


def number(text: str) -> float | None:
    """A coordinate written with a decimal point or comma, perhaps with spaces between thousands."""
    matched = _ONE.fullmatch(text)
    return _float(matched[1]) if matched else None


def split_pair(text: str) -> tuple[float, float] | None:
    """Northing and easting (or latitude and longitude) from one cell.

    Knows `X: 6407478, Y: 1268655` (X is the northing), `N:6477155,E:536352`, `lat 57.7 lon 11.9`,
    `POINT(lon lat)` and two bare numbers, of which the first is the northing.
    """
    point = _POINT.fullmatch(text.strip())
    if point:
        return _float(point[2]), _float(point[1])
    labelled = {_axis(label): _float(value) for label, value in _LABELLED.findall(text)}
    if len(labelled) == 2:
        return labelled["north"], labelled["east"]
    for separator in (";", "|", "\t", "/", ", ", " "):
        parts = text.strip().split(separator)
        if len(parts) == 2:
            return _both(*parts)
    parts = text.strip().split(",")
    return _both(*parts) if len(parts) == 2 else None


def read_text(text: str, declared: System | None = None) -> Reading:
    """The position that one cell gives; an empty cell is no position and no trouble."""
    if not text.strip():
        return NOTHING
    pair = split_pair(text)
    if pair is None:
        message = "the coordinates cannot be read; write them as “X: 6407478, Y: 1268655” or in two columns"
        return Reading(None, (Trouble("coordinates-unreadable", message),))
    return read_pair(*pair, declared)


def read_columns(northing: str, easting: str, declared: System | None = None) -> Reading:
    """The position that two cells give: northing or latitude first."""
    if not northing.strip() and not easting.strip():
        return NOTHING
    north, east = number(northing), number(easting)
    if north is None or east is None:
        which = "first" if north is None else "second"
        message = f"the {which} of the two coordinates is missing or is not a number"
        return Reading(None, (Trouble("coordinates-unreadable", message),))
    return read_pair(north, east, declared)


def read_pair(northing: float, easting: float, declared: System | None = None) -> Reading:
    """The position of a pair in the declared system, or in the one whose bounds hold it.

    A pair that lies in Sweden only when its two numbers change places is read so, with a warning: no
    Swedish northing is also a Swedish easting, so the repair is never a guess. Anything else outside
    the country is not used.
    """
    if northing == 0 and easting == 0:
        return Reading(
            None, (Trouble("coordinates-zero", "the coordinates are 0, 0 and were taken as unknown"),)
        )
    pair = _place(northing, easting, (declared,) if declared else tuple(BOUNDS))
    if pair is None:
        return Reading(None, (_outside(northing, easting, declared),))
    [(lat, lon)] = to_wgs84(pair.system, [pair.northing], [pair.easting])
    return Reading(Position(lat, lon, pair.system), (_swapped(pair.system),) if pair.swapped else ())


def read_pairs(pairs: Sequence[tuple[float, float]], declared: System | None = None) -> list[Reading]:
    """`read_pair` for many at once: one call of the transformation per system instead of one per unit."""
    systems = (declared,) if declared else tuple(BOUNDS)
    readings: list[Reading | None] = [None] * len(pairs)
    grouped: dict[System, list[tuple[int, _Pair]]] = {}
    for index, (northing, easting) in enumerate(pairs):
        pair = None if northing == 0 and easting == 0 else _place(northing, easting, systems)
        if pair is None:
            readings[index] = read_pair(northing, easting, declared)
        else:
            grouped.setdefault(pair.system, []).append((index, pair))
    for system, members in grouped.items():
        degrees = to_wgs84(
            system, [pair.northing for _, pair in members], [pair.easting for _, pair in members]
        )
        for (index, pair), (lat, lon) in zip(members, degrees, strict=True):
            readings[index] = Reading(Position(lat, lon, system), (_swapped(system),) if pair.swapped else ())
    return [reading for reading in readings if reading is not None]


def to_wgs84(
    system: System, northings: Sequence[float], eastings: Sequence[float]
) -> list[tuple[float, float]]:
    """Latitude and longitude in degrees of each pair in `system`, unchecked."""
    if system == "wgs84":
        return list(zip(northings, eastings, strict=True))
    lons, lats = _transformer(system).transform(list(eastings), list(northings))
    return list(zip(lats, lons, strict=True))


def from_wgs84(system: System, lats: Sequence[float], lons: Sequence[float]) -> list[tuple[float, float]]:
    """Northing and easting in metres of each position, for the files that we write ourselves."""
    if system == "wgs84":
        return list(zip(lats, lons, strict=True))
    eastings, northings = _transformer(system).transform(list(lons), list(lats), direction="INVERSE")
    return list(zip(northings, eastings, strict=True))


@cache
def _transformer(system: System) -> Transformer:
    return Transformer.from_pipeline(RT90_DIRECT if system == "rt90" else SWEREF99TM)


def _place(northing: float, easting: float, systems: tuple[System, ...]) -> _Pair | None:
    for system in systems:
        if BOUNDS[system].holds(northing, easting):
            return _Pair(northing, easting, False, system)
    for system in systems:
        if BOUNDS[system].holds(easting, northing):
            return _Pair(easting, northing, True, system)
    return None


def _swapped(system: System) -> Trouble:
    names = ("latitude", "longitude") if system == "wgs84" else ("northing", "easting")
    message = f"{names[0]} and {names[1]} had changed places (read as {TITLES[system]}) and were put right"
    return Trouble("coordinates-swapped", message)


def _outside(northing: float, easting: float, declared: System | None) -> Trouble:
    other = _place(northing, easting, tuple(BOUNDS)) if declared else None
    if declared and other is not None:
        message = (
            f"the position is not in Sweden in {TITLES[declared]}, but would be in {TITLES[other.system]}"
        )
        return Trouble("coordinates-other-system", f"{message}; it was not used")
    return Trouble(
        "coordinates-outside", "the position is not in Sweden in any known system; it was not used"
    )


def _axis(label: str) -> str:
    return "north" if label.lower().startswith(_NORTH) else "east"


def _both(first: str, second: str) -> tuple[float, float] | None:
    one, two = number(first), number(second)
    return (one, two) if one is not None and two is not None else None


def _float(text: str) -> float:
    value = float(re.sub(r"[ \u00a0\u202f]", "", text).replace(",", "."))
    return value if math.isfinite(value) else 0.0
