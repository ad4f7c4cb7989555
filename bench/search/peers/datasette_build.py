"""Builds datasette's database: one flat table with FTS5 and a SpatiaLite index. Runs in its environment."""

import csv
import sys

import pysqlite3  # type: ignore[import-not-found]

COLUMNS = (
    "hsa_id", "name", "unit_type", "street", "postal_code", "city", "municipality_code", "municipality",
    "region_code", "region", "phone", "listing", "service", "services",
)  # fmt: skip
SEARCHED = "name, city, municipality, services"


def build(source: str, target: str, spatialite: str) -> None:
    """Rows come as CSV: the columns above, latitude, longitude, and the codes of all services between |."""
    database = pysqlite3.connect(target)
    database.enable_load_extension(True)
    database.load_extension(spatialite)
    database.execute("SELECT InitSpatialMetaData(1)")
    columns = ", ".join(f"{name} TEXT" for name in COLUMNS[1:])
    database.execute(f"CREATE TABLE unit (hsa_id TEXT PRIMARY KEY, {columns}, lat REAL, lon REAL)")
    marks = ", ".join("?" * (len(COLUMNS) + 2))
    with open(source, encoding="utf-8", newline="") as file:  # noqa: PTH123
        rows = [[cell or None for cell in row] for row in csv.reader(file)]
        database.executemany(f"INSERT INTO unit VALUES ({marks})", (row[:-1] for row in rows))  # noqa: S608
    offered = ((code, row[0]) for row in rows for code in (row[-1] or "").split("|") if code)
    database.execute("CREATE TABLE unit_service (code TEXT, hsa_id TEXT, PRIMARY KEY (code, hsa_id))")
    database.executemany("INSERT OR IGNORE INTO unit_service VALUES (?, ?)", offered)
    database.execute("SELECT AddGeometryColumn('unit', 'geom', 4326, 'POINT', 'XY')")
    database.execute("UPDATE unit SET geom = MakePoint(lon, lat, 4326) WHERE lat IS NOT NULL")
    database.execute("SELECT CreateSpatialIndex('unit', 'geom')")
    database.execute("CREATE INDEX unit_municipality ON unit (municipality)")
    database.execute(f"CREATE VIRTUAL TABLE unit_fts USING fts5 ({SEARCHED}, content='unit')")
    database.execute("INSERT INTO unit_fts (unit_fts) VALUES ('rebuild')")
    database.commit()
    database.execute("VACUUM")
    database.execute("ANALYZE")
    database.close()


if __name__ == "__main__":
    build(*sys.argv[1:4])
