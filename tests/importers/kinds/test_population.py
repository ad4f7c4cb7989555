"""Files of the population register: every life event, any order, twice, cut off; nothing of the protected."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from core import clock
from core.database import unit_of_work
from core.settings import Settings
from directory.models import CareUnit
from importers.synthetic.numbers import NumberSeries
from listing.actor import Actor, Purpose, Role
from listing.models import Person
from listing.people import key_file
from listing.people.queries import details_of, find_person_id
from listing.policy.model import CapExemptions, MovedIn, Policy
from listing.services.choosing import choose
from listing.services.requests import Choice
from tests.support.imports import Importer
from tests.support.register import a_limit, a_policy, a_unit

Table = Callable[..., Path]
Row = dict[str, object]
NOW = datetime(2026, 5, 10, 9, tzinfo=UTC)
SERIES = NumberSeries(date(2026, 11, 1))
ANNA = SERIES.next(date(1980, 5, 17), "female").value
BO = SERIES.next(date(1979, 2, 28), "male").value
CHILD = SERIES.next(date(2026, 5, 4), "female").value
HOME: Row = {
    "street": "Hemliga gränden 7",
    "postal_code": "753 10",
    "city": "Uppsala",
    "municipality": "0380",
    "region": "03",
    "district": "Vaksala",
    "lat": "59.8582",
    "lon": "17.6389",
    "household": "dwelling-77",
}
AWAY: Row = {**HOME, "street": "Storgatan 1", "municipality": "1480", "region": "14", "city": "Göteborg"}
PERSON: Row = {"person_id": ANNA, "given_name": "Anna", "family_name": "Prov", **HOME, "guardians": ""}
FATHER: Row = {**PERSON, "person_id": BO, "given_name": "Bo"}
BORN: Row = {**PERSON, "person_id": CHILD, "given_name": "", "guardians": f"{ANNA}|{BO}", "event": "born"}


@pytest.fixture(autouse=True)
def keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A key file of the test's own."""
    path = tmp_path / "keys" / "keys.json"
    key_file.create(path)
    monkeypatch.setenv("HITTAVARD_KEYS_FILE", str(path))
    monkeypatch.setattr("core.settings._settings", Settings())


@pytest.fixture
def people(load: Importer, table: Table) -> Callable[..., Any]:
    """Import rows as the register's word on the 10th of May 2026, and return the report."""

    def run(*rows: Row, at: datetime = NOW, **options: Any) -> Any:
        with clock.frozen(at):
            return load("population", table(rows, "population.csv"), source="register", **options)

    return run


@pytest.fixture
def unit(directory: Engine) -> CareUnit:
    with clock.frozen(NOW), unit_of_work(directory) as session:
        return a_unit(session)


def rows(engine: Engine, query: str, **values: object) -> list[tuple[Any, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query), values)]


def person(engine: Engine, number: str = ANNA) -> Person:
    with Session(engine, expire_on_commit=False) as session:
        found = find_person_id(session, number)
        assert found is not None
        return session.get_one(Person, found)


def listed(engine: Engine, unit: CareUnit, number: str = ANNA, **more: Any) -> int:
    """The person lists at the unit; returns the person's key."""
    with clock.frozen(NOW), unit_of_work(engine) as session:
        person_id = find_person_id(session, number)
        assert person_id is not None
        actor = Actor(Role.RESIDENT, f"person:{person_id}", person_id=person_id, purpose=Purpose.OWN_MATTER)
        choose(session, actor, f"key-{number}", [Choice(person_id, unit.hsa_id or "", **more)])
        return person_id


def listings(engine: Engine) -> list[tuple[Any, ...]]:
    query = (
        "SELECT person_id, upper(valid)::text, isempty(valid), end_reason, occupies, counted"
        " FROM listing ORDER BY registered_at, person_id"
    )
    return rows(engine, query)


def history(engine: Engine, person_id: int) -> list[tuple[Any, ...]]:
    query = (
        "SELECT kind, reason, counted, counted_because FROM listing_event WHERE person_id = :id ORDER BY id"
    )
    return rows(engine, query, id=person_id)


def everything(engine: Engine) -> dict[str, list[Any]]:
    """All rows of all tables that a file of people may touch, but its own run and audit of it."""
    tables = ("person", "former_identity", "guardianship", "representation", "listing", "queue_entry",
              "unit_register", "listing_event", "listing_notice", "doctor_assignment", "outbox")  # fmt: skip
    return {name: rows(engine, f"SELECT t::text FROM {name} t ORDER BY 1") for name in tables}


def test_new_people_are_added_once_and_can_be_read_with_the_key(people: Any, directory: Engine) -> None:
    report = people(PERSON, FATHER)
    assert (report.status, report.diff.created, report.rejected_count) == ("applied", 2, 0)
    anna = person(directory)
    details = details_of(anna)
    assert (details.given_name, details.street, details.postal_code) == ("Anna", "Hemliga gränden 7", "75310")
    assert (anna.region_code, anna.municipality_code, anna.district) == ("03", "0380", "Vaksala")
    assert anna.household == person(directory, BO).household is not None
    before = everything(directory)
    again = people(PERSON, FATHER)
    assert (again.diff.created, again.diff.updated, again.diff.unchanged) == (0, 0, 2)
    assert everything(directory) == before


def test_a_newborn_is_listed_at_a_guardians_unit_beyond_the_limit(
    people: Any, directory: Engine, unit: CareUnit
) -> None:
    people(PERSON, FATHER)
    listed(directory, unit, BO)
    with clock.frozen(NOW), unit_of_work(directory) as session:
        a_limit(session, unit, 1)
    report = people(BORN)
    assert report.extra["listings"] == {"newbornsListed": 1}
    child = person(directory, CHILD)
    found = rows(
        directory,
        "SELECT basis, exemption, counted, counted_because FROM listing WHERE person_id = :id",
        id=child.id,
    )
    assert found == [("newborn", "newborn-of-listed-guardian", False, "newborn")]
    assert rows(directory, "SELECT listed FROM unit_register") == [(2,)]
    assert history(directory, child.id) == [
        ("born", None, False, None),
        ("listed", "newborn", False, "newborn"),
    ]
    assert rows(directory, "SELECT kind FROM listing_notice WHERE person_id = :id", id=child.id) == [
        ("listed",)
    ]
    custody = rows(directory, "SELECT lower(valid)::text, upper(valid)::text FROM guardianship")
    assert custody == [("2026-05-04", "2044-05-04")] * 2
    before = everything(directory)
    people(BORN)
    assert everything(directory) == before


def test_a_newborn_is_left_to_the_allocation_where_the_region_does_not_exempt_it(
    people: Any, directory: Engine, unit: CareUnit
) -> None:
    people(PERSON)
    listed(directory, unit)
    with clock.frozen(NOW), unit_of_work(directory) as session:
        a_limit(session, unit, 1)
        a_policy(session, Policy(cap_exemptions=CapExemptions(codes=())))
    people({**BORN, "guardians": ANNA})
    assert len(listings(directory)) == 1


def test_a_protected_guardian_leads_to_no_listing(people: Any, directory: Engine, unit: CareUnit) -> None:
    people(PERSON)
    listed(directory, unit)
    people({**PERSON, "protection": "confidentiality-mark", "event": "protected"})
    people({**BORN, "guardians": ANNA})
    assert len(listings(directory)) == 1
    assert rows(directory, "SELECT suspended FROM guardianship") == [(True,)]


@pytest.mark.parametrize(
    ("event", "reason", "end"), [("died", "AV", "deceased"), ("emigrated", "UV", "emigrated")]
)
def test_listing_queue_place_and_doctor_end_on_the_day(
    people: Any, directory: Engine, unit: CareUnit, event: str, reason: str, end: str
) -> None:
    people(PERSON)
    person_id = listed(directory, unit)
    with clock.frozen(NOW), unit_of_work(directory) as session:
        other = a_unit(session)
        a_limit(session, other, 0)
        session.execute(text("UPDATE listing SET valid = '[2020-01-01,)', begun = true"))
        session.execute(
            text(
                "INSERT INTO queue_entry (person_id, care_unit_id, listing_type, status, queued_at,"
                " registered_at, registered_by, channel, offered_at) VALUES (:p, :u, 'health-centre',"
                " 'offered', now(), now(), 'test', 'web', now())".replace(
                    "'offered', now()", "'waiting', now()"
                )
            ),
            {"p": person_id, "u": other.id},
        )
        session.execute(
            text(
                "WITH d AS (INSERT INTO regular_doctor (professional_hsa_id, care_unit_id, name, valid)"
                " VALUES ('SE1-D', :u, 'Prov', '[2020-01-01,)') RETURNING id) INSERT INTO doctor_assignment"
                " (person_id, doctor_id, valid) SELECT :p, id, '[2021-01-01,)' FROM d"
            ),
            {"p": person_id, "u": unit.id},
        )
    report = people({**PERSON, "event": event, "event_date": "2026-05-03"})
    assert report.extra["listings"] == {"listingsEnded": 1, "queuePlacesEnded": 1, "doctorsEnded": 1}
    assert listings(directory) == [(person_id, "2026-05-03", False, end, False, False)]
    assert rows(directory, "SELECT status, end_reason FROM queue_entry") == [("dropped", end)]
    assert rows(directory, "SELECT upper(valid)::text FROM doctor_assignment") == [("2026-05-03",)]
    assert rows(directory, "SELECT patients FROM regular_doctor") == [(0,)]
    assert sorted(rows(directory, "SELECT listed, waiting FROM unit_register")) == [(0, 0), (0, 0)]
    anna = person(directory)
    assert (anna.registered, anna.deregistration_reason) == (False, reason)
    assert anna.deregistered_on == date(2026, 5, 3)
    kinds = [kind for kind, *_ in history(directory, person_id)]
    assert kinds[1] == event
    assert sorted(kinds[2:]) == ["doctor-ended", "ended", "queue-ended"]
    told = rows(directory, "SELECT kind FROM listing_notice")
    assert told == ([] if event == "died" else [("listing-ended",)])
    before = everything(directory)
    assert people({**PERSON, "event": event, "event_date": "2026-05-03"}).diff.unchanged == 1
    assert everything(directory) == before


def test_a_listing_that_never_began_gives_back_its_change(
    people: Any, directory: Engine, unit: CareUnit
) -> None:
    people(PERSON)
    listed(directory, unit, wished=date(2026, 6, 1))
    people({**PERSON, "event": "died", "event_date": "2026-05-09"})
    assert listings(directory)[0][2:] == (True, "deceased", False, False)


@pytest.mark.parametrize("order", ["as it happened", "the other way", "one file"])
def test_a_death_and_a_move_in_any_order(people: Any, directory: Engine, order: str) -> None:
    people(PERSON)
    moved = {**PERSON, **AWAY, "event": "moved", "event_date": "2026-05-01"}
    died = {**PERSON, **AWAY, "event": "died", "event_date": "2026-05-05"}
    if order == "one file":
        people(died, moved)
    else:
        for row in (moved, died) if order == "as it happened" else (died, moved):
            people(row)
    anna = person(directory)
    assert (anna.registered, anna.deregistered_on, anna.region_code) == (False, date(2026, 5, 5), "14")


def test_what_the_register_wrote_earlier_changes_nothing_later(people: Any, directory: Engine) -> None:
    people({**PERSON, "stated_at": "2026-05-08"})
    new = {
        **PERSON,
        "street": "Nygatan 2",
        "event": "moved",
        "event_date": "2026-05-08",
        "stated_at": "2026-05-09",
    }
    people(new)
    report = people({**PERSON, "stated_at": "2026-05-07T10:00:00Z"})
    assert (report.skipped, report.issue_counts["older-than-known"]) == (1, 1)
    assert details_of(person(directory)).street == "Nygatan 2"


def test_moving_within_a_region_keeps_the_listing_and_shows_the_reason(
    people: Any, directory: Engine, unit: CareUnit
) -> None:
    people(PERSON)
    person_id = listed(directory, unit)
    people({**PERSON, "street": "Nygatan 2", "event": "moved", "event_date": "2026-05-10"})
    assert listings(directory)[0][3] is None
    anna = person(directory)
    assert (anna.moved_on, anna.region_since) == (date(2026, 5, 10), None)
    assert history(directory, person_id)[-1] == ("moved", None, False, None)


def test_moving_to_another_region_keeps_the_listing_unless_a_region_decided_otherwise(
    people: Any, directory: Engine, unit: CareUnit
) -> None:
    people(PERSON, FATHER)
    listed(directory, unit)
    listed(directory, unit, BO)
    people({**PERSON, **AWAY, "event": "moved", "event_date": "2026-05-10"})
    assert {row[3] for row in listings(directory)} == {None}
    assert person(directory).region_since == date(2026, 5, 10)
    assert rows(directory, "SELECT kind FROM listing_notice") == [("moved-listing-stands",)]
    with clock.frozen(NOW), unit_of_work(directory) as session:
        a_policy(session, Policy(moved_in=MovedIn(into_region="allocate")), region="14")
    report = people({**FATHER, **AWAY, "event": "moved", "event_date": "2026-05-10"})
    assert report.extra["listings"] == {"listingsEndedByMove": 1}
    assert [row[1:4] for row in listings(directory)] == [(None, False, None), (None, True, "moved")]


def test_a_changed_number_takes_the_listing_along_and_counts_nothing(
    people: Any, directory: Engine, unit: CareUnit
) -> None:
    people(PERSON)
    person_id = listed(directory, unit)
    new = SERIES.next(date(1980, 5, 18), "male").value
    changed = {**PERSON, "person_id": new, "former_person_id": ANNA, "event": "identity-changed"}
    report = people(changed)
    assert (report.diff.updated, report.extra["events"]) == (1, {"identity-changed": 1})
    assert person(directory, new).id == person(directory, ANNA).id == person_id
    assert person(directory, new).sex == "m"
    assert details_of(person(directory, new)).former == (ANNA,)
    assert history(directory, person_id)[-1] == ("identity-changed", None, False, "identity-change")
    assert listings(directory)[0][:2] == (person_id, None)
    before = everything(directory)
    people(changed)
    assert everything(directory) == before
    assert people(PERSON).issue_counts["former-number"] == 1
    assert everything(directory) == before


def test_a_number_given_for_protection_leaves_no_way_from_the_old_one(people: Any, directory: Engine) -> None:
    people(PERSON)
    new = SERIES.next(date(1981, 1, 2), "female").value
    people(
        {**PERSON, "person_id": new, "former_person_id": ANNA, "given_name": "Eva", "event": "new-identity"}
    )
    with Session(directory) as session:
        assert find_person_id(session, ANNA) is None
    eva = person(directory, new)
    assert (details_of(eva).given_name, details_of(eva).former, details_of(eva).street) == ("Eva", (), None)
    assert (eva.protection, eva.municipality_code) == ("protected-registration", None)
    assert rows(directory, "SELECT count(*) FROM former_identity") == [(0,)]


def test_a_number_that_is_somebody_elses_is_rejected(people: Any, directory: Engine) -> None:
    people(PERSON, FATHER)
    report = people({**PERSON, "former_person_id": BO}, max_rejected=100)
    assert [entry["code"] for entry in report.rejected] == ["identity-taken"]
    assert person(directory).id != person(directory, BO).id


def test_protection_empties_every_place_and_suspends_custody_while_the_listing_stands(
    people: Any, directory: Engine, unit: CareUnit, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(0)
    care = {"special_care": "home-care", "special_care_unit": unit.hsa_id, "last_visited_unit": unit.hsa_id,
            "last_visited_on": "2026-03-01"}  # fmt: skip
    people({**PERSON, **care}, {**BORN, "event": ""})
    person_id = listed(directory, unit)
    assert person(directory).special_care_unit_id == unit.id
    report = people({**PERSON, **care, "protection": "protected-registration", "event": "protected"})
    anna = person(directory)
    assert anna.protection == "protected-registration"
    place = (anna.municipality_code, anna.district, anna.position, anna.household, anna.special_care)
    assert {*place, anna.special_care_unit_id, anna.last_visited_unit_id, details_of(anna).street} == {None}
    assert rows(directory, "SELECT suspended FROM guardianship") == [(True,)]
    assert listings(directory)[0][:4] == (person_id, None, False, None)
    assert history(directory, person_id)[-1] == ("protected", None, False, None)
    told = json.dumps(report.as_json()) + caplog.text + json.dumps(everything(directory), default=str)
    for word in ("Hemliga", "dwelling-77", ANNA, 'Prov"'):
        assert word not in told
    mine = json.dumps(
        rows(directory, "SELECT t::text FROM person t WHERE id = :id", id=person_id), default=str
    )
    assert not [word for word in ("0380", "Vaksala") if word in mine]

    people({**PERSON, "event": "protection-lifted"})
    assert person(directory).municipality_code == "0380"
    assert rows(directory, "SELECT suspended FROM guardianship") == [(False,)]
    assert history(directory, person_id)[-1][0] == "protection-lifted"


def test_whoever_comes_protected_never_had_a_place_here(people: Any, directory: Engine) -> None:
    people({**PERSON, "protection": "sekretessmarkering"})
    anna = person(directory)
    assert (anna.municipality_code, anna.position, details_of(anna).street) == (None, None, None)
    assert anna.region_code == "03"


def test_guardians_change_from_a_day_and_an_unknown_one_is_told(people: Any, directory: Engine) -> None:
    people(PERSON, FATHER, BORN)
    child = person(directory, CHILD).id
    unknown = SERIES.next(date(1970, 1, 1), "male").value
    new = {**BORN, "guardians": f"{BO}|{unknown}", "event": "guardians-changed", "event_date": "2026-05-08"}
    report = people(new)
    assert report.issue_counts["guardian-unknown"] == 1
    custody = rows(
        directory,
        "SELECT guardian_id, upper(valid)::text FROM guardianship ORDER BY id",
    )
    assert custody == [(person(directory).id, "2026-05-08"), (person(directory, BO).id, "2044-05-04")]
    assert history(directory, child)[-1][0] == "guardians-changed"
    before = everything(directory)
    people(new)
    assert everything(directory) == before


def test_custody_ends_with_a_guardians_death_and_does_not_begin_again(people: Any, directory: Engine) -> None:
    file = (PERSON, {**FATHER, "event": "died", "event_date": "2026-05-08"}, BORN)
    people(PERSON, FATHER, BORN)
    people(*file)
    custody = rows(directory, "SELECT upper(valid)::text FROM guardianship ORDER BY id")
    assert custody == [("2044-05-04",), ("2026-05-08",)]
    before = everything(directory)
    assert people(*file).extra["events"] == {}
    assert everything(directory) == before


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
