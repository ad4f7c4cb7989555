"""GeoJSON (RFC 7946): the features of a collection, one at a time."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from importers.issues import FileRefused
from importers.readers import json
from importers.readers.rows import Limits


@dataclass(frozen=True, slots=True)
class Feature:
    """A feature as the file has it: properties of any JSON type, and a geometry in longitude, latitude."""

    number: int
    properties: dict[str, Any]
    geometry: dict[str, Any] | None


def read(path: Path, limits: Limits | None = None) -> Iterator[Feature]:
    """Stream the features of a FeatureCollection (or of a file with one feature per line)."""
    for number, item in json.objects(path, limits or Limits(), "features"):
        properties, geometry = item.get("properties") or {}, item.get("geometry")
        if item.get("type") != "Feature" or not isinstance(properties, dict):
            raise FileRefused(
                path,
                f"element {number} is not a GeoJSON feature",
                mend="the file must be a FeatureCollection",
            )
        if geometry is not None and not isinstance(geometry, dict):
            raise FileRefused(path, f"the geometry of feature {number} is not an object")
        yield Feature(number, properties, geometry)
