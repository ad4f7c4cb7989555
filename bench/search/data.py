"""The same generated units for everyone: our own tables, and one flat indexed table for floor and peers."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import psycopg

from codes.services import load_shipped as load_code_systems
from core.cluster.extensions import libpq_url
from core.database import engine_for, unit_of_work
from core.settings import ROOT, Settings
from directory.geography.services import load_shipped as load_geography
from importers.synthetic import DEFAULT_SEED, Plan, generate
from tests.support.database import scratch_database, server_url

ON = date(2026, 1, 1)

# One row per published unit with everything that a list of hits shows, and every index that the questions
# can use: the peers are given the table that they would wish for.
FLAT_TABLE = """
CREATE SCHEMA bench;
CREATE TABLE bench.unit AS
WITH label AS (
    SELECT c.code, c.display_sv FROM concept c JOIN code_system s ON s.id = c.code_system_id
    WHERE s.key = 'care-service'
)
SELECT row_number() OVER (ORDER BY v.hsa_id) AS gid, v.hsa_id::text AS hsa_id,
    v.record->>'name' AS name,
    v.record->'unit_types'->>0 AS unit_type,
    v.record->'addresses'->'visiting'->>'street' AS street,
    v.record->'addresses'->'visiting'->>'postal_code' AS postal_code,
    v.record->'addresses'->'visiting'->>'city' AS city,
    m.code::text AS municipality_code, m.name AS municipality,
    r.code::text AS region_code, r.short_name AS region,
    v.record->'contacts'->'phone'->>0 AS phone,
    v.record->'listing'->>'status' AS listing,
    v.record->'offerings'->0->>'code' AS service,
    coalesce(s.codes, '{}') AS service_codes, s.displays AS services,
    v.record::text AS record,
    v.position, v.position::geometry(Point, 4326) AS geom,
    json_build_object(
        'hsaId', v.hsa_id, 'name', v.record->'name', 'unitType', v.record->'unit_types'->0,
        'address', v.record->'addresses'->'visiting', 'municipality', m.name, 'region', r.short_name,
        'position', v.record->'position', 'phone', v.record->'contacts'->'phone'->0,
        'listing', v.record->'listing', 'services', s.hit, 'updatedAt', lower(v.period)
    )::text AS hit
FROM care_unit_version v
LEFT JOIN municipality m ON m.code = v.record->>'municipality'
LEFT JOIN region r ON r.code = v.record->>'region'
LEFT JOIN LATERAL (
    SELECT array_agg(l.code::text) AS codes, string_agg(l.display_sv, ', ') AS displays,
        json_agg(json_build_object('code', l.code, 'display', l.display_sv)) AS hit
    FROM jsonb_array_elements(v.record->'offerings') o JOIN label l ON l.code = o->>'code'
) s ON true
WHERE upper_inf(v.period) AND v.published;
ALTER TABLE bench.unit ADD PRIMARY KEY (hsa_id);
CREATE INDEX ON bench.unit USING gist (position);
CREATE INDEX ON bench.unit USING gist (geom);
CREATE INDEX ON bench.unit USING gin (service_codes);
CREATE INDEX ON bench.unit (service);
CREATE INDEX ON bench.unit (municipality, service);
CREATE INDEX ON bench.unit USING gin (lower(name) gin_trgm_ops);
CREATE VIEW bench.listed AS
SELECT hsa_id, name, lower(name) AS lower_name, unit_type, street, postal_code, city, municipality_code,
    municipality, region_code, region, phone, listing, service, services, geom FROM bench.unit;
"""
"""`unit` for the floor; `listed` is what the OGC servers publish: the columns of a hit, nothing more."""

ROWS = """
SELECT hsa_id, name, city, municipality, service, service_codes, ST_Y(geom), ST_X(geom)
FROM bench.unit ORDER BY hsa_id
"""


@dataclass(frozen=True)
class Row:
    """What queries are made from: one published unit."""

    hsa_id: str
    name: str
    city: str | None
    municipality: str | None
    service: str | None
    services: tuple[str, ...]
    lat: float | None
    lon: float | None


@contextmanager
def loaded(units: int, folder: Path) -> Iterator[str]:
    """A scratch database with so many generated units; dropped at the end."""
    server = server_url(Settings())
    with scratch_database(server) as url:
        try:
            _load(url, units, folder)
            yield url
        finally:
            engine_for(url).dispose()


def connect(url: str) -> psycopg.Connection:
    """A plain connection for statements of ours."""
    return psycopg.connect(libpq_url(url), autocommit=True)


def rows(url: str) -> list[Row]:
    """Every published unit, in a stable order."""
    with connect(url) as connection:
        return [
            Row(hsa_id, name, city, municipality, service, tuple(codes), lat, lon)
            for hsa_id, name, city, municipality, service, codes, lat, lon in connection.execute(ROWS)
        ]


def terms(url: str) -> dict[str, list[str]]:
    """Care service code -> its label and the words that people have for it."""
    statement = """
    SELECT c.code, c.display_sv, array_agg(t.term ORDER BY t.id) FILTER (WHERE t.kind <> 'misspelling')
    FROM concept c JOIN code_system s ON s.id = c.code_system_id
    LEFT JOIN concept_term t ON t.concept_id = c.id AND t.language = 'sv'
    WHERE s.key = 'care-service' GROUP BY c.id ORDER BY c.code
    """
    with connect(url) as connection:
        return {
            code: list(dict.fromkeys(word.lower() for word in (label, *(words or ()))))
            for code, label, words in connection.execute(statement)
        }


def _load(url: str, units: int, folder: Path) -> None:
    with unit_of_work(engine_for(url)) as session:
        load_code_systems(session)
        load_geography(session)
    generate(folder, Plan(units, seed=DEFAULT_SEED, on=ON))
    # In a process of its own, so that this one stays small and its memory is not measured.
    subprocess.run(
        [sys.executable, "-m", "web.cli", "import", "units", str(folder / "units.csv")],
        cwd=ROOT,
        env=os.environ | {"HITTAVARD_DATABASE_URL": url},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        check=True,
    )
    with connect(url) as connection:
        connection.execute(FLAT_TABLE)
        connection.execute("VACUUM ANALYZE")
