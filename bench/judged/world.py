"""A database and an index of their own with the judged data, made the way the product makes them."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.orm import Session

from codes.services import load_shipped as load_code_systems
from core.database import normal_url, unit_of_work
from core.settings import Settings
from directory.geography.services import load_shipped as load_geography
from directory.search.reference import reference
from directory.search.writer import catch_up
from importers.kinds import kind_named
from importers.pipeline import Options, Report, run_import
from tests.support.database import scratch_database, server_url

# Oldest first, so that the newest name and position stand and the older become former names.
FILES = (
    ("hsa-vastra-gotaland-2010.ldif", "hsa-catalogue", "hsa-ldif"),
    ("hitta-vard-2021-05-24.csv", "hitta-vard", "hitta-vard-snapshot"),
    ("hitta-vard-2021-06-25.csv", "hitta-vard", "hitta-vard-snapshot"),
)
"""(file, source, mapping)."""

_RECORDS = "SELECT hsa_id, record FROM care_unit_version WHERE upper_inf(period) AND published"


class DataMissing(Exception):
    """The files that the set was judged on are not where they were said to be."""


@dataclass(frozen=True)
class Unit:
    """One published unit as every engine gets it: its record and the words that its codes stand for."""

    hsa_id: str
    record: dict[str, Any]
    labels: tuple[str, ...]
    places: tuple[str, ...]


@dataclass(frozen=True)
class World:
    """The loaded data, and where our search finds them."""

    engine: Engine
    index: Path
    units: tuple[Unit, ...]

    @property
    def records(self) -> dict[str, dict[str, Any]]:
        """Public record by HSA-id."""
        return {unit.hsa_id: unit.record for unit in self.units}


@contextmanager
def built(data: Path) -> Iterator[World]:
    """Import the files in `data` and index them; everything is gone afterwards. Raises `DataMissing`."""
    missing = [name for name, _, _ in FILES if not (data / name).is_file()]
    if missing:
        raise DataMissing(f"{data} lacks {', '.join(missing)}")
    with scratch_database(server_url(Settings())) as url, tempfile.TemporaryDirectory() as folder:
        engine = create_engine(normal_url(url), connect_args={"options": "-c timezone=UTC"})
        try:
            with unit_of_work(engine) as session:
                load_code_systems(session)
                load_geography(session)
            for name, source, mapping in FILES:
                _import(engine, data / name, source, mapping)
            index = Path(folder) / "index"
            catch_up(engine, index)
            yield World(engine, index, _units(engine))
        finally:
            engine.dispose()


def _import(engine: Engine, path: Path, source: str, mapping: str) -> Report:
    # Rows of the snapshots with a booking number instead of an HSA-id are rejected; the others count.
    options = Options(mapping=mapping, max_rejected=100)
    report = run_import(engine, kind_named("units"), "units", path, source=source, options=options)
    if report.status != "applied":
        raise DataMissing(f"{path.name} was not applied: {report.refusal}")
    return report


def _units(engine: Engine) -> tuple[Unit, ...]:
    with Session(engine) as session:
        known = reference(session)
        rows = session.execute(text(_RECORDS + " ORDER BY hsa_id")).all()
    return tuple(
        Unit(
            hsa_id,
            record,
            tuple(
                dict.fromkeys(
                    [
                        *(known.label("care-service", code) for code in known.services_of(record)),
                        *(known.label("unit-type", code) for code in record.get("unit_types", ())),
                        *(
                            known.label("hsa-business-classification", code)
                            for code in record.get("activities", ())
                        ),
                    ]
                )
            ),
            tuple(filter(None, _places(record, known.place_name))),
        )
        for hsa_id, record in rows
    )


def _places(record: dict[str, Any], place_name: Any) -> Iterator[str]:
    for address in record.get("addresses", {}).values():
        yield from (address.get(part, "") for part in ("street", "postal_code", "city"))
    yield record.get("place", "")
    yield place_name(record.get("municipality"))
    yield place_name(record.get("region"))
