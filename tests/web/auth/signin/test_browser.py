"""Sign-in in a real browser: both languages, 360, 768 and 1440 px, with and without JavaScript, axe clean."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from tests.support.browser import DESKTOP, PHONE, TABLET, check, chromium
from tests.support.signing_in import Provider, served_and_known


@pytest.fixture(scope="module")
def address(site: Flask, provider: Provider) -> Iterator[str]:
    """The site on a port of its own, which the provider knows."""
    with served_and_known(site, provider) as found:
        yield found


@pytest.fixture(scope="module")
def window() -> Iterator[Browser]:
    """One chromium for the module."""
    with chromium() as found:
        yield found


@pytest.fixture
def page(window: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A tab; what goes wrong in the console fails the test."""
    options: dict[str, Any] = {"viewport": DESKTOP, "locale": "sv-SE", **getattr(request, "param", {})}
    context = window.new_context(**options)
    tab = context.new_page()
    troubles: list[str] = []
    tab.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
    yield tab
    context.close()
    assert troubles == []


WAYS = [
    pytest.param({"viewport": PHONE, "color_scheme": "dark"}, "", id="phone"),
    pytest.param({"viewport": TABLET}, "", id="tablet"),
    pytest.param({}, "", id="desktop"),
    pytest.param({"viewport": PHONE}, "?lang=en", id="phone-english"),
    pytest.param({"viewport": TABLET, "color_scheme": "dark"}, "?lang=en", id="tablet-english"),
    pytest.param({}, "?lang=en", id="desktop-english"),
]


@pytest.mark.parametrize(("page", "language"), WAYS, indirect=["page"])
def test_a_resident_signs_in_and_out(page: Page, address: str, language: str) -> None:
    english = bool(language)
    page.goto(f"{address}/om{language}")
    page.get_by_role("link", name="Sign in" if english else "Logga in").click()
    check(page, "sign-in")
    page.get_by_role("link", name="E-identification" if english else "E-legitimation", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Whom do you want to be?" if english else "Vem vill du vara?"
    )
    check(page, "provider")
    page.get_by_role("button", name="Anna Ekdal").click()
    page.wait_for_url(f"{address}/om{language}")
    expect(page.get_by_role("banner")).to_contain_text("Anna Ekdal")
    check(page, "signed-in")
    page.get_by_role("button", name="Sign out" if english else "Logga ut").click()
    page.wait_for_url(f"{address}/utloggad**")
    expect(page.get_by_role("banner")).not_to_contain_text("Anna Ekdal")
    check(page, "signed-out")
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
    check(page, "commissions")
    page.get_by_role("radio").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("banner")).to_contain_text("Svartbäckens vårdcentral")
    check(page, "commission")


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
    check(page, "sign-in-other")


@pytest.mark.parametrize("reason", ["cancelled", "too-late", "refused", "level", "identity", "commission"])
def test_every_reason_is_a_page_with_a_way_on(window: Browser, address: str, reason: str) -> None:
    options: dict[str, Any] = {"viewport": PHONE, "locale": "en-GB"}
    context = window.new_context(**options)
    page = context.new_page()
    page.goto(f"{address}/logga-in/gick-inte/{reason}?next=/om")
    check(page, "sign-in-refused")
    page.get_by_role("link", name="Try again").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    context.close()
