"""The waiting page in a real browser: as people see it, and how it lets them in by itself."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.support.browser import LAPTOP, NARROW, PHONE, check, chromium
from tests.web.line.serving import Server

ASKED = "/sok?q=v%C3%A5rdcentral&place=Uppsala"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, translations: None) -> Iterator[Server]:
    """A page may keep its visitor waiting for a second."""
    with Server(tmp_path_factory.mktemp("line"), {"HITTAVARD_LINE_SECONDS": "1"}).running() as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One chromium for the module."""
    with chromium() as found:
        yield found


@pytest.mark.parametrize("language", ["sv-SE", "en-GB"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [NARROW, PHONE, LAPTOP], ids=["narrow", "phone", "laptop"])
def test_it_can_be_read_by_everybody(
    server: Server, browser: Browser, viewport: dict[str, int], scheme: str, language: str
) -> None:
    options: dict[str, Any] = {"viewport": viewport, "locale": language, "color_scheme": scheme}
    context = browser.new_context(**options)
    page = context.new_page()
    fetched: list[str] = []
    refused: list[str] = []
    page.on("request", lambda request: fetched.append(request.url))
    page.on("console", lambda said: refused.append(said.text) if "Policy" in said.text else None)
    with server.held_up():
        for _ in range(3):
            server.ask()
        page.goto(f"http://127.0.0.1:{server.port}{ASKED}")
        expect(page.get_by_role("progressbar")).to_be_visible()
        check(page, f"waiting-{scheme}")
        assert page.evaluate("getComputedStyle(document.querySelector('.turn')).borderTopStyle") == "solid"
    assert {url for url in fetched if not url.startswith("data:")} == {
        f"http://127.0.0.1:{server.port}{ASKED}"
    }
    assert refused == []
    context.close()


def test_it_moves_by_itself_to_the_page_asked_for_without_javascript(
    server: Server, browser: Browser
) -> None:
    context = browser.new_context(locale="sv-SE", java_script_enabled=False)
    first, second = context.new_page(), browser.new_context(locale="en-GB").new_page()
    address = f"http://127.0.0.1:{server.port}{ASKED}"
    with server.held_up():
        first.goto(address)
        second.goto(address)
        place = int(first.locator(".turn__place").inner_text())
        assert int(second.locator(".turn__place").inner_text()) == place + 1
        expect(first).to_have_title(f"Plats {place} i kön – Hitta vård")
        expect(second.get_by_role("heading", level=1)).to_have_text("You are in line")
        second.get_by_role("link", name="Svenska").click()
        expect(second.get_by_role("heading", level=1)).to_have_text("Du står i kö")
        assert int(second.locator(".turn__place").inner_text()) == place + 1
    expect(first.locator("body")).to_have_text("ok", timeout=20_000)
    assert first.url == address
    expect(second.locator("body")).to_have_text("ok", timeout=20_000)
    context.close()
    second.context.close()
