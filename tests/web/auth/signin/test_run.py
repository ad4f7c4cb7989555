"""What `hittavard run` prepares: real units for the staff, files for both programs, and words for people."""

import os
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from core.settings import Settings
from tests.support.signing_in import OWNER, Register
from tests.web.auth.signin.conftest import UNITS
from web.auth.provider.start import prepare, told


def test_staff_are_at_units_that_one_can_list_at(
    register: Register, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HITTAVARD_SIGN_IN_FILE", "")
    engine = create_engine(register.url)
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO care_unit_listing_status (care_unit_id, status)"
                " SELECT id, 'open' FROM care_unit WHERE hsa_id = :hsa_id"
            ),
            {"hsa_id": UNITS[0].hsa_id},
        )
    plan = prepare(engine, Settings(var_dir=tmp_path, port=8123, sign_in_file=None))
    engine.dispose()
    assert plan is not None
    assert (plan.owner, plan.units) == (OWNER, UNITS[:1])
    assert os.environ["HITTAVARD_SIGN_IN_FILE"] == str(tmp_path / "development-sign-in" / "sign-in.toml")
    words = told(plan)
    assert words.startswith("Sign in at http://127.0.0.1:8123/logga-in as one of:")
    assert "  Kim Holm: Person med skyddade personuppgifter" in words
    assert "Olof Grahn" not in words  # There is only one unit.


def test_whoever_has_providers_of_their_own_or_is_in_production_gets_none(
    register: Register, tmp_path: Path
) -> None:
    engine = create_engine(register.url)
    assert prepare(engine, Settings(var_dir=tmp_path, sign_in_file=tmp_path / "own.toml")) is None
    assert prepare(engine, Settings(var_dir=tmp_path, sign_in_file=None, environment="production")) is None
    engine.dispose()
    assert not list(tmp_path.iterdir())
