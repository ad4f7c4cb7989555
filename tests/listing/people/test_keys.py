"""The key ring: a file outside the database, never shown, never half written."""

import json
import logging
import pickle
import stat
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from core.settings import Settings
from listing.people import key_file, keys
from listing.people.errors import KeyInUse, KeysUnavailable
from listing.people.keys import Use, key_ring


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A fresh key file."""
    key_file.create(tmp_path / "keys.json")
    return tmp_path / "keys.json"


def _secrets(path: Path) -> list[str]:
    content = json.loads(path.read_text())
    return [key["secret"] for use in Use for key in content[use]["keys"].values()]


def _in_production(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HITTAVARD_ENVIRONMENT", "production")
    monkeypatch.setattr("core.settings._settings", Settings())


def test_development_makes_the_file_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "var" / "keys.json"
    assert key_ring(path)[Use.SEAL].numbers == (1,)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(set(_secrets(path))) == len(Use)
    assert list(path.parent.iterdir()) == [path]


def test_processes_that_make_it_at_once_share_one(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    with ThreadPoolExecutor(8) as pool:
        rings = list(pool.map(lambda _: key_ring(path)[Use.LOOKUP].mac(1, b"x"), range(16)))
    assert len(set(rings)) == 1


def test_production_refuses_a_missing_file_and_makes_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _in_production(monkeypatch)
    with pytest.raises(KeysUnavailable, match="is missing; restore it"):
        key_ring(tmp_path / "keys.json")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("mode", [0o604, 0o620, 0o666])
def test_a_file_that_others_may_use_is_refused(path: Path, mode: int) -> None:
    path.chmod(mode)
    with pytest.raises(KeysUnavailable, match="chmod 600"):
        key_ring(path)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        '{"format": "other"}',
        '{"format": "hittavard-keys-1"}',
        '{"format": "hittavard-keys-1", "lookup": {"current": 1, "keys": {"1": {"secret": "AAAA"}}}}',
        '{"format": "hittavard-keys-1", "lookup": {"current": 2, "keys": {}}}',
    ],
)
def test_a_damaged_file_is_refused_without_repeating_it(tmp_path: Path, content: str) -> None:
    path = tmp_path / "keys.json"
    path.write_text(content)
    path.chmod(0o600)
    with pytest.raises(KeysUnavailable) as refused:
        key_ring(path)
    assert content == "" or content not in str(refused.value)


def test_a_truncated_file_shows_no_secret_in_its_traceback(path: Path) -> None:
    content = path.read_text()
    known = _secrets(path)
    path.write_text(content[:-20])
    try:
        key_ring(path)
    except KeysUnavailable:
        shown = traceback.format_exc()
    assert not any(secret in shown for secret in known)


def test_no_key_is_ever_printed_or_copied(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    ring = key_ring(path)
    with caplog.at_level(logging.DEBUG):
        logging.getLogger("x").warning("%s %r", ring, ring[Use.SEAL])
    shown = f"{ring} {ring!r} {ring[Use.LOOKUP]!r}" + caplog.text
    assert "current 1 of [1]" in shown
    assert not any(secret in shown for secret in _secrets(path))
    assert not hasattr(ring[Use.LOOKUP], "__dict__")
    with pytest.raises(TypeError):
        pickle.dumps(ring[Use.LOOKUP])


def test_a_new_key_is_live_before_it_is_current_and_running_processes_see_it(path: Path) -> None:
    before = key_ring(path)[Use.LOOKUP].mac(1, b"x")
    assert key_file.add(path, Use.LOOKUP) == 2
    assert key_ring(path)[Use.LOOKUP].numbers == (1, 2)
    assert key_file.make_current(path, Use.LOOKUP) == 2
    assert key_ring(path)[Use.LOOKUP].numbers == (2, 1)
    assert key_ring(path)[Use.LOOKUP].mac(1, b"x") == before != key_ring(path)[Use.LOOKUP].mac(2, b"x")
    assert key_ring(path)[Use.SEAL].numbers == (1,)


def test_a_number_is_never_given_twice(path: Path) -> None:
    assert key_file.add(path, Use.SEAL) == 2
    key_file.remove(path, Use.SEAL, 2)
    assert key_file.add(path, Use.SEAL) == 3


def test_the_current_key_is_not_taken_away(path: Path) -> None:
    key_file.add(path, Use.SEAL)
    with pytest.raises(KeyInUse):
        key_file.remove(path, Use.SEAL, 1)
    with pytest.raises(KeysUnavailable, match="no seal key 9"):
        key_file.remove(path, Use.SEAL, 9)


def test_two_editors_at_once_lose_nothing(path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(lambda _: key_file.add(path, Use.SEAL), range(20)))
    assert sorted(numbers) == list(range(2, 22))
    assert set(key_ring(path)[Use.SEAL].numbers) == set(range(1, 22))


def test_a_file_without_a_key_that_rows_need_says_so(path: Path) -> None:
    with pytest.raises(KeysUnavailable, match="no lookup key 7; is it the file of this database"):
        key_ring(path)[Use.LOOKUP].mac(7, b"x")


def test_a_key_is_told_from_another_by_its_check_value(path: Path, tmp_path: Path) -> None:
    key_file.create(tmp_path / "other.json")
    here, there = key_ring(path), keys.key_ring(tmp_path / "other.json")
    values = {ring[use].check_value(1) for ring in (here, there) for use in Use}
    assert len(values) == 2 * len(Use)
    assert key_ring(path)[Use.SEAL].check_value(1) == here[Use.SEAL].check_value(1)
