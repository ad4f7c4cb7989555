"""Contacts for staff, names of employees and hidden units reach no public answer, whatever way one asks."""

import json
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from core.database import engine_for
from directory.search.engine import index_at
from tests.web.api.units import (
    BARE,
    CLOSED,
    EARLY,
    EKBACKEN,
    EMPLOYEE,
    HIDDEN,
    HIDDEN_CLOSED,
    HIDDEN_NAME,
    LATE,
    OUTSIDE,
    PARENT,
    STAFF_EMAIL,
    STAFF_PHONE,
)

UNITS = (EKBACKEN, BARE, HIDDEN, HIDDEN_CLOSED, CLOSED, EARLY, LATE, PARENT)
SECRETS = (STAFF_PHONE, STAFF_PHONE.removeprefix("+46"), "317 99 91 23", STAFF_EMAIL, "professional")
WORDS = ("Vitsippan", "Blåklockan", "Renfanan", "mottagning", "Mölndal", "")
DATES = ("2026-03-20", "2026-11-20", "2026-03-05T00:00:00Z")


def addresses(app: Flask) -> list[str]:
    """Every GET route with every unit, and the search in many ways."""
    found = []
    for rule in app.url_map.iter_rules():
        if "hsa_id" in rule.arguments:
            paths = [rule.rule.replace("<hsa_id>", unit) for unit in UNITS]
            found += paths + [f"{path}?asOf={date}" for path in paths for date in DATES]
        elif not rule.arguments:
            found.append(rule.rule)
    found += ["/api/v1/code-systems/unit-type", "/api/v1/code-systems/unit-type/concepts"]
    for words in (*WORDS, STAFF_PHONE, STAFF_PHONE[3:], "0317-999123", STAFF_EMAIL, EMPLOYEE, HIDDEN):
        for path in ("/api/v1/care-units", "/sok", "/karta", "/api/v1/suggestions"):
            found.append(f"{path}?q={quote(words)}")
        found += [f"/api/v1/care-units?limit=200&asOf={date}&q={quote(words)}" for date in DATES]
    return found


def read(client: FlaskClient, address: str) -> str:
    """What an address gives in all its forms."""
    forms = ["*/*"]
    if address.startswith("/api/v1/care-units?"):
        forms += ["application/geo+json", "text/csv"]
    bodies = []
    for form in forms:
        with client.get(address, headers={"Accept": form}) as response:
            bodies.append(response.get_data(as_text=True))
    return "\n".join(bodies)


def test_no_address_gives_contacts_for_staff_or_names_an_employee(app: Flask, client: FlaskClient) -> None:
    # These two name routes and fields, and a name may have a word in it that is nobody's secret.
    named = ("/metrics", "/api/v1/openapi.json")
    asked = [address for address in addresses(app) if not address.startswith(named)]
    assert len(asked) > 100
    offences = []
    for address in asked:
        body = read(client, address)
        for secret in (*SECRETS, EMPLOYEE):
            if secret in body and quote(secret) not in address and secret not in address:
                offences.append(f"{address} gives {secret}")
    assert offences == []


def test_the_secrets_are_there_to_be_found(app: Flask) -> None:
    """Else the test above could not fail."""
    with engine_for(app.config["HITTAVARD"].database_url).connect() as connection:
        kept = connection.scalars(text("SELECT value FROM care_unit_professional_contact")).all()
        assert {STAFF_PHONE, STAFF_EMAIL} <= set(kept)


def test_a_search_for_the_number_finds_nothing(client: FlaskClient, app: Flask) -> None:
    for words in (STAFF_PHONE, STAFF_PHONE[1:], STAFF_EMAIL, STAFF_EMAIL.partition("@")[0]):
        assert client.get(f"/api/v1/care-units?q={quote(words)}").get_json()["total"] == 0
    snapshot = index_at(app.config["HITTAVARD"].index_dir).snapshot()
    terms = [
        term
        for name in ("name", "other_name", "label", "place", "text", "code")
        for term in snapshot.lexicon(name, "")
    ]
    assert len(terms) > 20
    assert not [term for term in terms if "999123" in term or "bakjour" in term]


def test_hidden_units_and_those_outside_their_window_are_not_there(client: FlaskClient) -> None:
    for unit in (HIDDEN, HIDDEN_CLOSED, EARLY, LATE):
        for path in (f"/api/v1/care-units/{unit}", f"/api/v1/care-units/{unit}/history"):
            assert client.get(path).status_code == 404
    for unit in (HIDDEN, HIDDEN_CLOSED, EARLY):
        assert client.get(f"/api/v1/care-units/{unit}?asOf=2026-03-20").status_code == 404
    for words in WORDS:
        for address in (
            f"/api/v1/care-units?limit=200&q={quote(words)}",
            f"/api/v1/suggestions?q={quote(words)}",
        ):
            body = client.get(address).get_json()
            shown = json.dumps(body, ensure_ascii=False)
            assert not any(name in shown for name in (HIDDEN, HIDDEN_NAME, EARLY, LATE, *OUTSIDE)), address


def test_what_may_not_be_seen_today_is_not_shown_as_it_was_then(client: FlaskClient) -> None:
    """Its window was open then; what was public may be protected now."""
    for then in ("2026-03-05", "2026-03-09T23:00:00Z"):
        assert client.get(f"/api/v1/care-units/{LATE}?asOf={then}").status_code == 404
        found = client.get(f"/api/v1/care-units?limit=200&asOf={then}").get_json()["items"]
        assert found
        assert LATE not in [item["hsaId"] for item in found]


def test_a_hidden_unit_is_not_named_by_others(client: FlaskClient) -> None:
    card = client.get(f"/api/v1/care-units/{EKBACKEN}").get_json()
    related = {other["hsaId"]: (other["name"], other["relation"]) for other in card["related"]}
    assert related == {
        PARENT: ("Primärvården Mölndal", "parent"),
        BARE: ("Bara namnet", "related"),
        HIDDEN: (None, "related"),
        "SE2321000131-E000000000999": (None, "related"),
        CLOSED: ("Stängda mottagningen", "predecessor"),
    }


def test_a_closed_unit_is_shown_as_closed_and_leads_on(client: FlaskClient) -> None:
    card = client.get(f"/api/v1/care-units/{CLOSED}").get_json()
    assert (card["status"], card["published"], card["openNow"]) == ("closed", False, None)
    assert {"hsaId": EKBACKEN, "name": "Vårdcentralen Ekbacken", "relation": "successor"} in card["related"]
    found = client.get("/api/v1/care-units?limit=200").get_json()["items"]
    assert CLOSED not in [item["hsaId"] for item in found]
    assert client.get("/api/v1/suggestions?q=st%C3%A4ngda").get_json()["groups"] == []


@pytest.mark.parametrize("path", ["/enhet/{}", "/enhet/{}/historik", "/enhet/{}?asOf=2026-03-20"])
def test_the_site_hides_the_same_units(client: FlaskClient, path: str) -> None:
    for unit, name in ((HIDDEN, HIDDEN_NAME), (HIDDEN_CLOSED, HIDDEN_NAME), (EARLY, OUTSIDE[0])):
        response = client.get(path.format(unit))
        assert response.status_code == 404
        assert name not in response.text
