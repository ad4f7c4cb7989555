"""A register taken over: listings, changes and queues as they were kept, and what cannot be so explained."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from core import clock
from core.database import unit_of_work
from core.settings import Settings
from directory.models import CareUnit
from importers.synthetic.numbers import NumberSeries
from listing.people import key_file
from listing.policy.model import ChangeLimit
from listing.rules.change_limit import allowance
from listing.services import state
from listing.services.settling import settle
from tests.support.imports import Importer
from tests.support.register import a_limit, a_unit

Row = dict[str, object]
NOW = datetime(2026, 5, 10, 9, tzinfo=UTC)
SERIES = NumberSeries(date(2026, 11, 1))
PEOPLE = [SERIES.next(date(1960 + n, 5, 17), "female").value for n in range(6)]
COUNTS = {"listings": 0, "queued": 0, "beyondLimit": 0}


@pytest.fixture(autouse=True)
def keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A key file of the test's own."""
    path = tmp_path / "keys" / "keys.json"
    key_file.create(path)
    monkeypatch.setenv("HITTAVARD_KEYS_FILE", str(path))
    monkeypatch.setattr("core.settings._settings", Settings())


@pytest.fixture
def units(directory: Engine, load: Importer, table: Callable[..., Path]) -> tuple[CareUnit, CareUnit]:
    """Six people, and two units, of which the second has room for one."""
    with clock.frozen(NOW):
        load("population", table([{"person_id": one, "region": "03"} for one in PEOPLE], "people.csv"))
        with unit_of_work(directory) as session:
            first, second = a_unit(session), a_unit(session)
            a_limit(session, second, 1)
    return first, second


@pytest.fixture
def take(load: Importer, table: Callable[..., Path]) -> Callable[..., Any]:
    """Take over these rows on the 10th of May 2026."""

    def run(*rows: Row, **options: Any) -> Any:
        with clock.frozen(NOW):
            return load("listings", table(rows, "listings.csv"), source="old", max_rejected=100, **options)

    return run


def rows(engine: Engine, query: str) -> list[tuple[Any, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def everything(engine: Engine) -> list[Any]:
    names = ("listing", "queue_entry", "unit_register", "listing_event")
    return [rows(engine, f"SELECT t::text FROM {name} t ORDER BY 1") for name in names]


def held(unit: CareUnit, person: int = 0, begins: str = "2024-03-01", **more: object) -> Row:
    return {
        "type": "listing",
        "person_id": PEOPLE[person],
        "hsa_id": unit.hsa_id,
        "valid_from": begins,
        **more,
    }


def waits(unit: CareUnit, person: int, since: str, **more: object) -> Row:
    return {"type": "queue", "person_id": PEOPLE[person], "hsa_id": unit.hsa_id, "queued_at": since, **more}


def test_listings_of_all_times_are_taken_over_with_their_changes(
    directory: Engine, units: tuple[CareUnit, CareUnit], take: Any
) -> None:
    one, two = units
    report = take(
        held(one, begins="2020-01-01", valid_to="2025-10-31", basis="passive"),
        held(two, begins="2025-11-01", valid_to="2026-02-28", counted="ja", chosen_at="2025-10-30T10:00:00Z"),
        held(one, begins="2026-03-01", counted="yes"),
        held(two, 1, begins="2026-06-01", basis="aktiv"),
    )
    assert (report.rejected, report.extra["takenOver"]) == ([], {**COUNTS, "listings": 4})
    found = rows(
        directory,
        "SELECT lower(valid)::text, upper(valid)::text, basis, counted, counted_because, occupies, begun,"
        " end_reason FROM listing ORDER BY lower(valid)",
    )
    assert found == [
        ("2020-01-01", "2025-11-01", "allocation", False, "takeover", False, True, "changed"),
        ("2025-11-01", "2026-03-01", "choice", True, "change", False, True, "changed"),
        ("2026-03-01", None, "choice", True, "change", True, True, None),
        ("2026-06-01", None, "takeover", False, "takeover", True, False, None),
    ]
    with unit_of_work(directory) as session:
        person_id = session.scalar(text("SELECT person_id FROM listing WHERE basis = 'allocation'"))
        known = state.people(session, [person_id or 0], "health-centre", NOW.date())[person_id or 0]
    left = allowance(ChangeLimit(), known.changes, NOW.date())
    assert (left.left, left.next_back) == (0, date(2026, 10, 30))
    kinds = rows(directory, "SELECT kind, counted, count(*) FROM listing_event GROUP BY 1, 2 ORDER BY 2")
    assert kinds == [("taken-over", False, 2), ("taken-over", True, 2)]
    assert rows(directory, "SELECT count(*) FROM listing_notice") == [(0,)]


def test_whoever_stands_beyond_the_limit_keeps_the_place(
    directory: Engine, units: tuple[CareUnit, CareUnit], take: Any
) -> None:
    report = take(*(held(units[1], n) for n in range(3)), held(units[0], 3))
    assert report.extra["takenOver"] == {"listings": 4, "queued": 0, "beyondLimit": 2}
    assert rows(directory, "SELECT exemption, count(*) FROM listing GROUP BY 1 ORDER BY 1") == [
        ("takeover", 2),
        (None, 2),
    ]
    assert rows(directory, "SELECT listed FROM unit_register ORDER BY 1") == [(1,), (3,)]


def test_the_queue_keeps_its_order_and_is_served_in_it(
    directory: Engine, units: tuple[CareUnit, CareUnit], take: Any
) -> None:
    full = units[1]
    decided = {"priority": 1, "priority_reason": "home-care", "decision_reference": "HSN 7"}
    report = take(
        held(full, 0),
        waits(full, 1, "2026-02-01"),
        waits(full, 3, "2026-01-01"),
        waits(full, 2, "2026-01-01"),
        waits(full, 4, "2026-04-01", **decided),
    )
    assert report.extra["takenOver"] == {"listings": 1, "queued": 4, "beyondLimit": 0}
    order = (
        "SELECT birth_date FROM queue_entry q JOIN person p ON p.id = q.person_id WHERE status = 'waiting'"
        " ORDER BY priority DESC, queued_at, number"
    )
    assert [row[0].year - 1960 for row in rows(directory, order)] == [4, 3, 2, 1]
    with clock.frozen(NOW):
        with unit_of_work(directory) as session:
            session.execute(text("UPDATE listing_limit SET places = 3"))
            session.execute(text("UPDATE unit_register SET unsettled = true"))
        settle(directory)
    left = rows(directory, order)
    assert [row[0].year - 1960 for row in left] == [2, 1]


def test_the_same_file_again_changes_nothing_and_brings_nothing_back(
    directory: Engine, units: tuple[CareUnit, CareUnit], take: Any
) -> None:
    file = (held(units[1], 0), held(units[0], 1), waits(units[1], 2, "2026-01-01"))
    take(*file)
    with unit_of_work(directory) as session:
        session.execute(text("UPDATE listing SET valid = 'empty', occupies = false, end_reason = 'left'"))
        session.execute(text("UPDATE queue_entry SET status = 'left', ended_at = now()"))
    before = everything(directory)
    report = take(*file)
    assert (report.diff.created, report.diff.unchanged, report.rejected) == (0, 3, [])
    assert everything(directory) == before


def test_what_cannot_be_taken_over_is_explained_by_its_row(
    directory: Engine, units: tuple[CareUnit, CareUnit], take: Any
) -> None:
    one, two = units
    take(held(one, 5))
    stranger = SERIES.next(date(1955, 1, 1), "male").value
    report = take(
        held(one, 0),
        held(two, 0, begins="2025-01-01"),
        {**held(one, 1), "person_id": stranger},
        {**held(one, 1), "hsa_id": "SE2321000024-NONE"},
        held(two, 5, begins="2025-01-01"),
        waits(one, 0, "2026-01-01"),
        waits(two, 2, "2026-01-01"),
        waits(two, 2, "2026-01-02"),
        waits(two, 3, "2026-01-02", priority=1),
        waits(two, 3, "2026-05-11"),
        held(one, 4, counted="yes", basis="passive"),
        held(one, 4, valid_to="2024-02-29"),
    )
    told = {entry["row"]: entry["code"] for entry in report.rejected}
    assert told == {
        3: "two-at-once",
        4: "person-unknown",
        5: "unit-unknown",
        6: "listed-already",
        7: "listed-here",
        9: "queued-twice",
        10: "priority-undocumented",
        11: "date-in-future",
        12: "passive-counted",
        13: "validity",
    }
    explained = next(entry for entry in report.rejected if entry["row"] == 3)
    assert explained["message"].startswith("row 2 lists the same person")
    shown = json.dumps(report.as_json())
    assert not [word for word in (*PEOPLE, stranger, one.hsa_id, two.hsa_id) if word and word in shown]
    assert report.diff.created == 2


def test_nobody_who_is_gone_is_taken_over(
    directory: Engine, units: tuple[CareUnit, CareUnit], take: Any, load: Importer, table: Callable[..., Path]
) -> None:
    died = {"person_id": PEOPLE[0], "region": "03", "event": "died", "event_date": "2026-05-01"}
    with clock.frozen(NOW):
        load("population", table([died], "people.csv"))
    report = take(held(units[0], 0), waits(units[1], 0, "2026-01-01"))
    assert [entry["code"] for entry in report.rejected] == ["person-gone"] * 2
    past = take(held(units[0], 0, valid_to="2026-04-30", end_reason="deceased"))
    assert past.diff.created == 1


def test_a_dry_run_keeps_nothing_and_a_bad_file_is_refused(
    directory: Engine, units: tuple[CareUnit, CareUnit], take: Any, load: Importer, table: Callable[..., Path]
) -> None:
    before = everything(directory)
    report = take(held(units[0]), dry_run=True)
    assert report.extra["takenOver"]["listings"] == 1
    with clock.frozen(NOW):
        report = load("listings", table([held(units[0]), {**held(units[0], 1), "hsa_id": "X"}], "l.csv"))
    assert report.refusal is not None
    assert report.refusal.code == "too-many-rejected"
    assert everything(directory) == before


def test_a_takeover_that_is_cut_off_leaves_nothing(
    directory: Engine, units: tuple[CareUnit, CareUnit], take: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = everything(directory)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("listing.services.takeover.applying.Takeover._tell", killed)
        with pytest.raises(KeyboardInterrupt):
            take(held(units[0]))
    assert everything(directory) == before
    assert take(held(units[0])).diff.created == 1
