"""Choosing, comparing and printing in a real browser: keyboard, no JavaScript, a phone, paper."""

import re

import pytest
from playwright.sync_api import expect

from tests.support.browser import DESKTOP, NARROW, PHONE, violations
from tests.web.site.browsing import Tabs
from tests.web.site.units import FULL, HOSTILE, QUEUE

HITS = "/sok?q=v%C3%A5rdcentral&place=Uppsala"
TWO = f"/jamfor?enhet={FULL}&enhet={QUEUE}"


def test_from_hits_to_comparison_without_javascript(tabs: Tabs) -> None:
    visit = tabs.open(PHONE, java_script_enabled=False)
    page = visit.go(HITS)
    for count in (1, 2):
        page.get_by_role("link", name=re.compile(r"^Jämför \S")).first.click()
        expect(page.get_by_role("complementary", name="Valda att jämföra")).to_contain_text(f"{count} val")
    page.get_by_role("complementary", name="Valda att jämföra").get_by_role("link", name="Jämför").click()
    table = page.get_by_role("table", name=re.compile("^Jämförelse av "))
    expect(table.get_by_role("columnheader")).to_have_count(2)
    page.get_by_role("link", name="Visa bara det som skiljer").click()
    expect(page.get_by_text("Lika för alla")).to_have_count(0)
    page.get_by_role("link", name=re.compile(r"^Ta bort \S")).first.click()
    expect(table.get_by_role("columnheader")).to_have_count(1)
    page.get_by_role("link", name="Välj fler mottagningar").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Uppsala")
    assert visit.troubles == []


def test_choosing_by_keyboard_keeps_ones_place_in_the_list(tabs: Tabs) -> None:
    page = tabs.open(DESKTOP).go(HITS)
    toggle = page.get_by_role("link", name=re.compile(r"^Jämför \S")).nth(4)
    unit = toggle.evaluate("e => e.closest('.hit').id")
    toggle.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**enhet=**")
    expect(page.locator(f"[id='{unit}']")).to_be_in_viewport()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('.hit')?.id") == unit


def test_the_comparison_is_a_table_to_a_screen_reader_on_a_phone_too(tabs: Tabs) -> None:
    page = tabs.open(PHONE).go(TWO)
    table = page.get_by_role("table")
    expect(table.get_by_role("columnheader")).to_have_count(2)
    row = table.get_by_role("row").filter(has=page.get_by_role("rowheader", name="Adress", exact=True))
    cells = row.get_by_role("cell")
    expect(cells).to_have_count(2)
    above, below = (cells.nth(number).bounding_box() for number in range(2))
    assert above
    assert below
    assert below["y"] >= above["y"] + above["height"]
    expect(cells.first.get_by_text("Ekeby vårdcentral")).to_be_visible()


def test_the_units_stand_side_by_side_where_there_is_room(tabs: Tabs) -> None:
    others = "".join(f"&enhet=SE2321000024-E0000000002{number:02}" for number in (0, 3))
    page = tabs.open(DESKTOP).go(TWO + others)
    boxes = [head.bounding_box() for head in page.get_by_role("columnheader").all()]
    assert len(boxes) == 4
    assert len({box["y"] for box in boxes if box}) == 1
    assert page.evaluate("document.documentElement.scrollWidth") <= DESKTOP["width"]
    page.mouse.wheel(0, 900)
    expect(page.get_by_role("columnheader").first).to_be_in_viewport()


def test_four_units_at_400_percent(tabs: Tabs) -> None:
    others = f"&enhet={HOSTILE}&enhet=SE2321000024-E000000000200"
    page = tabs.open(NARROW).go(TWO + others)
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]


def test_the_bar_of_chosen_units_hides_no_focus(tabs: Tabs) -> None:
    """WCAG 2.2, 2.4.11: what has the focus is not hidden behind what is stuck to the edge."""
    page = tabs.open(DESKTOP).go(f"{HITS}&enhet={FULL}")
    bar = page.locator(".compare-bar").bounding_box()
    assert bar
    for _ in range(45):
        page.keyboard.press("Tab")
        box = page.evaluate(
            """(() => { const e = document.activeElement;
            return e.closest('.hit-list') ? e.getBoundingClientRect().bottom : 0; })()"""
        )
        assert box <= page.evaluate("document.querySelector('.compare-bar').getBoundingClientRect().top") + 1


@pytest.mark.parametrize(
    "path",
    [
        TWO,
        "/jamfor",
        "/sa-fungerar-listning",
        "/sa-fungerar-listning/03",
        f"/blankett/{FULL}",
        f"/enhet/{FULL}/fel",
    ],
)
def test_the_new_pages_in_english(tabs: Tabs, path: str) -> None:
    visit = tabs.open(PHONE)
    page = visit.go(path + ("&" if "?" in path else "?") + "lang=en")
    assert page.evaluate("document.documentElement.lang") == "en"
    assert violations(page) == []
    assert visit.troubles == []


@pytest.mark.parametrize("query", ["", "?for=barn", "?for=barn&antal=3", "?for=barn&antal=3&lang=en"])
def test_the_form_is_one_sheet_of_a4(tabs: Tabs, query: str) -> None:
    page = tabs.open(DESKTOP).go(f"/blankett/{FULL}{query}")
    pages = re.findall(rb"/Type\s*/Page[^s]", page.pdf(prefer_css_page_size=True))
    assert len(pages) == 1


def test_the_form_on_paper_is_the_sheet_alone(tabs: Tabs) -> None:
    page = tabs.open(DESKTOP, color_scheme="dark").go(f"/blankett/{FULL}")
    expect(page.get_by_role("button", name="Skriv ut blanketten")).to_be_visible()
    page.emulate_media(media="print")
    expect(page.get_by_role("heading", level=1)).to_be_hidden()
    expect(page.get_by_text("Blankettens nummer")).to_be_visible()
    expect(page.locator(".site-header")).to_be_hidden()
    expect(page.locator(".site-footer")).to_be_hidden()


def test_the_form_needs_no_javascript(tabs: Tabs) -> None:
    page = tabs.open(PHONE, java_script_enabled=False).go(f"/blankett/{FULL}")
    expect(page.get_by_role("button", name="Skriv ut blanketten")).to_be_hidden()
    expect(page.get_by_text("Skriv ut med webbläsarens egen utskrift")).to_be_visible()
    page.get_by_role("link", name="För 2 barn").click()
    expect(page.get_by_role("group", name="Barn 2")).to_be_visible()


def test_the_comparison_on_paper_stands_side_by_side(tabs: Tabs) -> None:
    others = "".join(f"&enhet=SE2321000024-E0000000002{number:02}" for number in (0, 3))
    page = tabs.open({"width": 680, "height": 960}).go(TWO + others)
    page.emulate_media(media="print")
    boxes = [head.bounding_box() for head in page.get_by_role("columnheader").all()]
    assert len({box["y"] for box in boxes if box}) == 1
    assert page.evaluate("document.documentElement.scrollWidth") <= 680
    expect(page.get_by_text("Vad vill du göra?")).to_be_hidden()


def test_the_large_map_and_its_list_are_in_step(tabs: Tabs) -> None:
    page = tabs.open(DESKTOP).go("/karta?region=03")
    hits = page.locator("[data-hits] > li[data-lat]")
    expect(page.locator(".leaflet-marker-icon.marker")).to_have_count(hits.count())
    page = tabs.open(DESKTOP, java_script_enabled=False).go("/karta?region=03")
    expect(page.locator("[data-hits] > li").first).to_be_visible()
