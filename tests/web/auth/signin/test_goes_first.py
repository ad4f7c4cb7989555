"""Whoever has signed in has a mark that lets them go first in line, for as long as they are here."""

from datetime import timedelta

from core import clock
from listing.people.keys import key_ring
from tests.support.signing_in import Register, SignInBrowser
from tests.web.auth.signin.test_flows import token_in
from web.line import mark

IDLE = timedelta(minutes=20)


def _lasts(browser: SignInBrowser, register: Register) -> float:
    """Until when the mark of the browser's session counts; 0 without one."""
    found = browser.client.get_cookie(mark.NAME)
    ring = key_ring(register.keys)
    return mark.until(ring, found.value, browser.cookie()) if found else 0


def test_it_comes_with_the_sign_in_and_not_before(browser: SignInBrowser, register: Register) -> None:
    browser.client.get("/logga-in")
    assert _lasts(browser, register) == 0
    browser.sign_in("resident")
    left = _lasts(browser, register) - clock.now().timestamp()
    assert 0 < left <= IDLE.total_seconds()


def test_it_is_renewed_while_somebody_is_there(browser: SignInBrowser, register: Register) -> None:
    browser.sign_in("resident")
    before = _lasts(browser, register)
    with clock.frozen(clock.now() + IDLE / 2):
        browser.whoami()
        assert _lasts(browser, register) == int((clock.now() + IDLE).timestamp()) > before


def test_it_belongs_to_one_session_and_ends_with_it(browser: SignInBrowser, register: Register) -> None:
    browser.sign_in("resident")
    first = browser.client.get_cookie(mark.NAME)
    assert first
    browser.sign_in("resident")
    assert mark.until(key_ring(register.keys), first.value, browser.cookie()) == 0
    assert _lasts(browser, register) > 0
    token = token_in(browser.client.get("/prov/formular").text)
    browser.client.post("/logga-ut", data={"csrf_token": token})
    assert browser.client.get_cookie(mark.NAME) is None


def test_a_session_whose_time_is_out_gives_none(browser: SignInBrowser, register: Register) -> None:
    browser.sign_in("resident")
    before = _lasts(browser, register)
    with clock.frozen(clock.now() + 2 * IDLE):
        browser.whoami()
        assert _lasts(browser, register) <= before
