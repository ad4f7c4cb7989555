"""The pages as a browser without JavaScript gets them."""

import json
import re

import pytest
from flask.testing import FlaskClient

from tests.web.site.units import BARE, FULL, HIDDEN, HOSTILE, OLD, PROTECTED, QUEUE


def page(client: FlaskClient, path: str, status: int = 200) -> str:
    """The text of a page, with white space made plain and no soft hyphens."""
    response = client.get(path)
    assert response.status_code == status
    assert response.mimetype == "text/html"
    return " ".join(response.get_data(as_text=True).replace("\u00ad", "").split())


PATHS = [
    "/",
    "/sok",
    "/karta",
    f"/enhet/{FULL}",
    f"/enhet/{FULL}/historik",
    "/om",
    "/kallor",
    "/tillganglighet",
]


@pytest.mark.parametrize("path", [*PATHS, "/designsystem"])
def test_every_page_has_one_heading_a_title_and_no_inline_code(client: FlaskClient, path: str) -> None:
    html = page(client, path)
    assert html.count("<h1") == 1
    assert re.search(r"<title>\S.*Hitta vård</title>", html)
    assert ' style="' not in html
    assert "<style" not in html
    assert not re.search(r"<script(?![^>]*(\ssrc=|application/ld\+json))", html)
    assert not re.search(r"\son[a-z]+=", html)
    assert not re.search(r'(src|href)="https?://(?!localhost)[^"]*\.(js|css|png|woff2)', html)


@pytest.mark.parametrize("path", [*PATHS, "/finns-inte"])
def test_every_answer_carries_the_security_headers(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers
    policy = headers["Content-Security-Policy"]
    for rule in ("default-src 'self'", "base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'"):
        assert rule in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "Set-Cookie" not in headers


def test_the_find_page_offers_services_that_have_hits(client: FlaskClient) -> None:
    html = page(client, "/")
    links = re.findall(r'href="(/sok\?service=[^"]+)"', html)
    assert links == ["/sok?service=1502", "/sok?service=1504", "/sok?service=1505", "/sok?service=1519"]
    for link in links:
        assert "Inga träffar" not in page(client, link)
    assert "Region Uppsala" in html


def test_the_hit_list_shows_what_one_needs_to_choose(client: FlaskClient) -> None:
    html = page(client, "/sok?q=svartb%C3%A4cken&near=59.858,17.639")
    assert "Svartbäckens nya vårdcentral" in html
    assert "1,4 km" in html
    assert "<strong>Kö</strong>" in html
    assert "14 väntar" in html
    assert "till 17:00" in html
    assert "Inga öppettider" not in html


def test_a_former_name_still_finds_the_unit(client: FlaskClient) -> None:
    assert "Ekeby vårdcentral" in page(client, "/sok?q=flogsta")


def test_filters_are_counted_ticked_and_taken_away_by_links(client: FlaskClient) -> None:
    html = page(client, "/sok?municipality=0380&listing=queue&listing=open&q=v%C3%A5rdcentral")
    assert re.search(r'name="listing" value="queue" form="sokning" checked', html)
    chip = re.search(r'href="(/sok[^"]*)" aria-label="Ta bort filtret Har kö"', html)
    assert chip
    assert "listing=queue" not in chip[1]
    assert "listing=open" in chip[1]
    assert "municipality=0380" in chip[1]


def test_what_was_read_out_of_the_words_can_be_taken_back(client: FlaskClient) -> None:
    html = page(client, "/sok?q=bmm+uppsala")
    assert re.search(r'href="/sok\?q=uppsala" aria-label="Ta bort Barnmorskemottagning"', html)
    assert "literal=1" in html


@pytest.mark.parametrize(
    ("query", "chip", "without"),
    [
        ("q=vc+%C3%B6ppet+nu", "Öppet nu", "/sok?q=vc"),
        ("q=vc+i+uppsala", "Uppsala", "/sok?q=vc"),
        ("q=vc+utan+k%C3%B6+l%C3%B6rdag", "Lördag", "/sok?q=vc+utan+k%C3%B6"),
        ("q=arabisktalande+vc", "Arabiska", "/sok?q=vc"),
        ("q=vc&place=uppsala", "Uppsala", "/sok?q=vc"),
        ("q=vc&bbox=17,59,18,60", "filtret Området på kartan", "/sok?q=vc"),
    ],
)
def test_every_part_of_a_search_is_taken_away_by_one_click(
    client: FlaskClient, query: str, chip: str, without: str
) -> None:
    found = re.search(rf'href="([^"]*)" aria-label="Ta bort {chip}"', page(client, f"/sok?{query}"))
    assert found
    assert found[1] == without


def test_how_many_are_open_now_is_counted(client: FlaskClient) -> None:
    html = page(client, "/sok?region=03")
    count = re.search(r'Öppet nu</span><span class="check__count">(\d+)<', html)
    assert count
    assert f"{count[1]} träffar" in page(client, "/sok?region=03&openAt=now")


def test_the_area_on_the_map_is_a_filter_that_a_place_replaces(client: FlaskClient) -> None:
    assert "i området på kartan" in page(client, "/sok?bbox=17.5,59.8,17.8,59.9")
    assert "Inga träffar" in page(client, "/sok?bbox=11.9,57.6,12.1,57.8")
    assert "i Uppsala" in page(client, "/sok?bbox=11.9,57.6,12.1,57.8&place=Uppsala")
    assert 'data-map-area><a class="button button--small" href="/sok?q=vc"' in page(
        client, "/sok?q=vc&place=Uppsala&radius=5000"
    )


def test_pages_have_stable_addresses_and_keep_the_search(client: FlaskClient) -> None:
    html = page(client, "/sok?region=03")
    follow = re.search(r'rel="next" href="([^"]+)"', html)
    assert follow
    second = page(client, follow[1].replace("&amp;", "&"))
    assert 'aria-current="page">2<' in second
    assert "visar 21–" in second
    assert 'data-number="21"' in second
    first_names = re.findall(r'class="hit__name"><a href="/enhet/([^"]+)"', html)
    second_names = re.findall(r'class="hit__name"><a href="/enhet/([^"]+)"', second)
    assert second_names
    assert not set(first_names) & set(second_names)


@pytest.mark.parametrize(
    "query",
    [
        "near=hej",
        "near=nan,nan",
        "near=1,2",
        "near=59.8,17.6,1",
        "radius=-1&near=59.8,17.6",
        "radius=1e9&near=59.8,17.6",
        "radius=500",
        "bbox=1,2,3",
        "bbox=nan,59,18,60",
        "bbox=18,59,17,60",
        "page=0",
        "page=99999999999999999999",
        "page=%C2%B2",
        "sort=slump",
        "sort=distance",
        "openAt=ig%C3%A5r",
        "listing=kanske",
        "region=99",
        "municipality=%3Cscript%3E",
        "service=" + "9" * 100,
        "q=" + "a" * 5000,
        "q=" + "ord+" * 100,
        "q=%00",
        "q=%F0%9F%A9%BA",
        "place=%25%27%22",
        "q=*&place=*",
        "q=a+OR+b+AND+NOT+(c",
        "okand=1&utm_source=x",
        "lang=xx",
    ],
)
def test_strange_parameters_never_end_in_an_error(client: FlaskClient, query: str) -> None:
    for path in ("/sok", "/karta"):
        html = page(client, f"{path}?{query}")
        assert "<script>" not in html


def test_a_bad_value_is_told_and_set_aside(client: FlaskClient) -> None:
    html = page(client, "/sok?near=hej&region=03")
    assert "Positionen gick inte att läsa" in html
    assert "34 träffar" in html


@pytest.mark.parametrize(
    ("query", "note"),
    [
        ("q=vc&färg=blå", "inte känner till och inte använder: färg"),
        ("q=vc&sort=quality:wait", "Det finns inga kvalitetsmått att sortera på än"),
        ("q=vc&lang=en&colour=blue", "does not know and does not use: colour"),
    ],
)
def test_what_the_search_does_not_know_is_told(client: FlaskClient, query: str, note: str) -> None:
    assert note in page(client, f"/sok?{query}")


def test_what_others_add_to_links_is_not_worth_a_word(client: FlaskClient) -> None:
    assert "inte känner till" not in page(client, "/sok?q=vc&utm_source=x&fbclid=y")


def test_the_position_in_links_is_no_more_exact_than_needed(client: FlaskClient) -> None:
    response = client.get("/sok?near=59.8581234,17.6389876&q=vc")
    assert response.status_code == 302
    assert response.headers["Location"] == "/sok?q=vc&near=59.858%2C17.639"


def test_no_hits_is_not_a_dead_end(client: FlaskClient) -> None:
    html = page(client, "/sok?q=xyzzyq&near=59.858,17.639&radius=1000&listing=open")
    assert "Inga träffar" in html
    for way in ("Sök i ett större område", "Ta bort alla filter", "Sök i hela landet", "tel:1177"):
        assert way in html
    assert re.search(r'class="pill" href="/sok\?service=', html)


def test_a_page_past_the_end_leads_back(client: FlaskClient) -> None:
    assert "Till första sidan" in page(client, "/sok?region=03&page=400")


def test_the_card_shows_everything_the_record_has(client: FlaskClient) -> None:
    html = page(client, f"/enhet/{FULL}")
    for text in (
        "Ekeby vårdcentral",
        "till 17:00",
        "Vi har nya lokaler",
        'href="tel:+4618611000"',
        "018-61 10 00",
        "Telefontid i dag: 07:30–16:00",
        "Ekebydalsvägen 12",
        "Drop-in",
        "endast jour",
        "Kortare dag",
        "Juldagen",
        "Mottagningen tar emot nya patienter",
        "till och med 5 år",
        "remiss krävs",
        "hemma hos dig",
        "Specialist i allmänmedicin",
        "angivet av regionen, gäller till 1 maj 2027",
        "Arabiska",
        "Boka tid",
        "Hiss <small>finns inte</small>",
        "två platser på gatan",
        "Här arbetar läkare",
        "Innan besöket",
        "Läkarbesök 200 kronor",
        "Buss 8",
        "Region Uppsala",
        "232100-0024",
        "<code>1502</code>",
        "Flogsta vårdcentral",
        "Svartbäckens nya vårdcentral",
        "Box 602",
        "källa: Katalogtjänsten",
        "katalog@example.se",
        f"/enhet/{FULL}/fel",
        f"/enhet/{FULL}/historik",
    ):
        assert text in html, text
    assert re.search(r'<tr class="is-today" aria-current="date"> <th scope="row">Fredag', html)
    assert "recorded_by" not in html
    assert "admin" not in html


def test_the_card_describes_itself_to_machines(client: FlaskClient) -> None:
    html = client.get(f"/enhet/{FULL}").get_data(as_text=True)
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    assert found
    data = json.loads(found[1])
    assert data["@type"] == "MedicalClinic"
    assert data["isAcceptingNewPatients"] is True
    assert data["telephone"] == "+4618611000"
    assert data["address"] == {
        "@type": "PostalAddress",
        "streetAddress": "Ekebydalsvägen 12",
        "postalCode": "75263",
        "addressLocality": "Uppsala",
        "addressRegion": "Region Uppsala",
        "addressCountry": "SE",
    }
    assert "Arabiska" in data["knowsLanguage"]
    assert {"@type": "LocationFeatureSpecification", "name": "Hiss", "value": False} in data["amenityFeature"]
    friday = next(h for h in data["openingHoursSpecification"] if h["dayOfWeek"] == "Friday")
    assert (friday["opens"], friday["closes"]) == ("08:00", "17:00")
    assert f'<link rel="canonical" href="http://localhost/enhet/{FULL}">' in html


def test_a_card_with_hardly_anything_is_still_a_card(client: FlaskClient) -> None:
    html = page(client, f"/enhet/{BARE}")
    assert "Öppettider saknas" in html
    assert "Lista dig här" not in html


def test_what_a_catalogue_holds_never_becomes_code(client: FlaskClient) -> None:
    html = page(client, f"/enhet/{HOSTILE}")
    assert "<script>alert" not in html
    assert "<img" not in html
    assert "javascript:alert(1)</" in html
    assert 'href="javascript' not in html
    assert "mailto:a@b.se" not in html
    assert "<script>alert" not in page(client, "/sok?q=alert")


def test_one_unit_has_one_address(client: FlaskClient) -> None:
    response = client.get(f"/enhet/{FULL.lower()}?lang=en")
    assert response.status_code == 301
    assert response.headers["Location"] == f"/enhet/{FULL}?lang=en"


def test_a_closed_unit_says_so_and_leads_on(client: FlaskClient) -> None:
    html = page(client, f"/enhet/{OLD}", status=410)
    assert "Mottagningen har upphört" in html
    assert f'href="/enhet/{FULL}"' in html


def test_a_hidden_unit_shows_nothing_of_itself(client: FlaskClient) -> None:
    html = page(client, f"/enhet/{HIDDEN}", status=404)
    assert "Dolda" not in html
    assert client.get(f"/enhet/{HIDDEN}/historik").status_code == 404
    assert client.get(f"/enhet/{HIDDEN}?asOf=2026-06-01").status_code == 404


def test_what_is_hidden_today_is_not_seen_as_it_was(client: FlaskClient) -> None:
    html = page(client, f"/enhet/{PROTECTED}?asOf=2026-06-01", status=404)
    assert "Skyddade" not in html


@pytest.mark.parametrize(
    "path", ["/enhet/SE2321000024-E000000009999", "/enhet/X", "/enhet/" + "A" * 300, "/enhet/%00"]
)
def test_an_unknown_unit_gets_help(client: FlaskClient, path: str) -> None:
    response = client.get(path, follow_redirects=True)
    assert response.status_code == 404
    assert "Sök efter mottagningen" in response.get_data(as_text=True)


def test_the_card_as_it_was(client: FlaskClient) -> None:
    html = page(client, f"/enhet/{QUEUE}?asOf=2026-06-01")
    assert "Svartbäckens vårdcentral" in html
    assert "Så här såg kortet ut" in html
    assert "Visa kortet som det är nu" in html
    assert page(client, f"/enhet/{OLD}?asOf=2026-06-01")
    assert client.get(f"/enhet/{QUEUE}?asOf=2020-01-01").status_code == 404
    assert "Datumet i adressen gick inte att förstå" in page(client, f"/enhet/{QUEUE}?asOf=banan")


def test_the_history_tells_from_what_to_what(client: FlaskClient) -> None:
    html = page(client, f"/enhet/{QUEUE}/historik")
    assert re.search(
        r"Namn</td><td[^>]*>Svartbäckens vårdcentral</td><td[^>]*>Svartbäckens nya vårdcentral", html
    )
    assert "2 november 2026 09:00" in html
    assert "Katalogtjänsten" in html


def test_english_by_address_and_by_the_browsers_wish(client: FlaskClient) -> None:
    html = page(client, "/?lang=en")
    assert '<html lang="en">' in html
    assert "Find care near you" in html
    assert 'action="/sok?lang=en"' in html or 'name="lang" value="en"' in html
    wished = client.get("/", headers={"Accept-Language": "en-GB,en;q=0.9"})
    assert "Find care near you" in wished.get_data(as_text=True)
    assert "Accept-Language" in wished.headers["Vary"]
    swedish = client.get("/", headers={"Accept-Language": "sv-SE,en;q=0.5"})
    assert '<html lang="sv">' in swedish.get_data(as_text=True)
    assert '<html lang="sv">' in page(client, "/?lang=sv")
    other = client.get("/", headers={"Accept-Language": "de"})
    assert '<html lang="sv">' in other.get_data(as_text=True)


def test_codes_have_english_labels_on_english_pages(client: FlaskClient) -> None:
    assert "Health centre" in page(client, f"/enhet/{FULL}?lang=en")
    assert "Health centre" in page(client, "/sok?q=ekeby&lang=en")


def test_errors_are_pages_that_help(client: FlaskClient) -> None:
    assert "Vi hittar inte sidan" in page(client, "/finns-inte", status=404)
    refused = client.post("/sok")
    assert refused.status_code == 405
    assert "GET" in refused.headers["Allow"]


def test_head_is_answered_like_get(client: FlaskClient) -> None:
    for path in ("/", "/sok?q=vc", f"/enhet/{FULL}"):
        response = client.head(path)
        assert response.status_code == 200
        assert response.get_data() == b""
