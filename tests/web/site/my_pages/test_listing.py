"""From a unit to a receipt: what is told is what is done, once, for those whom one may act for."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine, text

from core import clock
from importers.synthetic.personas import people as personas
from listing.policy.model import ChangeLimit, Effective, Policy, SpecialReason
from tests.support.signing_in import SignInBrowser
from tests.web.site.my_pages.conftest import FULL, OPEN, OTHER
from tests.web.site.my_pages.pages import confirm, form_with, send

Rows = Callable[..., list[Any]]
HERE = f"/lista/{OPEN}"
HELD = (
    "SELECT p.id, u.hsa_id FROM listing l JOIN person p ON p.id = l.person_id"
    " JOIN care_unit u ON u.id = l.care_unit_id WHERE upper_inf(l.valid) AND NOT isempty(l.valid)"
    " ORDER BY p.id"
)


def test_whoever_is_not_signed_in_comes_back_here(browser: SignInBrowser) -> None:
    answer = browser.client.get(HERE)
    assert answer.status_code == 303
    assert "/logga-in" in answer.headers["Location"]
    assert "next=/lista/" in answer.headers["Location"].replace("%2F", "/")


def test_a_resident_is_told_confirms_and_has_a_receipt(
    browser: SignInBrowser, people: dict[str, int], rows: Rows
) -> None:
    browser.sign_in("resident")
    page = browser.client.get(HERE)
    assert "Listas i dag" in page.text
    assert "Räknas inte som ett byte: första listningen." in page.text
    assert "2 byten kvar efter det här." in page.text
    assert rows("SELECT 1 FROM listing") == []
    receipt = confirm(browser, OPEN)
    assert "Klart: listad på Ekeby vårdcentral" in receipt.text
    assert rows(HELD) == [(people["resident"], OPEN)]


def test_the_next_one_tells_what_ends_and_what_it_costs(browser: SignInBrowser) -> None:
    browser.sign_in("resident")
    confirm(browser, OPEN)
    page = browser.client.get(f"/lista/{OTHER}")
    assert "Listningen på Ekeby vårdcentral upphör" in page.text
    assert "Räknas som ett byte." in page.text
    assert "1 byte kvar efter det här." in page.text
    assert "Ett byte kommer tillbaka" in page.text
    again = browser.client.get(HERE)
    assert "Du är redan listad här." in again.text
    assert 'value="confirm"' not in again.text


def test_a_full_unit_means_a_queue_and_says_which_place(
    browser: SignInBrowser, rows: Rows, limit: Callable[[str, int], None]
) -> None:
    limit(FULL, 0)
    browser.sign_in("resident")
    confirm(browser, OPEN)
    page = browser.client.get(f"/lista/{FULL}")
    assert "Ställs i kö, på plats 1" in page.text
    assert "Mottagningen är full just nu." in page.text
    assert "Ställ mig i kö" in page.text
    assert "Klart: i kö till Svartbäckens vårdcentral" in confirm(browser, FULL).text
    assert rows("SELECT status FROM queue_entry") == [("waiting",)]
    elsewhere = browser.client.get(f"/lista/{OTHER}")
    assert "Köplatsen till Svartbäckens vårdcentral upphör." in elsewhere.text
    assert "Du står redan i kö hit." in browser.client.get(f"/lista/{FULL}").text


def test_a_form_sent_twice_is_one_listing_and_one_receipt(browser: SignInBrowser, rows: Rows) -> None:
    browser.sign_in("resident")
    form = form_with(browser.client.get(HERE))
    first = send(browser, HERE, form, action="confirm")
    second = send(browser, HERE, form, action="confirm")
    assert first.status_code == second.status_code == 303
    assert first.headers["Location"] == second.headers["Location"]
    assert len(rows("SELECT 1 FROM listing")) == 1


def test_the_other_tab_is_told_that_it_is_done_already(browser: SignInBrowser, rows: Rows) -> None:
    browser.sign_in("resident")
    one, other = (form_with(browser.client.get(HERE)) for _tab in range(2))
    send(browser, HERE, one, action="confirm")
    late = send(browser, HERE, other, action="confirm")
    assert late.status_code == 409
    assert "redan listad" in late.text
    assert len(rows("SELECT 1 FROM listing")) == 1


def test_the_same_page_with_other_people_is_asked_again(
    browser: SignInBrowser, people: dict[str, int], rows: Rows
) -> None:
    browser.sign_in("guardian")
    form = form_with(browser.client.get(HERE))
    me, child = (value for name, value, _on in form.choices if name == "who")
    assert send(browser, HERE, form, action="confirm", who=[me]).status_code == 303
    again = send(browser, HERE, form, action="confirm", who=[me, child])
    assert again.status_code == 409
    assert "redan skickats" in again.text
    assert rows(HELD) == [(people["guardian"], OPEN)]


def test_a_guardian_lists_oneself_and_a_child_of_3_together(
    browser: SignInBrowser, people: dict[str, int], rows: Rows
) -> None:
    browser.sign_in("guardian")
    page = browser.client.get(HERE)
    for name in ("Karim Nordlund", "Elsa", "Hugo", "Maja"):
        assert name in page.text
    assert "Barnet har fyllt 13 år." in page.text
    form = form_with(page)
    everyone = [value for name, value, _on in form.choices if name == "who"]
    assert len(everyone) == 2
    sent = send(browser, HERE, form, action="confirm", who=everyone)
    assert sent.status_code == 303, sent.text[-2000:]
    assert rows(HELD) == sorted([(people["guardian"], OPEN), (people["child-3"], OPEN)])
    receipt = browser.client.get(sent.headers["Location"])
    assert "Karim Nordlund" in receipt.text
    assert "Elsa" in receipt.text


def test_together_means_all_or_none_and_the_new_state_is_told_before_it_is_done(
    browser: SignInBrowser, rows: Rows, limit: Callable[[str, int], None]
) -> None:
    limit(OPEN, 1)
    browser.sign_in("guardian")
    form = form_with(browser.client.get(HERE))
    everyone = [value for name, value, _on in form.choices if name == "who"]
    sent = send(browser, HERE, form, action="confirm", who=everyone)
    assert sent.status_code == 409
    assert "Läget har ändrats" in sent.text
    assert "Listas i dag" in sent.text
    assert "Ställs i kö, på plats 1" in sent.text
    assert rows("SELECT 1 FROM listing") == []
    done = send(browser, HERE, form_with(sent), action="confirm")
    assert done.status_code == 303
    assert (len(rows("SELECT 1 FROM listing")), len(rows("SELECT 1 FROM queue_entry"))) == (1, 1)


def test_whoever_was_told_of_a_place_is_not_put_in_a_queue(
    browser: SignInBrowser, rows: Rows, limit: Callable[[str, int], None]
) -> None:
    browser.sign_in("resident")
    form = form_with(browser.client.get(HERE))
    limit(OPEN, 0)
    sent = send(browser, HERE, form, action="confirm")
    assert sent.status_code == 409
    assert "Ställs i kö" in sent.text
    assert rows("SELECT 1 FROM queue_entry") == []


def test_a_child_of_14_lists_alone(browser: SignInBrowser, people: dict[str, int], rows: Rows) -> None:
    browser.sign_in("child-14")
    confirm(browser, OPEN)
    assert rows(HELD) == [(people["child-14"], OPEN)]


def test_used_up_changes_are_refused_with_the_day_and_a_reason_helps(
    browser: SignInBrowser, rules: Callable[[Policy], None], rows: Rows
) -> None:
    reasons = (SpecialReason("moved", "person"), SpecialReason("medical", "unit"))
    rules(Policy(change_limit=ChangeLimit(max_changes=1, special_reasons=reasons)))
    browser.sign_in("resident")
    confirm(browser, OPEN)
    confirm(browser, OTHER)
    page = browser.client.get(f"/lista/{FULL}")
    assert "Man kan byta 1 gånger på 12 månader." in page.text
    assert "särskilda medicinska skäl" in page.text
    told = send(browser, f"/lista/{FULL}", form_with(page), action="preview", reason="moved")
    assert "särskilda skäl, flytt" in told.text
    done = send(browser, f"/lista/{FULL}", form_with(told), action="confirm", reason="moved")
    assert done.status_code == 303
    assert rows("SELECT reason, counted FROM listing WHERE reason IS NOT NULL") == [("moved", False)]


def test_a_later_day_is_told_before_it_is_done(
    browser: SignInBrowser, rules: Callable[[Policy], None], rows: Rows
) -> None:
    rules(Policy(effective=Effective(when="next-day")))
    browser.sign_in("resident")
    form = form_with(browser.client.get(HERE))
    later = clock.today().replace(day=1)
    far = clock.today() + (clock.today() - later) + (clock.today() - later)
    unseen = send(browser, HERE, form, action="confirm", wished=far.isoformat())
    if far != clock.today():
        assert unseen.status_code == 409
        assert rows("SELECT 1 FROM listing") == []
    bad = send(browser, HERE, form, action="confirm", wished="i morgon")
    assert bad.status_code == 422


def test_a_refusal_leaves_its_trace(
    browser: SignInBrowser, rules: Callable[[Policy], None], rows: Rows
) -> None:
    browser.sign_in("resident")
    one, other = (form_with(browser.client.get(HERE)) for _tab in range(2))
    send(browser, HERE, one, action="confirm")
    send(browser, HERE, other, action="confirm")
    assert rows("SELECT kind, reason FROM listing_event WHERE kind = 'refused'") == [
        ("refused", "already-listed")
    ]
    assert "Personen är redan listad på mottagningen." in browser.client.get("/mina-sidor/historik").text


@pytest.mark.parametrize("path", [f"/lista/{OPEN}", "/mina-sidor"])
def test_a_protected_person_is_shown_the_own_path_and_nothing_else(
    browser: SignInBrowser, path: str, people: dict[str, int], database: Engine
) -> None:
    with database.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO listing (person_id, care_unit_id, listing_type, valid, chosen_at, registered_at,"
                " registered_by, basis, channel, counted, counted_because) SELECT :person, id,"
                " 'health-centre', '[2020-01-01,)', now(), now(), 'test', 'choice', 'staff', false,"
                " 'first-listing' FROM care_unit WHERE hsa_id = :unit"
            ),
            {"person": people["protected"], "unit": OTHER},
        )
    browser.sign_in("protected")
    page = browser.client.get(path)
    assert page.status_code == 200
    assert "skyddade personuppgifter" in page.text
    assert "Luthagens" not in page.text
    assert "Uppsala" not in page.text
    assert browser.client.post(path, data={}).status_code in (400, 405)


def test_somebody_whom_the_register_does_not_know_is_told_what_to_do(browser: SignInBrowser) -> None:
    browser.sign_in("coordination")
    for path in (HERE, "/mina-sidor"):
        page = browser.client.get(path)
        assert "Du finns inte i listningsregistret" in page.text
        assert "samordningsnummer" in page.text


def test_staff_are_told_that_this_is_for_residents(browser: SignInBrowser) -> None:
    browser.sign_in("unit-staff", "staff")
    assert browser.client.get(HERE).status_code == 403


@pytest.mark.parametrize("hsa_id", ["SE2321000024-E000000009999", "x" * 200])
def test_a_unit_that_is_not_there(browser: SignInBrowser, hsa_id: str) -> None:
    browser.sign_in("resident")
    assert browser.client.get(f"/lista/{hsa_id}").status_code == 404


# Hostile forms


def test_another_persons_child_cannot_be_named(
    browser: SignInBrowser, people: dict[str, int], rows: Rows
) -> None:
    browser.sign_in("guardian")
    child = next(
        value for name, value, on in form_with(browser.client.get(HERE)).choices if name == "who" and not on
    )
    stranger = SignInBrowser(browser.client.application.test_client(), browser.provider)
    stranger.sign_in("resident")
    form = form_with(stranger.client.get(HERE))
    for named in (child, str(people["child-3"]), "0", "å", "x" * 500):
        sent = send(stranger, HERE, form, action="confirm", who=[named])
        assert sent.status_code == 400, named
        assert "Ingenting har ändrats" in sent.text
    assert rows("SELECT 1 FROM listing") == []


@pytest.mark.parametrize("key", ["", "k1", "å", f"{'a' * 22}.{'0' * 32}"])
def test_a_key_of_ones_own_making_is_refused(browser: SignInBrowser, rows: Rows, key: str) -> None:
    browser.sign_in("resident")
    sent = send(browser, HERE, form_with(browser.client.get(HERE)), action="confirm", key=key)
    assert sent.status_code == 400
    assert rows("SELECT 1 FROM operation") == []


def test_the_key_of_another_unit_or_session_is_refused(browser: SignInBrowser, rows: Rows) -> None:
    browser.sign_in("resident")
    elsewhere = form_with(browser.client.get(f"/lista/{OTHER}")).values()["key"]
    assert (
        send(browser, HERE, form_with(browser.client.get(HERE)), action="confirm", key=elsewhere).status_code
        == 400
    )
    old = form_with(browser.client.get(HERE))
    browser.sign_in("resident")
    new = form_with(browser.client.get(HERE)).values()
    sent = send(browser, HERE, old, action="confirm", csrf_token=new["csrf_token"], who=new["who"])
    assert sent.status_code == 400
    assert rows("SELECT 1 FROM listing") == []


@pytest.mark.parametrize("token", ["", "forged"])
def test_a_form_without_our_token_is_refused(browser: SignInBrowser, rows: Rows, token: str) -> None:
    browser.sign_in("resident")
    sent = send(browser, HERE, form_with(browser.client.get(HERE)), action="confirm", csrf_token=token)
    assert sent.status_code == 400
    assert rows("SELECT 1 FROM listing") == []


def test_what_was_told_cannot_be_made_up(browser: SignInBrowser, rows: Rows) -> None:
    browser.sign_in("resident")
    form = form_with(browser.client.get(HERE))
    told = next(name for name, _value in form.fields if name.startswith("told-"))
    sent = send(browser, HERE, form, action="confirm", **{told: "list 2026-01-01 9"})
    assert sent.status_code == 409
    assert rows("SELECT 1 FROM listing") == []


def test_no_number_and_no_name_stands_in_an_address(browser: SignInBrowser, people: dict[str, int]) -> None:
    browser.sign_in("guardian")
    confirm(browser, OPEN)
    numbers = "|".join(number for one in personas(clock.today()) for number in (one.number, one.number[2:]))
    for path in (HERE, "/mina-sidor"):
        found = re.findall(r'(?:href|action)="([^"]*)"', browser.client.get(path).text)
        for address in found:
            assert not re.search(rf"{numbers}|Elsa|Karim|Nordlund", address), address
            assert not re.search(rf"/{people['child-3']}(/|$)", address), address
