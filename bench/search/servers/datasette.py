"""datasette over SQLite with FTS5 and SpatiaLite, two uvicorn processes."""

import csv
import json
import subprocess
from math import cos, radians
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from bench.search import data, environments
from bench.search.queries import Kind, Query
from bench.search.servers.server import WORKERS, Server

NAME = "datasette"
_HERE = environments.REQUIREMENTS

_PLACE_SERVICE = """
SELECT unit.* FROM unit WHERE municipality = :municipality
    AND EXISTS (SELECT 1 FROM unit_service s WHERE s.code = :service AND s.hsa_id = unit.hsa_id) LIMIT 20
"""
# The R-tree narrows to a box round the point, the distance orders what is left.
_NEAREST = """
SELECT unit.*, ST_Distance(geom, MakePoint(:lon, :lat, 4326), 1) AS distance
FROM idx_unit_geom box JOIN unit ON unit.rowid = box.pkid
WHERE xmin <= :lon + :dx AND xmax >= :lon - :dx AND ymin <= :lat + :dy AND ymax >= :lat - :dy
    AND EXISTS (SELECT 1 FROM unit_service s WHERE s.code = :service AND s.hsa_id = unit.hsa_id)
ORDER BY distance LIMIT 20
"""
_METADATA = {
    "databases": {"units": {"queries": {"place_service": _PLACE_SERVICE, "nearest": _NEAREST}}},
}


def datasette(url: str, folder: Path) -> Server:
    """Builds the database file, then the server. Its questions with SQL are canned queries."""
    python = environments.environment(NAME)
    spatialite = environments.spatialite()
    database = folder / "units.db"
    source = folder / "units-flat.csv"
    _export(url, source)
    built = subprocess.run(
        [str(python), str(_HERE / "datasette_build.py"), str(source), str(database), spatialite],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    if built.returncode != 0:
        raise environments.Unavailable(f"datasette's database: {built.stderr.strip()[-300:]}")
    given = {
        "database": str(database),
        "spatialite": spatialite,
        "metadata": _METADATA,
    }
    command = [
        str(python),
        "-m",
        "uvicorn",
        "datasette_app:app",
        "--workers",
        str(WORKERS),
        "--port",
        "{port}",
    ]
    return Server(
        NAME,
        [*command, "--log-level", "warning", "--no-access-log"],
        {"BENCH_DATASETTE": json.dumps(given)},
        {
            Kind.BY_ID: lambda query: f"/units/unit/{quote(query.hsa_id)}.json?_shape=objects",
            Kind.PLACE_SERVICE: lambda query: _canned(
                "place_service", municipality=query.municipality, service=query.service
            ),
            Kind.POSITION_SERVICE: _nearest,
            Kind.TWO_WORDS: lambda query: _text(query),
            Kind.TWO_WORDS_FACETS_OPEN: lambda query: _text(
                query, ("municipality", "region", "unit_type", "listing")
            ),
        },
        lambda _, answer: len(answer["rows"]),
        {
            Kind.PLACE_SERVICE: "municipality and service as values, not words",
            Kind.POSITION_SERVICE: "within a box, without a count",
            Kind.TWO_WORDS_FACETS_OPEN: "four facets, no opening hours",
        },
        environments.versions(NAME) | {"mod_spatialite": Path(spatialite).name},
        _HERE,
    )


def _export(url: str, target: Path) -> None:
    statement = """
    SELECT hsa_id, name, unit_type, street, postal_code, city, municipality_code, municipality, region_code,
        region, phone, listing, service, services, ST_Y(geom), ST_X(geom),
        array_to_string(service_codes, '|') FROM bench.unit ORDER BY hsa_id
    """
    with data.connect(url) as connection, target.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(connection.execute(statement))


def _canned(name: str, **values: object) -> str:
    return f"/units/{name}.json?" + urlencode({**values, "_shape": "objects"})


def _nearest(query: Query) -> str:
    dy, dx = degrees(query)
    return _canned("nearest", lat=query.lat, lon=query.lon, dx=dx, dy=dy, service=query.service)


def degrees(query: Query) -> tuple[float, float]:
    """Half the height and the width of the box round the circle, in degrees."""
    high = query.radius / 111_320
    return round(high, 5), round(high / cos(radians(query.lat)), 5)


def _text(query: Query, facets: tuple[str, ...] = ()) -> str:
    asked: list[tuple[str, Any]] = [("_search", " ".join(query.words)), ("_size", 20), ("_shape", "objects")]
    return "/units/unit.json?" + urlencode([*asked, *(("_facet", name) for name in facets)])
