"""The geography that ships with the product: see `sources.toml` beside the data."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy.orm import Session

from core import audit
from directory.geography.rows import (
    AreaRow,
    Counts,
    LocalityRow,
    MunicipalityRow,
    PostalCodeRow,
    RegionRow,
)
from directory.geography.services.areas import load_areas
from directory.geography.services.names import load_municipalities, load_regions
from directory.geography.services.places import load_localities, load_postal_codes

DATA = Path(__file__).resolve().parents[2] / "data" / "geography"


def load_shipped(session: Session) -> Counts:
    """Load regions, municipalities, localities, postal codes and approximate outlines.

    Doing it again changes nothing, and rows that an import has stated since then are left alone.
    """
    counts = Counts()
    counts.add(load_regions(session, shipped_regions(), None, None))
    counts.add(load_municipalities(session, shipped_municipalities(), None, None))
    counts.add(load_areas(session, shipped_outlines(), None, None))
    counts.add(load_localities(session, shipped_localities(), None, None))
    counts.add(load_postal_codes(session, shipped_postal_codes(), None, None))
    if counts.changed:
        audit.record(
            session,
            actor="system",
            action="geography.load-shipped",
            subject_kind="geography",
            subject_key="shipped",
            created=counts.created,
            updated=counts.updated,
        )
    return counts


def shipped_regions() -> Iterator[RegionRow]:
    """The 21 regions."""
    for row in _read("regions.csv"):
        yield RegionRow(
            row["code"],
            row["short_name"],
            row["county_name"],
            row["name"],
            row["name_en"],
            row["organisation_number"],
            _words(row["aliases"]),
        )


def shipped_municipalities() -> Iterator[MunicipalityRow]:
    """The 290 municipalities, each at its main locality."""
    for row in _read("municipalities.csv"):
        yield MunicipalityRow(
            row["code"],
            row["name"],
            row["full_name"],
            row["name_en"],
            _words(row["aliases"]),
            float(row["lat"]),
            float(row["lon"]),
        )


def shipped_localities() -> Iterator[LocalityRow]:
    """Towns, villages and postal districts, then the hand-made districts and landmarks."""
    for name in ("localities.csv", "own_places.csv"):
        for row in _read(name):
            yield LocalityRow(
                row["name"],
                row["municipality_code"],
                float(row["lat"]),
                float(row["lon"]),
                row["kind"],
                _words(row.get("aliases", "")),
            )


def shipped_postal_codes() -> Iterator[PostalCodeRow]:
    """Every postal code; a row of the file holds all the codes of one postal place."""
    for row in _read("postal_codes.csv"):
        place = row["city"], row["municipality_code"] or None, _number(row["lat"]), _number(row["lon"])
        for code in row["codes"].split():
            yield PostalCodeRow(code, *place)


def shipped_outlines() -> Iterator[AreaRow]:
    """Approximate outlines of the municipalities, for drawing."""
    for feature in json.loads((DATA / "outlines.geojson").read_text("utf-8"))["features"]:
        properties = feature["properties"]
        geojson = json.dumps(feature["geometry"])
        yield AreaRow("municipality", properties["code"], properties["name"], geojson, "approximate")


def _read(name: str) -> Iterator[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def _words(joined: str) -> list[str]:
    return [word for word in joined.split("|") if word]


def _number(value: str) -> float | None:
    return float(value) if value else None
