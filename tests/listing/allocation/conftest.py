"""A key file of the tests' own: the order of people is keyed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.settings import Settings
from listing.people import key_file


@pytest.fixture(autouse=True)
def own_keys(tmp_path: Path) -> Iterator[None]:
    """Keys in a folder of this test."""
    path = tmp_path / "keys.json"
    key_file.create(path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("core.settings._settings", Settings(keys_file=path))
        yield
