"""What begins so, and what nearly does, beside a measure of every beginning of every word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from directory.search.beginnings import Beginnings
from directory.search.spelling import allowed_edits

WORDS = ["barnmorska", "barnmottagning", "kirurgi", "kiropraktor", "logoped", "mödravård", "akut", "ab"]
few_letters = st.text("abc", min_size=1, max_size=11)


def nearly(typed: str, *words: str, before: str = "") -> list[str]:
    return Beginnings((word, word) for word in words or WORDS).nearly(typed, before)


def edits(typed: str, word: str) -> int:
    """The fewest edits from what is typed to any beginning of the word."""
    return min(OSA.distance(typed, word[:length]) for length in range(len(word) + 1))


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("barmo", ["barnmorska", "barnmottagning"]),
        ("branm", ["barnmorska", "barnmottagning"]),
        ("barnmrsk", ["barnmorska"]),
        ("xirurg", ["kirurgi"]),
        ("kirrurg", ["kirurgi"]),
        ("logopde", ["logoped"]),
        ("logopedx", ["logoped"]),
        ("brnmosk", []),
        ("brnmoska", ["barnmorska"]),
        ("xrnmorsk", []),
        ("xkut", []),
        ("aktu", ["akut"]),
        ("aku", []),
        ("12345", []),
    ],
)
def test_typed_beginnings(typed: str, found: list[str]) -> None:
    assert nearly(typed) == found


def test_a_wrong_last_letter_is_thought_of_last() -> None:
    assert nearly("kirns", "kirunska", "kirnorna") == ["kirunska"]
    assert nearly("kirnx", "kirunska", "kirnorna") == ["kirnorna"]


def test_what_stands_before_is_right() -> None:
    words = ("norra skolan", "norra skogen", "norr skolan")
    assert nearly("sokla", *words, before="norra ") == ["norra skolan"]
    assert nearly("sokla", *words, before="nora ") == []


def test_exactly_is_what_begins_so_in_order() -> None:
    words = Beginnings((word, word) for word in WORDS)
    assert words.exactly("barnm") == ["barnmorska", "barnmottagning"]
    assert words.exactly("z") == []
    assert words.exactly("") == sorted(WORDS)


@given(words=st.lists(few_letters, unique=True, max_size=12), typed=few_letters)
def test_what_is_found_is_near_and_what_is_nearest_is_found(words: list[str], typed: str) -> None:
    found = Beginnings((word, word) for word in words).nearly(typed)
    assert len(found) == len(set(found))
    assert all(edits(typed, word) <= min(2, allowed_edits(typed)) for word in found)
    if len(typed) >= 5 and allowed_edits(typed) and not found:
        assert not any(edits(typed, word) <= 1 for word in words)
