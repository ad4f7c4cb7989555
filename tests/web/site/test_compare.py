"""Choosing up to four units and comparing them, with the whole state in the address."""

import re
from html import unescape

import pytest
from flask.testing import FlaskClient

from tests.web.site.test_pages import page
from tests.web.site.units import BARE, FULL, HIDDEN, HOSTILE, OLD, PROTECTED, QUEUE


def compared(client: FlaskClient, *units: str, more: str = "") -> str:
    """The comparison of these units."""
    return page(client, "/jamfor?" + "&".join(f"enhet={unit}" for unit in units) + more)


def part(html: str, heading: str) -> str:
    """The part of the table under a heading such as `Det här skiljer`."""
    found = re.search(rf">{heading}</th></tr>(.*?)</tbody>", html)
    return found[1] if found else ""


def row(html: str, heading: str) -> str:
    """The first row with this heading."""
    found = re.search(rf'role="rowheader">{heading}</th>(.*?)</tr>', html)
    assert found, heading
    return found[1]


def test_what_differs_comes_first_and_what_is_the_same_is_told_once(client: FlaskClient) -> None:
    html = compared(client, FULL, QUEUE)
    assert html.index("Det här skiljer") < html.index("Lika för alla")
    different, same = part(html, "Det här skiljer"), part(html, "Lika för alla")
    assert "14 väntar" in row(different, "Listning")
    assert "Du kan lista dig" in row(different, "Listning")
    assert "Storgatan 1" in row(different, "Adress")
    assert "till 17:00" in row(same, "Öppet nu")
    assert row(same, "Öppet nu").count("till 17:00") == 1
    assert 'colspan="2"' in row(same, "Öppet nu")


def test_a_list_is_told_apart_into_what_all_have_and_what_some_have(client: FlaskClient) -> None:
    html = compared(client, FULL, "SE2321000024-E000000000200")
    different = row(part(html, "Det här skiljer"), "Vård och tjänster")
    cells = different.split("</td>")
    assert "Inte angivet:" in cells[1]
    assert "Inte angivet:" not in cells[0]
    same = row(part(html, "Lika för alla"), "Vård och tjänster")
    names = set(re.findall(r"<span>([^<]+?) ?(?:<small>.*?)?</span>", same))
    assert names
    assert not any(f"<span>{name}" in different for name in names)


def test_a_unit_that_says_nothing_is_unknown_and_not_lacking(client: FlaskClient) -> None:
    different = part(compared(client, FULL, BARE), "Det här skiljer")
    for heading in ("Telefon", "Öppettider", "Språk", "Tillgänglighet på plats", "Vård och tjänster"):
        known, unknown = row(different, heading).split("</td>")[:2]
        assert "Uppgift saknas" in unknown, heading
        assert "Uppgift saknas" not in known


def test_only_what_differs_is_a_link_and_an_address(client: FlaskClient) -> None:
    html = compared(client, FULL, QUEUE)
    link = re.search(r'href="(/jamfor\?visa=skillnader[^"]*)"', html)
    assert link
    only = page(client, unescape(link[1]))
    assert "Lika för alla" not in only
    assert "Det här skiljer" in only
    back = re.search(r'href="(/jamfor\?enhet[^"]*)"[^>]*>.{0,200}Visa allt', only)
    assert back
    assert "Lika för alla" in page(client, unescape(back[1]))


def test_distance_from_the_place_the_position_or_the_place_among_the_words(client: FlaskClient) -> None:
    units = (FULL, QUEUE)
    assert "Avstånd räknas" not in compared(client, *units)
    for more, told in (
        ("&place=Uppsala", "från Uppsala"),
        ("&q=vc+uppsala", "från Uppsala"),
        ("&near=59.858,17.639", "din position"),
    ):
        html = compared(client, *units, more=more)
        assert told in html
        assert re.search(r"1,[0-9] km", row(html, "Avstånd")), more
    listed = page(client, "/sok?q=svartb%C3%A4cken&near=59.858,17.639")
    assert "1,4 km" in listed
    assert "1,4 km" in row(compared(client, *units, more="&near=59.858,17.639"), "Avstånd")


def test_the_position_can_be_taken_out_of_an_address_before_it_is_shared(client: FlaskClient) -> None:
    html = compared(client, FULL, QUEUE, more="&near=59.858,17.639")
    link = re.search(r'href="([^"]*)">Ta bort positionen', html)
    assert link
    assert "near" not in link[1]
    assert unescape(link[1]).count("enhet=") == 2


def test_units_are_chosen_and_taken_away_by_links_that_keep_the_search(client: FlaskClient) -> None:
    path = "/sok?q=v%C3%A5rdcentral&place=Uppsala"
    for count in range(1, 5):
        html = page(client, path)
        link = re.search(r'class="compare-toggle" href="([^"#]+)#traff', html)
        assert link
        path = unescape(link[1])
        assert path.count("enhet=") == count
        assert "q=v%C3%A5rdcentral" in path
        assert "place=Uppsala" in path
    html = page(client, path)
    assert 'class="compare-toggle"' not in html
    assert "4 valda" in html
    go = re.search(r'compare-bar__go" href="([^"]+)"', html)
    assert go
    assert page(client, unescape(go[1])).count('role="columnheader"') == 4
    away = re.search(r'compare-toggle--on" href="([^"#]+)#', html)
    assert away
    assert unescape(away[1]).count("enhet=") == 3


def test_a_page_of_hits_is_kept_while_choosing_and_filters_keep_the_choice(client: FlaskClient) -> None:
    html = page(client, f"/sok?region=03&page=2&enhet={FULL}")
    link = re.search(r'class="compare-toggle" href="([^"#]+)#', html)
    assert link
    assert "page=2" in link[1]
    assert f'<input type="hidden" name="enhet" value="{FULL}">' in html
    follow = re.search(r'rel="prev" href="([^"]+)"', html)
    assert follow
    assert f"enhet={FULL}" in follow[1]


def test_the_card_adds_itself_to_what_is_chosen(client: FlaskClient) -> None:
    html = page(client, f"/enhet/{QUEUE}?enhet={FULL}")
    link = re.search(r'href="(/jamfor[^"]*)"', html)
    assert link
    assert unescape(link[1]) == f"/jamfor?enhet={FULL}&enhet={QUEUE}"
    assert "Visa jämförelsen" in page(client, f"/enhet/{QUEUE}?enhet={FULL}&enhet={QUEUE}")
    assert f'href="/jamfor?enhet={FULL}"' in page(client, f"/enhet/{FULL}")


@pytest.mark.parametrize("unknown", ["SE2321000024-E00000999999", HIDDEN, PROTECTED, "X'--", "%3Cb%3E"])
def test_unknown_and_hidden_units_are_told_of_alike_and_left_out(client: FlaskClient, unknown: str) -> None:
    html = compared(client, FULL, QUEUE, unknown)
    assert html.count('role="columnheader"') == 2
    assert "Dolda mottagningen" not in html
    assert "Skyddade boendet" not in html


def test_a_closed_unit_leads_to_the_one_that_follows_it(client: FlaskClient) -> None:
    html = compared(client, OLD, QUEUE)
    assert "Nedlagda mottagningen har upphört" in html
    link = re.search(r'href="([^"]+)">Jämför med Ekeby vårdcentral i stället', html)
    assert link
    assert unescape(link[1]) == f"/jamfor?enhet={QUEUE}&enhet={FULL}"


def test_with_one_unit_the_nearest_others_are_offered(client: FlaskClient) -> None:
    html = compared(client, FULL)
    assert "Välj minst en mottagning till" in html
    assert "Det här skiljer" not in html
    links = re.findall(r'href="(/jamfor[^"]*)"[^>]*>(?:(?!</a>).)*Jämför med<', html)
    assert len(links) == 5
    assert page(client, unescape(links[0])).count('role="columnheader"') == 2


def test_with_no_unit_there_is_a_way_to_find_some(client: FlaskClient) -> None:
    html = page(client, "/jamfor")
    assert "Du har inte valt några mottagningar" in html
    assert 'name="unitType" value="02"' in html


def test_more_than_four_and_the_same_twice(client: FlaskClient) -> None:
    others = [f"SE2321000024-E0000000002{number:02}" for number in (0, 3, 6, 9)]
    html = compared(client, FULL, FULL.lower(), *others)
    assert html.count('role="columnheader"') == 4
    assert "högst 4 mottagningar" in html
    assert "högst 4" not in compared(client, FULL, FULL.lower(), *others[:3])


def test_texts_of_units_never_become_code(client: FlaskClient) -> None:
    html = compared(client, HOSTILE, FULL)
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert" in html
    assert "javascript:" not in html


def test_the_comparison_is_in_english_too_and_is_not_indexed(client: FlaskClient) -> None:
    html = compared(client, FULL, QUEUE, more="&lang=en")
    assert "What differs" in html
    assert "Det här skiljer" not in html
    assert re.search(r'href="/enhet/[^"]+lang=en', html)
    assert '<meta name="robots" content="noindex">' in html
