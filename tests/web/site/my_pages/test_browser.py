"""Listing and my pages in a real browser: each persona, two widths, two languages, without scripts too."""

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Page, expect, sync_playwright
from sqlalchemy import Engine, text
from werkzeug.serving import make_server

from core import clock
from importers.synthetic.personas import people as personas
from tests.web.auth.signin.conftest import Provider
from tests.web.site.my_pages.conftest import FULL, OPEN, OTHER

CHROMIUM = (
    os.environ.get("HITTAVARD_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-sync",
]
DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 360, "height": 740}
SHOTS = os.environ.get("HITTAVARD_SCREENSHOTS", "")
"""A folder for pictures of every state, for whoever wants to look."""


@pytest.fixture(scope="module")
def address(site: Flask, provider: Provider) -> Iterator[str]:
    """The site on a port of its own, which the provider knows."""
    server = make_server("127.0.0.1", 0, site, threaded=True)
    found = f"http://127.0.0.1:{server.server_port}"
    plan = replace(provider.plan, sites=(found,))
    for client in provider.store.clients.values():
        client.__init__(plan, client.who)  # type: ignore[misc]
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield found
    server.shutdown()
    thread.join()
    server.server_close()
    for client in provider.store.clients.values():
        client.__init__(provider.plan, client.who)  # type: ignore[misc]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One chromium for the module."""
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield found
        found.close()


@pytest.fixture
def page(chromium: Browser, database: Engine, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A tab; what goes wrong in the console fails the test."""
    options: dict[str, Any] = {"viewport": DESKTOP, "locale": "sv-SE", **getattr(request, "param", {})}
    context = chromium.new_context(**options)
    context.set_default_timeout(10_000)
    tab = context.new_page()
    troubles: list[str] = []
    tab.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
    yield tab
    context.close()
    # A page that says no has a status that says so, which the console repeats.
    assert [one for one in troubles if "status of 4" not in one] == []


def sign_in(page: Page, address: str, who: str, path: str) -> None:
    """Go to a page that needs it, and through the sign-in to that page."""
    page.goto(address + path)
    english = "lang=en" in path or page.evaluate("document.documentElement.lang") == "en"
    page.get_by_role("link", name="E-identification" if english else "E-legitimation", exact=True).click()
    page.get_by_role("button", name=who).click()
    page.wait_for_url(f"{address}{path}")


def check(page: Page, name: str) -> None:
    """Nothing for axe-core to find, nothing that scrolls sideways; a picture when one is asked for."""
    page.wait_for_load_state()  # a click waits for the page, not for its style sheets
    if SHOTS:
        width = page.viewport_size["width"] if page.viewport_size else 0
        lang = page.evaluate("document.documentElement.lang")
        page.screenshot(path=str(Path(SHOTS) / f"{name}-{width}-{lang}.png"), full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url
    found = [
        f"{one['id']}: {node['target']} {node.get('failureSummary', '')}"
        for one in Axe().run(page).response["violations"]
        for node in one["nodes"]
    ]
    assert found == [], page.url


WAYS = [
    pytest.param({}, "", id="desktop"),
    pytest.param({"viewport": PHONE}, "", id="phone"),
    pytest.param({"viewport": PHONE, "color_scheme": "dark"}, "?lang=en", id="phone-dark-english"),
    pytest.param({"locale": "en-GB"}, "?lang=en", id="desktop-english"),
]


@pytest.mark.parametrize(("page", "language"), WAYS, indirect=["page"])
def test_a_resident_from_card_to_receipt_in_four_steps(page: Page, address: str, language: str) -> None:
    english = bool(language)
    sign_in(page, address, "Anna Ekdal", f"/lista/{OPEN}{language}")
    check(page, "list-first")
    page.get_by_role("button", name="List me" if english else "Lista mig").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Ekeby vårdcentral")
    assert "/mina-sidor/kvitto/" in page.url
    check(page, "receipt")
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Ekeby vårdcentral")
    page.get_by_role("link", name="My pages" if english else "Till mina sidor").last.click()
    check(page, "mine-listed")
    page.goto(f"{address}/lista/{OTHER}{language}")
    check(page, "list-change")
    for part in ("historik", "insyn"):
        page.goto(f"{address}/mina-sidor/{part}{language}")
        check(page, part)


@pytest.mark.parametrize(("page", "language"), WAYS, indirect=["page"])
def test_a_guardian_chooses_for_whom(page: Page, address: str, language: str, rows: Any) -> None:
    sign_in(page, address, "Karim Nordlund", f"/lista/{OPEN}{language}")
    check(page, "list-family")
    page.get_by_role("checkbox", name="Elsa").check()
    page.locator("button[value=confirm]").click()
    page.wait_for_url("**/mina-sidor/kvitto/**")
    check(page, "receipt-family")
    assert len(rows("SELECT 1 FROM listing")) == 2
    page.goto(f"{address}/mina-sidor{language}")
    check(page, "mine-guardian")
    page.get_by_role("link", name="Elsa").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Elsa")
    check(page, "mine-child")


@pytest.mark.parametrize(("page", "language"), WAYS, indirect=["page"])
def test_queue_offer_and_both_answers(
    page: Page, address: str, language: str, database: Engine, limit: Callable[[str, int], None], people: Any
) -> None:
    limit(FULL, 0)
    sign_in(page, address, "Anna Ekdal", f"/lista/{FULL}{language}")
    check(page, "list-queue")
    page.locator("button[value=confirm]").click()
    page.wait_for_url("**/mina-sidor/kvitto/**")
    check(page, "receipt-queue")
    page.goto(f"{address}/mina-sidor{language}")
    check(page, "mine-queue")
    _offer(database)
    page.reload()
    check(page, "mine-offer")
    page.locator(".offer a.button").click()
    check(page, "offer")
    page.locator("button[value=decline]").click()
    page.wait_for_url("**/mina-sidor?**")
    check(page, "mine-declined")


@pytest.mark.parametrize(("page", "language"), WAYS[:3], indirect=["page"])
def test_the_protected_and_the_unknown_have_their_own_pages(page: Page, address: str, language: str) -> None:
    sign_in(page, address, "Kim Holm", f"/mina-sidor{language}")
    check(page, "protected")


@pytest.mark.parametrize("page", [{}, {"viewport": PHONE, "color_scheme": "dark"}], indirect=True)
def test_staff_register_a_form_by_keyboard(page: Page, address: str, rows: Any) -> None:
    page.goto(f"{address}/logga-in?who=personal&next=/personal/enhet/{OPEN}")
    page.get_by_role("link", name="Tjänstelegitimation").click()
    page.locator("button[value=unit-staff]").click()
    page.wait_for_url(f"{address}/personal/enhet/{OPEN}")
    check(page, "staff")
    page.get_by_label("Personnummer", exact=True).focus()
    page.keyboard.type(next(one.number for one in personas(clock.today()) if one.key == "resident"))
    _tab_to(page, "#reference")
    page.keyboard.type("B 17")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Listad från")
    check(page, "staff-done")
    assert rows("SELECT paper_reference FROM listing") == [("B 17",)]


@pytest.mark.parametrize("page", [{"java_script_enabled": False}], indirect=True)
def test_all_of_it_without_javascript(page: Page, address: str, rows: Any) -> None:
    page.goto(f"{address}/lista/{OPEN}")
    page.get_by_role("link", name="E-legitimation", exact=True).click()
    page.get_by_role("button", name="Karim Nordlund").click()
    page.get_by_role("checkbox", name="Elsa").check()
    page.get_by_role("button", name="Bekräfta").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Klart")
    page.get_by_role("link", name="Till mina sidor").click()
    page.get_by_role("link", name="Lämna").click()
    page.get_by_role("button", name="Lämna mottagningen").click()
    expect(page.get_by_role("status")).to_contain_text("Listningen har upphört")


def test_by_keyboard_alone(page: Page, address: str) -> None:
    sign_in(page, address, "Karim Nordlund", f"/lista/{OPEN}")
    _tab_to(page, "input[name=who] >> nth=1")
    page.keyboard.press("Space")
    _tab_to(page, "button[value=confirm]")
    page.keyboard.press("Enter")
    page.wait_for_url("**/mina-sidor/kvitto/**")
    expect(page.get_by_role("heading", level=2, name="Elsa")).to_be_visible()


def test_double_click_back_button_and_second_tab_do_no_harm(page: Page, address: str, rows: Any) -> None:
    sign_in(page, address, "Anna Ekdal", f"/lista/{OPEN}")
    second = page.context.new_page()
    second.goto(f"{address}/lista/{OPEN}")
    page.get_by_role("button", name="Lista mig").dblclick()
    page.wait_for_url("**/mina-sidor/kvitto/**")
    page.go_back()
    expect(page.get_by_text("Du är redan listad här.")).to_be_visible()
    second.get_by_role("button", name="Lista mig").click()
    expect(second.get_by_text("redan listad").first).to_be_visible()
    check(second, "already")
    assert len(rows("SELECT 1 FROM listing")) == 1
    assert len(rows("SELECT 1 FROM operation")) == 1


def _tab_to(page: Page, selector: str) -> None:
    wanted = page.locator(selector)
    for _press in range(60):
        page.keyboard.press("Tab")
        if wanted.evaluate("one => one === document.activeElement"):
            return
    raise AssertionError(f"the keyboard does not reach {selector}")


def _offer(database: Engine) -> None:
    """The queue's first is offered a place."""
    with database.begin() as connection:
        connection.execute(text("UPDATE listing_limit SET places = 1"))
        connection.execute(
            text(
                "UPDATE queue_entry SET status = 'offered', offered_at = now(),"
                " offer_expires_at = now() + interval '7 days'"
            )
        )
        connection.execute(
            text(
                "INSERT INTO listing_notice (person_id, kind, listing_type, care_unit_id, detail) SELECT"
                " person_id, 'offer', listing_type, care_unit_id, jsonb_build_object('last_day',"
                " (now() + interval '7 days')::date) FROM queue_entry"
            )
        )
