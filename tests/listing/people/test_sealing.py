"""Hashes find, seals open for their own row only, and neither says anything by itself."""

import hashlib
import hmac
import time
from datetime import date
from pathlib import Path

import pytest

from codes.identifiers import parse_person_id
from listing.people import key_file, sealing
from listing.people.errors import SealBroken
from listing.people.keys import KeyRing, KeySet, Use
from listing.people.sealing import Details

TOLVAN = "191212121212"
DETAILS = Details(TOLVAN, "Tolvan", "Tolvansson", "Storgatan 12", "12345", "Ekby", ("191212721213",))


def _ring(**current: int) -> KeyRing:
    return KeyRing(
        {use: KeySet(use, {1: b"\1" * 32, 2: b"\2" * 32}, current.get(use.value, 1)) for use in Use}
    )


def test_a_look_up_hash_is_hmac_sha256_under_each_live_key() -> None:
    expected = [hmac.digest(bytes([number]) * 32, TOLVAN.encode(), hashlib.sha256) for number in (2, 1)]
    assert sealing.lookup_hashes(TOLVAN, _ring(lookup=2)) == expected
    assert sealing.lookup_hash(parse_person_id("121212+1212", on=date(2026, 1, 1)), _ring(lookup=2)) == (
        expected[0],
        2,
    )


def test_what_is_sealed_opens_for_its_row_alone() -> None:
    sealed = sealing.seal(DETAILS, 7, _ring())
    assert sealing.unseal(sealed.value, sealed.key, 7, _ring()) == DETAILS
    with pytest.raises(SealBroken):
        sealing.unseal(sealed.value, sealed.key, 8, _ring())


def test_an_older_key_still_opens_and_the_current_one_seals() -> None:
    old = sealing.seal(DETAILS, 7, _ring(seal=1))
    assert sealing.unseal(old.value, old.key, 7, _ring(seal=2)) == DETAILS
    assert sealing.seal(DETAILS, 7, _ring(seal=2)).key == 2
    with pytest.raises(SealBroken):
        sealing.unseal(old.value, 2, 7, _ring(seal=2))


def test_every_altered_bit_is_noticed() -> None:
    sealed = sealing.seal(DETAILS, 7, _ring())
    for position in range(len(sealed.value)):
        altered = bytearray(sealed.value)
        altered[position] ^= 1
        with pytest.raises(SealBroken):
            sealing.unseal(bytes(altered), sealed.key, 7, _ring())
    for cut in (0, 5, 12, 20, len(sealed.value) - 1):
        with pytest.raises(SealBroken):
            sealing.unseal(sealed.value[:cut], sealed.key, 7, _ring())


def test_the_same_person_sealed_twice_looks_different_and_says_nothing() -> None:
    first, second = (sealing.seal(DETAILS, 7, _ring()) for _ in range(2))
    assert first.value[:12] != second.value[:12]
    assert first.value != second.value
    for word in (DETAILS.identity, DETAILS.given_name, DETAILS.family_name, DETAILS.city or ""):
        assert word.encode() not in first.value


def test_details_do_not_print_themselves() -> None:
    shown = f"{DETAILS} {DETAILS!r} {[DETAILS]} {sealing.seal(DETAILS, 7, _ring())}"
    assert "Tolvan" not in shown
    assert TOLVAN not in shown


def test_households_compare_by_words_and_digests_keep_their_uses_apart() -> None:
    ring = _ring()
    same = sealing.household_hash("Storgatan 12 ", "12345", "EKBY", ring=ring)
    assert same == sealing.household_hash("storgatan  12", "12345", "Ekby", ring=ring)
    assert same != sealing.household_hash("Storgatan 1", "212345", "Ekby", ring=ring)
    assert sealing.digest("a", "bc", ring=ring) != sealing.digest("ab", "c", ring=ring)
    assert sealing.digest("a", "b", ring=ring) != sealing.digest("a", "b", ring=_ring(digest=2))


def test_a_million_can_be_sealed_hashed_and_opened_in_seconds(tmp_path: Path) -> None:
    """The target is 5 microseconds each; ten times that still tells a slow key schedule per value."""
    key_file.create(tmp_path / "keys.json")
    ring = key_file.read(tmp_path / "keys.json")
    sealed = sealing.seal(DETAILS, 7, ring)
    for work in (
        lambda: sealing.seal(DETAILS, 7, ring),
        lambda: sealing.unseal(sealed.value, sealed.key, 7, ring),
        lambda: sealing.lookup_hash(TOLVAN, ring),
    ):
        best = min(_seconds(work) for _ in range(5))
        assert best / 2000 < 50e-6


def _seconds(work: "object") -> float:
    assert callable(work)
    started = time.perf_counter()
    for _ in range(2000):
        work()
    return time.perf_counter() - started
