"""Scores that are kept are those that were made, and never those of another state."""

import numpy as np
import pytest

from directory.geography.gazetteer import Place
from directory.search import recent as module
from directory.search.postings import MemoryPostings
from directory.search.reading import Part
from directory.search.recent import Recent, may_be_kept, recent
from directory.search.reference import Reference

SIZE = 6
SCORES = np.array([0.0, 0.5, 0.0, 1.0, 0.0, 0.25])
TOWN = Place("municipality", "0380", "Uppsala", None, "03", 59.86, 17.64)
DISTRICT = Place("locality", "", "Gottsunda", "0380", "03", 59.8, 17.6)


def _never() -> np.ndarray:
    raise AssertionError("made again")


def test_what_was_made_once_is_given_again_whole_and_separately() -> None:
    kept = Recent()
    assert kept.scores(Part("text", ("bvc",)), SIZE, SCORES.copy).tolist() == SCORES.tolist()
    again = kept.scores(Part("text", ("bvc",)), SIZE, _never)
    assert again.tolist() == SCORES.tolist()
    again[0] = 9  # whoever writes to it writes to a copy
    assert kept.scores(Part("text", ("bvc",)), SIZE, _never).tolist() == SCORES.tolist()
    with pytest.raises(AssertionError):
        kept.scores(Part("service", ("bvc",)), SIZE, _never)


@pytest.mark.parametrize(("limit", "most"), [("MOST_PARTS", 2), ("MOST_UNITS", 6)])
def test_room_is_limited(monkeypatch: pytest.MonkeyPatch, limit: str, most: int) -> None:
    monkeypatch.setattr(module, limit, most)
    kept = Recent()
    for word in ("a", "b", "c"):
        kept.scores(Part("text", (word,)), SIZE, SCORES.copy)
    with pytest.raises(AssertionError):
        kept.scores(Part("text", ("a",)), SIZE, _never)
    assert kept.scores(Part("text", ("c",)), SIZE, _never).tolist() == SCORES.tolist()


def test_each_state_of_index_and_codes_has_its_own() -> None:
    one, other, known = MemoryPostings(()), MemoryPostings(()), Reference()
    assert recent(one, known) is recent(one, known)
    assert recent(one, known) is not recent(other, known)
    before = recent(one, known)
    assert recent(one, Reference()) is not before


def test_what_depends_on_where_units_lie_is_not_kept() -> None:
    assert may_be_kept(Part("service", ("vc",)), 500)
    assert may_be_kept(Part("place", ("uppsala",), place=TOWN), None)
    assert not may_be_kept(Part("place", ("uppsala",), place=TOWN), 500)
    assert not may_be_kept(Part("place", ("gottsunda",), place=DISTRICT), None)
    assert not may_be_kept(Part("place", ("uppsala",), place=TOWN, others=(DISTRICT,)), None)
