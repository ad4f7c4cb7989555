"""The development issuer: its keys, its tokens, the command, and that production knows nothing of it."""

import base64
import stat
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from core import clock
from core import settings as settings_module
from core.problems import Invalid
from core.settings import Settings
from listing.actor import Role
from tests.support.tokens import TOLVAN, UNIT, bearer_for, development_settings
from tests.web import role_routes
from web.app import create_app
from web.auth import development
from web.cli import main

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A development machine with a folder of its own."""
    monkeypatch.setattr(settings_module, "_settings", development_settings(tmp_path))
    return tmp_path


def app_of(var_dir: Path, **changed: Any) -> Any:
    app = create_app(development_settings(var_dir, **changed))
    role_routes.add(app)
    return app.test_client()


def ask(client: Any, role: str, token: str) -> Any:
    return client.get(f"{role_routes.PREFIX}/{role}", headers={"Authorization": f"Bearer {token}"})


ARGUMENTS = {
    "resident": ["--person", "19121212-1212"],
    "unit": ["--region", "03", "--unit", UNIT],
    "region": ["--region", "03", "--purpose", "care", "--protected"],
    "nurse": ["--region", "03"],
    "statistician": ["--region", "03"],
    "system": ["--region", "03", "--hours", "24"],
}


@pytest.mark.parametrize("role", Role)
def test_the_command_prints_a_token_that_the_site_takes(
    home: Path, capsys: pytest.CaptureFixture[str], role: Role
) -> None:
    assert main(["token", "--role", role, *ARGUMENTS[role]]) == 0
    printed = capsys.readouterr().out
    assert printed.count("\n") == 1
    assert ask(app_of(home), role, printed.strip()).status_code == 200


def test_the_token_does_not_hold_the_identity_number_in_clear(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["token", "--role", "resident", *ARGUMENTS["resident"]]) == 0
    token = capsys.readouterr().out.strip()
    for part in token.split("."):
        clear = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
        assert b"1212" not in clear


@pytest.mark.parametrize(
    "wrong",
    [
        [],
        ["--role", "admin"],
        ["--role", "resident"],
        ["--role", "resident", "--person", "191212121213"],
        ["--role", "resident", "--person", TOLVAN, "--region", "03"],
        ["--role", "region"],
        ["--role", "region", "--region", "Uppsala"],
        ["--role", "region", "--region", "03", "--person", TOLVAN],
        ["--role", "region", "--region", "03", "--purpose", "own-matter"],
        ["--role", "unit", "--region", "03"],
        ["--role", "unit", "--region", "03", "--unit", "Ekbacken"],
        ["--role", "nurse", "--region", "03", "--protected"],
    ],
)
def test_wrong_usage_is_told_without_the_number(
    home: Path, capsys: pytest.CaptureFixture[str], wrong: list[str]
) -> None:
    with pytest.raises(SystemExit) as error:
        main(["token", *wrong])
    assert error.value.code == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert "19121212" not in told.err


@pytest.mark.parametrize("hours", ["0", "-1", "25"])
def test_a_token_is_short_lived(home: Path, capsys: pytest.CaptureFixture[str], hours: str) -> None:
    assert main(["token", "--role", "nurse", "--region", "03", "--hours", hours]) == 1
    assert "1 to 24 hours" in capsys.readouterr().err


def test_it_lasts_an_hour_unless_said_otherwise(home: Path) -> None:
    client = app_of(home)
    with clock.frozen(NOW):
        token = development.issue(settings_module.settings(), Role.NURSE, region="03")
    with clock.frozen(NOW + timedelta(minutes=59)):
        assert ask(client, "nurse", token).status_code == 200
    with clock.frozen(NOW + timedelta(minutes=61)):
        response = ask(client, "nurse", token)
    assert (response.status_code, response.get_json()["code"]) == (401, "token-expired")
    assert 'error="invalid_token"' in response.headers["WWW-Authenticate"]


def test_its_keys_are_for_the_owner_only_and_made_once_by_many_at_once(tmp_path: Path) -> None:
    settings = development_settings(tmp_path)
    tokens: list[str] = []
    threads = [
        threading.Thread(target=lambda: tokens.append(development.issue(settings, Role.NURSE, region="03")))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    place = development.folder(settings)
    assert [path.name for path in place.iterdir()] == ["keys.json"]
    assert stat.S_IMODE((place / "keys.json").stat().st_mode) == 0o600
    assert stat.S_IMODE(place.stat().st_mode) == 0o700
    client = app_of(tmp_path)
    assert {ask(client, "nurse", token).status_code for token in tokens} == {200}


def test_another_machine_is_not_believed(tmp_path: Path) -> None:
    token = development.issue(development_settings(tmp_path / "a"), Role.NURSE, region="03")
    client = app_of(tmp_path / "b")
    assert ask(client, "nurse", token).status_code == 401
    own = development.issue(development_settings(tmp_path / "b"), Role.NURSE, region="03")
    assert ask(client, "nurse", own).status_code == 200  # Keys made while the site serves are good at once.
    assert ask(client, "nurse", token).status_code == 401


def test_production_makes_no_tokens_and_believes_none(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    token = development.issue(settings_module.settings(), Role.REGION, region="03")
    production = development_settings(home, environment="production")
    response = ask(app_of(home, environment="production"), "region", token)
    assert (response.status_code, response.get_json()["code"]) == (401, "token-invalid")
    with pytest.raises(development.NotInDevelopment):
        development.issue(production, Role.REGION, region="03")
    monkeypatch.setattr(settings_module, "_settings", production)
    assert main(["token", "--role", "region", "--region", "03"]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert "production" in told.err


def test_who_serves_without_saying_where_serves_production(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings_module, "_settings", None)
    monkeypatch.setenv("HITTAVARD_ENVIRONMENT", "")
    settings_module.default_environment("production")
    assert settings_module.settings().in_production
    settings_module.default_environment("development")
    assert settings_module.settings().in_production
    monkeypatch.setenv("HITTAVARD_ENVIRONMENT", "staging")
    with pytest.raises(Invalid, match="HITTAVARD_ENVIRONMENT"):
        Settings()


def test_a_signature_of_ours_is_needed_even_for_a_sealed_person(home: Path) -> None:
    client = app_of(home)
    whole = bearer_for(client.application, Role.RESIDENT)["Authorization"].removeprefix("Bearer ")
    head, payload, signature = whole.split(".")
    assert ask(client, "resident", whole).status_code == 200
    for broken in (f"{head}.{payload}.", f"{head}.{payload}.{signature[:-4]}AAAA", f"{head}.{payload}"):
        assert ask(client, "resident", broken).status_code == 401
