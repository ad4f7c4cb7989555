"""Forms of ours alone, and cookies that nobody else can read or plant."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support.signing_in import SignInBrowser
from tests.web.auth.signin.test_flows import token_in


def post(client: FlaskClient, token: str | None, **headers: str) -> int:
    data = {} if token is None else {"csrf_token": token}
    return client.post("/prov/skicka", data=data, headers=headers).status_code


def test_a_form_of_ours_is_taken(browser: SignInBrowser) -> None:
    token = token_in(browser.client.get("/prov/formular").text)
    assert post(browser.client, token) == 200
    assert post(browser.client, token, Origin="http://localhost", **{"Sec-Fetch-Site": "same-origin"}) == 200


@pytest.mark.parametrize("token", [None, "", "x", "IjEyMyI.abc.def"])
def test_a_form_without_our_token_is_refused(browser: SignInBrowser, token: str | None) -> None:
    browser.client.get("/prov/formular")
    answer = browser.client.post("/prov/skicka", data={} if token is None else {"csrf_token": token})
    assert answer.status_code == 400
    assert "Vi kunde inte ta emot formuläret" in answer.text


def test_another_browsers_token_is_refused(browser: SignInBrowser, site: Flask) -> None:
    token = token_in(site.test_client().get("/prov/formular").text)
    browser.client.get("/prov/formular")
    assert post(browser.client, token) == 400


def test_a_token_without_the_cookie_is_refused(browser: SignInBrowser, site: Flask) -> None:
    token = token_in(browser.client.get("/prov/formular").text)
    assert post(site.test_client(), token) == 400


def test_a_token_from_before_the_sign_in_is_refused_after_it(browser: SignInBrowser) -> None:
    before = token_in(browser.client.get("/prov/formular").text)
    browser.sign_in("resident")
    assert post(browser.client, before) == 400
    assert post(browser.client, token_in(browser.client.get("/prov/formular").text)) == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_form_on_another_site_is_refused_whatever_it_carries(
    browser: SignInBrowser, headers: dict[str, str]
) -> None:
    token = token_in(browser.client.get("/prov/formular").text)
    assert post(browser.client, token, **headers) == 400


@pytest.mark.parametrize("path", ["/logga-ut", "/logga-in/uppdrag"])
def test_our_own_forms_ask_for_it(browser: SignInBrowser, path: str) -> None:
    browser.sign_in("unit-staff-two", "staff")
    assert browser.client.post(path).status_code == 400
    assert browser.whoami()["name"] == "Olof Grahn"


def test_nobody_signs_out_by_following_a_link(browser: SignInBrowser) -> None:
    browser.sign_in("resident")
    assert browser.client.get("/logga-ut").status_code == 405
    assert browser.whoami()["role"] == "resident"


def test_cookies_on_plain_http_are_for_the_server_alone(browser: SignInBrowser) -> None:
    answer = browser.sign_in("resident")
    cookie = next(one for one in answer.headers.getlist("Set-Cookie") if one.startswith("hittavard-session"))
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie
    assert "Expires" not in cookie
    assert "Secure" not in cookie


def test_cookies_on_https_are_tied_to_the_host(site: Flask) -> None:
    client = site.test_client()
    answer = client.get("/logga-in/till/residents", base_url="https://localhost")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-hittavard-browser=")
    assert "Secure" in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_the_content_security_policy_stays_strict(browser: SignInBrowser) -> None:
    browser.sign_in("resident")
    policy = browser.client.get("/om").headers["Content-Security-Policy"]
    assert "form-action 'self'" in policy
    assert "unsafe" not in policy
