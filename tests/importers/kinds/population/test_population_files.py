"""A population file as a file: whole or a delta, tried, cut off, unlucky, beside other work."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from core import clock
from directory.models import CareUnit
from tests.support.imports import Importer
from tests.support.population import (
    ANNA,
    BO,
    FATHER,
    NOW,
    PERSON,
    SERIES,
    Row,
    everything,
    listed,
    listings,
    person,
    rows,
)


def test_a_full_file_counts_who_is_missing_and_ends_nothing(
    people: Any, directory: Engine, unit: CareUnit
) -> None:
    people(PERSON, FATHER)
    listed(directory, unit)
    report = people(FATHER, mode="full")
    assert (report.diff.missing, report.closed, report.issue_counts["people-missing"]) == (1, 0, 1)
    assert (person(directory).registered, listings(directory)[0][3]) == (True, None)
    report = people(FATHER, mode="full", allow_closures=True)
    assert (report.closed, person(directory).deregistration_reason) == (1, "TA")
    assert listings(directory)[0][3] == "deregistered"
    back = people(PERSON, FATHER, mode="full")
    assert (back.extra["events"], person(directory).registered) == ({"moved-in": 1}, True)


def test_a_dry_run_tells_all_and_keeps_nothing(people: Any, directory: Engine, unit: CareUnit) -> None:
    people(PERSON)
    listed(directory, unit)
    before = everything(directory)
    report = people({**PERSON, "event": "died", "event_date": "2026-05-01"}, FATHER, dry_run=True)
    assert (report.diff.created, report.extra["listings"]) == (1, {"listingsEnded": 1})
    assert everything(directory) == before


def test_a_file_that_is_cut_off_in_the_middle_leaves_nothing_and_can_be_repeated(
    people: Any, directory: Engine, unit: CareUnit, monkeypatch: pytest.MonkeyPatch
) -> None:
    people(PERSON)
    listed(directory, unit)
    before = everything(directory)

    def killed(session: Session, *_: object) -> None:
        """The server ends the connection when all is written and nothing is committed."""
        session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    died = {**PERSON, "event": "died", "event_date": "2026-05-01"}
    with monkeypatch.context() as patch:
        patch.setattr("listing.services.life_events.identity.carry_out", killed)
        with pytest.raises(DBAPIError):
            people(died, FATHER)
    assert everything(directory) == before
    assert rows(directory, "SELECT count(*) FROM import_run") == [(1,)]
    assert people(died, FATHER).extra["listings"] == {"listingsEnded": 1}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"event": "died", "event_date": "2026-05-11"}, "date-in-future"),
        ({"event": "died", "event_date": "1980-05-16"}, "date-before-birth"),
        ({"event": "moved", "event_date": "2026-02-29"}, "date"),
        ({"event": "moved", "event_date": "03/04/2026"}, "date-ambiguous"),
        ({"status": "deceased"}, "status-since-missing"),
        ({"status": "GN"}, "number-without-successor"),
        ({"event": "died", "status": "emigrated", "status_since": "2026-05-01"}, "status-differs"),
        ({"person_id": "198005170000"}, "person-id"),
        ({"person_id": ""}, "person-id-missing"),
        ({"person_id": ANNA[:-1]}, "person-id"),
        ({"person_id": SERIES.next(date(2026, 5, 11), "male").value}, "person-id"),
        ({"guardians": ANNA}, "guardian-of-self"),
        ({"municipality": "0399"}, "municipality"),
        ({"municipality": "1480"}, "municipality"),
        ({"region": "02"}, "region"),
        ({"event": "lottery"}, "event-unknown"),
        ({"protection": "much"}, "protection-unknown"),
    ],
)
def test_unlucky_rows_are_rejected_without_a_word_of_the_person(people: Any, changes: Row, code: str) -> None:
    report = people({**PERSON, **changes}, FATHER, max_rejected=100)
    assert [(entry["row"], entry["code"]) for entry in report.rejected] == [(2, code)]
    assert (report.rejected[0]["key"], report.rejected[0]["value"]) == (None, None)
    assert report.diff.created == 1
    told = json.dumps(report.as_json())
    assert not [word for word in (ANNA, ANNA[2:], "Hemliga", "Anna") if word in told]


def test_unlucky_days(people: Any, directory: Engine) -> None:
    leap = SERIES.next(date(2008, 2, 29), "female").value
    people(PERSON, {**PERSON, "person_id": leap, "guardians": ANNA})
    # 28 February 2026 is eighteen years later by the database's reckoning; the birthday is 1 March.
    assert rows(directory, "SELECT upper(valid)::text FROM guardianship") == [("2026-03-01",)]
    people({**PERSON, "event": "died", "event_date": "2024-02-29"})
    assert person(directory).deregistered_on == date(2024, 2, 29)


def test_sheets_and_arrays_are_read_as_tables_are(load: Importer, directory: Engine, tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(list(PERSON))
    sheet.append(list(PERSON.values()))
    book.save(tmp_path / "people.xlsx")
    (tmp_path / "people.json").write_text(json.dumps([{**FATHER, "guardians": []}]), encoding="utf-8")
    with clock.frozen(NOW):
        for name in ("people.xlsx", "people.json"):
            report = load("population", tmp_path / name, source="register")
            assert (report.status, report.diff.created) == ("applied", 1), report.as_json()
    assert person(directory).region_code == "03"


def test_a_listing_made_on_what_is_not_so_any_more_is_lost(
    people: Any, directory: Engine, unit: CareUnit
) -> None:
    people({**PERSON, "event": "died", "event_date": "2026-05-03"})
    insert = text(
        "INSERT INTO listing (person_id, care_unit_id, listing_type, valid, chosen_at, registered_at,"
        " registered_by, basis, channel, counted, counted_because) VALUES (:p, :u, 'health-centre',"
        " '[2026-05-10,)', now(), now(), 'test', 'choice', 'web', false, 'first-listing')"
    )
    with pytest.raises(DBAPIError) as refused, directory.begin() as connection:
        connection.execute(insert, {"p": person(directory).id, "u": unit.id})
    assert getattr(refused.value.orig, "sqlstate", "") == "40001"


def test_operations_elsewhere_go_on_while_a_file_is_applied(
    people: Any, directory: Engine, unit: CareUnit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before the last moment a file holds no register, so that others list meanwhile."""
    people(PERSON, FATHER)
    from listing.services.life_events import guardians

    carry_out, done = guardians.carry_out, []

    def meanwhile(*arguments: Any) -> Any:
        done.append(listed(directory, unit, BO))
        return carry_out(*arguments)

    monkeypatch.setattr("listing.services.life_events.guardians.carry_out", meanwhile)
    people({**PERSON, "street": "Nygatan 1"}, {**FATHER, "event": "died", "event_date": "2026-05-09"})
    # Listed while the file was on its way: the end that the file brings is carried out there too.
    assert [row[0] for row in listings(directory)] == done
    assert listings(directory)[0][3] == "deceased"
