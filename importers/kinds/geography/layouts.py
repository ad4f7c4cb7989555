"""The tables that geography comes in, told apart by their columns, and a row of each as a value to load."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from core.provenance import ImportRun, Source
from directory.geography.models import LOCALITY_KINDS
from directory.geography.rows import Counts, LocalityRow, MunicipalityRow, PostalCodeRow, RegionRow
from directory.geography.services import (
    load_localities,
    load_municipalities,
    load_postal_codes,
    load_regions,
)
from importers.issues import Issue
from importers.kinds.geography.values import Fault, MunicipalityNames, area_code, position, postal_code
from importers.readers import RawRow

Loader = Callable[[Session, Iterable[Any], Source | None, ImportRun | None], Counts]


@dataclass(frozen=True, slots=True)
class Parsed:
    """A row ready to load, or None with the issues that reject it."""

    row: Any
    issues: tuple[Issue, ...] = ()


@dataclass(frozen=True, slots=True)
class Layout:
    """One kind of table: the columns that it must have, how to read a row, how to load the rows."""

    name: str
    columns: frozenset[str]
    parse: Callable[[RawRow, MunicipalityNames], Parsed]
    load: Loader


def layout_of(columns: Iterable[str]) -> Layout | None:
    """The layout whose columns are all there; of several the one that asks for most."""
    present = set(columns)
    fitting = [layout for layout in LAYOUTS if layout.columns <= present]
    return max(fitting, key=lambda layout: len(layout.columns), default=None)


def _cell(row: RawRow, name: str) -> str:
    value = row.first(name)
    if value is None or not value.strip():
        raise Fault("missing-value", name, "", "the cell is empty")
    return value.strip()


def _optional_position(row: RawRow) -> tuple[float | None, float | None]:
    lat, lon = row.first("lat"), row.first("lon")
    return position(lat, lon) if lat and lon else (None, None)


def _county(row: RawRow, _: MunicipalityNames) -> Parsed:
    county = _cell(row, "county_name")
    short = row.first("county_name_short") or county.removesuffix(" län").removesuffix("s")
    return Parsed(RegionRow(area_code(_cell(row, "county_code"), 2, "county_code"), short, county))


def _municipality(row: RawRow, _: MunicipalityNames) -> Parsed:
    code = area_code(_cell(row, "municipality_code"), 4, "municipality_code")
    full = _cell(row, "municipality_name")
    stated = row.first("county_code")
    if stated and area_code(stated, 2, "county_code") != code[:2]:
        message = f"the code {code} belongs to county {code[:2]}"
        raise Fault("county-mismatch", "county_code", stated, message)
    return Parsed(MunicipalityRow(code, row.first("municipality_name_short") or full, full))


def _municipality_point(row: RawRow, _: MunicipalityNames) -> Parsed:
    code = area_code(_cell(row, "municipality_code"), 4, "municipality_code")
    lat, lon = position(_cell(row, "lat"), _cell(row, "lon"))
    return Parsed(MunicipalityRow(code, row.first("name"), lat=lat, lon=lon))


def _postal(row: RawRow, _: MunicipalityNames) -> Parsed:
    stated = row.first("municipality_code")
    municipality = area_code(stated, 4, "municipality_code") if stated else None
    city = row.first("locality") or row.first("city")
    return Parsed(
        PostalCodeRow(postal_code(_cell(row, "postal_code")), city, municipality, *_optional_position(row))
    )


def _locality(row: RawRow, names: MunicipalityNames) -> Parsed:
    stated = _cell(row, "municipality")
    code, repaired = names.code(stated)
    lat, lon = position(_cell(row, "latitude"), _cell(row, "longitude"))
    parsed = LocalityRow(_cell(row, "locality"), code, lat, lon)
    if not repaired:
        return Parsed(parsed)
    message = f"read as the municipality {code}"
    issue = Issue("warning", "repaired-name", row.number, parsed.name, "municipality", stated, message)
    return Parsed(parsed, (issue,))


def _place(row: RawRow, _: MunicipalityNames) -> Parsed:
    kind = row.first("kind") or "locality"
    if kind not in LOCALITY_KINDS:
        raise Fault("unknown-kind", "kind", kind, f"one of {', '.join(LOCALITY_KINDS)}")
    lat, lon = position(_cell(row, "lat"), _cell(row, "lon"))
    aliases = [word.strip() for word in (row.first("aliases") or "").split("|") if word.strip()]
    code = area_code(_cell(row, "municipality_code"), 4, "municipality_code")
    return Parsed(LocalityRow(_cell(row, "name"), code, lat, lon, kind, aliases or None))


LAYOUTS = (
    Layout("counties", frozenset({"county_code", "county_name"}), _county, load_regions),
    Layout(
        "municipalities",
        frozenset({"municipality_code", "municipality_name", "county_code"}),
        _municipality,
        load_municipalities,
    ),
    Layout(
        "municipality points",
        frozenset({"municipality_code", "lat", "lon"}),
        _municipality_point,
        load_municipalities,
    ),
    Layout("postal codes", frozenset({"postal_code", "municipality_code"}), _postal, load_postal_codes),
    Layout(
        "localities",
        frozenset({"locality", "municipality", "latitude", "longitude"}),
        _locality,
        load_localities,
    ),
    Layout("places", frozenset({"name", "municipality_code", "kind", "lat", "lon"}), _place, load_localities),
)
POSTAL_CODES = LAYOUTS[3]
_KEYS = ("postal_code", "locality", "name", "municipality_code", "county_code")
KNOWN_COLUMNS = frozenset[str]().union(*(layout.columns for layout in LAYOUTS))


def parse(layout: Layout, row: RawRow, names: MunicipalityNames) -> Parsed:
    """One row of the layout, or its issues."""
    if row.issues:
        return Parsed(None, row.issues)
    try:
        return layout.parse(row, names)
    except Fault as fault:
        key = next((row.first(name) for name in _KEYS if row.first(name)), None)
        issue = Issue("error", fault.code, row.number, key, fault.field, fault.value, fault.message)
        return Parsed(None, (issue,))
