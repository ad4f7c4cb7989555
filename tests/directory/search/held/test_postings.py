"""Several segments answer as one that holds the same."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from directory.search import analysis, schema
from directory.search.held import postings
from directory.search.held.postings import MOST_STALE, HeldPostings, SegmentTerms
from directory.search.index import Segment
from directory.search.postings import Units

FIRST = {"1": "Vårdcentralen Eken", "2": "Vårdhuset Björken", "3": "Rehab Älgen"}
SECOND = {"4": "Vårdcentralen Boken", "5": "Vårdkliniken Älven"}
ALL = FIRST | SECOND


def _segment(names: Mapping[str, str]) -> SegmentTerms:
    ids = list(names)
    found: dict[str, list[int]] = {}
    for number, name in enumerate(names.values()):
        for term in analysis.terms(name):
            found.setdefault(term, []).append(number)

    def terms() -> Iterator[tuple[str, str, list[int]]]:
        return ((schema.NAME, term, found[term]) for term in sorted(found))

    return postings.read(Segment("key", ids, frozenset(), terms))


def _held(segments: Sequence[SegmentTerms], before: HeldPostings | None = None) -> HeldPostings:
    numbers = {key: number for number, key in enumerate(ALL)}
    pairs: list[tuple[SegmentTerms, Units]] = [
        (segment, postings.units_of(segment, (), numbers)) for segment in segments
    ]
    return HeldPostings(pairs, len(ALL), len(ALL), before)


def test_several_segments_are_as_one() -> None:
    first, second, whole = _segment(FIRST), _segment(SECOND), _held([_segment(ALL)])
    for several in (_held([first, second]), _held([first, second], _held([first]))):
        for prefix in ("", analysis.WORD + "vård", analysis.FOLD + "a", "nothing"):
            assert list(several.lexicon(schema.NAME, prefix)) == list(whole.lexicon(schema.NAME, prefix))
        for typed in ("v", "vard", "alg", "q"):
            assert sorted(several.names.exactly(typed)) == sorted(whole.names.exactly(typed))
        assert sorted(several.names.nearly("vrdcent")) == ["=vårdcentralen"]
        assert sorted(several.names.nearly("alv")) == sorted(whole.names.nearly("alv"))
        term = analysis.WORD + "vårdcentralen"
        assert np.array_equal(np.sort(several.units(schema.NAME, term)), whole.units(schema.NAME, term))


def test_names_are_shared_while_nothing_is_new() -> None:
    first, second = _segment(FIRST), _segment(SECOND)
    before = _held([first, second])
    assert _held([first, second], before).names is before.names
    assert _held([first], before).names is before.names, "a few words that nobody has do no harm"


def test_words_of_segments_that_are_gone_are_let_go_when_they_are_many() -> None:
    many = _segment({str(n): f"Mottagning{'abcdefghij'[n % 10]}{n}" for n in range(MOST_STALE + 1)})
    before = _held([_segment(FIRST), many])
    assert len(before.names.exactly("mottagning")) == MOST_STALE + 1
    assert not _held([_segment(FIRST)], before).names.exactly("mottagning")
