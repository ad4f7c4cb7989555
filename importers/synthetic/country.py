"""Where invented units and people are put: real places and postal codes, from the shipped geography."""

import csv
import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from random import Random

from directory.geography.services.shipped import DATA

JITTER_M = 1200.0
_METRES_PER_DEGREE = 111_320.0
_QUARTER_WEIGHT = 12
_VILLAGE_WEIGHT = 1


@dataclass(frozen=True, slots=True)
class Region:
    """A region as its own files name it."""

    code: str
    name: str
    county: str
    organisation_number: str


@dataclass(frozen=True, slots=True)
class Site:
    """A place that something can be at: its name, its postal town and codes, its position in WGS 84."""

    name: str
    city: str
    postal_codes: tuple[str, ...]
    lat: float
    lon: float
    weight: int

    def draw_postal_code(self, rng: Random) -> str:
        """One of the place's postal codes; empty where none is known."""
        return rng.choice(self.postal_codes) if self.postal_codes else ""

    def near(self, rng: Random) -> tuple[float, float]:
        """A point at most `JITTER_M` metres away, evenly spread, with five decimals (a metre)."""
        distance = JITTER_M * math.sqrt(rng.random())
        angle = rng.uniform(0, 2 * math.pi)
        lat = self.lat + distance * math.cos(angle) / _METRES_PER_DEGREE
        lon = self.lon + distance * math.sin(angle) / (_METRES_PER_DEGREE * math.cos(math.radians(self.lat)))
        return round(lat, 5), round(lon, 5)


@dataclass(frozen=True, slots=True)
class Municipality:
    """A municipality with its sites, the main town first. `weight` is its number of postal codes."""

    code: str
    name: str
    region: Region
    sites: tuple[Site, ...]
    weight: int

    def draw_site(self, rng: Random) -> Site:
        """A site, large places more often."""
        return rng.choices(self.sites, [site.weight for site in self.sites])[0]


@cache
def municipalities() -> Sequence[Municipality]:
    """All municipalities by code."""
    regions = {
        row["code"]: Region(row["code"], row["name"], row["county_name"], row["organisation_number"])
        for row in _rows("regions.csv")
    }
    postal = _by_municipality("postal_codes.csv")
    quarters = _by_municipality("own_places.csv", kind="district")
    villages = _by_municipality("localities.csv")
    found = []
    for row in _rows("municipalities.csv"):
        code = row["code"]
        sites = _sites(row, postal[code], quarters[code], villages[code])
        weight = sum(len(place["codes"].split()) for place in postal[code]) or 1
        found.append(Municipality(code, row["name"], regions[row["region_code"]], sites, weight))
    return tuple(sorted(found, key=lambda municipality: municipality.code))


def shares(total: int) -> Iterator[tuple[Municipality, int]]:
    """How many of `total` fall on each municipality, by its number of postal codes (largest remainder).

    Every region gets at least one when there are enough for that.
    """
    places = municipalities()
    whole = sum(place.weight for place in places)
    exact = [total * place.weight / whole for place in places]
    parts = [math.floor(part) for part in exact]
    by_remainder = sorted(range(len(places)), key=lambda n: (parts[n] - exact[n], places[n].code))
    for number in by_remainder[: total - sum(parts)]:
        parts[number] += 1
    _give_every_region_one(places, parts, total)
    yield from zip(places, parts, strict=True)


def _give_every_region_one(places: Sequence[Municipality], parts: list[int], total: int) -> None:
    members: dict[str, list[int]] = defaultdict(list)
    for number, place in enumerate(places):
        members[place.region.code].append(number)
    if total < len(members):
        return
    for numbers in members.values():
        if not any(parts[number] for number in numbers):
            richest = max(members.values(), key=lambda others: sum(parts[n] for n in others))
            parts[max(richest, key=lambda n: parts[n])] -= 1
            parts[max(numbers, key=lambda n: places[n].weight)] += 1


def _sites(
    municipality: Mapping[str, str],
    postal: Sequence[Mapping[str, str]],
    quarters: Sequence[Mapping[str, str]],
    villages: Sequence[Mapping[str, str]],
) -> tuple[Site, ...]:
    known = {row["name"]: row for row in villages}
    towns = [_town(row, known.get(row["city"], municipality)) for row in postal] or [_seat(municipality)]
    towns.sort(key=lambda site: (-site.weight, site.name))
    taken = {site.name for site in towns}
    smaller = []
    for rows, weight in ((quarters, _QUARTER_WEIGHT), (villages, _VILLAGE_WEIGHT)):
        for row in rows:
            if row["name"] not in taken:
                taken.add(row["name"])
                smaller.append(_part(row, towns, weight))
    return (*towns, *smaller)


def _town(row: Mapping[str, str], otherwise: Mapping[str, str]) -> Site:
    """A postal town; without a position of its own it is where the locality of its name is, or the seat."""
    point = row if row["lat"] else otherwise
    codes = tuple(row["codes"].split())
    return Site(row["city"], row["city"], codes, float(point["lat"]), float(point["lon"]), len(codes))


def _seat(municipality: Mapping[str, str]) -> Site:
    """The main town of a municipality that no postal place is known of."""
    name = municipality["seat"]
    return Site(name, name, (), float(municipality["lat"]), float(municipality["lon"]), 1)


def _part(row: Mapping[str, str], towns: Sequence[Site], weight: int) -> Site:
    """A place without postal codes of its own has those of the nearest postal town."""
    lat, lon = float(row["lat"]), float(row["lon"])
    stretch = math.cos(math.radians(lat))
    town = min(towns, key=lambda site: (site.lat - lat) ** 2 + ((site.lon - lon) * stretch) ** 2)
    return Site(row["name"], town.city, town.postal_codes, lat, lon, weight)


def _by_municipality(name: str, kind: str | None = None) -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in _rows(name):
        if kind is None or row["kind"] == kind:
            found[row["municipality_code"]].append(row)
    return found


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))
