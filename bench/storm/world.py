"""Where the storm rages: a database server of its own, three regions with different rules, small units."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from random import Random

from sqlalchemy import Engine, text
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from bench.storm.population import Human, settle_people
from core import cluster, migrate
from core.database import engine_for, unit_of_work
from core.settings import Settings
from importers.kinds import kind_named
from importers.pipeline import Options, run_import
from importers.shipped import load_shipped
from listing.models import ListingLimit, ListingPolicy, UnitContract
from listing.people.keys import key_ring
from listing.policy.codes import Exemption
from listing.policy.defaults import default_policy
from listing.policy.model import HEALTH_CENTRE, CapExemptions, Policy
from listing.policy.parse import to_record

LONG_AGO = date(2010, 1, 1)
_DEFAULT = default_policy(HEALTH_CENTRE)


def _exempting(code: Exemption) -> CapExemptions:
    return replace(_DEFAULT.cap_exemptions, codes=(*_DEFAULT.cap_exemptions.codes, code))


POLICIES: Mapping[str, Policy] = {
    "03": _DEFAULT,
    "12": replace(
        _DEFAULT,
        queue=replace(_DEFAULT.queue, serving="offer", offer_days=7, max_queues=2),
        cap_exemptions=_exempting("moved-in"),
    ),
    "14": replace(
        _DEFAULT,
        effective=replace(_DEFAULT.effective, when="next-day"),
        cap_exemptions=_exempting("same-household"),
    ),
}
"""One region lists the queue's first at once, one offers the place, one lists from the next day. All exempt
newborns of listed guardians and those in special housing; one whoever moves in besides, one households."""

_PLACES: Mapping[str, tuple[str, float, float]] = {
    "03": ("0380", 59.8586, 17.6389),
    "12": ("1280", 55.6050, 13.0038),
    "14": ("1480", 57.7089, 11.9746),
}
_IDS = text("SELECT hsa_id, id FROM care_unit WHERE hsa_id LIKE 'SE2321000024-STORM%'")


@dataclass(frozen=True)
class Unit:
    """One unit; `places` is its limit before anything happens."""

    id: int
    hsa_id: str
    name: str
    region: str
    places: int


@dataclass(frozen=True)
class World:
    """What there is before the storm."""

    units: Sequence[Unit]
    people: Sequence[Human]
    policies: Mapping[str, Policy]

    def unit(self, hsa_id: str) -> Unit:
        """The unit with that HSA-id."""
        return next(unit for unit in self.units if unit.hsa_id == hsa_id)


def prepare(settings: Settings) -> Engine:
    """A new database server in the folder of the settings, crash safe as in use, migrated."""
    url = cluster.ensure_running(settings)
    migrate.upgrade(url)
    engine = engine_for(url)
    load_shipped(engine)
    return engine


def build(engine: Engine, settings: Settings, *, units: int, people: int, chance: Random) -> World:
    """Fill the prepared database with units, their limits, the regions' rules, and people."""
    made = _units(engine, settings.var_dir / "units.csv", units, chance)
    with unit_of_work(engine) as session:
        for region, policy in POLICIES.items():
            session.add(_decided(region, policy))
        for unit in made:
            session.add(_contract(unit))
            session.add(_limit(unit))
    ring = key_ring(settings.keys_file)
    by_region = {region: [unit.id for unit in made if unit.region == region] for region in POLICIES}
    with unit_of_work(engine) as session:
        humans = settle_people(session, people, tuple(POLICIES), ring, chance, by_region)
    return World(made, humans, POLICIES)


def _units(engine: Engine, path: Path, count: int, chance: Random) -> list[Unit]:
    rows = []
    for number in range(count):
        region = tuple(POLICIES)[number % len(POLICIES)]
        municipality, lat, lon = _PLACES[region]
        rows.append(
            {
                "hsa_id": f"SE2321000024-STORM{number:04d}",
                "name": f"Storm{number:04d} vårdcentral",
                "unit_type": "02",
                "region": region,
                "municipality": municipality,
                "lat": f"{lat + chance.uniform(-0.05, 0.05):.5f}",
                "lon": f"{lon + chance.uniform(-0.05, 0.05):.5f}",
            }
        )
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), delimiter=";")
        writer.writeheader()
        writer.writerows(rows)
    report = run_import(engine, kind_named("units"), "units", path, source="storm", options=Options())
    if report.rejected:
        raise RuntimeError(f"the storm's own units are not accepted: {report.rejected[0]}")
    with Session(engine) as session:
        ids = {hsa_id: int(key) for hsa_id, key in session.execute(_IDS)}
    return [
        Unit(ids[row["hsa_id"]], row["hsa_id"], row["name"], row["region"], chance.randint(4, 30))
        for row in rows
    ]


def _decided(region: str, policy: Policy) -> ListingPolicy:
    return ListingPolicy(
        region_code=region,
        listing_type=HEALTH_CENTRE,
        valid=Range(LONG_AGO, None),
        decision_reference="STORM 1",
        parameters=to_record(policy),
    )


def _contract(unit: Unit) -> UnitContract:
    return UnitContract(care_unit_id=unit.id, listing_type=HEALTH_CENTRE, valid=Range(LONG_AGO, None))


def _limit(unit: Unit) -> ListingLimit:
    return ListingLimit(
        care_unit_id=unit.id,
        listing_type=HEALTH_CENTRE,
        places=unit.places,
        valid=Range(LONG_AGO, None),
        decision_reference="STORM 2",
    )
