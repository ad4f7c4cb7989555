"""A file of what has happened to people whom the register knows, as the population register sends it.

The people are first loaded from a file of the same kind and then listed. Of twenty rows seventeen are moves
within the region, one a move to another, one a birth with a guardian who is listed, one a death. All numbers
are of the series that Skatteverket keeps for tests.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Engine, create_engine, text

from bench.processor import Backends
from bench.report import Figure, Result
from codes.services import load_shipped as load_code_systems
from core import clock
from core.database import normal_url, unit_of_work
from core.settings import Settings
from directory.geography.services import load_shipped as load_geography
from importers.kinds import kind_named
from importers.pipeline import Options, Report, run_import
from importers.synthetic.numbers import NumberSeries
from tests.support.database import scratch_database, server_url

UNITS = 200
_HEAD = (
    "person_id;given_name;family_name;street;postal_code;city;municipality;region;lat;lon;household;guardians;"
    "event;event_date;stated_at"
)
_LISTED = (
    "INSERT INTO care_unit (kind, hsa_id, name, region_code, status) SELECT 'unit',"
    " 'SE2321000131-P' || lpad(n::text, 5, '0'), 'Vårdcentral ' || n, '14', 'active'"
    " FROM generate_series(1, :units) n",
    "INSERT INTO unit_contract (care_unit_id, listing_type, valid)"
    " SELECT id, 'health-centre', '[2020-01-01,)' FROM care_unit",
    """
    INSERT INTO listing (person_id, care_unit_id, listing_type, valid, chosen_at, registered_at,
        registered_by, basis, channel, counted, counted_because, begun)
    SELECT p.id, u.id, 'health-centre', '[2024-01-01,)', now(), now(), 'bench', 'choice', 'web', false,
        'first-listing', true
    FROM person p
    JOIN (SELECT id, row_number() OVER (ORDER BY id) AS n FROM care_unit) u ON u.n = p.id % :units + 1
    """,
)


def add_options(parser: argparse.ArgumentParser) -> None:
    """How many the register knows, and to how many something happens."""
    parser.add_argument("--people", type=int, default=200_000, help="people known and listed (200000)")
    parser.add_argument("--events", type=int, default=100_000, help="rows of the second file (100000)")


def run(args: argparse.Namespace) -> Result:
    """Load both files; one that is not applied whole is an error of the benchmark."""
    events = min(args.events, args.people)
    with (
        tempfile.TemporaryDirectory(prefix="bench-") as folder,
        scratch_database(server_url(Settings())) as url,
    ):
        engine = create_engine(normal_url(url), connect_args={"options": "-c timezone=UTC"})
        with unit_of_work(engine) as session:
            load_code_systems(session)
            load_geography(session)
        known, happened = _files(Path(folder), args.people, events)
        figures = _loaded(engine, known, "first", "the first load")
        _list(engine)
        figures = [*_loaded(engine, happened, "delta", "what has happened"), *figures]
        engine.dispose()
    size = {"people": args.people, "events": events}
    return Result("population", size, figures, {"server": "scratch, fsync off"})


def _loaded(engine: Engine, path: Path, name: str, label: str) -> list[Figure]:
    print(f"  {label} ...", file=sys.stderr, flush=True)
    backends = Backends(engine)
    with backends.watched():
        began, used = time.perf_counter(), time.process_time()
        report = run_import(
            engine, kind_named("population"), "population", path, source="bench", options=Options()
        )
        seconds, python = time.perf_counter() - began, time.process_time() - used
    _check(report)
    return [
        Figure(f"{name}_seconds", seconds, "s", label),
        Figure(f"{name}_python_cpu_seconds", python, "s", f"{label}, processor time of Python"),
        Figure(f"{name}_postgres_cpu_seconds", backends.seconds, "s", f"{label}, of PostgreSQL"),
    ]


def _check(report: Report) -> None:
    changed = report.diff.created + report.diff.updated
    if report.status != "applied" or report.rejected_count or changed != report.read:
        raise RuntimeError(f"{report.status}: {changed} of {report.read} rows taken")


def _list(engine: Engine) -> None:
    with engine.begin() as connection:
        for statement in _LISTED:
            connection.execute(text(statement), {"units": UNITS})
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
        connection.execute(text("CHECKPOINT"))


def _files(folder: Path, people: int, events: int) -> tuple[Path, Path]:
    today = clock.today()
    numbers = NumberSeries(today)
    oldest = today - timedelta(days=36_000)
    ids = [
        numbers.next(oldest + timedelta(days=n * 7_919 % 35_000), "female" if n % 2 else "male").value
        for n in range(people)
    ]
    known, happened = folder / "known.csv", folder / "happened.csv"
    known.write_text("\n".join([_HEAD, *(_row(n, one) for n, one in enumerate(ids))]), encoding="utf-8")
    happened.write_text("\n".join([_HEAD, *_events(ids, events, numbers)]), encoding="utf-8")
    return known, happened


def _events(ids: list[str], events: int, numbers: NumberSeries) -> Iterator[str]:
    today = clock.today()
    for turn in range(events):
        n = turn * (len(ids) // events)
        if turn % 20 == 0:
            yield _row(n, ids[n], "Ny gata 1", ("0380", "03"), "moved")
        elif turn % 20 == 1:
            born = today - timedelta(days=turn // 20 % 700)
            sex = "female" if turn // 20 % 2 else "male"
            yield _row(n, numbers.next(born, sex).value, event="born", guardian=ids[n])
        elif turn % 20 == 2:
            yield _row(n, ids[n], event="died")
        else:
            yield _row(n, ids[n], f"Ny gata {turn % 3000}", event="moved")


def _row(
    n: int,
    number: str,
    street: str = "",
    place: tuple[str, str] = ("1480", "14"),
    event: str = "",
    guardian: str = "",
) -> str:
    stated = clock.today().isoformat() if event else ""
    cells = (
        number, f"Namn{n % 500}", f"Efternamn{n % 900}", street or f"Gata {n % 3000}", f"411 0{n % 10}",
        "Göteborg", *place, f"{57.6 + n % 1000 / 5000:.5f}", f"{11.9 + n % 777 / 5000:.5f}", f"h{n // 2}",
        guardian, event, stated, stated,
    )  # fmt: skip
    return ";".join(cells)
