"""The file of providers: what is wrong is refused at the start, and in production the development sign-in."""

from pathlib import Path
from typing import Any

import pytest

from core.settings import Settings
from tests.support.signing_in import Provider
from web.app import create_app
from web.auth.provider.plan import DevelopmentOnly, load, make, site_settings
from web.auth.signin.configuration import SignInMisconfigured, providers

GOOD = """
[[provider]]
key = "bankid"
for = "residents"
name = "BankID"
issuer = "https://login.example.se"
client_id = "us"
client_secret = "x"
"""


def read(tmp_path: Path, text: str, **settings: Any) -> Any:
    file = tmp_path / "sign-in.toml"
    file.write_text(text, encoding="utf-8")
    return providers(Settings(sign_in_file=file, **settings))


def test_a_provider_with_its_defaults(tmp_path: Path) -> None:
    (one,) = read(tmp_path, GOOD)
    assert (one.key, one.staff, one.name_en, one.scopes) == ("bankid", False, "BankID", ("openid", "profile"))


def test_a_secret_from_a_file_beside_and_claims_and_levels_of_ones_own(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("shh\n", encoding="utf-8")
    text = GOOD.replace('client_secret = "x"', 'client_secret_file = "secret"')
    text += '[provider.claims]\nidentity = "nr"\n[provider.levels]\n"urn:x:bankid" = 3\n'
    (one,) = read(tmp_path, text)
    assert one.client_secret == "shh"
    assert one.resident_claims.identity == ("nr",)
    assert one.levels["urn:x:bankid"] == 3
    assert one.own_levels == ("urn:x:bankid",)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("https://login", "http://login"), "issuer"),
        (('client_id = "us"', ""), "client_id"),
        (('for = "residents"', 'for = "all"'), "residents or staff"),
        (('key = "bankid"', 'key = "a/b"'), "letters, digits"),
        (('name = "BankID"', 'name = "B"\nnam = "x"'), "nam"),
        (('client_secret = "x"', 'client_secret_file = "gone"'), "client_secret_file"),
        (('client_secret = "x"', 'scopes = ["profile"]'), "openid"),
        (('client_secret = "x"', 'roles = { a = "resident" }'), "resident"),
        (('client_secret = "x"', 'roles = { a = "king" }'), "roles"),
        (('client_secret = "x"', 'claims = { king = "x" }'), "claims"),
        (('client_secret = "x"', "client_secret = "), "TOML"),
    ],
)
def test_what_is_wrong_is_told_in_words(tmp_path: Path, change: tuple[str, str], says: str) -> None:
    with pytest.raises(SignInMisconfigured, match=says):
        read(tmp_path, GOOD.replace(*change))


def test_two_providers_of_one_key_and_a_file_that_is_gone(tmp_path: Path) -> None:
    with pytest.raises(SignInMisconfigured, match="same key"):
        read(tmp_path, GOOD + GOOD)
    with pytest.raises(SignInMisconfigured, match="cannot read"):
        providers(Settings(sign_in_file=tmp_path / "gone.toml"))
    assert providers(Settings(sign_in_file=None)) == ()


def test_production_refuses_the_development_sign_in(tmp_path: Path, provider: Provider) -> None:
    file = tmp_path / "sign-in.toml"
    file.write_text(site_settings(provider.plan), encoding="utf-8")
    settings = Settings(
        environment="production", sign_in_file=file, var_dir=tmp_path, public_url="https://vard.example.se"
    )
    with pytest.raises(SignInMisconfigured, match="one may be anybody"):
        create_app(settings)
    with pytest.raises(DevelopmentOnly):
        make(settings, today=provider.plan.as_of, owner="", units=())
    with pytest.raises(DevelopmentOnly):
        load(settings)
    assert not (tmp_path / "development-sign-in").exists()


def test_production_refuses_plain_http(tmp_path: Path) -> None:
    local = GOOD.replace("https://login.example.se", "http://127.0.0.1:9000")
    with pytest.raises(SignInMisconfigured, match="issuer"):
        read(tmp_path, local, environment="production", public_url="https://vard.example.se")
    with pytest.raises(SignInMisconfigured, match="HITTAVARD_PUBLIC_URL"):
        read(tmp_path, GOOD, environment="production", public_url="")


def test_the_files_of_the_development_sign_in_are_their_owners_alone_and_keep_the_day(
    tmp_path: Path, provider: Provider
) -> None:
    from datetime import date

    settings = Settings(var_dir=tmp_path, port=8123, development_sign_in_port=9123)
    first = make(settings, today=date(2026, 11, 20), owner="SE2321000024", units=())
    second = make(settings, today=date(2027, 5, 1), owner="SE2321000024", units=provider.plan.units)
    assert second.as_of == first.as_of == date(2026, 11, 20)
    assert second.secret != first.secret
    assert load(settings) == second
    for name in ("provider.json", "sign-in.toml"):
        assert (tmp_path / "development-sign-in" / name).stat().st_mode & 0o777 == 0o600
    found = providers(Settings(sign_in_file=tmp_path / "development-sign-in" / "sign-in.toml"))
    assert [one.key for one in found] == ["residents", "staff"]
