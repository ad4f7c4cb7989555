"""A generated set goes through the real pipeline without a rejected row, and once only."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from core import clock
from core.database import unit_of_work
from core.settings import Settings
from directory.services import ensure_source
from importers import demo
from importers.demo import NAME, DemoRefused, is_wanted, load_demo
from importers.synthetic import personas
from listing.people import key_file

UNITS = 120
PEOPLE = 300
KINDS = ["units", "offerings", "professions", "rules", "rules", "rules", "population", "listings"]


@pytest.fixture(autouse=True)
def keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A key file of the test's own."""
    path = tmp_path / "keys" / "keys.json"
    key_file.create(path)
    monkeypatch.setenv("HITTAVARD_KEYS_FILE", str(path))
    monkeypatch.setattr("core.settings._settings", Settings())


def _ask(engine: Engine) -> Callable[[str], list[tuple[Any, ...]]]:
    def ask(statement: str) -> list[tuple[Any, ...]]:
        with engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(statement))]

    return ask


def test_the_demo_data_load_whole_and_only_into_an_empty_directory(clean_database: Engine) -> None:
    reports = load_demo(clean_database, units=UNITS, people=PEOPLE)
    ask = _ask(clean_database)

    assert [report.kind for report in reports] == KINDS
    assert [report.status for report in reports] == ["applied"] * 8
    assert [report.rejected for report in reports] == [[]] * 8
    assert [report.warnings for report in reports if report.kind != "units"] == [[]] * 7
    assert {entry["severity"] for entry in reports[0].warnings} <= {"info"}
    assert reports[0].diff.created == UNITS

    assert ask("SELECT name FROM source WHERE key = 'demo'") == [(NAME,)]
    assert ask("SELECT count(DISTINCT region_code) FROM care_unit WHERE hsa_id IS NOT NULL") == [(21,)]
    assert ask("SELECT count(*) > 0 FROM care_unit_offering WHERE referral AND min_age = 18") == [(True,)]
    assert ask("SELECT count(*) > 0 FROM care_unit_profession WHERE origin = 'manual'") == [(True,)]
    assert ask("SELECT count(DISTINCT region_code) FROM listing_policy") == [(21,)]
    without = ask(
        "SELECT count(*) FROM care_unit_listing_status l JOIN care_unit u ON u.id = l.care_unit_id"
        " WHERE NOT EXISTS (SELECT FROM unit_contract c"
        " WHERE c.care_unit_id = u.id AND c.listing_type = 'health-centre')"
    )
    assert without == [(0,)]
    parts = ask("SELECT count(*) FROM care_unit WHERE kind = 'unit'")
    linked = ask("SELECT count(*) FROM care_unit_membership WHERE parent_kind = 'care_unit'")
    assert parts == linked

    # Personas are among the people, and what the site shows is what the registers say.
    assert ask("SELECT count(*) FROM person") == [(PEOPLE + len(personas.rows(clock.today())),)]
    assert ask("SELECT count(*) FROM unit_register WHERE unsettled") == [(0,)]
    shown = ask(
        "SELECT count(*) FROM unit_register r JOIN care_unit_listing_status s USING (care_unit_id)"
        " WHERE r.listing_type = 'health-centre' AND s.status IS DISTINCT FROM r.status"
    )
    assert shown == [(0,)]
    assert ask("SELECT count(*) FROM listing WHERE exemption IS NOT NULL") == [(0,)]

    before = ask("SELECT count(*), max(id) FROM import_run")
    assert load_demo(clean_database, units=UNITS) == []
    assert ask("SELECT count(*), max(id) FROM import_run") == before


def test_a_refusal_says_so(clean_database: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importers.synthetic.numbers.hsa_id", lambda region, running: f"no-id-{running}")
    with pytest.raises(DemoRefused, match="rejected"):
        load_demo(clean_database, units=30)
    assert _ask(clean_database)("SELECT count(*) FROM care_unit") == [(0,)]


def test_what_was_cut_off_is_gone_on_with_another_day_and_nothing_is_loaded_twice(
    clean_database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, calls = demo._load, 0

    def killed(*args: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls > 6:
            raise KeyboardInterrupt
        return whole(*args)

    monkeypatch.setattr(demo, "_load", killed)
    with pytest.raises(KeyboardInterrupt):
        load_demo(clean_database, units=30, people=60)
    ask = _ask(clean_database)
    assert ask("SELECT count(*) FROM person") == [(0,)]
    assert is_wanted(clean_database)

    monkeypatch.setattr(demo, "_load", whole)
    begun = clock.today()
    with clock.frozen(clock.now() + timedelta(days=3)):
        reports = load_demo(clean_database, units=30, people=60)
    assert [(report.kind, report.status) for report in reports] == [
        ("population", "applied"),
        ("listings", "applied"),
    ]
    assert [report.rejected for report in reports] == [[], []]
    assert ask("SELECT count(*) FROM person") == [(60 + len(personas.rows(begun)),)]
    assert not is_wanted(clean_database)


def test_a_directory_with_somebodys_own_units_is_left_alone(clean_database: Engine) -> None:
    with unit_of_work(clean_database) as session:
        ensure_source(session, demo.SOURCE, NAME, demo.CONTACT)
        ensure_source(session, "hsa", "HSA", demo.CONTACT)
        session.execute(text("INSERT INTO care_unit (kind, hsa_id, name) VALUES ('unit', 'SE1-A', 'Ekeby')"))
        for source in ("demo", "hsa"):
            session.execute(
                text(
                    "INSERT INTO import_run (kind, source_id, file_name, mode, status, actor, started_at,"
                    " finished_at, report) SELECT 'units', id, 'f', 'delta', 'applied', 'x', now(), now(),"
                    " '{}'"
                    " FROM source WHERE key = :source"
                ),
                {"source": source},
            )
    assert not is_wanted(clean_database)
