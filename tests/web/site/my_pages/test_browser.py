"""Listing and my pages in a real browser, each persona by keyboard alone.

Every flow is walked at 360, 768 and 1440 px in Swedish and in English, two of them without JavaScript. There
axe-core cannot run; what it would see is the same, because these pages have no scripts.
"""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import Engine, text

from core import clock
from importers.synthetic.personas import people as personas
from tests.support import browser
from tests.support.browser import DESKTOP, PHONE, TABLET, fits, tab_to
from tests.support.signing_in import sign_in
from tests.web.site.my_pages.conftest import FULL, OPEN, OTHER
from tests.web.site.my_pages.offering import offer_the_first

PLAIN = {"java_script_enabled": False}
WAYS = [
    pytest.param({"viewport": PHONE}, "", id="phone"),
    pytest.param({"viewport": TABLET, **PLAIN}, "", id="tablet-plain"),
    pytest.param({"color_scheme": "dark"}, "", id="desktop-dark"),
    pytest.param({"viewport": PHONE, "color_scheme": "dark"}, "?lang=en", id="phone-dark-english"),
    pytest.param({"viewport": TABLET}, "?lang=en", id="tablet-english"),
    pytest.param(PLAIN, "?lang=en", id="desktop-plain-english"),
]
in_every_way = pytest.mark.parametrize(("page", "language"), WAYS, indirect=["page"])


@pytest.fixture
def check(request: pytest.FixtureRequest) -> Callable[[Page, str], None]:
    """What each state must be; without JavaScript axe-core cannot be asked."""
    options = request.node.callspec.params.get("page", {})
    if options.get("java_script_enabled", True):
        return browser.check

    def plainly(page: Page, name: str) -> None:
        page.wait_for_load_state()
        assert fits(page), (name, page.url)

    return plainly


def press(page: Page, selector: str) -> None:
    """Get there by the keyboard, press Enter, and come to another page."""
    tab_to(page, selector)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def tick(page: Page, selector: str) -> None:
    """Get to a box by the keyboard, and tick it or take the tick away."""
    tab_to(page, selector)
    page.keyboard.press("Space")


@in_every_way
def test_a_resident_from_the_find_page_to_a_receipt(
    page: Page, address: str, language: str, check: Callable[[Page, str], None]
) -> None:
    page.goto(f"{address}/{language}")
    tab_to(page, "input[name=q]")
    page.keyboard.type("ekeby vårdcentral")
    page.keyboard.press("Enter")
    page.wait_for_url("**/sok?**")
    press(page, ".hit__name a >> nth=0")
    page.wait_for_url(f"**/enhet/{OPEN}**")
    press(page, ".listing-button >> nth=0")
    page.wait_for_url("**/logga-in**")
    press(page, "a[href*='/logga-in/till/residents']")
    page.locator("button[value=resident]").press("Enter")
    page.wait_for_url(f"**/lista/{OPEN}**")
    check(page, "list-first")
    press(page, "button[value=confirm]")
    page.wait_for_url("**/mina-sidor/kvitto/**")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Ekeby vårdcentral")
    check(page, "receipt")
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Ekeby vårdcentral")
    press(page, "main a[href*='/mina-sidor'] >> nth=-1")
    check(page, "mine-listed")
    for part in ("historik", "insyn"):
        press(page, f"main a[href*='/mina-sidor/{part}']")
        page.wait_for_url(f"**/{part}**")
        check(page, part)
        page.go_back()
    page.goto(f"{address}/lista/{OTHER}{language}")
    check(page, "list-change")
    page.goto(f"{address}/mina-sidor{language}")
    press(page, "main a[href*='/lamna']")
    check(page, "leave")
    press(page, "main form button")
    expect(page.get_by_role("status")).to_be_visible()
    check(page, "mine-left")


@in_every_way
def test_a_guardian_chooses_for_whom(
    page: Page, address: str, language: str, rows: Any, check: Callable[[Page, str], None]
) -> None:
    sign_in(page, address, "Karim Nordlund", f"/lista/{OPEN}{language}")
    check(page, "list-family")
    tick(page, "input[name=who] >> nth=0")
    press(page, "button[value=confirm]")
    expect(page.get_by_role("alert")).to_be_visible()
    check(page, "list-nobody-chosen")
    for number in (0, 1):
        tick(page, f"input[name=who] >> nth={number}")
    press(page, "button[value=confirm]")
    page.wait_for_url("**/mina-sidor/kvitto/**")
    check(page, "receipt-family")
    assert len(rows("SELECT 1 FROM listing")) == 2
    page.goto(f"{address}/mina-sidor{language}")
    check(page, "mine-guardian")
    press(page, ".family a >> nth=0")
    page.wait_for_url("**/mina-sidor/**")
    check(page, "mine-child")


@in_every_way
def test_queue_offer_and_both_answers(
    page: Page,
    address: str,
    language: str,
    database: Engine,
    limit: Callable[[str, int], None],
    rows: Any,
    check: Callable[[Page, str], None],
) -> None:
    limit(FULL, 0)
    for answer in ("decline", "accept"):
        with database.begin() as connection:
            connection.execute(text("UPDATE listing_limit SET places = 0"))
        if answer == "decline":
            sign_in(page, address, "Anna Ekdal", f"/lista/{FULL}{language}")
            check(page, "list-queue")
        else:
            page.goto(f"{address}/lista/{FULL}{language}")
        press(page, "button[value=confirm]")
        page.wait_for_url("**/mina-sidor/kvitto/**")
        page.goto(f"{address}/mina-sidor{language}")
        if answer == "decline":
            check(page, "mine-queue")
        offer_the_first(database)
        page.reload()
        check(page, f"mine-offer-{answer}")
        press(page, ".offer a.button >> nth=0")
        check(page, "offer")
        press(page, f"button[value={answer}]")
        expect(page.locator("main h1")).to_be_visible()
        page.wait_for_url(lambda url: "erbjudande" not in url)
        check(page, f"after-{answer}")
    assert rows("SELECT count(*) FROM listing") == [(1,)]


@in_every_way
def test_staff_register_a_form(
    page: Page, address: str, language: str, rows: Any, check: Callable[[Page, str], None]
) -> None:
    sign_in(page, address, "Berit Lund", f"/personal/enhet/{OPEN}{language}", staff=True)
    check(page, "staff")
    tab_to(page, "input[name=person] >> nth=0")
    page.keyboard.type(next(one.number for one in personas(clock.today()) if one.key == "resident"))
    tab_to(page, "#reference")
    page.keyboard.type("B 17")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_be_visible()
    check(page, "staff-done")
    assert rows("SELECT paper_reference FROM listing") == [("B 17",)]


@pytest.mark.parametrize(
    "page",
    [{"viewport": PHONE, "color_scheme": "dark"}, {"locale": "en-GB"}],
    ids=["phone-dark", "desktop-english"],
    indirect=True,
)
@pytest.mark.parametrize(
    ("persona", "path"),
    [
        ("protected", "/mina-sidor"),
        ("protected", f"/lista/{OPEN}"),
        ("child-14", "/mina-sidor"),
        ("child-14", f"/lista/{OPEN}"),
        ("child-17", f"/lista/{OPEN}"),
        ("coordination", "/mina-sidor"),
        ("coordination", f"/lista/{OPEN}"),
        ("resident", f"/personal/enhet/{OPEN}"),
        ("nurse", "/mina-sidor"),
        ("region-administrator", f"/lista/{OPEN}"),
        ("statistician", f"/personal/enhet/{OPEN}"),
    ],
)
def test_everybody_has_a_page_with_a_way_on(
    page: Page, address: str, persona: str, path: str, rows: Any, check: Callable[[Page, str], None]
) -> None:
    staff = persona in ("nurse", "region-administrator", "statistician")
    page.goto(address + "/logga-in?next=" + path)
    press(page, f"a[href*='/logga-in/till/{'staff' if staff else 'residents'}']")
    page.locator(f"button[value={persona}]").press("Enter")
    page.wait_for_url(f"**{path}**")
    for size in (PHONE, TABLET, DESKTOP):
        page.set_viewport_size({"width": size["width"], "height": size["height"]})
        assert fits(page)
    check(page, f"way-on-{persona}-{path[1:6]}")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert page.locator("main a[href], main button").count() > 0
    assert rows("SELECT 1 FROM listing") == []
