"""Sign-in in a real browser: both languages, desktop and 360 px, with and without JavaScript, axe clean."""

import os
import shutil
import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Page, expect, sync_playwright
from werkzeug.serving import make_server

from tests.web.auth.signin.conftest import Provider

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
def page(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A tab; what goes wrong in the console fails the test."""
    options: dict[str, Any] = {"viewport": DESKTOP, "locale": "sv-SE", **getattr(request, "param", {})}
    context = chromium.new_context(**options)
    tab = context.new_page()
    troubles: list[str] = []
    tab.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
    yield tab
    context.close()
    assert troubles == []


def check(page: Page) -> None:
    """Nothing for axe-core to find, and nothing that scrolls sideways."""
    page.wait_for_load_state()  # a click waits for the page, not for its style sheets
    found = [
        f"{one['id']}: {node['target']} {node.get('failureSummary', '')}"
        for one in Axe().run(page).response["violations"]
        for node in one["nodes"]
    ]
    assert found == [], page.url
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url


WAYS = [
    pytest.param({}, "", id="desktop"),
    pytest.param({"viewport": PHONE, "color_scheme": "dark"}, "", id="phone-dark"),
    pytest.param({"viewport": PHONE}, "?lang=en", id="phone-english"),
]


@pytest.mark.parametrize(("page", "language"), WAYS, indirect=["page"])
def test_a_resident_signs_in_and_out(page: Page, address: str, language: str) -> None:
    english = bool(language)
    page.goto(f"{address}/om{language}")
    page.get_by_role("link", name="Sign in" if english else "Logga in").click()
    check(page)
    page.get_by_role("link", name="E-identification" if english else "E-legitimation", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Whom do you want to be?" if english else "Vem vill du vara?"
    )
    check(page)
    page.get_by_role("button", name="Anna Ekdal").click()
    page.wait_for_url(f"{address}/om{language}")
    expect(page.get_by_role("banner")).to_contain_text("Anna Ekdal")
    check(page)
    page.get_by_role("button", name="Sign out" if english else "Logga ut").click()
    page.wait_for_url(f"{address}/utloggad**")
    expect(page.get_by_role("banner")).not_to_contain_text("Anna Ekdal")
    check(page)
    page.go_back()
    expect(page.get_by_text("Anna Ekdal")).to_have_count(0)


@pytest.mark.parametrize(("page", "language"), WAYS, indirect=["page"])
def test_staff_choose_a_commission_by_keyboard(page: Page, address: str, language: str) -> None:
    english = bool(language)
    page.goto(f"{address}/logga-in{language}")
    page.get_by_role("link", name="Staff e-identification" if english else "Tjänstelegitimation").press(
        "Enter"
    )
    page.get_by_role("button", name="Olof Grahn").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Choose a commission" if english else "Välj uppdrag"
    )
    check(page)
    page.get_by_role("radio").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("banner")).to_contain_text("Svartbäckens vårdcentral")
    check(page)


@pytest.mark.parametrize("page", [{"java_script_enabled": False}], indirect=True)
def test_all_of_it_without_javascript(page: Page, address: str) -> None:
    page.goto(f"{address}/om")
    page.get_by_role("link", name="Logga in").click()
    page.get_by_role("link", name="E-legitimation", exact=True).click()
    page.get_by_role("button", name="Karim Nordlund").click()
    expect(page.get_by_role("banner")).to_contain_text("Karim Nordlund")
    page.get_by_role("button", name="Logga ut").click()
    page.wait_for_url(f"{address}/utloggad**")


@pytest.mark.parametrize("page", [{}, {"viewport": PHONE, "color_scheme": "dark"}], indirect=True)
@pytest.mark.parametrize(
    "path",
    ["/logga-in/starkare?next=/om", "/logga-in?who=personal", "/utloggad"],
)
def test_the_other_pages_are_accessible(page: Page, address: str, path: str) -> None:
    page.goto(address + path)
    check(page)


@pytest.mark.parametrize("reason", ["cancelled", "too-late", "refused", "level", "identity", "commission"])
def test_every_reason_is_a_page_with_a_way_on(chromium: Browser, address: str, reason: str) -> None:
    options: dict[str, Any] = {"viewport": PHONE, "locale": "en-GB"}
    context = chromium.new_context(**options)
    page = context.new_page()
    page.goto(f"{address}/logga-in/gick-inte/{reason}?next=/om")
    check(page)
    page.get_by_role("link", name="Try again").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    context.close()
