"""A key file of the test's own, and people with test numbers."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from core.settings import Settings
from importers.synthetic.numbers import NumberSeries
from listing.actor import Actor
from listing.people import key_file
from listing.people.record import PersonRecord

STAFF = Actor.internal("tests")


@pytest.fixture
def keys_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh key file, which the settings name."""
    path = tmp_path / "secrets" / "keys.json"
    key_file.create(path)
    monkeypatch.setenv("HITTAVARD_KEYS_FILE", str(path))
    monkeypatch.setattr("core.settings._settings", Settings())
    return path


@pytest.fixture
def records() -> Sequence[PersonRecord]:
    """Sixty people with places and addresses, of different ages."""
    series = NumberSeries(date(2026, 11, 1))
    return [
        PersonRecord(
            identity=series.next(date(1950 + n, 3, 4), "female" if n % 2 else "male"),
            birth_date=date(1950 + n, 3, 4),
            given_name=f"Förnamn{n}",
            family_name="Tolvansson",
            sex="f" if n % 2 else "m",
            street=f"Storgatan {n}",
            postal_code="75310",
            city="Uppsala",
            region_code="03",
            municipality_code="0380",
            district="Centrum",
            position=(17.64, 59.86),
            household=bytes(32),
        )
        for n in range(60)
    ]
