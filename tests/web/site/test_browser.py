"""The pages in a real browser: as people see them, with keyboard, on a phone, and without JavaScript."""

import pytest
from playwright.sync_api import Response, expect

from tests.support.browser import DESKTOP, LAPTOP, NARROW, PHONE, TABLET, fits, violations
from tests.web.site.browsing import Tabs
from tests.web.site.units import FULL, QUEUE

UPPSALA = {"latitude": 59.85812, "longitude": 17.63876}

FIND = "/"
HITS = "/sok?q=v%C3%A5rdcentral&place=Uppsala"
CARD = f"/enhet/{FULL}"
FOUR = f"/jamfor?enhet={FULL}&enhet={QUEUE}" + "".join(
    f"&enhet=SE2321000024-E0000000002{number:02}" for number in (0, 3)
)
PAGES = {
    "find": FIND,
    "hits": HITS,
    "filtered": "/sok?region=03&listing=open&near=59.858,17.639",
    "empty": "/sok?q=xyzzyq",
    "card": CARD,
    "map": "/karta?region=03",
    "history": f"{CARD}/historik",
    "accessibility": "/tillganglighet",
    "sources": "/kallor",
    "design": "/designsystem",
    "chosen": f"{HITS}&enhet={FULL}&enhet={QUEUE}",
    "compare": f"/jamfor?enhet={FULL}&enhet={QUEUE}&place=Uppsala",
    "compare-one": f"/jamfor?enhet={FULL}",
    "compare-none": "/jamfor",
    "how": "/sa-fungerar-listning",
    "how-region": "/sa-fungerar-listning/03",
    "form": f"/blankett/{FULL}",
    "form-children": f"/blankett/{FULL}?for=barn&antal=3",
    "report": f"{CARD}/fel",
}


@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)
@pytest.mark.parametrize(
    ("viewport", "scheme"), [(LAPTOP, "light"), (PHONE, "dark")], ids=["desktop", "phone-dark"]
)
def test_accessible_quiet_and_alone(tabs: Tabs, path: str, viewport: dict[str, int], scheme: str) -> None:
    visit = tabs.open(viewport, color_scheme=scheme)
    page = visit.go(path)
    assert violations(page) == []
    assert visit.troubles == []


@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)
def test_nothing_scrolls_sideways_at_any_width_in_either_language(tabs: Tabs, path: str) -> None:
    """320 pixels are 400 % zoom on a screen of 1280."""
    visit = tabs.open(NARROW)
    for language in ("sv", "en"):
        page = visit.go(path + ("&" if "?" in path else "?") + f"lang={language}")
        assert page.evaluate("document.documentElement.lang") == language
        for size in (NARROW, PHONE, TABLET, DESKTOP):
            page.set_viewport_size({"width": size["width"], "height": size["height"]})
            assert fits(page), (language, size)
    assert visit.troubles == []


@pytest.mark.parametrize("name", ["hits", "filtered", "empty", "card", "map", "compare-four", "how-region"])
@pytest.mark.parametrize(
    ("viewport", "scheme"), [(TABLET, "light"), (PHONE, "dark")], ids=["tablet", "phone-dark"]
)
def test_everything_folded_out_in_english(
    tabs: Tabs, name: str, viewport: dict[str, int], scheme: str
) -> None:
    """Every menu, filter and longer text open at once, the map shown where a button shows it."""
    visit = tabs.open(viewport, color_scheme=scheme)
    path = FOUR if name == "compare-four" else PAGES[name]
    page = visit.go(path + ("&" if "?" in path else "?") + "lang=en")
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    button = page.get_by_role("button", name="Show map")
    if button.is_visible():
        button.click()
        expect(page.locator("[data-map-canvas]")).to_be_visible()
    assert fits(page)
    assert violations(page) == []
    assert visit.troubles == []


@pytest.mark.parametrize("path", [FIND, HITS, CARD], ids=["find", "hits", "card"])
def test_what_one_presses_is_large_enough(tabs: Tabs, path: str) -> None:
    """WCAG 2.2, 2.5.8: at least 24 by 24 pixels, links inside sentences aside."""
    page = tabs.open(PHONE).go(path)
    small = page.evaluate(
        """[...document.querySelectorAll(
            'button, select, input:not([type=hidden]), summary, .button, .chip, nav a, h2 a')]
        .filter((e) => e.checkVisibility() && !e.closest('.leaflet-control-attribution'))
        .map((e) => [e.outerHTML.slice(0, 90), (e.closest('label') ?? e).getBoundingClientRect()])
        .filter(([, box]) => box.width && (box.width < 24 || box.height < 24)).map(([html]) => html)"""
    )
    assert small == []


def test_from_the_find_page_to_a_card_without_javascript(tabs: Tabs) -> None:
    visit = tabs.open(PHONE, java_script_enabled=False)
    page = visit.go(FIND)
    expect(page.get_by_role("button", name="Nära mig")).to_be_hidden()
    page.get_by_label("Vad söker du?").fill("ekeby vårdcentral")
    page.get_by_role("button", name="Sök").click()
    expect(page.get_by_role("status").filter(has_text="träff")).to_be_visible()
    page.get_by_role("link", name="Ekeby vårdcentral").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ekeby vårdcentral")
    expect(page.get_by_role("link", name="018-61 10 00")).to_have_attribute("href", "tel:+4618611000")
    assert visit.troubles == []


def test_filters_without_javascript(tabs: Tabs) -> None:
    page = tabs.open(PHONE, java_script_enabled=False).go("/sok?region=03")
    page.get_by_text("Filtrera", exact=True).first.click()
    page.get_by_label("Har kö").check()
    page.get_by_role("button", name="Visa träffar").click()
    assert "listing=queue" in page.url
    page.get_by_role("link", name="Ta bort filtret Har kö").click()
    assert "listing" not in page.url


def test_filters_stand_open_beside_the_list_on_a_wide_screen(tabs: Tabs) -> None:
    page = tabs.open(DESKTOP, java_script_enabled=False).go("/sok?region=03")
    expect(page.get_by_label("Öppet nu")).to_be_visible()


def test_near_me_asks_and_puts_a_rounded_position_in_the_address(tabs: Tabs) -> None:
    visit = tabs.open(PHONE, geolocation=UPPSALA, permissions=["geolocation"])
    page = visit.go(FIND)
    page.get_by_label("Vad söker du?").fill("vårdcentral")
    page.get_by_role("button", name="Nära mig").click()
    page.wait_for_url("**/sok?**")
    assert page.url.endswith("/sok?q=v%C3%A5rdcentral&near=59.858%2C17.639")
    expect(page.get_by_role("link", name="Ta bort filtret Nära dig")).to_be_visible()
    assert visit.troubles == []


def test_near_me_refused_says_what_to_do_instead(tabs: Tabs) -> None:
    page = tabs.open(PHONE).go(FIND)
    page.get_by_role("button", name="Nära mig").click()
    expect(page.get_by_text("Skriv en ort i stället")).to_be_visible()
    expect(page.get_by_role("button", name="Nära mig")).to_be_enabled()


def test_suggestions_by_keyboard_alone(tabs: Tabs) -> None:
    visit = tabs.open(DESKTOP)
    page = visit.go(FIND)
    words = page.get_by_role("combobox", name="Vad söker du?")
    words.press_sequentially("ekeb")
    option = page.get_by_role("option", name="Ekeby vårdcentral")
    expect(option).to_be_visible()
    expect(words).to_have_attribute("aria-expanded", "true")
    assert violations(page) == []
    words.press("Escape")
    expect(option).to_be_hidden()
    words.press_sequentially("y")
    expect(option).to_be_visible()
    while option.get_attribute("aria-selected") != "true":
        words.press("ArrowDown")
    expect(words).to_have_attribute("aria-activedescendant", option.get_attribute("id") or "")
    words.press("Enter")
    page.wait_for_url(f"**{CARD}")
    assert visit.troubles == []


def test_list_and_map_are_in_step_on_a_wide_screen(tabs: Tabs) -> None:
    page = tabs.open(DESKTOP).go(HITS)
    markers = page.locator(".leaflet-marker-icon.marker")
    hits = page.locator("[data-hits] > li[data-lat]")
    expect(markers).to_have_count(hits.count())
    assert markers.all_inner_texts() == [str(n + 1) for n in range(hits.count())]
    box = page.locator("[data-map-canvas]").bounding_box()
    assert box
    for place in (marker.bounding_box() for marker in markers.all()):
        assert place
        assert box["x"] <= place["x"] <= box["x"] + box["width"]
        assert box["y"] <= place["y"] <= box["y"] + box["height"]
    hits.nth(2).hover()
    expect(markers.nth(2)).to_have_class(
        "leaflet-marker-icon marker leaflet-zoom-animated leaflet-interactive is-active"
    )
    markers.nth(0).press("Enter")
    expect(page.locator(".leaflet-popup a")).to_contain_text("1. ")


def test_the_map_on_a_phone_waits_behind_a_button(tabs: Tabs) -> None:
    page = tabs.open(PHONE).go(HITS)
    expect(page.locator("[data-map-canvas]")).to_be_hidden()
    button = page.get_by_role("button", name="Visa karta")
    button.click()
    expect(page.locator("[data-map-canvas]")).to_be_visible()
    expect(page.get_by_role("button", name="Dölj karta")).to_have_attribute("aria-expanded", "true")
    expect(page.locator(".leaflet-marker-icon.marker").first).to_be_visible()


def test_keyboard_reaches_the_content_first(tabs: Tabs) -> None:
    page = tabs.open(DESKTOP).go(HITS)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Till innehållet")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_the_card_prints_on_paper_without_navigation(tabs: Tabs) -> None:
    page = tabs.open(DESKTOP).go(CARD)
    page.emulate_media(media="print")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.locator(".site-nav")).to_be_hidden()
    expect(page.locator(".unit-map")).to_be_hidden()


@pytest.mark.parametrize("path", [FIND, HITS, CARD], ids=["find", "hits", "card"])
def test_a_page_is_light_without_the_map(tabs: Tabs, path: str) -> None:
    """In bytes as they travel, on a first visit: page, style, typeface, icons and scripts."""
    visit = tabs.open(PHONE)
    answers: list[Response] = []
    visit.page.on("response", lambda answer: answers.append(answer))
    visit.go(path)
    weights = {answer.url: answer.request.sizes()["responseBodySize"] for answer in answers}
    own = {url: size for url, size in weights.items() if "vendor/leaflet" not in url and "geojson" not in url}
    assert sum(own.values()) < 100_000, own
    assert path == CARD or len(own) == len(weights)


def test_the_map_moved_offers_to_search_there(tabs: Tabs) -> None:
    visit = tabs.open(DESKTOP)
    page = visit.go("/sok?q=v%C3%A5rdcentral+uppsala")
    offer = page.get_by_role("link", name="Sök i det här området")
    expect(offer).to_be_hidden()
    page.get_by_role("button", name="Zooma ut").click()
    offer.click()
    page.wait_for_url("**bbox=**")
    assert "q=v%C3%A5rdcentral&" in page.url
    expect(page.get_by_role("heading", level=1)).to_contain_text("i området på kartan")
    expect(page.get_by_role("link", name="Ta bort filtret Området på kartan")).to_be_visible()
    assert visit.troubles == []


def test_the_map_beside_the_list_stays_hidden_once_it_is_hidden(tabs: Tabs) -> None:
    page = tabs.open(LAPTOP).go(HITS)
    expect(page.locator("[data-map-canvas]")).to_be_visible()
    page.get_by_role("button", name="Dölj karta").click()
    expect(page.locator("[data-map-canvas]")).to_be_hidden()
    page.get_by_role("link", name="Ta bort Uppsala").click()
    expect(page.get_by_role("button", name="Visa karta")).to_be_visible()
    expect(page.locator("[data-map-canvas]")).to_be_hidden()


def test_no_empty_map_without_javascript(tabs: Tabs) -> None:
    for path in (HITS, CARD):
        page = tabs.open(DESKTOP, java_script_enabled=False).go(path)
        expect(page.locator("[data-map-canvas]")).to_be_hidden()
    page = tabs.open(DESKTOP, java_script_enabled=False).go(HITS)
    expect(page.get_by_role("button", name="Visa karta")).to_be_hidden()


def test_a_long_word_breaks_between_its_parts(tabs: Tabs) -> None:
    page = tabs.open(NARROW).go("/sok?q=barnmorskemottagning")
    assert (
        page.locator(".hit__name").first.inner_text().replace("\u00ad", "").endswith("barnmorskemottagning")
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
