"""Where a unit is: its addresses, its position, and the municipality and region that it lies in.

Codes of place come from the file where it has them. A municipality that is missing is found from the
official outlines, or else from the postal code or the town; a position far outside the municipality is told
with the distance, because one of the two is wrong and only the unit's own people know which.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from directory.geography.queries import check_positions, list_municipalities, list_regions, municipalities_at
from importers import coordinates
from importers.kinds.cells import Cells
from importers.values import addresses, codes
from importers.values.text import one_line

DECIMALS = 7
"""Decimals of a degree that are kept: a centimetre. Sources write the same place with other last digits."""


@dataclass
class Place:
    """What one row says of its place, and what is found out besides."""

    cells: Cells
    position: dict[str, Any] | None = None
    municipality: str | None = None
    region: str | None = None
    postal_code: str | None = None
    addresses: dict[str, dict[str, str]] = field(default_factory=dict)


class Gazetteer:
    """The codes and names of regions and municipalities that are loaded."""

    def __init__(self, session: Session) -> None:
        regions, municipalities = list_regions(session), list_municipalities(session)
        self.municipality_names = {m.code: m.name for m in municipalities}
        self._regions = {r.code: r.code for r in regions}
        for region in regions:
            for name in (region.name, region.short_name, region.county_name):
                self._regions[name.casefold()] = region.code
        self._municipalities = {m.code: m.code for m in municipalities}
        for municipality in municipalities:
            for name in (municipality.name, municipality.full_name):
                self._municipalities[name.casefold()] = municipality.code

    def region(self, text: str) -> str | None:
        """The region's two digits, from a code or a name."""
        code, _ = codes.county_code(text)
        return self._regions.get(code or one_line(text).casefold())

    def municipality(self, text: str, region: str | None) -> str | None:
        """The municipality's four digits, from a code (two digits need the region) or a name."""
        code, _ = codes.municipality_code(text, region)
        return self._municipalities.get(code or one_line(text).casefold())


def read_place(cells: Cells, gazetteer: Gazetteer, default_region: str | None, name: str) -> Place:
    """What the row itself says."""
    place = Place(cells)
    place.position = _position(cells)
    place.region = _region(cells, gazetteer)
    place.municipality = _municipality(cells, gazetteer, place.region or default_region)
    if not place.region and not place.municipality:
        place.region = default_region
    visiting = _visiting(cells, name)
    postal = _postal(cells)
    place.postal_code = visiting.get("postal_code")
    place.addresses = {kind: a for kind, a in (("visiting", visiting), ("postal", postal)) if a}
    return place


def complete(session: Session, gazetteer: Gazetteer, places: Sequence[Place]) -> None:
    """Find what rows leave out and tell what does not agree, with a few queries for all of them."""
    stated = [p for p in places if p.municipality]
    _compare_regions(stated)
    _find_by_position(session, gazetteer, [p for p in places if p.position and not p.municipality])
    wanting = [p for p in places if not p.municipality]
    _find_by_postal_code(session, wanting)
    _find_by_town(gazetteer, [p for p in wanting if not p.municipality])
    _compare_positions(session, gazetteer, [p for p in (*stated, *wanting) if p.position and p.municipality])
    for place in places:
        if place.municipality:
            place.region = place.municipality[:2]


def _compare_regions(places: Sequence[Place]) -> None:
    for place in places:
        if place.region and place.municipality and place.municipality[:2] != place.region:
            message = (
                f"municipality {place.municipality} is not in region {place.region}; the municipality counts"
            )
            place.cells.warn("region-differs", "region", place.region, message)


def _compare_positions(session: Session, gazetteer: Gazetteer, places: Sequence[Place]) -> None:
    stated = [(str(p.municipality), p.position["lat"], p.position["lon"]) for p in places if p.position]
    for place, check in zip(places, check_positions(session, stated), strict=True):
        if check.misplaced and check.distance_m is not None:
            where = gazetteer.municipality_names.get(check.lies_in or "")
            message = (
                f"the position lies {_kilometres(check.distance_m)} outside"
                f" {gazetteer.municipality_names.get(str(place.municipality), 'the municipality')}"
                + (f", in {where}" if where else "")
            )
            place.cells.warn("position-outside-municipality", "position", _shown(place), message)


def _find_by_position(session: Session, gazetteer: Gazetteer, places: Sequence[Place]) -> None:
    found = municipalities_at(session, [(p.position["lat"], p.position["lon"]) for p in places if p.position])
    for place, code in zip(places, found, strict=True):
        if code is None or code not in gazetteer.municipality_names:
            continue
        if place.region and code[:2] != place.region:
            where = gazetteer.municipality_names[code]
            message = f"the position lies in {where} ({code}), outside the stated region {place.region}"
            place.cells.warn("position-outside-region", "position", _shown(place), message)
        else:
            place.municipality = code


def _find_by_postal_code(session: Session, places: Sequence[Place]) -> None:
    """A postal code tells the municipality unless it contradicts the region that the row states."""
    wanted = sorted({p.postal_code for p in places if p.postal_code})
    if not wanted:
        return
    rows = session.execute(
        text(
            "SELECT code, municipality_code FROM postal_code"
            " WHERE code = ANY(:codes) AND municipality_code IS NOT NULL"
        ),
        {"codes": wanted},
    )
    known: dict[str, str] = {row.code: row.municipality_code for row in rows}
    for place in places:
        code = known.get(str(place.postal_code))
        if code and (place.region is None or code[:2] == place.region):
            place.municipality = code


def _find_by_town(gazetteer: Gazetteer, places: Sequence[Place]) -> None:
    """A postal town that has a municipality's name lies in it; the region, where it is stated, must agree."""
    for place in places:
        code = gazetteer.municipality(place.addresses.get("visiting", {}).get("city", ""), None)
        if code and (place.region is None or code[:2] == place.region):
            place.municipality = code


def _position(cells: Cells) -> dict[str, Any] | None:
    declared = coordinates.known_system(cells.first("coordinate_system"))
    if cells.first("coordinate_system") and declared is None:
        message = "the coordinate system is not one of RT90, SWEREF99TM and WGS84; it was detected instead"
        cells.warn("coordinate-system", "coordinate_system", cells.first("coordinate_system"), message)
    readings = (
        ("coordinates", coordinates.read_text(cells.first("coordinates"), declared)),
        ("x", coordinates.read_columns(cells.first("x"), cells.first("y"), declared)),
        ("lat", coordinates.read_columns(cells.first("lat"), cells.first("lon"), declared)),
    )
    for column, reading in readings:
        cells.note(reading.troubles, column, _written(cells, column))
        if reading.position:
            return {
                "lat": round(reading.position.lat, DECIMALS),
                "lon": round(reading.position.lon, DECIMALS),
                "origin": reading.position.system,
            }
    return None


def _written(cells: Cells, column: str) -> str:
    other = {"x": "y", "lat": "lon"}.get(column)
    return f"{cells.first(column)}, {cells.first(other)}" if other else cells.first(column)


def _region(cells: Cells, gazetteer: Gazetteer) -> str | None:
    written = cells.first("region")
    if not written.strip("0"):
        return None
    found = gazetteer.region(written)
    if found is None:
        cells.warn("region", "region", written, "this is neither a county code nor a region's name; left out")
    return found


def _municipality(cells: Cells, gazetteer: Gazetteer, region: str | None) -> str | None:
    written = cells.first("municipality")
    if not written.strip("0"):
        return None
    found = gazetteer.municipality(written, region)
    if found is None:
        message = (
            "this is neither a municipality code (four digits, or two with the region) nor a name; left out"
        )
        cells.warn("municipality", "municipality", written, message)
    return found


def _visiting(cells: Cells, name: str) -> dict[str, str]:
    address, troubles = addresses.visiting_address(
        cells.first("address"),
        street=cells.first("street"),
        postal=cells.first("postal_code"),
        city=cells.first("city"),
    )
    cells.note(troubles, "postal_code", cells.first("postal_code"))
    street = address.street
    if address.extra and address.extra.casefold() not in name.casefold():
        street = f"{street}, {address.extra}" if street else address.extra
    return _filled(street=street, postal_code=address.postal_code, city=address.city)


def _postal(cells: Cells) -> dict[str, str]:
    address = addresses.postal_address(cells.first("postal_address"))
    code, troubles = addresses.postal_code(cells.first("postal_postal_code"))
    cells.note(troubles, "postal_postal_code", cells.first("postal_postal_code"))
    return _filled(
        addressee=address.addressee,
        street=one_line(cells.first("postal_street")) or address.street,
        postal_code=code or address.postal_code,
        city=one_line(cells.first("postal_city")) or address.city,
    )


def _filled(**parts: str) -> dict[str, str]:
    return {part: value for part, value in parts.items() if value}


def _shown(place: Place) -> str:
    return f"{place.position['lat']}, {place.position['lon']}" if place.position else ""


def _kilometres(metres: float) -> str:
    return f"{metres / 1000:.1f} km" if metres >= 1000 else f"{metres:.0f} m"
