"""The non-choice allocation of a million people over 1,200 units with limits, read to written.

People and units are written straight by SQL into a scratch database. Beside the time that passes stand the
seconds of processor that Python and PostgreSQL used, since a shared machine stretches the former.
"""

import argparse
import sys
import time
from typing import Any

from sqlalchemy import Engine, create_engine, text

from bench.processor import Backends
from bench.report import Figure, Result
from codes.services import load_shipped as load_code_systems
from core import clock
from core.database import normal_url, unit_of_work
from core.settings import Settings
from directory.geography.services import load_shipped as load_geography
from listing.allocation import Request, allocate
from listing.allocation.writing import WRITERS
from tests.support.database import scratch_database, server_url

REGION = "14"

# Everyone lives within 60 km of one of five towns, half of them in the first; so do the units.
_PLACE = """ST_SetSRID(ST_MakePoint(
    11.5 + 0.6 * (CASE WHEN n % 2 = 0 THEN 0 ELSE n % 5 END) + 0.5 * random() ^ 2,
    57.5 + 0.3 * (CASE WHEN n % 2 = 0 THEN 0 ELSE n % 5 END) + 0.3 * random() ^ 2), 4326)::geography"""
_UNITS = f"""
    INSERT INTO care_unit (kind, hsa_id, name, region_code, municipality_code, position,
        position_origin, status)
    SELECT 'unit', 'SE2321000131-B' || lpad(n::text, 5, '0'), 'Vårdcentral ' || n, '{REGION}', '1480',
        {_PLACE}, 'wgs84', 'active'
    FROM generate_series(1, :units) n
"""  # noqa: S608 - constants only
_RULES = (
    "INSERT INTO unit_contract (care_unit_id, listing_type, valid)"
    " SELECT id, 'health-centre', '[2020-01-01,)' FROM care_unit",
    # Room for one in fifty more than there are people, so that many are passed over.
    "INSERT INTO listing_limit (care_unit_id, listing_type, places, valid, decision_reference)"
    " SELECT id, 'health-centre', ceil(:people * 1.02 / :units), '[2020-01-01,)', 'bench' FROM care_unit",
    "INSERT INTO unit_register (care_unit_id, listing_type) SELECT id, 'health-centre' FROM care_unit",
)
_PEOPLE = f"""
    INSERT INTO person (identity_hash, hash_key, sealed, seal_key, identity_kind, birth_date, sex,
        region_code, municipality_code, position, protection, registered, region_since, updated_at)
    SELECT sha256(n::text::bytea), 1, '\\x00', 1, 'personal',
        date '1930-01-01' + (n::bigint * 7919 % 34000)::integer,
        CASE n % 2 WHEN 0 THEN 'f' ELSE 'm' END, '{REGION}', CASE WHEN n % 1000 = 0 THEN NULL ELSE '1480' END,
        CASE WHEN n % 1000 = 0 THEN NULL ELSE {_PLACE} END,
        CASE WHEN n % 1000 = 0 THEN 'protected-registration' ELSE 'none' END, true,
        date '2000-01-01' + (n::bigint * 31 % 9000)::integer, now()
    FROM generate_series(1, :people) n
"""  # noqa: S608 - constants only
_WRONG = """
    SELECT count(*) FROM unit_register r JOIN listing_limit l USING (care_unit_id, listing_type)
    WHERE r.listed > l.places
"""


def add_options(parser: argparse.ArgumentParser) -> None:
    """The size of the region."""
    parser.add_argument("--people", type=int, default=1_000_000, help="people without a unit (1000000)")
    parser.add_argument("--units", type=int, default=1_200, help="units, all with a limit (1200)")


def run(args: argparse.Namespace) -> Result:
    """Allocate everybody once; a plan that broke a limit or missed somebody is an error of the benchmark."""
    with scratch_database(server_url(Settings())) as url:
        engine = create_engine(normal_url(url), connect_args={"options": "-c timezone=UTC -c jit=off"})
        _fill(engine, args.people, args.units)
        backends = Backends(engine)
        request = Request(REGION, clock.today())
        dry = allocate(engine, Request(REGION, clock.today(), dry_run=True))
        with backends.watched():
            began, used = time.perf_counter(), time.process_time()
            done = allocate(engine, request)
            seconds, python = time.perf_counter() - began, time.process_time() - used
        _check(engine, dry, done)
        engine.dispose()
    parts = [Figure(f"{part}_seconds", value, "s", part) for part, value in done["seconds"].items()]
    figures = [
        Figure("seconds", seconds, "s", "allocation in all"),
        *parts,
        Figure("python_cpu_seconds", python, "s", "processor time of Python"),
        Figure("postgres_cpu_seconds", backends.seconds, "s", "processor time of PostgreSQL"),
        Figure("people_per_second", done["listed"] / seconds, "/s", "people listed per second"),
        Figure("dry_run_seconds", sum(dry["seconds"].values()), "s", "dry run"),
    ]
    size = {"people": args.people, "units": args.units}
    told = {"listed": done["listed"], "passedOver": done["passedOverBecauseFull"], "writers": WRITERS}
    return Result("allocation", size, figures, {**told, "server": "scratch, fsync off"})


def _fill(engine: Engine, people: int, units: int) -> None:
    with unit_of_work(engine) as session:
        load_code_systems(session)
        load_geography(session)
    _tell(f"write {people} people and {units} units")
    values = {"people": people, "units": units}
    with engine.begin() as connection:
        for statement in (_UNITS, *_RULES, _PEOPLE):
            connection.execute(text(statement), values)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
        connection.execute(text("CHECKPOINT"))
    _tell("allocate")


def _check(engine: Engine, dry: dict[str, Any], done: dict[str, Any]) -> None:
    with engine.connect() as connection:
        wrong = connection.scalar(text(_WRONG))
        listed = connection.scalar(text("SELECT count(*) FROM listing"))
    if wrong or listed != done["listed"] or done["units"] != dry["units"]:
        raise RuntimeError(f"{wrong} units beyond their limit; {listed} listings, {done['listed']} told")


def _tell(what: str) -> None:
    print(f"  {what} ...", file=sys.stderr, flush=True)
