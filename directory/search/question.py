"""Checking a request before anything is searched: what is unknown or contradicts itself is refused."""

from math import isfinite

from core.problems import Invalid
from directory.search.facets import FACETS, LISTING_LABELS
from directory.search.reference import Reference
from directory.search.types import SearchRequest

SORTS = ("relevance", "distance", "name", "queue")
INDICATORS: tuple[str, ...] = ()
"""Quality indicators to sort by."""
MAX_LIMIT = 200
MAX_OFFSET = 1_000_000
MAX_WORDS = 40


def check(request: SearchRequest, reference: Reference) -> None:
    """Raise `Invalid` for an argument that is not of the documented form or names an unknown code."""
    _check_page(request)
    _check_position(request)
    _check_sort(request)
    if len(request.q.split()) > MAX_WORDS:
        raise Invalid(f"q may have at most {MAX_WORDS} words")
    if "\x00" in request.q or "\x00" in (request.place or ""):
        raise Invalid("q and place are plain text")
    for moment in (request.open_at, request.as_of):
        if moment is not None and moment.tzinfo is None:
            raise Invalid("moments carry a time zone")
    _check_codes(request, reference)


def _check_page(request: SearchRequest) -> None:
    if not 1 <= request.limit <= MAX_LIMIT:
        raise Invalid(f"limit is 1 to {MAX_LIMIT}")
    if request.page < 1 or (request.page - 1) * request.limit > MAX_OFFSET:
        raise Invalid("page counts from 1")


def _check_position(request: SearchRequest) -> None:
    if request.near and not _on_earth(*request.near):
        raise Invalid("near is latitude,longitude in degrees")
    if request.radius is not None and request.radius <= 0:
        raise Invalid("radius is a number of metres above 0")
    if request.radius is not None and not (request.near or request.place):
        raise Invalid("radius needs near or place")
    if request.bbox:
        west, south, east, north = request.bbox
        if not (_on_earth(south, west) and _on_earth(north, east) and south <= north and west <= east):
            raise Invalid("bbox is west,south,east,north in degrees")


def _on_earth(lat: float, lon: float) -> bool:
    return isfinite(lat) and isfinite(lon) and -90 <= lat <= 90 and -180 <= lon <= 180


def _check_sort(request: SearchRequest) -> None:
    if request.sort.startswith("quality:"):
        existing = ", ".join(INDICATORS) or "none yet"
        asked = request.sort.removeprefix("quality:")
        raise Invalid(f"there is no quality indicator {asked}; those to sort by are: {existing}")
    if request.sort not in SORTS:
        raise Invalid(f"sort is one of {', '.join(SORTS)} and quality:<indicator>")
    if request.sort == "distance" and not (request.near or request.place or request.q):
        raise Invalid("sort=distance needs near or place")


def _check_codes(request: SearchRequest, reference: Reference) -> None:
    for value in (*request.municipality, *request.region):
        if value not in reference.places:
            raise Invalid(f"there is no municipality or region {value}")
    for value in request.listing:
        if value not in LISTING_LABELS:
            raise Invalid(f"listing is one of {', '.join(LISTING_LABELS)}")
    for facet in FACETS.values():
        for value in getattr(request, facet.argument) if facet.system else ():
            if (facet.system, value) not in reference.labels:
                raise Invalid(f"there is no code {value} in the code system {facet.system}")
