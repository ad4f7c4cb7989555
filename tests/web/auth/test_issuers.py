"""Whom the settings trust; settings that would trust the wrong one are refused at the start."""

from pathlib import Path
from typing import Any

import pytest

from core.problems import Invalid
from core.token_settings import TokenSettings
from listing.actor import Role
from tests.support.tokens import development_settings
from web.app import create_app
from web.auth import development
from web.auth.issuers import trusted

A, B = "https://a.example.se", "https://b.example.se"
KEYS = (f"{A}/keys", f"{B}/keys")


def issuers(environment: str = "production", **tokens: Any) -> Any:
    return trusted(
        development_settings(Path("nowhere"), environment=environment, tokens=TokenSettings(**tokens))
    )


def test_production_trusts_whom_the_settings_name_and_nobody_else() -> None:
    assert issuers() == {}
    found = issuers(issuers=(A, B), jwks_urls=KEYS, roles=("resident", "unit+region"), regions=("*", "03+12"))
    assert list(found) == [A, B]
    assert found[A].roles == {Role.RESIDENT}
    assert found[A].regions is None
    assert found[B].roles == {Role.UNIT, Role.REGION}
    assert found[B].regions == {"03", "12"}
    assert issuers(issuers=(A,), jwks_urls=KEYS[:1])[A].roles == set(Role)


def test_development_trusts_its_own_issuer_too() -> None:
    assert list(issuers("development", issuers=(A,), jwks_urls=KEYS[:1])) == [A, development.ISSUER]


@pytest.mark.parametrize(
    "wrong",
    [
        {"issuers": (A, B), "jwks_urls": KEYS[:1]},
        {"issuers": (A, A), "jwks_urls": KEYS},
        {"jwks_urls": KEYS},
        {"issuers": (A,), "jwks_urls": ("http://a.example.se/keys",)},
        {"issuers": (A,), "jwks_urls": ("http://127.0.0.1/keys",)},
        {"issuers": (A,), "jwks_urls": ("file:///etc/keys",)},
        {"issuers": (A,), "jwks_urls": ("keys",)},
        {"issuers": (development.ISSUER,), "jwks_urls": KEYS[:1]},
        {"issuers": (A,), "jwks_urls": KEYS[:1], "roles": ("resident", "unit")},
        {"issuers": (A,), "jwks_urls": KEYS[:1], "roles": ("everything",)},
        {"issuers": (A,), "jwks_urls": KEYS[:1], "regions": ("Uppsala",)},
        {"issuers": (A,), "jwks_urls": KEYS[:1], "regions": ("03", "12")},
    ],
)
def test_settings_that_say_too_little_or_are_dangerous_are_refused(
    wrong: dict[str, Any], tmp_path: Path
) -> None:
    with pytest.raises(Invalid, match="HITTAVARD_TOKEN"):
        issuers(**wrong)
    with pytest.raises(Invalid):
        create_app(development_settings(tmp_path, environment="production", tokens=TokenSettings(**wrong)))


def test_the_own_machine_may_publish_keys_without_tls_in_development() -> None:
    assert issuers("development", issuers=(A,), jwks_urls=("http://127.0.0.1:9/keys",))
    with pytest.raises(Invalid):
        issuers("development", issuers=(A,), jwks_urls=("http://10.0.0.1/keys",))


def test_the_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "ISSUER": f"{A}, {B}",
        "JWKS_URL": " ".join(KEYS),
        "CLAIM_PERSON": "socialno,nin",
        "AUDIENCE": "https://api.example.se",
        "MAX_HOURS": "2",
    }.items():
        monkeypatch.setenv(f"HITTAVARD_TOKEN_{name}", value)
    found = TokenSettings()
    assert (found.issuers, found.jwks_urls) == ((A, B), KEYS)
    assert (found.audience, found.max_hours, found.claims.person) == (
        "https://api.example.se",
        2,
        ("socialno", "nin"),
    )
    for wrong in ("0", "-1", "1.5", "٣"):
        monkeypatch.setenv("HITTAVARD_TOKEN_MAX_HOURS", wrong)
        with pytest.raises(Invalid, match="MAX_HOURS"):
            TokenSettings()
