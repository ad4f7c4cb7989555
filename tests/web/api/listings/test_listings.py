"""Listing over HTTP: who may, what is answered, what is refused and in which words, and once per key."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from core import clock
from listing.actor import Role
from listing.policy.model import Effective, Policy, Queue
from tests.web.api.listings.conftest import Register, Somebody
from tests.web.api.shapes import refusals_of
from web.api.schemas import ProblemSchema
from web.api.schemas.listings import ListingOutcomeSchema, PersonListingsSchema


def refused(response: Any, status: int, code: str, reason: str | None = None) -> dict[str, Any]:
    """The body of a refusal in its documented form."""
    body: dict[str, Any] = response.get_json()
    assert (response.status_code, body["code"], body.get("reason")) == (status, code, reason), body
    assert response.mimetype == "application/problem+json"
    assert refusals_of(ProblemSchema, body) == {}
    assert response.headers["Cache-Control"] == "no-store"
    return body


def counted(register: Register, table: str, person: Somebody) -> int:
    """Rows of a person."""
    query = text(f"SELECT count(*) FROM {table} WHERE person_id = :id")
    return int(register.read(lambda session: session.scalar(query, {"id": person.id})))


def test_a_resident_is_listed_and_sees_it(register: Register) -> None:
    unit, person = register.unit(), register.person()
    response = register.list(person, person, unit)
    assert response.status_code == 201
    body = response.get_json()
    assert refusals_of(ListingOutcomeSchema, body) == {}
    assert (body["status"], body["hsaId"], body["queuePosition"]) == ("listed", unit, None)
    found = register.listings(person, person)
    assert found.status_code == 200
    shown = found.get_json()
    assert refusals_of(PersonListingsSchema, shown) == {}
    assert (shown["current"]["id"], shown["current"]["hsaId"]) == (body["id"], unit)
    assert (shown["changesLeft"], shown["queued"], shown["earlier"]) == (2, [], [])


def test_the_same_key_gives_the_same_bytes_and_another_request_is_refused(register: Register) -> None:
    unit, other, person = register.unit(), register.unit(), register.person()
    first = register.list(person, person, unit, "key-1")
    again = register.list(person, person, unit, "key-1")
    assert (again.status_code, again.data) == (first.status_code, first.data) == (201, first.data)
    refused(register.list(person, person, other, "key-1"), 422, "idempotency-key-reused")
    assert counted(register, "listing", person) == 1


def test_two_at_once_with_one_key_are_one(register: Register) -> None:
    unit, person = register.unit(1), register.person()
    token = register.token(person)
    body = {"personId": person.text, "hsaId": unit}

    def send(_: int) -> tuple[int, bytes]:
        headers = {**token, "Idempotency-Key": "both"}
        response = register.app.test_client().post("/api/v1/listings", headers=headers, json=body)
        return response.status_code, response.data

    with ThreadPoolExecutor(8) as pool:
        answers = set(pool.map(send, range(8)))
    assert len(answers) == 1
    assert next(iter(answers))[0] == 201
    assert counted(register, "listing", person) == 1


def test_without_a_key_nothing_is_done(register: Register) -> None:
    unit, person = register.unit(), register.person()
    wish = {"personId": person.text, "hsaId": unit}
    refused(register.call("POST", "/listings", person, wish, None), 400, "idempotency-key-missing")
    assert counted(register, "listing", person) == 0


def test_a_full_unit_gives_a_place_in_the_queue_and_the_place_is_served(register: Register) -> None:
    unit, home = register.unit(1), register.unit()
    first, second, third = (register.person() for _ in range(3))
    assert register.list(first, first, unit).status_code == 201
    body = refused(register.list(second, second, unit), 409, "unit-full", "full")
    assert body["arguments"] == {"waiting": 0, "places": 1}
    assert "Mottagningen är full" in body["detail"]
    register.list(second, second, home)
    queued = register.list(second, second, unit, joinQueue=True).get_json()
    assert (queued["status"], queued["queuePosition"], queued["validFrom"]) == ("queued", 1, None)
    assert register.list(third, third, unit, joinQueue=True).get_json()["queuePosition"] == 2
    seen = register.listings(second, second).get_json()
    assert (seen["queued"][0]["id"], seen["queued"][0]["queuePosition"]) == (queued["id"], 1)
    assert seen["current"]["hsaId"] == home
    refused(register.list(second, second, unit, joinQueue=True), 409, "already-queued", "queued-here")
    mine = register.listings(first, first).get_json()["current"]["id"]
    left = register.call("DELETE", f"/listings/{mine}", first)
    assert (left.status_code, left.get_json()["status"]) == (200, "ended")
    register.settle()
    seen = register.listings(second, second).get_json()
    if seen["current"]["hsaId"] != unit:  # the default rules may offer instead
        entry = seen["queued"][0]
        assert entry["status"] == "offered"
        taken = register.call("POST", f"/queue-entries/{entry['id']}/acceptances", second)
        assert (taken.status_code, taken.get_json()["hsaId"]) == (201, unit)
    left = register.call("DELETE", f"/queue-entries/{_waits(register, third)}", third, key=None)
    assert (left.status_code, left.get_json()["status"]) == (200, "left")


def _waits(register: Register, person: Somebody) -> str:
    return str(register.listings(person, person).get_json()["queued"][0]["id"])


def test_an_offer_is_shown_with_its_last_day_and_taken_once(register: Register) -> None:
    register.policy(Policy(queue=Queue(serving="offer", offer_days=7)), "04")
    unit, first, second = register.unit(1, "04"), register.person(region="04"), register.person(region="04")
    held = register.list(first, first, unit).get_json()["id"]
    entry = register.list(second, second, unit, joinQueue=True).get_json()["id"]
    path = f"/queue-entries/{entry}/acceptances"
    refused(register.call("POST", path, second), 409, "queue-entry-ended")
    register.call("DELETE", f"/listings/{held}", first)
    register.settle()
    offered = register.listings(second, second).get_json()
    assert refusals_of(PersonListingsSchema, offered) == {}
    assert offered["queued"][0]["offer"]["lastDay"] > offered["queued"][0]["queuedAt"][:10]
    assert offered["unreadNotices"] == 1
    taken = register.call("POST", path, second, key="take")
    assert (taken.status_code, taken.get_json()["hsaId"]) == (201, unit)
    again = register.call("POST", path, second, key="take")
    assert (again.status_code, again.data) == (taken.status_code, taken.data)
    refused(register.call("POST", path, second), 409, "queue-entry-ended")
    told = register.call("POST", "/person-notices", second, {"personId": second.text}, None).get_json()
    offers = [one for one in told["items"] if one["kind"] == "offer"]
    assert (told["total"], len(offers), offers[0]["readAt"]) == (len(told["items"]), 1, None)
    mark = f"/person-notices/{offers[0]['id']}/reading"
    refused(register.call("PUT", mark, first, key=None), 404, "notice-unknown")
    assert register.call("PUT", mark, second, key=None).status_code == 204
    assert register.listings(second, second).get_json()["unreadNotices"] == told["total"] - 1


def test_the_change_limit_is_told_with_its_day_in_both_languages(register: Register) -> None:
    units, person = [register.unit() for _ in range(4)], register.person()
    for unit in units[:3]:
        assert register.list(person, person, unit).status_code == 201
    body = refused(register.list(person, person, units[3]), 409, "change-limit-reached", "limit")
    assert (body["arguments"]["max"], body["arguments"]["months"]) == (2, 12)
    assert body["detail"].startswith("Man kan byta 2 gånger")
    english = register.call(
        "POST",
        "/listings",
        person,
        {"personId": person.text, "hsaId": units[3]},
        Accept_Language="en-GB",
    ).get_json()
    assert english["detail"].startswith("One can change 2 times")
    shown = register.listings(person, person).get_json()
    assert (shown["changesLeft"], shown["nextChangeOn"]) == (0, body["arguments"]["next"])


def test_a_family_is_listed_together_or_not_at_all(register: Register) -> None:
    unit, parent, child = register.unit(2), register.person(), register.person(3)
    register.custody(child, parent)
    teenager = register.person(14)
    register.custody(teenager, parent)
    wishes = [{"personId": one.text, "hsaId": unit} for one in (parent, child, teenager)]
    body = refused(
        register.call("POST", "/listings", parent, wishes), 403, "not-authorised", "guardian-on-paper"
    )
    assert (body["index"], body["arguments"]) == (2, {"age": 13})
    assert counted(register, "listing", parent) == counted(register, "listing", child) == 0
    done = register.call("POST", "/listings", parent, wishes[:2], "family")
    assert done.status_code == 201
    assert [one["status"] for one in done.get_json()] == ["listed", "listed"]
    assert register.call("POST", "/listings", parent, wishes[:2], "family").data == done.data
    twice = register.call("POST", "/listings", parent, [wishes[0], wishes[0]])
    assert refused(twice, 400, "invalid-parameter")["errors"][0]["name"] == "personId"
    wrong = refused(register.call("POST", "/listings", parent, [wishes[0], {}]), 400, "invalid-parameter")
    assert {error["name"] for error in wrong["errors"]} == {"1.personId", "1.hsaId"}
    refused(register.call("POST", "/listings", parent, []), 400, "invalid-parameter")


@pytest.mark.parametrize(("age", "status"), [(3, 201), (12, 201), (14, 403), (17, 403)])
def test_a_guardian_acts_online_until_the_thirteenth_birthday(
    register: Register, age: int, status: int
) -> None:
    unit, parent, child = register.unit(), register.person(), register.person(age)
    register.custody(child, parent)
    assert register.list(parent, child, unit).status_code == status
    seen = register.listings(parent, child)
    assert seen.status_code == (200 if status == 201 else 403)
    if status != 201:
        refused(seen, 403, "not-authorised", "guardian-on-paper")


def test_teenagers_act_for_themselves(register: Register) -> None:
    unit, child = register.unit(), register.person(14)
    assert register.list(child, child, unit).status_code == 201


def test_a_stranger_and_nobody_are_answered_alike(register: Register) -> None:
    """Whether somebody is in the register is told to nobody without the right, in any way of asking."""
    unit, me, other, nobody = register.unit(), register.person(), register.person(), register.stranger()
    register.list(other, other, unit)
    for ask in (
        lambda one: register.list(me, one, unit),
        lambda one: register.list(me, one, "SE2321000024-NOSUCH"),
        lambda one: register.listings(me, one),
        lambda one: register.call("POST", "/person-notices", me, {"personId": one.text}, None),
        lambda one: register.call(
            "POST", "/regular-doctors", me, {"personId": one.text, "professionalHsaId": "SE1-X"}
        ),
    ):
        told, unknown = ask(other), ask(nobody)
        refused(told, 404, "person-unknown")
        assert _same(told) == _same(unknown)
    listing = register.listings(other, other).get_json()["current"]["id"]
    told = register.call("DELETE", f"/listings/{listing}", me)
    assert _same(told) == _same(register.call("DELETE", f"/listings/{uuid4()}", me))
    refused(register.call("DELETE", "/listings/no-id", me), 404, "listing-unknown")
    refused(register.call("DELETE", "/queue-entries/no-id", me), 404, "queue-entry-unknown")


def _same(response: Any) -> dict[str, Any]:
    body: dict[str, Any] = response.get_json()
    return {name: value for name, value in body.items() if name not in ("traceId", "instance")}


def test_a_protected_persons_way_goes_through_staff_with_the_right(register: Register) -> None:
    unit, hidden = register.unit(), register.person(protection="protected-registration")
    desk = register.token(Role.UNIT, unit=unit)
    trusted = register.token(Role.UNIT, unit=unit, protected=True)
    refused(register.list(hidden, hidden, unit), 403, "person-protected", "own-path")
    refused(register.list(desk, hidden, unit), 403, "person-protected", "own-path")
    done = register.list(trusted, hidden, unit)
    assert done.status_code == 201
    refused(register.listings(desk, hidden), 403, "person-protected", "own-path")
    assert register.listings(trusted, hidden).get_json()["current"]["hsaId"] == unit
    refused(register.call("DELETE", f"/listings/{done.get_json()['id']}", desk), 404, "listing-unknown")
    assert register.call("DELETE", f"/listings/{done.get_json()['id']}", trusted).status_code == 200


def test_a_protected_child_is_nobodys_online_and_a_protected_parent_is_told_the_other_way(
    register: Register,
) -> None:
    unit, parent = register.unit(), register.person()
    child = register.person(5, protection="confidentiality-mark")
    register.custody(child, parent)
    refused(register.list(parent, child, unit), 404, "person-unknown")
    refused(register.listings(parent, child), 404, "person-unknown")
    hidden, kid = register.person(protection="confidentiality-mark"), register.person(5)
    register.custody(kid, hidden)
    refused(register.list(hidden, kid, unit), 403, "person-protected", "link-broken")


def test_representatives_go_by_the_regions_rules(register: Register) -> None:
    unit, helper, grown = register.unit(), register.person(), register.person()
    register.represents(helper, grown, "god-man")
    assert register.list(helper, grown, unit).get_json()["reason"].startswith("god-man-")


def test_staff_register_forms_with_the_day_the_reference_and_every_guardian(register: Register) -> None:
    unit, parent, child = register.unit(), register.person(), register.person(15)
    register.custody(child, parent)
    desk = register.token(Role.UNIT, unit=unit)
    form: dict[str, Any] = {"signedOn": "2026-01-02", "formReference": "BL-1", "guardians": [parent.text]}
    done = register.list(desk, child, unit, **form)
    assert done.status_code == 201, done.get_json()
    shown = register.listings(desk, child).get_json()["current"]
    assert (shown["channel"], shown["chosenAt"]) == ("paper", "2026-01-01T23:00:00Z")
    young = register.person(15)
    told = register.list(desk, young, unit, signedOn="2026-01-02", formReference="BL-2", guardians=[])
    assert told.get_json()["code"] in ("guardian-required", "listed")
    wrongs: tuple[dict[str, Any], ...] = (
        {"channel": "paper"},
        {"signedOn": "2026-01-02", "channel": "staff"},
        {"formReference": "BL-3"},
        {"signedOn": "2026-01-02", "formReference": "BL-3", "identityCheck": "known"},
        {"identityCheck": "guessed"},
    )
    for wrong in wrongs:
        refused(register.list(desk, register.person(), unit, **wrong), 400, "invalid-parameter")


def test_a_printed_form_is_shown_on_the_receipt_and_registered_once(register: Register) -> None:
    unit, other, person = register.unit(), register.unit(), register.person()
    form = {"signedOn": "2026-01-02", "formReference": "k7xm4qtr"}
    done = register.list(register.token(Role.UNIT, unit=unit), person, unit, **form)
    assert done.get_json()["formReference"] == "K7XM-4QTR"
    desk = register.token(Role.UNIT, unit=other)
    refused(register.list(desk, person, other, **form), 422, "form-not-valid", "form-registered")
    refused(register.list(desk, register.person(), other, **form), 422, "form-not-valid", "form-registered")
    mistyped = {**form, "formReference": "K7XM-4QTS"}
    refused(
        register.list(desk, register.person(), other, **mistyped), 422, "form-not-valid", "number-mistyped"
    )


def test_a_guardian_at_the_desk_is_identified(register: Register) -> None:
    unit, parent, child = register.unit(), register.person(), register.person(6)
    register.custody(child, parent)
    desk = register.token(Role.UNIT, unit=unit)
    refused(register.list(desk, child, unit), 403, "guardian-required", "too-young")
    asked = register.list(desk, child, unit, guardians=[parent.text])
    refused(asked, 403, "not-authorised", "identity-not-checked")
    done = register.list(desk, child, unit, guardians=[parent.text], identityCheck="id-document")
    assert done.status_code == 201, done.get_json()
    stranger = register.list(desk, register.person(6), unit, guardians=[parent.text], identityCheck="known")
    refused(stranger, 403, "guardian-required", "too-young")


def test_residents_cannot_say_that_they_are_staff(register: Register) -> None:
    unit, person = register.unit(), register.person()
    for wrong in ({"channel": "staff"}, {"channel": "phone"}, {"signedOn": "2026-01-02"}):
        refused(register.list(person, person, unit, **wrong), 400, "invalid-parameter")


def test_staff_see_what_is_theirs_and_nobody_else(register: Register) -> None:
    here, elsewhere, person = register.unit(), register.unit(region="14"), register.person()
    register.list(person, person, elsewhere)
    refused(register.listings(register.token(Role.UNIT, unit=here), person), 404, "person-unknown")
    refused(
        register.listings(register.token(Role.UNIT, unit=here), register.stranger()), 404, "person-unknown"
    )
    assert register.listings(register.token(Role.REGION), person).get_json()["current"]["hsaId"] == elsewhere
    theirs = register.token(Role.REGION, region="14")
    assert register.listings(theirs, person).get_json()["current"]["hsaId"] == elsewhere
    refused(register.listings(register.token(Role.REGION, region="12"), person), 404, "person-unknown")
    there = register.token(Role.UNIT, unit=elsewhere, region="14")
    assert register.list(there, person, here).get_json()["reason"] == "other-unit"
    for one in (person, register.stranger()):  # Before anybody is looked for.
        refused(register.list(there, one, here), 403, "not-authorised", "other-unit")
    doctor = {"professionalHsaId": "SE2321000024-P1"}
    for one in (person, register.person(), register.stranger()):
        asked = register.call(
            "POST", "/regular-doctors", register.token(Role.UNIT, unit=here), {"personId": one.text, **doctor}
        )
        refused(asked, 404, "person-unknown")
    no_purpose = register.token(Role.REGION, purpose=None)
    refused(register.listings(no_purpose, person), 403, "purpose-missing")


def test_an_error_is_taken_back_by_staff_and_what_was_before_holds_again(register: Register) -> None:
    home, wrong, person = register.unit(), register.unit(), register.person()
    before = register.list(person, person, home).get_json()["id"]
    error = register.list(register.token(Role.UNIT, unit=wrong), person, wrong).get_json()["id"]
    path, body = f"/listings/{error}/corrections", {"error": "wrong-person", "evidence": "VC 1"}
    refused(register.call("POST", path, person, body), 403, "role-not-allowed")
    refused(register.call("POST", path, register.token(Role.UNIT, unit=home), body), 404, "listing-unknown")
    done = register.call("POST", path, register.token(Role.REGION), body)
    assert (done.status_code, done.get_json()["restored"]) == (201, before)
    assert register.listings(person, person).get_json()["changesLeft"] == 2


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ({}, "hsaId"),
        ({"personId": "19121212121", "hsaId": "x"}, "personId"),
        ({"personId": 7, "hsaId": "x"}, "personId"),
        ({"personId": "191212121212", "hsaId": "\u0000"}, "hsaId"),
        ({"personId": "191212121212", "hsaId": "x", "joinQueue": "yes"}, "joinQueue"),
        ({"personId": "191212121212", "hsaId": "x", "validFrom": "9999-12-31"}, "validFrom"),
        ({"personId": "191212121212", "hsaId": "x", "191212121212": 1}, "…"),
    ],
)
def test_a_body_of_another_form_is_refused_by_its_field(
    register: Register, body: dict[str, Any], name: str
) -> None:
    person = register.person()
    response = register.call("POST", "/listings", person, body)
    assert "191212121212" not in response.text
    assert name in {error["name"] for error in response.get_json()["errors"]}
    assert {error["in"] for error in response.get_json()["errors"]} == {"body"}


@pytest.mark.parametrize("raw", [b"{", b"[" * 50_000, b'"\\ud800"', b"\xff", b"1", b"null"])
def test_what_is_no_body_is_refused(register: Register, raw: bytes) -> None:
    headers = {
        **register.token(register.person()),
        "Idempotency-Key": "x",
        "Content-Type": "application/json",
    }
    for path in ("/api/v1/listings", "/api/v1/person-listings"):
        response = register.client.post(path, headers=headers, data=raw)
        refused(response, 400, "invalid-parameter")
    headers["Content-Type"] = "text/plain"
    assert register.client.post("/api/v1/listings", headers=headers, data=raw).status_code == 415


def test_the_limit_of_the_first_day_counts_not_that_of_today(register: Register) -> None:
    """A limit that begins tomorrow meets a listing that begins tomorrow: refused, and not a fault."""
    register.policy(Policy(effective=Effective(when="next-day")), "05")
    unit, person = register.unit(region="05"), register.person(region="05")
    tomorrow = (clock.today() + timedelta(days=1)).isoformat()
    limit = {"places": 0, "validFrom": tomorrow, "decisionReference": "HSN 5"}
    region = register.token(Role.REGION, region="05")
    assert register.call("PUT", f"/care-units/{unit}/listing-limit", region, limit).status_code == 200
    refused(register.list(person, person, unit), 409, "unit-full", "full")
    assert register.list(person, person, unit, joinQueue=True).get_json()["status"] == "queued"
