"""What search engines may find, and whom to tell when a card is wrong."""

import re
import xml.etree.ElementTree as ET
from html import unescape
from urllib.robotparser import RobotFileParser

import pytest
from flask.testing import FlaskClient

from core import clock
from tests.web.site.test_pages import page
from tests.web.site.units import BARE, FULL, HIDDEN, HOSTILE, OLD, PROTECTED
from web.site import reads
from web.site.presenters.unit_card import card
from web.site.unit import report_address

SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
NOINDEX = '<meta name="robots" content="noindex, follow">'


@pytest.mark.parametrize(
    "query",
    [
        "q=v%C3%A5rdcentral&place=Uppsala",
        "service=1502",
        "region=03",
        "municipality=0380",
        "q=barnmorska",
        "unitType=02&region=03",
    ],
)
def test_a_plain_list_of_a_service_and_a_place_may_be_found(client: FlaskClient, query: str) -> None:
    html = page(client, f"/sok?{query}&lang=en")
    assert "noindex" not in html
    english = _address(html, 'rel="canonical"')
    assert english.startswith("http://localhost/sok?")
    assert english.endswith("&lang=en")
    swedish = page(client, _address(html, 'rel="alternate" hreflang="sv"'))
    assert _address(swedish, 'rel="canonical"') == english.removesuffix("&lang=en")
    _name_each_other(swedish, page(client, english))


@pytest.mark.parametrize(
    "path", ["/", f"/enhet/{FULL}", "/sa-fungerar-listning", "/sa-fungerar-listning/03", "/om", "/kallor"]
)
def test_a_page_has_one_address_for_each_language(client: FlaskClient, path: str) -> None:
    swedish, english = page(client, path), page(client, f"{path}?lang=en")
    assert _address(swedish, 'rel="canonical"') == f"http://localhost{path}"
    assert _address(english, 'rel="canonical"') == f"http://localhost{path}?lang=en"
    _name_each_other(swedish, english)
    by_wish = client.get(path, headers={"Accept-Language": "en-GB"}).get_data(as_text=True)
    assert _address(by_wish, 'rel="canonical"') == f"http://localhost{path}"
    assert _address(page(client, f"{path}?lang=sv"), 'rel="canonical"') == f"http://localhost{path}"


def _address(html: str, link: str) -> str:
    found = re.findall(f'<link {link} href="([^"]+)"', html)
    assert len(found) == 1, (link, found)
    return unescape(found[0])


def _name_each_other(swedish: str, english: str) -> None:
    for html in (swedish, english):
        for language, of in (("sv", swedish), ("x-default", swedish), ("en", english)):
            named = _address(html, f'rel="alternate" hreflang="{language}"')
            assert named == _address(of, 'rel="canonical"')


@pytest.mark.parametrize(
    "query",
    [
        "",
        "near=59.858,17.639",
        "q=v%C3%A5rdcentral&near=59.858,17.639",
        "bbox=17.5,59.8,17.8,59.9",
        "q=anna+svensson+uppsala",
        "q=xyzzyq",
        "service=1502&service=1504",
        "region=03&listing=open",
        "region=03&openAt=now",
        "region=03&page=2",
        "region=03&sort=name",
        f"region=03&enhet={FULL}",
    ],
)
def test_what_says_something_of_a_person_or_of_a_moment_may_not(client: FlaskClient, query: str) -> None:
    html = page(client, f"/sok?{query}")
    assert NOINDEX in html
    assert 'rel="canonical"' not in html


def test_robots_keeps_crawlers_from_endless_addresses(client: FlaskClient) -> None:
    answer = client.get("/robots.txt")
    assert answer.mimetype == "text/plain"
    text = answer.get_data(as_text=True)
    rules = RobotFileParser()
    rules.parse(text.splitlines())
    for path in ("/jamfor?enhet=x", "/karta", "/blankett/x", "/lista/x", "/mina-sidor", "/api/v1/care-units"):
        assert not rules.can_fetch("*", path), path
    for path in ("/", "/sok?q=v%C3%A5rdcentral&place=Uppsala", f"/enhet/{FULL}", "/sa-fungerar-listning/03"):
        assert rules.can_fetch("*", path), path
    for name in ("near", "bbox", "enhet", "asOf"):
        assert f"Disallow: /*?{name}=" in text
        assert f"Disallow: /*&{name}=" in text
    assert "Sitemap: http://localhost/sitemap.xml" in text


def _locations(client: FlaskClient, path: str) -> list[str]:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.mimetype == "application/xml"
    root = ET.fromstring(answer.data)
    return [found.text or "" for found in root.iter(f"{SITEMAP}loc")]


def test_the_sitemap_holds_every_public_card_and_no_other(client: FlaskClient) -> None:
    parts = _locations(client, "/sitemap.xml")
    assert "http://localhost/sitemap-03.xml" in parts
    assert len(parts) == 22
    cards = _locations(client, "/sitemap-03.xml?lang=en")
    assert len(cards) == len(set(cards)) > 30
    for unit in (FULL, BARE, HOSTILE):
        assert f"http://localhost/enhet/{unit}" in cards
    for unit in (OLD, HIDDEN, PROTECTED):
        assert f"http://localhost/enhet/{unit}" not in cards
    assert "<lastmod>2026-" in client.get("/sitemap-03.xml").get_data(as_text=True)
    assert client.get("/sitemap-99.xml").status_code == 404


def test_every_page_of_the_sitemap_answers_and_may_be_found(client: FlaskClient) -> None:
    for address in _locations(client, "/sitemap-sidor.xml"):
        assert "noindex" not in page(client, address.removeprefix("http://localhost"))


def test_an_error_is_reported_to_whoever_is_responsible(client: FlaskClient) -> None:
    html = page(client, f"/enhet/{FULL}/fel")
    assert "Ansvarig för uppgifterna: katalog@example.se" in html
    mail = re.search(r'href="(mailto:[^"]+)"', html)
    assert mail
    assert unescape(mail[1]).startswith("mailto:katalog@example.se?subject=Fel%20i%20uppgifterna")
    assert f"localhost%2Fenhet%2F{FULL}" in mail[1]
    assert f"HSA-id {FULL}" in html
    assert f'href="/enhet/{FULL}/fel"' in page(client, f"/enhet/{FULL}")


def test_without_anybody_responsible_one_turns_to_the_unit(client: FlaskClient) -> None:
    html = page(client, f"/enhet/{BARE}/fel")
    assert "mailto:" not in html
    assert "Ingen särskild är utpekad" in html
    for unit in (HIDDEN, PROTECTED, "SE2321000024-E00000999999", "x"):
        page(client, f"/enhet/{unit}/fel", 404)


@pytest.mark.parametrize(
    ("contact", "address"),
    [
        ("Vårdvalsenheten, val@region.example", "val@region.example"),
        ("val@region.example", "val@region.example"),
        ("Kalle", ""),
        ("a@b.example eller c@d.example", ""),
        ("a@b.example?bcc=c@d.example", ""),
        ("a@b.example?subject=x", "a@b.example"),
    ],
)
def test_a_message_goes_to_the_one_address_that_is_named(
    client: FlaskClient, contact: str, address: str
) -> None:
    with client.application.test_request_context():
        snapshot = reads.unit(FULL, None)
        assert snapshot
        shown = card(FULL, snapshot.record, reads.words(snapshot), clock.now())
        mail = report_address(contact, shown, "http://localhost/x")
    assert mail.removeprefix("mailto:").partition("?")[0] == address
