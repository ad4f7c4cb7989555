"""Each persona's way in, against the real development provider."""

import pytest

from codes.identifiers import parse_person_id
from importers.synthetic import personas as demo
from listing.actor import Role
from tests.support.signing_in import OWNER, SignInBrowser
from tests.web.auth.signin.conftest import TODAY, UNITS

RESIDENTS = ["resident", "guardian", "child-14", "child-17", "protected"]


@pytest.mark.parametrize("persona", RESIDENTS)
def test_a_resident_comes_in_as_the_person_of_the_register(
    browser: SignInBrowser, people: dict[str, int], persona: str
) -> None:
    answer = browser.sign_in(persona, next="/prov/invanare")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/prov/invanare")
    page = browser.client.get("/prov/invanare")
    assert page.get_json() == {
        "role": "resident",
        "key": f"person:{people[persona]}",
        "person": people[persona],
        "unit": None,
    }
    assert page.headers["Cache-Control"] == "no-store"
    assert browser.whoami()["identity"] == ""


def test_a_coordination_number_that_the_register_does_not_know_comes_in_unresolved(
    browser: SignInBrowser,
) -> None:
    browser.sign_in("coordination")
    person = next(one for one in demo.people(TODAY) if one.key == "coordination")
    found = browser.whoami()
    assert (found["role"], found["person"], found["key"]) == ("resident", None, "person:unresolved")
    assert found["identity"] == person.number == parse_person_id(person.number).value
    assert browser.client.get("/prov/invanare").get_json()["person"] is None


def test_unit_staff_act_for_their_unit(browser: SignInBrowser) -> None:
    answer = browser.sign_in("unit-staff", "staff", next="/prov/enhet")
    assert answer.headers["Location"] == "/prov/enhet"
    found = browser.whoami()
    assert (found["role"], found["region"], found["unit"]) == ("unit", "03", UNITS[0].hsa_id)
    assert found["key"] == f"staff:{OWNER}-P001"
    assert browser.client.get("/prov/enhet").get_json()["unit"] == UNITS[0].hsa_id


@pytest.mark.parametrize(
    ("persona", "role", "protected"),
    [
        ("region-administrator", Role.REGION, True),
        ("nurse", Role.NURSE, False),
        ("statistician", Role.STATISTICIAN, False),
    ],
)
def test_staff_of_the_region_act_for_it(
    browser: SignInBrowser, persona: str, role: Role, protected: bool
) -> None:
    browser.sign_in(persona, "staff")
    found = browser.whoami()
    assert (found["role"], found["region"], found["unit"], found["protected"]) == (role, "03", "", protected)


def test_staff_with_two_commissions_choose_and_may_change(browser: SignInBrowser) -> None:
    answer = browser.sign_in("unit-staff-two", "staff", next="/prov/enhet?x=1")
    assert answer.headers["Location"] == "/logga-in/uppdrag?next=/prov/enhet?x%3D1&lang=sv"
    assert browser.whoami()["role"] is None
    blocked = browser.client.get("/prov/enhet")
    assert blocked.headers["Location"].startswith("/logga-in/uppdrag?")
    for unit in UNITS:
        page = browser.client.get("/logga-in/uppdrag?next=/prov/enhet")
        assert f"Personal, {unit.name}" in page.text
        before = browser.cookie()
        chosen = browser.client.post(
            "/logga-in/uppdrag",
            data={
                "csrf_token": token_in(page.text),
                "commission": f"unit:{unit.hsa_id}",
                "next": "/prov/enhet",
            },
        )
        assert (chosen.status_code, chosen.headers["Location"]) == (303, "/prov/enhet")
        assert browser.cookie() != before
        assert browser.client.get("/prov/enhet").get_json()["unit"] == unit.hsa_id


def test_a_commission_that_one_does_not_have_is_refused(browser: SignInBrowser) -> None:
    browser.sign_in("unit-staff-two", "staff")
    page = browser.client.get("/logga-in/uppdrag")
    data = {"csrf_token": token_in(page.text), "commission": "region:03"}
    answer = browser.client.post("/logga-in/uppdrag", data=data)
    assert answer.status_code == 400
    assert "Välj ett av uppdragen." in answer.text
    assert browser.whoami()["role"] is None


def test_a_weak_sign_in_is_asked_to_identify_again_where_more_is_needed(browser: SignInBrowser) -> None:
    browser.sign_in("resident", level="2")
    assert browser.whoami()["level"] == 2
    assert browser.client.get("/prov/svag").text == "weak"
    asked = browser.client.get("/prov/invanare?a=b")
    assert asked.headers["Location"] == "/logga-in/starkare?next=/prov/invanare?a%3Db&need=listing"
    page = browser.client.get(asked.headers["Location"])
    assert "/logga-in/till/residents?next=/prov/invanare?a%3Db&amp;need=listing" in page.text
    address = browser.start(next="/prov/invanare", need="listing")
    assert "prompt=login" in address
    assert "loa3" in address
    assert "loa2" not in address
    before = browser.cookie()
    browser.come_back(browser.choose(address, "resident"))
    assert browser.cookie() != before
    assert browser.client.get("/prov/invanare").status_code == 200


def test_a_step_up_that_gives_too_little_changes_nothing(browser: SignInBrowser) -> None:
    browser.sign_in("resident", level="2")
    before = browser.cookie()
    answer = browser.sign_in("resident", need="listing", level="2")
    assert answer.headers["Location"].startswith("/logga-in/gick-inte/level")
    assert browser.cookie() == before
    assert browser.whoami()["level"] == 2


def test_weak_staff_do_not_come_in(browser: SignInBrowser) -> None:
    answer = browser.sign_in("unit-staff", "staff", level="2")
    assert answer.headers["Location"].startswith("/logga-in/gick-inte/level")
    assert browser.whoami()["role"] is None


@pytest.mark.parametrize(
    ("persona", "who", "path", "says"),
    [
        ("resident", "residents", "/prov/enhet", "Den här sidan är för personal."),
        ("unit-staff", "staff", "/prov/invanare", "Den här sidan är för invånare."),
        ("unit-staff", "staff", "/prov/region", "Ditt uppdrag ger inte rätt till den här sidan."),
    ],
)
def test_another_role_is_told_what_is_needed(
    browser: SignInBrowser, persona: str, who: str, path: str, says: str
) -> None:
    browser.sign_in(persona, who)
    answer = browser.client.get(path)
    assert answer.status_code == 403
    assert says in answer.text


def test_nobody_is_sent_to_the_sign_in_and_back(browser: SignInBrowser) -> None:
    answer = browser.client.get("/prov/invanare?a=b&lang=en")
    assert answer.headers["Location"] == "/logga-in?next=/prov/invanare?a%3Db%26lang%3Den&lang=en"
    assert browser.client.get("/prov/enhet").headers["Location"].endswith("&who=personal")


def test_saying_no_at_the_provider_is_told_kindly(browser: SignInBrowser) -> None:
    back = browser.choose(browser.start(next="/prov/vem"), "", cancel="1")
    assert "error=access_denied" in back
    answer = browser.come_back(back)
    assert answer.headers["Location"] == "/logga-in/gick-inte/cancelled?next=/prov/vem"
    page = browser.client.get(answer.headers["Location"])
    assert page.status_code == 400
    assert "Inloggningen avbröts." in page.text


def test_the_header_says_who_is_there_and_in_which_commission(browser: SignInBrowser) -> None:
    assert "Logga in</a>" in browser.client.get("/om").text
    browser.sign_in("unit-staff", "staff")
    page = browser.client.get("/om")
    assert "Berit Lund" in page.text
    assert "Personal, Ekeby vårdcentral" in page.text
    assert page.headers["Cache-Control"] == "no-store"


def token_in(page: str) -> str:
    """The token of the first form of a page."""
    return page.split('name="csrf_token" value="')[1].split('"')[0]
