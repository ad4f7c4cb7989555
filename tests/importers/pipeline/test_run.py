"""The pipeline against a real database: whole or not at all, idempotent, dry, gated, audited."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from directory import services
from directory.services import Outcome
from importers.kinds import kind_named
from importers.pipeline import ImportBusy, Job, run_import
from importers.pipeline.lock import lock_source
from tests.support.imports import Importer

Table = Callable[..., Path]

PLACE = {"region": "03", "municipality": "0380", "lat": "59.8586", "lon": "17.6389"}


def unit(number: int, **cells: object) -> dict[str, object]:
    return {"hsa_id": f"SE2321000024-1{number:03d}", "name": f"Ekens vårdcentral {number}", **PLACE, **cells}


def count(engine: Engine, table: str, where: str = "true") -> int:
    with engine.connect() as connection:
        found = connection.scalar(text(f"SELECT count(*) FROM {table} WHERE {where}"))
        assert isinstance(found, int)
        return found


def value(engine: Engine, query: str) -> Any:
    with engine.connect() as connection:
        return connection.scalar(text(query))


def test_a_file_is_applied_and_its_run_is_kept(directory: Engine, load: Importer, table: Table) -> None:
    report = load("units", table([unit(1), unit(2), {"hsa_id": "", "name": "Utan nyckel"}]), max_rejected=50)
    assert (report.read, report.diff.created, report.rejected_count) == (3, 2, 1)
    assert report.rejected[0]["code"] == "hsa-id-missing"
    assert report.rejected[0]["row"] == 4
    assert count(directory, "care_unit") == 2
    assert count(directory, "import_run", "status = 'applied' AND mode = 'delta'") == 1
    assert value(directory, "SELECT report->>'created' FROM import_run") == "2"
    assert count(directory, "audit_event", "action = 'import-applied'") == 1
    assert count(directory, "outbox", "topic = 'care-unit'") == 2


def test_the_same_file_again_changes_nothing(directory: Engine, load: Importer, table: Table) -> None:
    path = table([unit(1), unit(2)])
    load("units", path)
    before = [count(directory, name) for name in ("care_unit_version", "care_unit_change", "outbox")]
    report = load("units", path)
    assert (report.diff.created, report.diff.updated, report.diff.unchanged) == (0, 0, 2)
    assert [count(directory, n) for n in ("care_unit_version", "care_unit_change", "outbox")] == before
    assert count(directory, "import_run") == 2


def test_rows_of_one_unit_far_apart_become_one_unit(directory: Engine, load: Importer, table: Table) -> None:
    others = [unit(n) for n in range(2, 1200)]
    path = table([unit(1, activities="1502"), *others, unit(1, activities="1504", name="Ekens BVC")])
    report = load("units", path)
    assert report.diff.created == 1199
    assert report.issue_counts["rows-differ"] == 1
    record = value(directory, "SELECT record FROM care_unit_version WHERE hsa_id = 'SE2321000024-1001'")
    assert record["activities"] == ["1502", "1504"]
    assert record["alternative_names"] == ["Ekens BVC"]


def test_the_key_is_compared_without_case(load: Importer, table: Table) -> None:
    load("units", table([unit(1)]))
    report = load("units", table([unit(1, hsa_id="se2321000024-1001")]))
    assert report.diff.unchanged == 1


def test_a_dry_run_tells_all_and_leaves_nothing(directory: Engine, load: Importer, table: Table) -> None:
    report = load("units", table([unit(1)]), dry_run=True)
    assert report.diff.created == 1
    assert report.as_json()["dryRun"] is True
    assert [count(directory, n) for n in ("care_unit", "import_run", "source", "audit_event", "outbox")] == [
        0
    ] * 5


def test_the_second_file_shows_what_is_new_gone_renamed_and_moved(load: Importer, table: Table) -> None:
    load("units", table([unit(n) for n in range(1, 7)]))
    changed = [
        unit(1),
        unit(2, name="Almens vårdcentral"),
        unit(3, lat="59.9000"),
        unit(4, lat="59.85860000001"),
        unit(7),
    ]
    report = load("units", table(changed))
    diff = report.diff
    assert (diff.created, diff.renamed, diff.moved, diff.missing, diff.unchanged) == (1, 1, 1, 2, 2)
    assert report.closed == 0
    assert diff.changes["missing"] == ["SE2321000024-1005", "SE2321000024-1006"]
    assert diff.changes["moved"][0]["metres"] == 4612


def test_a_name_that_is_replaced_stays_as_a_former_name(
    directory: Engine, load: Importer, table: Table
) -> None:
    load("units", table([unit(1)]))
    load("units", table([unit(1, name="Almens vårdcentral")]))
    assert value(directory, "SELECT name FROM care_unit_name WHERE kind = 'former'") == "Ekens vårdcentral 1"


def test_too_many_rejected_rows_refuse_the_file(directory: Engine, load: Importer, table: Table) -> None:
    rows = [unit(n) for n in range(1, 9)] + [unit(9, hsa_id="30615")]
    report = load("units", table(rows))
    assert report.status == "refused"
    assert report.as_json()["refusal"]["code"] == "too-many-rejected"
    assert count(directory, "care_unit") == 0
    assert count(directory, "import_run", "status = 'refused'") == 1
    assert load("units", table(rows), max_rejected=12).status == "applied"


def test_full_mode_closes_what_the_source_no_longer_lists(
    directory: Engine, load: Importer, table: Table
) -> None:
    load("units", table([unit(n) for n in range(1, 12)]))
    report = load("units", table([unit(n) for n in range(1, 11)]), mode="full")
    assert report.closed == 1
    assert value(directory, "SELECT hsa_id FROM care_unit WHERE status = 'closed'") == "SE2321000024-1011"
    again = load("units", table([unit(n) for n in range(1, 12)]), mode="full")
    assert (again.diff.reopened, again.closed) == (1, 0)


def test_many_closures_need_leave(directory: Engine, load: Importer, table: Table) -> None:
    load("units", table([unit(n) for n in range(1, 11)]))
    short = table([unit(n) for n in range(1, 9)])
    report = load("units", short, mode="full")
    assert report.as_json()["refusal"]["code"] == "too-many-closures"
    assert count(directory, "care_unit", "status = 'closed'") == 0
    assert load("units", short, mode="full", allow_closures=True).closed == 2


def test_what_only_adds_facts_hides_no_closures(directory: Engine, load: Importer, table: Table) -> None:
    load("units", table([unit(n) for n in range(1, 11)]))
    with Session(directory) as session:
        ids = session.scalars(text("SELECT id FROM care_unit WHERE hsa_id IS NOT NULL")).all()
        services.publish_listing_status(session, [services.ListingState(key, "open") for key in ids])
        session.commit()
    report = load("units", table([unit(n) for n in range(1, 9)]), mode="full")
    assert report.as_json()["refusal"]["code"] == "too-many-closures"


def test_what_another_source_keeps_open_is_not_closed(load: Importer, table: Table) -> None:
    load("units", table([unit(1), unit(2)]), source="one")
    load("units", table([unit(2)]), source="two")
    report = load("units", table([unit(1)]), source="one", mode="full")
    assert (report.status, report.diff.missing, report.closed) == ("applied", 1, 0)


def test_a_rejected_row_does_not_make_its_unit_look_gone(load: Importer, table: Table) -> None:
    load("units", table([unit(1), unit(2)]))
    report = load(
        "units", table([unit(1), unit(2, name=""), unit(3, name="")]), mode="full", max_rejected=100
    )
    assert (report.diff.missing, report.closed) == (0, 0)
    assert [(entry["key"], entry["code"]) for entry in report.rejected] == [
        ("SE2321000024-1002", "name-missing"),
        ("SE2321000024-1003", "name-missing"),
    ]


def test_an_unreadable_file_is_refused_and_noted(directory: Engine, load: Importer, tmp_path: Path) -> None:
    path = tmp_path / "cut.ldif"
    path.write_text("dn: ou=A,c=SE\nhsaIdentity: SE2321000024-1001\nou: A", encoding="utf-8")
    report = load("units", path)
    assert report.as_json()["refusal"]["code"] == "file-refused"
    assert count(directory, "import_run", "status = 'refused'") == 1
    assert count(directory, "care_unit") == 0


def test_an_error_on_the_way_undoes_all(
    directory: Engine, load: Importer, table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    apply = services.apply_records
    calls: list[int] = []

    def fail_later(*args: Any, **kwargs: Any) -> list[Outcome]:
        calls.append(1)
        if len(calls) > 1:
            raise RuntimeError("the power went")
        return apply(*args, **kwargs)

    monkeypatch.setattr(services, "apply_records", fail_later)
    with pytest.raises(RuntimeError):
        load("units", table([unit(n) for n in range(1, 700)]))
    assert len(calls) == 2
    assert count(directory, "care_unit") == 0
    assert count(directory, "import_run") == 0


def test_what_the_database_refuses_is_told_in_one_sentence(
    directory: Engine, load: Importer, table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(session: Session, **_: Any) -> list[Outcome]:
        session.execute(text("INSERT INTO source (key, name) VALUES ('test', 'twice')"))
        return []

    monkeypatch.setattr(services, "apply_records", refuse)
    report = load("units", table([unit(1)]))
    assert report.refusal is not None
    assert report.refusal.code == "database-refused"
    assert "uq_source_key" in report.refusal.message
    assert count(directory, "import_run", "status = 'refused'") == 1


def test_a_second_import_of_a_busy_source_is_sent_away(
    directory: Engine, load: Importer, table: Table
) -> None:
    with Session(directory) as session, session.begin():
        lock_source(session, "test", 1)
        with pytest.raises(ImportBusy):
            load("units", table([unit(1)]), lock_wait_seconds=0)
        assert load("units", table([unit(1)]), source="other", lock_wait_seconds=0).diff.created == 1


def test_a_second_import_of_a_source_waits_for_the_first(
    directory: Engine, load: Importer, table: Table
) -> None:
    path = table([unit(1)])
    reports = []
    held, done = threading.Event(), threading.Event()

    def second() -> None:
        held.wait(10)
        reports.append(load("units", path))
        done.set()

    thread = threading.Thread(target=second)
    thread.start()
    with Session(directory) as session, session.begin():
        lock_source(session, "test", 1)
        held.set()
        assert not done.wait(0.2)
    thread.join(10)
    assert [report.diff.created for report in reports] == [1]


def test_a_file_that_lost_against_others_is_read_once_more(directory: Engine, table: Table) -> None:
    path, units = table([unit(1)]), kind_named("units")
    losses: list[Exception] = [psycopg.errors.DeadlockDetected()]

    class Losing:
        def load(self, job: Job) -> None:
            units.load(job)
            if losses:
                raise OperationalError("", {}, losses.pop())

    report = run_import(directory, Losing(), "units", path, source="test")
    assert (report.status, report.read, report.diff.created) == ("applied", 1, 1)
    losses += [psycopg.errors.LockNotAvailable(), psycopg.errors.LockNotAvailable()]
    with pytest.raises(OperationalError):
        run_import(directory, Losing(), "units", path, source="test")
    assert count(directory, "import_run") == 1
