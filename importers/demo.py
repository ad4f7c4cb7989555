"""The demo data of a fresh installation: a synthetic set, loaded by the ordinary pipeline and settled."""

import tempfile
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
PRACTICE = ROOT / "importers" / "data" / "regional-practice.toml"
"""Regions' rules as they have published them: the one part of the demo data that is not invented."""


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
    what the site shows of the units is what their registers say.
    """
    if has_units(engine):
        return []
    var = settings().var_dir
    var.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="demo-", dir=var) as folder:
        generate(Path(folder), Plan(units, people, seed=seed, on=clock.today(), personas=True))
        files = [(kind, Path(folder) / f"{kind}.csv", key, name) for kind, key, name in _FILES]
        files.append(("rules", PRACTICE, "regional-practice", "Regionernas publicerade praxis"))
        files += [(kind, Path(folder) / name, key, title) for kind, name, key, title in _REGISTER]
        reports = [_load(engine, *file) for file in files]
    while settle(engine):
        pass
    return reports


def has_units(engine: Engine) -> bool:
    """Whether anyone has put units into the directory."""
    with engine.connect() as connection:
        return bool(connection.scalar(text("SELECT EXISTS (SELECT FROM care_unit)")))


def _load(engine: Engine, kind: str, path: Path, key: str, name: str) -> Report:
    with unit_of_work(engine) as session:
        ensure_source(session, key, name, CONTACT)
    options = Options(actor="system:demo")
    report = run_import(engine, kind_named(kind), kind, path, source=key, options=options)
    if report.refusal:
        raise DemoRefused(f"the demo data were refused: {report.refusal.message}")
    return report
