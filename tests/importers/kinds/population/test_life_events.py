"""Births, deaths, emigration and moves in a population file, and what they mean for listings."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine, text

from core import clock
from core.database import unit_of_work
from directory.models import CareUnit
from listing.policy.model import CapExemptions, MovedIn, Policy
from tests.support.population import (
    ANNA,
    AWAY,
    BO,
    BORN,
    CHILD,
    FATHER,
    NOW,
    PERSON,
    everything,
    history,
    listed,
    listings,
    person,
    rows,
)
from tests.support.register import a_limit, a_policy, a_unit


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
