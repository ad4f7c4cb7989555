"""People as a population file states them: new, the same, renumbered, protected, with guardians."""

import json
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from directory.models import CareUnit
from listing.people.queries import details_of, find_person_id
from tests.support.population import (
    ANNA,
    BO,
    BORN,
    CHILD,
    FATHER,
    PERSON,
    SERIES,
    everything,
    history,
    listed,
    listings,
    person,
    rows,
)


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
