"""The paper form: filled in with the unit and its region's rules, and never with a person."""

import re
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from listing.policy.model import Children, Paper, Policy, PolicyInForce, Queue
from listing.rules.forms import SIGNS, number_of
from tests.web.site.test_pages import page
from tests.web.site.units import BARE, FULL, HIDDEN, OLD
from web.site import unit_reads
from web.site.form_number import new_number


@pytest.fixture
def rules(monkeypatch: pytest.MonkeyPatch) -> "type[Rules]":
    """Lets a test say which rules hold in every region."""
    Rules.policy = Policy()
    monkeypatch.setattr(
        unit_reads, "rules", lambda region, kind: PolicyInForce(Rules.policy, region, kind, 1, "RS 2026-7")
    )
    return Rules


class Rules:
    """The rules that hold."""

    policy = Policy()


def sheet(client: FlaskClient, query: str = "") -> str:
    """What is printed."""
    html = page(client, f"/blankett/{FULL}{query}")
    return html[html.index('<article class="sheet"') : html.index("</article>")]


def test_the_sheet_names_the_unit_and_where_to_hand_it_in(client: FlaskClient) -> None:
    html = sheet(client)
    for text in ("Ekeby vårdcentral", FULL, "Region Uppsala", "Ekebydalsvägen 12", "Box 602", "Personnummer"):
        assert text in html
    assert "<input" not in html
    assert "<form" not in html


def test_each_printing_has_a_number_of_its_own_and_is_kept_nowhere(client: FlaskClient) -> None:
    numbers = {re.search(r"<strong>([^<]+)</strong>", sheet(client))[1] for _ in range(20)}  # type: ignore[index]
    assert len(numbers) == 20
    assert all(number_of(number) for number in numbers)
    assert "no-store" in client.get(f"/blankett/{FULL}").headers["Cache-Control"]


def test_a_slip_of_the_pen_in_the_number_shows() -> None:
    number = new_number()
    plain = number.replace("-", "")
    assert number_of(number.lower())
    assert number_of(f" {plain[:4]} {plain[4:]} ")
    for place, sign in enumerate(plain):
        for other in SIGNS:
            if other != sign:
                assert number_of(plain[:place] + other + plain[place + 1 :]) is None
    assert number_of("") is None
    assert number_of(plain + "2") is None
    assert number_of("ÅÄÖ0-1IOU") is None


@pytest.mark.parametrize(("guardians", "lines"), [("one", 1), ("all", 2)])
def test_a_childs_form_has_a_line_for_each_guardian_who_must_sign(
    client: FlaskClient, rules: type[Rules], guardians: str, lines: int
) -> None:
    rules.policy = replace(Policy(), children=Children(guardians_required=guardians))  # type: ignore[arg-type]
    html = sheet(client, "?for=barn")
    assert html.count("Vårdnadshavarens namnteckning") == lines
    assert ("ska alla vårdnadshavare skriva under" in html) == (guardians == "all")
    assert "Vårdnadshavarens" not in sheet(client)


@pytest.mark.parametrize(("asked", "shown"), [("1", 1), ("3", 3), ("0", 1), ("99", 3), ("x", 1), ("-1", 1)])
def test_several_children_on_one_sheet(client: FlaskClient, asked: str, shown: int) -> None:
    assert sheet(client, f"?for=barn&antal={asked}").count("Förnamn och efternamn") == shown


def test_the_regions_rules_are_on_the_sheet(client: FlaskClient, rules: type[Rules]) -> None:
    with_queue = sheet(client)
    assert "vill jag stå i kö" in with_queue
    assert "din läkare har bytt mottagning" in with_queue
    assert "RS 2026-7" in with_queue
    rules.policy = replace(
        Policy(), queue=Queue(kind="none"), paper=Paper(registered_by="region", form_valid_days=30)
    )
    html = sheet(client)
    assert "stå i kö." not in html
    assert "Skicka blanketten till regionen" in html
    assert "inom 30 dagar från underskriften" in html
    assert "Box 602" not in html


def test_protected_people_are_warned_before_they_print(client: FlaskClient) -> None:
    html = page(client, f"/blankett/{FULL}")
    assert html.index("Har du skyddade personuppgifter?") < html.index('<article class="sheet"')
    assert 'href="/sa-fungerar-listning/03#skyddade"' in html


def test_no_form_where_one_does_not_list(client: FlaskClient) -> None:
    assert "listar man sig inte" in page(client, f"/blankett/{BARE}", 404)
    closed = page(client, f"/blankett/{OLD}", 404)
    assert "har upphört" in closed
    assert f'href="/enhet/{FULL}"' in closed
    assert "Dolda" not in page(client, f"/blankett/{HIDDEN}", 404)
    page(client, "/blankett/nothing", 404)


def test_the_form_in_english(client: FlaskClient) -> None:
    html = sheet(client, "?for=barn&lang=en")
    assert "Signature of the guardian" in html
    assert "Underskrift" not in html
