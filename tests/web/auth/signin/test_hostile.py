"""Answers that are forged, replayed, late or another's, and questions that nobody should ask."""

import base64
import json
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests
from authlib.oidc.core.grants import OpenIDCode
from flask import Flask
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from core import clock
from tests.support.signing_in import Provider, SignInBrowser
from web.auth.signin import attempts
from web.auth.signin.configuration import Provider as ProviderSettings

Forge = Callable[[dict[str, Any]], str]


@pytest.fixture
def forging(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> Callable[[Forge], None]:
    """Let the token endpoint hand out what somebody has forged from the true claims."""
    true = OpenIDCode.encode_id_token

    def forge_with(forge: Forge) -> None:
        def encode(self: OpenIDCode, token: Any, request: Any) -> str:
            made = true(self, token, request)
            claims = jwt.decode(made, provider.store.key, algorithms=["RS256"]).claims
            return forge(dict(claims))

        monkeypatch.setattr(OpenIDCode, "encode_id_token", encode)

    return forge_with


def signed(provider: Provider, **changes: Any) -> Forge:
    """With the provider's own key, but other claims; None takes a claim away, times are seconds from now."""

    def forge(claims: dict[str, Any]) -> str:
        times = {key: int(time.time()) + value for key, value in changes.items() if isinstance(value, int)}
        changed = {key: value for key, value in {**claims, **changes, **times}.items() if value is not None}
        return jwt.encode({"alg": "RS256", "kid": str(provider.store.key.kid)}, changed, provider.store.key)

    return forge


def refused(browser: SignInBrowser, persona: str = "resident", who: str = "residents") -> str:
    """Sign in, be refused, and be nobody afterwards; the reason."""
    answer = browser.sign_in(persona, who, next="/prov/vem")
    parts = urlsplit(answer.headers["Location"])
    assert parts.path.startswith("/logga-in/gick-inte/"), answer.headers["Location"]
    assert browser.cookie() == ""
    assert browser.whoami()["role"] is None
    assert browser.client.get(answer.headers["Location"]).status_code == 400
    return parts.path.rpartition("/")[2]


def test_the_true_answer_passes_through_the_same_hands(
    browser: SignInBrowser, provider: Provider, forging: Callable[[Forge], None]
) -> None:
    forging(signed(provider))
    browser.sign_in("resident")
    assert browser.whoami()["role"] == "resident"


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://elsewhere.example.se"},
        {"aud": "somebody-else"},
        {"aud": ["hittavard-residents", "somebody-else"]},
        {"azp": "somebody-else"},
        {"nonce": "another"},
        {"nonce": None},
        {"sub": None},
        {"iat": None},
        {"exp": None},
        {"exp": -3600},
        {"nbf": 3600},
        {"iat": 3600},
        {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
    ],
    ids=lambda changes: "-".join(f"{key}={str(value)[:12]}" for key, value in changes.items()),
)
def test_claims_that_are_not_for_us_now_are_refused(
    browser: SignInBrowser, provider: Provider, forging: Callable[[Forge], None], changes: dict[str, Any]
) -> None:
    forging(signed(provider, **changes))
    assert refused(browser) == "refused"


def _other_key(claims: dict[str, Any]) -> str:
    return jwt.encode({"alg": "RS256", "kid": "another"}, claims, RSAKey.generate_key(2048))


def _unsigned(claims: dict[str, Any]) -> str:
    parts = (base64.urlsafe_b64encode(json.dumps(part).encode()) for part in ({"alg": "none"}, claims))
    return ".".join([*(part.decode().rstrip("=") for part in parts), ""])


@pytest.mark.parametrize("forge", [_other_key, _unsigned, lambda claims: "no.token.atall", lambda claims: ""])
def test_signatures_that_are_not_the_providers_are_refused(
    browser: SignInBrowser, forging: Callable[[Forge], None], forge: Forge
) -> None:
    forging(forge)
    assert refused(browser) == "refused"


def test_the_providers_key_id_on_another_key_is_refused(
    browser: SignInBrowser, provider: Provider, forging: Callable[[Forge], None]
) -> None:
    kid = str(provider.store.key.kid)
    forging(lambda claims: jwt.encode({"alg": "RS256", "kid": kid}, claims, RSAKey.generate_key(2048)))
    assert refused(browser) == "refused"


def test_a_shared_secret_made_of_the_public_key_is_refused(
    browser: SignInBrowser, provider: Provider, forging: Callable[[Forge], None]
) -> None:
    public = OctKey.import_key(provider.store.key.as_pem(private=False).hex())
    forging(lambda claims: jwt.encode({"alg": "HS256"}, claims, public))
    assert refused(browser) == "refused"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"acr": "http://id.elegnamnden.se/loa/1.0/loa1"}, "level"),
        ({"acr": "something-grand"}, "level"),
        ({"acr": None}, "level"),
        ({"https://id.oidc.se/claim/personalIdentityNumber": "199208239980"}, "identity"),
        ({"https://id.oidc.se/claim/personalIdentityNumber": None}, "identity"),
        ({"personalNumber": "198108239990"}, "refused"),
    ],
)
def test_answers_of_nobody_or_of_two_are_refused(
    browser: SignInBrowser,
    provider: Provider,
    forging: Callable[[Forge], None],
    changes: dict[str, Any],
    reason: str,
) -> None:
    forging(signed(provider, **changes))
    assert refused(browser) == reason


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"employeeHsaId": None}, "identity"),
        ({"employeeHsaId": "not an id"}, "identity"),
        ({"systemRole": []}, "commission"),
        ({"systemRole": ["another-system;unit"]}, "commission"),
        ({"systemRole": ["hittavard;resident"]}, "commission"),
        ({"systemRole": ["hittavard;system"]}, "commission"),
        ({"systemRole": ["hittavard;region"], "allCommissions": []}, "commission"),
    ],
)
def test_staff_without_a_commission_here_are_refused(
    browser: SignInBrowser,
    provider: Provider,
    forging: Callable[[Forge], None],
    changes: dict[str, Any],
    reason: str,
) -> None:
    forging(signed(provider, **changes))
    assert refused(browser, "unit-staff", "staff") == reason


def test_nobody_administers_a_region_from_a_commission_with_somebody_else(
    browser: SignInBrowser, provider: Provider, forging: Callable[[Forge], None]
) -> None:
    private = {"commissionHsaId": "SE5560000001-A1", "healthCareProviderHsaId": "SE5560000001-VG"}
    forging(signed(provider, systemRole=["hittavard;region"], allCommissions=[private]))
    assert refused(browser, "unit-staff", "staff") == "commission"


def test_an_answer_counts_once(browser: SignInBrowser) -> None:
    back = browser.choose(browser.start(), "resident")
    browser.come_back(back)
    first = browser.cookie()
    again = browser.come_back(back)
    assert again.headers["Location"].startswith("/logga-in/gick-inte/too-late")
    assert browser.cookie() == first


def test_a_code_counts_once_even_with_a_state_of_ones_own(browser: SignInBrowser) -> None:
    used = parse_qs(urlsplit(browser.choose(browser.start(), "resident")).query)
    address = browser.choose(browser.start(), "guardian")
    browser.come_back(address.replace(parse_qs(urlsplit(address).query)["code"][0], used["code"][0]))
    assert browser.cookie() == ""


def test_another_browser_cannot_use_the_answer(browser: SignInBrowser, site: Flask) -> None:
    """Session fixation and login CSRF: a victim is not signed in by an attacker's answer."""
    back = browser.choose(browser.start(), "resident")
    victim = SignInBrowser(site.test_client(), browser.provider)
    victim.start()
    answer = victim.come_back(back)
    assert answer.headers["Location"].startswith("/logga-in/gick-inte/too-late")
    assert victim.cookie() == ""


@pytest.mark.parametrize(
    "query", ["", "code=x", "state=x", "code=x&state=x", "error=access_denied", "state=" + "x" * 43]
)
def test_an_answer_to_no_question_is_refused(browser: SignInBrowser, query: str) -> None:
    browser.start()
    answer = browser.client.get(f"/logga-in/svar/residents?{query}")
    assert answer.headers["Location"].startswith("/logga-in/gick-inte/too-late")


def test_an_answer_of_another_provider_is_refused(browser: SignInBrowser) -> None:
    back = browser.choose(browser.start(), "resident")
    answer = browser.come_back(back.replace("/svar/residents", "/svar/staff"))
    assert answer.headers["Location"].startswith("/logga-in/gick-inte/too-late")
    back = browser.choose(browser.start(), "resident")
    issuer = urlencode({"iss": browser.provider.plan.issuer})
    answer = browser.come_back(back.replace(issuer, "iss=https%3A%2F%2Felsewhere.example.se"))
    assert answer.headers["Location"].startswith("/logga-in/gick-inte/refused")


def test_an_answer_that_comes_late_is_refused(browser: SignInBrowser) -> None:
    back = browser.choose(browser.start(), "resident")
    with clock.frozen(clock.now() + timedelta(minutes=attempts.MINUTES)):
        answer = browser.come_back(back)
    assert answer.headers["Location"].startswith("/logga-in/gick-inte/too-late")
    assert browser.cookie() == ""


@pytest.mark.parametrize(
    "wish",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "javascript:alert(1)",
        "evil.example",
        " //evil.example",
        "///evil.example",
        "/" + "x" * 3000,
        "/å",
    ],
)
def test_one_never_ends_up_elsewhere(browser: SignInBrowser, wish: str) -> None:
    answer = browser.sign_in("resident", next=wish)
    assert answer.headers["Location"] == "/"


def test_a_provider_that_is_down_is_told_and_comes_back(
    browser: SignInBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*_args: Any, **_options: Any) -> None:
        raise requests.ConnectionError

    with monkeypatch.context() as patch:
        patch.setattr("web.auth.signin.client.requests.get", down)
        patch.setattr("web.auth.signin.client._METADATA_SECONDS", -1.0)
        answer = browser.client.get("/logga-in/till/residents?next=/om")
        assert answer.headers["Location"] == "/logga-in/gick-inte/unavailable?next=/om"
        assert browser.client.get(answer.headers["Location"]).status_code == 503
    assert browser.client.get("/logga-in/till/residents").headers["Location"].startswith("http://127.0.0.1")


def test_a_provider_under_another_name_is_not_believed(
    site: Flask, browser: SignInBrowser, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.auth.signin.client._METADATA_SECONDS", -1.0)
    monkeypatch.setattr(provider.store, "plan", replace(provider.plan, issuer="http://127.0.0.1:1"))
    answer = browser.client.get("/logga-in/till/residents")
    assert answer.headers["Location"].startswith("/logga-in/gick-inte/unavailable")


def test_no_personal_number_is_in_any_address_or_cookie_or_log(
    browser: SignInBrowser, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(0)
    address = browser.start()
    back = browser.choose(address, "resident")
    browser.come_back(back)
    number = browser.provider.store.personas["resident"].claims[
        "https://id.oidc.se/claim/personalIdentityNumber"
    ]
    seen = [address, back, browser.cookie(), caplog.text]
    assert not [text for text in seen if number in text or number[2:] in text]


def test_the_secret_of_a_provider_does_not_show(provider: Provider) -> None:
    shown = repr(ProviderSettings("a", False, "A", "A", "https://a", "id", "the secret"))
    assert "the secret" not in shown
