"""The development provider is as strict as those that the site will meet."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests
from flask.testing import FlaskClient

from core import clock
from tests.support.signing_in import Provider

VERIFIER = "v" * 64
CHALLENGE = "x"
REDIRECT = "http://localhost/logga-in/svar/residents"


@pytest.fixture
def ask(provider: Provider) -> FlaskClient:
    """Somebody at the provider, in this thread, so that the clock can be held."""
    return provider.app.test_client()


def question(**changes: str | None) -> str:
    from authlib.oauth2.rfc7636 import create_s256_code_challenge

    params = {
        "response_type": "code",
        "client_id": "hittavard-residents",
        "redirect_uri": REDIRECT,
        "scope": "openid profile",
        "state": "s",
        "nonce": "n",
        "code_challenge": create_s256_code_challenge(VERIFIER),
        "code_challenge_method": "S256",
        **changes,
    }
    return "/authorize?" + urlencode({key: value for key, value in params.items() if value is not None})


def code(ask: FlaskClient) -> str:
    answer = ask.post(question(), data={"persona": "resident"})
    return parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0]


def exchange(ask: FlaskClient, provider: Provider, **changes: Any) -> Any:
    data = {
        "grant_type": "authorization_code",
        "code_verifier": VERIFIER,
        "redirect_uri": REDIRECT,
        **changes,
    }
    auth = ("hittavard-residents", changes.pop("secret", provider.plan.secret))
    data.pop("secret", None)
    return ask.post("/token", data={k: v for k, v in data.items() if v is not None}, auth=auth)


@pytest.mark.parametrize(
    "changes",
    [
        {"code_challenge": None},
        {"code_challenge_method": None},
        {"code_challenge_method": "plain"},
        {"nonce": None},
        {"client_id": "nobody"},
        {"redirect_uri": "https://evil.example"},
        {"response_type": "token"},
    ],
)
def test_a_question_that_is_not_safe_is_refused(ask: FlaskClient, changes: dict[str, str | None]) -> None:
    answer = ask.get(question(**changes))
    assert answer.status_code == 400
    assert "Location" not in answer.headers


def test_a_code_is_for_one_use(ask: FlaskClient, provider: Provider) -> None:
    made = code(ask)
    first = exchange(ask, provider, code=made)
    assert first.status_code == 200
    assert {"access_token", "id_token"} <= set(first.get_json())
    assert exchange(ask, provider, code=made).get_json()["error"] == "invalid_grant"


@pytest.mark.parametrize(
    "changes",
    [
        {"code_verifier": None},
        {"code_verifier": "w" * 64},
        {"redirect_uri": "http://localhost/elsewhere"},
        {"secret": "wrong"},
    ],
)
def test_a_code_is_for_whoever_asked(ask: FlaskClient, provider: Provider, changes: dict[str, Any]) -> None:
    assert exchange(ask, provider, code=code(ask), **changes).status_code in (400, 401)


def test_a_code_lasts_a_minute(ask: FlaskClient, provider: Provider) -> None:
    made = code(ask)
    with clock.frozen(clock.now() + timedelta(seconds=61)):
        assert exchange(ask, provider, code=made).get_json()["error"] == "invalid_grant"


def test_residents_are_not_staff(ask: FlaskClient) -> None:
    answer = ask.post(question(), data={"persona": "unit-staff"})
    assert answer.status_code == 200
    assert "Vem vill du vara?" in answer.text


def test_userinfo_is_for_the_bearer_alone(ask: FlaskClient, provider: Provider) -> None:
    tokens = exchange(ask, provider, code=code(ask)).get_json()
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert ask.get("/userinfo", headers=bearer).get_json()["sub"] == "persona-resident"
    assert ask.get("/userinfo", headers={"Authorization": "Bearer x"}).status_code == 401
    assert ask.get("/userinfo").status_code == 401


def test_signing_out_leads_back_to_the_site_alone(ask: FlaskClient) -> None:
    ours = "http://localhost/utloggad"
    query = {"client_id": "hittavard-residents", "post_logout_redirect_uri": ours}
    assert ask.get("/end-session", query_string=query).headers["Location"] == ours
    query["post_logout_redirect_uri"] = "https://evil.example"
    assert "Location" not in ask.get("/end-session", query_string=query).headers


def test_it_says_what_it_is(provider: Provider) -> None:
    said = requests.get(f"{provider.plan.issuer}/.well-known/openid-configuration", timeout=10).json()
    assert said["issuer"] == provider.plan.issuer
    assert said["code_challenge_methods_supported"] == ["S256"]
    keys = requests.get(said["jwks_uri"], timeout=10).json()["keys"]
    assert [set(key) & {"d", "p", "q"} for key in keys] == [set()]
