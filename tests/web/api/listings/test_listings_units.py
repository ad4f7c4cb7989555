"""The register of a unit over HTTP: what everyone sees, what its staff see, and what its region decides."""

import logging
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from core import clock
from listing.actor import Purpose, Role
from tests.web.api.listings.conftest import Register, Somebody
from tests.web.api.listings.test_listings import refused
from tests.web.api.shapes import refusals_of
from web.api.schemas.listings import (
    DoctorsSchema,
    ListedSchema,
    PoliciesSchema,
    QueueEntriesSchema,
    UnitListingSchema,
)


def audited(register: Register, action: str, *people: Somebody) -> list[tuple[str, str, str]]:
    """Who read of these people, in which role and why."""
    query = text(
        "SELECT actor, actor_role, purpose FROM audit_event"
        " WHERE subject_kind = 'person' AND subject_key = ANY(:keys) AND action = :action"
        " ORDER BY id"
    )
    values = {"keys": [str(person.id) for person in people], "action": action}
    return [(row[0], row[1], row[2]) for row in register.read(lambda s: s.execute(query, values).all())]


def test_everyone_sees_the_status_and_no_person(register: Register) -> None:
    unit, first, second = register.unit(1), register.person(), register.person()
    path = f"/care-units/{unit}/listing"
    empty = register.call("GET", path, None).get_json()
    assert refusals_of(UnitListingSchema, empty) == {}
    assert (empty["status"], empty["limitReached"], empty["queueLength"]) == ("open", False, 0)
    register.list(first, first, unit)
    register.list(second, second, unit, joinQueue=True)
    response = register.call("GET", path, None)
    full = response.get_json()
    assert (full["status"], full["reason"], full["limitReached"], full["queueLength"]) == (
        "queue",
        "full",
        True,
        1,
    )
    assert full["since"] == clock.today().isoformat()
    again = register.call("GET", path, None, If_None_Match=response.headers["ETag"])
    assert again.status_code == 304
    assert register.call("GET", f"{path}?listingType=midwifery", None).get_json()["reason"] == "no-contract"
    for hidden in (register.unit(visible=False), "SE2321000024-NOSUCH"):
        refused(register.call("GET", f"/care-units/{hidden}/listing", None), 404, "unit-not-listable")


def test_staff_read_the_queue_in_order_with_the_protected_hidden_and_counted(register: Register) -> None:
    unit = register.unit(0)
    first, second = register.person(), register.person()
    hidden = register.person(protection="confidentiality-mark")
    desk, trusted = register.token(Role.UNIT, unit=unit), register.token(Role.UNIT, unit=unit, protected=True)
    register.list(first, first, unit, joinQueue=True)
    assert register.list(trusted, hidden, unit, joinQueue=True).status_code == 201
    register.list(second, second, unit, joinQueue=True)
    path = f"/care-units/{unit}/queue-entries"
    response = register.call("GET", path, desk)
    page = response.get_json()
    assert response.headers["Cache-Control"] == "no-store"
    assert refusals_of(QueueEntriesSchema, page) == {}
    assert page["total"] == 3
    assert [one["queuePosition"] for one in page["items"]] == [1, 2, 3]
    assert [one["person"]["personId"] for one in page["items"]] == [first.text, None, second.text]
    assert {
        value for name, value in page["items"][1].items() if name not in ("status", "queuePosition", "person")
    } == {None}
    assert len(audited(register, "queue-read", first, hidden, second)) == 2
    assert audited(register, "queue-read", first)[0][1:] == ("unit", "administration")
    seen = register.call("GET", path, trusted).get_json()["items"][1]["person"]
    assert (seen["personId"], seen["protected"], seen["hidden"]) == (hidden.text, True, False)
    assert len(audited(register, "queue-read", hidden)) == 1
    paged = register.call("GET", f"{path}?limit=2&page=2", desk).get_json()
    assert (paged["total"], [one["queuePosition"] for one in paged["items"]]) == (3, [3])
    past = register.call("GET", f"{path}?page=9", desk).get_json()
    assert (past["total"], past["items"]) == (3, [])
    region = register.token(Role.REGION, purpose=Purpose.FOLLOW_UP)
    assert register.call("GET", path, region).status_code == 200
    assert audited(register, "queue-read", second)[-1][1:] == ("region", "follow-up")


@pytest.mark.parametrize("what", ["queue-entries", "listings"])
def test_nobody_else_reads_the_people_of_a_unit(register: Register, what: str) -> None:
    unit, other = register.unit(), register.unit()
    path = f"/care-units/{unit}/{what}"
    refused(register.call("GET", path, None), 401, "token-missing")
    refused(
        register.call("GET", path, register.token(Role.UNIT, unit=other)), 403, "not-authorised", "other-unit"
    )
    other_region = register.token(Role.REGION, region="14")
    refused(register.call("GET", path, other_region), 403, "not-authorised", "other-region")
    refused(
        register.call("GET", path, register.token(Role.UNIT, unit=unit, purpose=None)), 403, "purpose-missing"
    )
    for role in (Role.NURSE, Role.STATISTICIAN):
        refused(register.call("GET", path, register.token(role)), 403, "role-not-allowed")
    refused(register.call("GET", path, register.person()), 403, "role-not-allowed")


def test_staff_read_who_is_listed_page_by_page(register: Register) -> None:
    unit = register.unit()
    people = [register.person() for _ in range(3)]
    doctor = register.doctor(unit)
    for person in people:
        register.list(person, person, unit)
    chosen = {"personId": people[0].text, "professionalHsaId": doctor.lower()}
    assert register.call("POST", "/regular-doctors", people[0], chosen).status_code == 201
    desk = register.token(Role.UNIT, unit=unit)
    page = register.call("GET", f"/care-units/{unit}/listings", desk).get_json()
    assert refusals_of(ListedSchema, page) == {}
    assert page["total"] == 3
    assert {one["person"]["personId"] for one in page["items"]} == {person.text for person in people}
    assert {one["professionalHsaId"] for one in page["items"]} == {doctor, None}
    assert len(audited(register, "listings-read", *people)) == 3
    two = register.call("GET", f"/care-units/{unit}/listings?limit=2", desk).get_json()
    three = register.call("GET", f"/care-units/{unit}/listings?limit=2&page=2", desk).get_json()
    assert {one["id"] for one in two["items"] + three["items"]} == {one["id"] for one in page["items"]}


def test_what_staff_are_refused_of_a_person_is_in_the_trail_too(register: Register) -> None:
    unit, person = register.unit(), register.person()
    desk = register.token(Role.UNIT, unit=unit)
    register.list(desk, person, unit)
    refused(register.list(desk, person, unit), 409, "already-listed", "listed-here")
    assert [role for _, role, _ in audited(register, "listing-refused", person)] == ["unit"]
    register.list(person, person, unit)
    assert len(audited(register, "listing-refused", person)) == 1


def test_priority_is_given_by_decision_and_taken_back(register: Register) -> None:
    unit, first, second = register.unit(0), register.person(), register.person()
    register.list(first, first, unit, joinQueue=True)
    entry = register.list(second, second, unit, joinQueue=True).get_json()["id"]
    path, body = f"/queue-entries/{entry}/priority", {"reason": "medical-need", "decisionReference": "HSN 1"}
    desk = register.token(Role.UNIT, unit=unit)
    refused(register.call("PUT", path, second, body), 403, "role-not-allowed")
    refused(
        register.call("PUT", path, register.token(Role.UNIT, unit=register.unit()), body),
        404,
        "queue-entry-unknown",
    )
    refused(register.call("PUT", path, desk, {**body, "decisionReference": " "}), 400, "invalid-parameter")
    given = register.call("PUT", path, desk, body, key=None)
    assert (given.status_code, given.get_json()["queuePosition"]) == (200, 1)
    assert register.call("DELETE", path, desk, key=None).get_json()["queuePosition"] == 2


def test_the_region_decides_the_limit_and_the_queue_is_served(register: Register) -> None:
    unit, person = register.unit(0), register.person()
    register.list(person, person, unit, joinQueue=True)
    path = f"/care-units/{unit}/listing-limit"
    body = {"places": 1, "validFrom": clock.today().isoformat(), "decisionReference": "HSN 2026-1"}
    refused(register.call("PUT", path, register.token(Role.UNIT, unit=unit), body), 403, "role-not-allowed")
    refused(
        register.call("PUT", path, register.token(Role.REGION, region="14"), body),
        403,
        "not-authorised",
        "other-region",
    )
    wrong = {**body, "validTo": body["validFrom"]}
    refused(
        register.call("PUT", path, register.token(Role.REGION), wrong),
        422,
        "limit-not-possible",
        "period-empty",
    )
    decided = register.call("PUT", path, register.token(Role.REGION), body, key=None)
    assert (decided.status_code, decided.get_json()["places"]) == (200, 1)
    register.settle()
    seen = register.listings(person, person).get_json()
    assert seen["queued"] == [] or seen["queued"][0]["status"] == "offered"


@pytest.mark.parametrize("days", [1, 20, 200])
def test_a_closure_is_announced_told_and_taken_back(register: Register, days: int) -> None:
    unit, successor, person = register.unit(), register.unit(), register.person()
    register.list(person, person, unit)
    path, region = f"/care-units/{unit}/closure", register.token(Role.REGION)
    closes = (clock.today() + timedelta(days=days)).isoformat()
    body = {"closesOn": closes, "decisionReference": "HSN 2026-2", "successorHsaId": successor}
    refused(
        register.call("PUT", path, region, {**body, "successorHsaId": unit}),
        422,
        "limit-not-possible",
        "own-successor",
    )
    told = register.call("PUT", path, region, body)
    assert (told.status_code, told.get_json()["told"]) == (200, 1), told.get_json()
    refused(register.call("PUT", path, region, body), 422, "limit-not-possible", "already-closing")
    assert register.call("GET", f"/care-units/{unit}/listing", None).get_json()["closesOn"] == closes
    assert register.listings(person, person).get_json()["current"]["unitClosesOn"] == closes
    refused(register.list(person, register.person(), unit), 404, "person-unknown")
    newcomer = register.person()
    refused(register.list(newcomer, newcomer, unit), 409, "unit-not-listable", "unit-closing")
    assert register.call("DELETE", path, region).status_code == 200
    refused(register.call("DELETE", path, region), 404, "closure-unknown")


def test_doctors_are_registered_chosen_stood_in_for_and_let_go(register: Register) -> None:
    unit, person = register.unit(), register.person()
    desk = register.token(Role.UNIT, unit=unit)
    today = clock.today()
    doctor, other = "SE2321000024-P77001", "SE2321000024-P77002"
    path = f"/care-units/{unit}/doctors"
    stated: dict[str, Any] = {
        "name": "Åsa Prov",
        "validFrom": "2020-01-01",
        "ceiling": 1,
        "contact": {"phone": "+4631100200"},
    }
    refused(
        register.call("PUT", f"{path}/{doctor}", register.token(Role.UNIT, unit=register.unit()), stated),
        403,
        "not-authorised",
        "other-unit",
    )
    made = register.call("PUT", f"{path}/{doctor}", desk, stated, key=None)
    assert (made.status_code, made.get_json()["patients"], made.get_json()["ended"]) == (200, 0, 0), (
        made.get_json()
    )
    register.call(
        "PUT", f"{path}/{other}", desk, {"name": "Hemlig Prov", "protected": True, "validFrom": "2020-01-01"}
    )
    days = {"validFrom": today.isoformat(), "validTo": (today + timedelta(days=9)).isoformat()}
    stands = f"{path}/{doctor}/substitutes/{other}"
    for _ in range(2):
        assert register.call("PUT", stands, desk, days).status_code == 200
    refused(
        register.call("PUT", f"{path}/{doctor}/substitutes/{doctor}", desk, days),
        409,
        "doctor-full",
        "substitute-itself",
    )
    refused(register.call("PUT", f"{path}/{doctor}/substitutes/SE1-X", desk, days), 404, "doctor-unknown")
    response = register.call("GET", path, None)
    shown = response.get_json()
    assert refusals_of(DoctorsSchema, shown) == {}
    assert {one["professionalHsaId"]: one["name"] for one in shown["items"]} == {
        doctor: "Åsa Prov",
        other: None,
    }
    assert "Hemlig" not in response.text
    assert [one["professionalHsaId"] for one in shown["items"][0]["substitutes"]] == [other]
    wish = {"personId": person.text, "professionalHsaId": doctor}
    refused(register.call("POST", "/regular-doctors", person, wish), 403, "not-entitled", "not-listed")
    register.list(person, person, unit)
    assert register.call("POST", "/regular-doctors", person, wish).status_code == 201
    mine = register.listings(person, person).get_json()["regularDoctor"]
    assert (mine["name"], mine["contact"], len(mine["substitutes"])) == (
        "Åsa Prov",
        {"phone": "+4631100200"},
        1,
    )
    late = register.person()
    register.list(late, late, unit)
    full = {"personId": late.text, "professionalHsaId": doctor}
    refused(register.call("POST", "/regular-doctors", late, full), 409, "doctor-full", "ceiling")
    refused(register.call("DELETE", f"/regular-doctors/{mine['id']}", late), 404, "regular-doctor-unknown")
    refused(register.call("DELETE", f"/regular-doctors/{2**70}", late), 404, "regular-doctor-unknown")
    leaves = register.call("PUT", f"{path}/{doctor}", desk, {**stated, "validTo": days["validTo"]})
    assert leaves.get_json()["ended"] == 1
    assert register.call("DELETE", stands, desk).status_code == 200
    assert register.call("DELETE", f"/regular-doctors/{mine['id']}", person).status_code == 200
    assert register.listings(person, person).get_json()["regularDoctor"] is None


def test_the_rules_of_a_region_are_told_in_both_languages(register: Register) -> None:
    page = register.call("GET", "/listing-policies?region=12&listingType=health-centre", None).get_json()
    assert refusals_of(PoliciesSchema, page) == {}
    (policy,) = page["items"]
    assert (page["total"], policy["region"]["code"], policy["isDefault"]) == (1, "12", True)
    english = register.call("GET", "/listing-policies?region=12", None, Accept_Language="en").get_json()
    said = {one["code"]: one["text"] for topic in policy["topics"] for one in topic["statements"]}
    told = {
        one["code"]: one["text"] for topic in english["items"][0]["topics"] for one in topic["statements"]
    }
    assert said.keys() == told.keys()
    assert said["changes-at-most"] != told["changes-at-most"]
    everywhere = register.call("GET", "/listing-policies?limit=5&page=5", None).get_json()
    assert (everywhere["total"], len(everywhere["items"])) == (21, 1)
    refused(register.call("GET", "/listing-policies?region=xx", None), 400, "invalid-parameter")


def test_no_personal_number_reaches_logs_problems_or_tables(
    register: Register, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("hittavard.test").debug("the log is heard")
    unit, person, other = register.unit(), register.person(), register.stranger()
    numbers = {
        form for one in (person, other) for form in (one.text, one.text[2:], f"{one.text[:8]}-{one.text[8:]}")
    }
    answers = [
        register.list(person, person, unit),
        register.list(person, other, unit),
        register.list(person, person, unit),
        register.call("POST", "/listings", person, {"personId": person.text, "hsaId": unit, person.text: 1}),
        register.call("DELETE", f"/listings/{person.text}", person),
        register.listings(person, other),
    ]
    assert {answer.status_code for answer in answers} == {201, 400, 404, 409}
    said = [answer.get_json() for answer in answers]
    for body in said:
        body.pop("instance", None)  # The path that was asked for: where the caller put it.
    assert not [number for number in numbers if number in str(said)]
    assert "the log is heard" in caplog.text
    assert not [number for number in numbers if number in caplog.text]
    kept = register.read(lambda session: str([session.execute(query).all() for query in _ALL]))
    assert str(person.id) in kept
    assert not [number for number in numbers if number in kept]


_ALL = [
    text(f"SELECT {name}::text FROM {name}")
    for name in ("operation", "listing_event", "audit_event", "outbox", "listing_notice")
]
