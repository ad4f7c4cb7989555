"""The demo data of a fresh installation: a synthetic set, loaded by the ordinary pipeline and settled."""

import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import Engine, text

from core import clock
from core.database import unit_of_work
from core.problems import Problem
from core.settings import ROOT, settings
from directory.services import ensure_source
from importers.kinds import kind_named
from importers.pipeline import Options, Report, run_import
from importers.synthetic import DEFAULT_SEED, Plan, generate
from listing.rules.days import civil_day
from listing.services.settling import settle

SOURCE = "demo"
"""Key of the source of the units; offerings and professions have their own, because they say other things."""

NAME = "Påhittade demodata"
CONTACT = "Påhittad förvaltning, katalog@example.se"
_FILES = (
    ("units", SOURCE, NAME),
    ("offerings", f"{SOURCE}-offerings", f"{NAME}: vårdutbud"),
    ("professions", f"{SOURCE}-professions", f"{NAME}: yrkeskategorier"),
    ("rules", f"{SOURCE}-contracts", f"{NAME}: avtal"),
)
_REGISTER = (
    ("rules", "limits.csv", f"{SOURCE}-limits", f"{NAME}: listningstak"),
    ("population", "population.csv", f"{SOURCE}-population", f"{NAME}: befolkning"),
    ("listings", "listings.csv", f"{SOURCE}-listings", f"{NAME}: listningar och köer"),
)
PRACTICE_SOURCE = "regional-practice"
PRACTICE = ROOT / "importers" / "data" / "regional-practice.toml"
"""Regions' rules as they have published them: the one part of the demo data that is not invented."""

_KEYS = (*(key for _, key, _ in _FILES), PRACTICE_SOURCE, *(key for _, _, key, _ in _REGISTER))
_RUNS = text(
    "SELECT s.key, r.started_at FROM import_run r JOIN source s ON s.id = r.source_id"
    " WHERE s.key = ANY(:ours)"
)
_OTHERS = text(
    "SELECT EXISTS (SELECT FROM import_run r JOIN source s ON s.id = r.source_id"
    " WHERE s.key <> ALL(:ours) AND r.kind IN ('units', 'offerings', 'population', 'listings'))"
)


class DemoRefused(Problem):
    """The demo data did not pass the pipeline's own gates."""

    code = "demo-refused"
    title = "The demo data could not be loaded"


def load_demo(
    engine: Engine, units: int = 3000, people: int = 2500, seed: int = DEFAULT_SEED
) -> list[Report]:
    """Load invented units and people over the whole country, unless the directory has units already.

    The code lists and the geography must be loaded. Returns the reports, none when nothing was done. The
    units are counted from today, so their notices and holidays look alive. People are listed and queue, and
    what the site shows of the units is what their registers say. What was cut off is gone on with: the same
    data, counted from the day on which it began, without the files that are in.
    """
    begun = _begun(engine)
    if not is_wanted(engine):
        return []
    var = settings().var_dir
    var.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="demo-", dir=var) as folder:
        plan = Plan(units, people, seed=seed, on=begun.on or clock.today(), personas=True)
        generate(Path(folder), plan)
        files = [(kind, Path(folder) / f"{kind}.csv", key, name) for kind, key, name in _FILES]
        files.append(("rules", PRACTICE, PRACTICE_SOURCE, "Regionernas publicerade praxis"))
        files += [(kind, Path(folder) / name, key, title) for kind, name, key, title in _REGISTER]
        reports = [_load(engine, *file) for file in files if file[2] not in begun.loaded]
    while settle(engine):
        pass
    return reports


def is_wanted(engine: Engine) -> bool:
    """Whether the directory is empty, or has the first part of the demo data and nothing else's."""
    with engine.connect() as connection:
        if not connection.scalar(text("SELECT EXISTS (SELECT FROM care_unit)")):
            return True
        others = connection.scalar(_OTHERS, {"ours": list(_KEYS)})
    return not others and not set(_KEYS) <= _begun(engine).loaded and SOURCE in _begun(engine).loaded


@dataclass(frozen=True, slots=True)
class _Begun:
    """The sources whose files have been taken or refused, and the day of the first."""

    loaded: frozenset[str]
    on: date | None


def _begun(engine: Engine) -> _Begun:
    with engine.connect() as connection:
        rows = connection.execute(_RUNS, {"ours": list(_KEYS)}).all()
    first = min((row.started_at for row in rows), default=None)
    return _Begun(frozenset(row.key for row in rows), civil_day(first) if first else None)


def _load(engine: Engine, kind: str, path: Path, key: str, name: str) -> Report:
    with unit_of_work(engine) as session:
        ensure_source(session, key, name, CONTACT)
    options = Options(actor="system:demo")
    report = run_import(engine, kind_named(kind), kind, path, source=key, options=options)
    if report.refusal:
        raise DemoRefused(f"the demo data were refused: {report.refusal.message}")
    return report
