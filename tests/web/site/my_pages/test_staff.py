"""The unit's own page: the form in few keystrokes, priority, and that it is nobody else's."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from core import clock
from importers.synthetic.personas import people as personas
from listing.policy.model import Paper, Policy
from tests.support.signing_in import SignInBrowser
from tests.web.site.my_pages.conftest import FULL, OPEN
from tests.web.site.my_pages.pages import confirm, form_with, forms, send

Rows = Callable[..., list[Any]]
PAGE = f"/personal/enhet/{OPEN}"
NUMBER = {one.key: one.number for one in personas(clock.today())}


@pytest.fixture
def staff(browser: SignInBrowser) -> SignInBrowser:
    """Somebody at the desk of the open unit."""
    browser.sign_in("unit-staff", "staff")
    return browser


def test_a_form_is_registered_once_and_its_person_is_shown(staff: SignInBrowser, rows: Rows) -> None:
    form = form_with(staff.client.get(PAGE))
    sent = [
        send(staff, f"{PAGE}/blankett", form, person=NUMBER["resident"], reference="B 1")
        for _click in range(2)
    ]
    assert [one.status_code for one in sent] == [303, 303]
    assert NUMBER["resident"] not in sent[0].headers["Location"]
    page = staff.client.get(sent[0].headers["Location"])
    assert "Klart. Listad från" in page.text
    assert "Anna Ekdal" in page.text
    assert rows("SELECT channel, paper_reference FROM listing") == [("paper", "B 1")]
    assert rows(
        "SELECT count(*) > 0 FROM audit_event WHERE action = 'listings-read' AND actor_role = 'unit'"
    ) == [(True,)]


def test_a_childs_form_needs_a_guardian(staff: SignInBrowser, rows: Rows) -> None:
    form = form_with(staff.client.get(PAGE))
    alone = send(staff, f"{PAGE}/blankett", form, person=NUMBER["child-14"], reference="B 2")
    assert alone.status_code == 403
    form = form_with(staff.client.get(PAGE))
    signed = send(
        staff,
        f"{PAGE}/blankett",
        form,
        person=NUMBER["child-14"],
        reference="B 2",
        guardians=NUMBER["guardian"],
    )
    assert signed.status_code == 303
    assert len(rows("SELECT 1 FROM listing")) == 1


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"person": "19800101"}, 422),
        ({"person": NUMBER["coordination"]}, 404),
        ({"person": NUMBER["resident"], "signed": "i går"}, 422),
        ({"person": NUMBER["resident"], "reference": ""}, 422),
        ({"person": NUMBER["protected"], "reference": "B"}, 403),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_done(
    staff: SignInBrowser, rows: Rows, fields: dict[str, str], status: int
) -> None:
    answer = send(staff, f"{PAGE}/blankett", form_with(staff.client.get(PAGE)), **fields)
    assert answer.status_code == status
    assert rows("SELECT 1 FROM listing") == []


def test_priority_needs_its_decision(
    browser: SignInBrowser, limit: Callable[[str, int], None], rows: Rows
) -> None:
    limit(OPEN, 0)
    browser.sign_in("resident")
    confirm(browser, OPEN)
    browser.client.delete_cookie("hittavard-session")
    browser.sign_in("unit-staff", "staff")
    form = next(one for one in forms(browser.client.get(PAGE)) if "/fortur/" in one.action)
    assert send(browser, form.action, form, reason="medical-need").status_code == 422
    form = next(one for one in forms(browser.client.get(PAGE)) if "/fortur/" in one.action)
    assert send(browser, form.action, form, reason="medical-need", decision="D 7").status_code == 303
    assert rows("SELECT priority_reason, decision_reference FROM queue_entry") == [("medical-need", "D 7")]


def test_another_unit_and_a_resident_are_kept_out(staff: SignInBrowser, browser: SignInBrowser) -> None:
    assert staff.client.get(f"/personal/enhet/{FULL}").status_code == 403
    browser.sign_in("resident")
    assert browser.client.get(PAGE).status_code == 403


def test_a_printed_forms_number_is_on_the_receipt(staff: SignInBrowser) -> None:
    form = form_with(staff.client.get(PAGE))
    sent = send(staff, f"{PAGE}/blankett", form, person=NUMBER["resident"], reference="k7xm4qtr")
    assert "Blankett K7XM-4QTR." in staff.client.get(sent.headers["Location"]).text


def test_whoever_is_there_is_listed_when_staff_know_who_it_is(staff: SignInBrowser, rows: Rows) -> None:
    def at_desk(**fields: str) -> int:
        form = form_with(staff.client.get(PAGE), "identity")
        return send(staff, f"{PAGE}/pa-plats", form, **fields).status_code

    assert at_desk(person=NUMBER["resident"]) == 422
    assert at_desk(person=NUMBER["child-14"], identity="known") == 403
    assert rows("SELECT 1 FROM listing") == []
    assert at_desk(person=NUMBER["resident"], identity="known") == 303
    assert at_desk(person=NUMBER["child-14"], guardians=NUMBER["guardian"], identity="id-document") == 303
    assert rows("SELECT channel FROM listing") == [("staff",), ("staff",)]


def test_the_page_says_who_registers_forms(
    staff: SignInBrowser, rules: Callable[[Policy], None], rows: Rows
) -> None:
    form = form_with(staff.client.get(PAGE))
    rules(replace(Policy(), paper=Paper(registered_by="region")))
    page = staff.client.get(PAGE)
    assert "Skicka blanketten till regionen" in page.text
    assert 'name="signed"' not in page.text
    sent = send(staff, f"{PAGE}/blankett", form, person=NUMBER["resident"], reference="B 1")
    assert sent.status_code == 403
    assert "Här registrerar regionen blanketterna" in sent.text
    assert rows("SELECT 1 FROM listing") == []
