"""What is kept of a session, how long it lasts, and how it ends."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import requests
from flask import Flask
from sqlalchemy import Engine, create_engine, text

from core import clock
from importers.synthetic import personas as demo
from tests.support.signing_in import Register, SignInBrowser
from tests.web.auth.signin.conftest import TODAY
from tests.web.auth.signin.test_flows import token_in
from web.auth.provider.app import logout_token
from web.auth.signin import sessions
from web.auth.signin.sealing import derived, new_secret, seal, unseal

IDLE = timedelta(minutes=20)
ABSOLUTE = timedelta(minutes=480)


@pytest.fixture
def engine(register: Register) -> Iterator[Engine]:
    """The database of the site, with no sessions."""
    found = create_engine(register.url)
    with found.begin() as connection:
        connection.execute(text("DELETE FROM web_session"))
    yield found
    found.dispose()


def rows(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.scalar(text("SELECT count(*) FROM web_session")))


@pytest.mark.parametrize("persona", ["resident", "coordination"])
def test_the_table_tells_neither_who_it_is_nor_how_to_go_on(
    browser: SignInBrowser, engine: Engine, persona: str
) -> None:
    browser.sign_in(persona)
    person = next(one for one in demo.people(TODAY) if one.key == persona)
    with engine.connect() as connection:
        row = connection.execute(text("SELECT * FROM web_session")).one()
    kept = b" ".join(value if isinstance(value, bytes) else str(value).encode() for value in row)
    secret = browser.cookie()
    for hidden in (
        person.number,
        person.number[2:],
        person.family_name,
        secret,
        browser.provider.plan.issuer,
    ):
        assert hidden.encode() not in kept
    assert row.id_hash == derived(secret, "id")
    opened = unseal(secret, row.sealed, row.id_hash)
    assert opened is not None
    assert opened["visitor"]["identity"] == ("" if persona == "resident" else person.number)
    assert unseal(new_secret(), row.sealed, row.id_hash) is None
    assert unseal(secret, row.sealed, bytes(32)) is None


def test_what_was_changed_in_the_table_ends_the_session(browser: SignInBrowser, engine: Engine) -> None:
    browser.sign_in("resident")
    with engine.begin() as connection:
        connection.execute(
            text("UPDATE web_session SET sealed = set_byte(sealed, 20, 1 - get_byte(sealed, 20) % 2)")
        )
    assert browser.whoami()["role"] is None
    assert rows(engine) == 0


def test_a_session_of_an_older_version_ends_quietly(browser: SignInBrowser, engine: Engine) -> None:
    browser.sign_in("resident")
    key = derived(browser.cookie(), "id")
    old = seal(browser.cookie(), {"user": "somebody"}, key)
    with engine.begin() as connection:
        connection.execute(text("UPDATE web_session SET sealed = :old"), {"old": old})
    assert browser.whoami()["role"] is None


def test_a_sign_in_gets_a_new_secret_and_ends_the_session_before(
    browser: SignInBrowser, engine: Engine
) -> None:
    browser.sign_in("resident")
    first = browser.cookie()
    browser.sign_in("guardian")
    assert browser.cookie() != first
    assert rows(engine) == 1
    browser.client.set_cookie("hittavard-session", first)
    assert browser.whoami()["role"] is None


def test_a_secret_that_somebody_planted_never_becomes_a_session(browser: SignInBrowser) -> None:
    planted = new_secret()
    browser.client.set_cookie("hittavard-session", planted)
    browser.sign_in("resident")
    assert browser.cookie() not in ("", planted)


def test_a_session_ends_when_nobody_has_been_there(browser: SignInBrowser, engine: Engine) -> None:
    browser.sign_in("resident")
    start = clock.now()
    with clock.frozen(start + IDLE - timedelta(seconds=5)):
        assert browser.whoami()["role"] == "resident"
    with clock.frozen(start + 2 * IDLE - timedelta(seconds=10)):
        assert browser.whoami()["role"] == "resident"
    with clock.frozen(start + 3 * IDLE):
        answer = browser.client.get("/prov/invanare?barn=2")
        assert answer.status_code == 401
        assert "Du har loggats ut" in answer.text
        assert "/logga-in?next=/prov/invanare?barn%3D2" in answer.text
    assert rows(engine) == 0
    assert browser.cookie() == ""


def test_a_session_ends_at_its_age_however_busy(browser: SignInBrowser) -> None:
    browser.sign_in("resident")
    start = clock.now()
    for minute in range(10, 480, 10):
        with clock.frozen(start + timedelta(minutes=minute) - timedelta(seconds=30)):
            assert browser.whoami()["role"] == "resident"
    with clock.frozen(start + ABSOLUTE):
        assert browser.client.get("/prov/invanare").status_code == 401


def test_choosing_a_commission_makes_no_session_younger(browser: SignInBrowser, engine: Engine) -> None:
    browser.sign_in("unit-staff-two", "staff")
    with engine.connect() as connection:
        before = connection.execute(text("SELECT created_at, expires_at FROM web_session")).one()
    page = browser.client.get("/logga-in/uppdrag").text
    unit = browser.provider.plan.units[0].hsa_id
    first = browser.cookie()
    data = {"csrf_token": token_in(page), "commission": f"unit:{unit}"}
    assert browser.client.post("/logga-in/uppdrag", data=data).status_code == 303
    with engine.connect() as connection:
        assert connection.execute(text("SELECT created_at, expires_at FROM web_session")).one() == before
    browser.client.set_cookie("hittavard-session", first)
    assert browser.whoami()["name"] == ""


def test_a_form_sent_too_late_is_not_carried_out_and_leads_back_to_its_page(browser: SignInBrowser) -> None:
    browser.sign_in("resident")
    token = token_in(browser.client.get("/prov/formular").text)
    with clock.frozen(clock.now() + 2 * IDLE):
        answer = browser.client.post(
            "/prov/invanare",
            data={"csrf_token": token},
            headers={"Referer": "http://localhost/prov/formular?a=1"},
        )
    assert answer.status_code == 401
    assert "är inte genomfört" in answer.text
    assert "/logga-in?next=/prov/formular?a%3D1" in answer.text


def test_signing_out_ends_it_here_and_at_the_provider(browser: SignInBrowser, engine: Engine) -> None:
    browser.sign_in("resident")
    logins = len(browser.provider.store.logins)
    secret = browser.cookie()
    token = token_in(browser.client.get("/prov/formular").text)
    answer = browser.client.post("/logga-ut", data={"csrf_token": token})
    assert answer.status_code == 200
    assert rows(engine) == 0
    assert browser.cookie() == ""
    onward = answer.text.split("0; url=")[1].split('"')[0].replace("&amp;", "&")
    assert onward.startswith(f"{browser.provider.plan.issuer}/end-session?client_id=hittavard-residents")
    assert "id_token_hint" not in onward
    back = requests.get(onward, allow_redirects=False, timeout=10)
    assert back.headers["Location"] == "http://localhost/utloggad"
    assert len(browser.provider.store.logins) == logins - 1
    assert "Du är utloggad" in browser.client.get("/utloggad").text
    browser.client.set_cookie("hittavard-session", secret)
    assert browser.whoami()["role"] is None


def test_signing_out_works_when_the_provider_is_down(
    browser: SignInBrowser, monkeypatch: pytest.MonkeyPatch, engine: Engine
) -> None:
    browser.sign_in("resident")
    token = token_in(browser.client.get("/prov/formular").text)

    def down(*_args: object, **_options: object) -> None:
        raise requests.ConnectionError

    monkeypatch.setattr("web.auth.signin.client.requests.get", down)
    monkeypatch.setattr("web.auth.signin.client._METADATA_SECONDS", -1.0)
    answer = browser.client.post("/logga-ut", data={"csrf_token": token})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/utloggad")
    assert rows(engine) == 0


def test_the_provider_ends_a_session_behind_the_browsers_back(
    browser: SignInBrowser, site: Flask, engine: Engine
) -> None:
    browser.sign_in("resident")
    other = SignInBrowser(site.test_client(), browser.provider)
    other.sign_in("guardian")
    store = browser.provider.store
    sid = next(sid for sid, (_c, persona) in reversed(store.logins.items()) if persona.key == "resident")
    token = logout_token(store, store.clients["hittavard-residents"], sid)
    told = site.test_client().post("/logga-ut/meddelande/residents", data={"logout_token": token})
    assert told.status_code == 200
    assert browser.whoami()["role"] is None
    assert other.whoami()["role"] == "resident"


@pytest.mark.parametrize("forged", ["", "a.b.c", "the token of staff", "the identity token"])
def test_nobody_else_can_end_sessions(
    browser: SignInBrowser, site: Flask, engine: Engine, forged: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser.sign_in("resident")
    store = browser.provider.store
    sid = next(sid for sid, (_c, persona) in reversed(store.logins.items()) if persona.key == "resident")
    if forged == "the token of staff":
        forged = logout_token(store, store.clients["hittavard-staff"], sid)
    elif forged:
        monkeypatch.setattr("web.auth.provider.app._EVENT", "something else")
        forged = logout_token(store, store.clients["hittavard-residents"], sid)
    told = site.test_client().post("/logga-ut/meddelande/residents", data={"logout_token": forged})
    assert told.status_code == 400
    assert browser.whoami()["role"] == "resident"


def test_those_whose_time_is_out_are_swept_away(browser: SignInBrowser, site: Flask, engine: Engine) -> None:
    browser.sign_in("resident")
    with engine.begin() as connection:
        connection.execute(
            text(
                "UPDATE web_session SET created_at = created_at - interval '1 day',"
                " seen_at = seen_at - interval '1 day'"
            )
        )
    SignInBrowser(site.test_client(), browser.provider).sign_in("guardian")
    assert rows(engine) == 1


def test_a_visitor_without_a_cookie_costs_the_database_nothing(
    browser: SignInBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def asked(*_args: object) -> None:
        raise AssertionError("the database was asked")

    monkeypatch.setattr(sessions, "resume", asked)
    assert browser.whoami()["role"] is None


def test_sign_ins_are_in_the_audit_trail_by_pseudonym(
    browser: SignInBrowser, engine: Engine, people: dict[str, int]
) -> None:
    browser.sign_in("protected")
    with engine.connect() as connection:
        row = connection.execute(text("SELECT * FROM audit_event ORDER BY id DESC LIMIT 1")).one()
    assert (row.actor, row.action) == (f"person:{people['protected']}", "sign-in")
