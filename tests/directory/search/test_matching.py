"""Scores of words: surer forms above looser ones, exact above fuzzy."""

from typing import Any

import numpy as np

from directory.search import matching, schema
from directory.search.documents import document
from directory.search.postings import MemoryPostings
from directory.search.reference import Reference

NAMES = {
    "1": "Ögonmottagningen Ekbacken",
    "2": "Barnögonmottagningen",
    "3": "Hudmottagning Lund",
    "4": "Närhälsan Lunden",
    "5": "Ogonkliniken",
}


def postings(**records: dict[str, str]) -> MemoryPostings:
    units = {key: {"name": name} for key, name in NAMES.items()} | records
    return MemoryPostings(document(key, record, Reference()) for key, record in units.items())


def scored(word: str, index: MemoryPostings | None = None) -> dict[str, float]:
    index = index or postings()
    scores = matching.word_scores(word, index)
    assert scores.shape == (index.size,)
    return {index.ids[number]: scores[number] for number in np.flatnonzero(scores).tolist()}


def ordered(word: str, index: MemoryPostings | None = None) -> list[str]:
    scores = scored(word, index)
    return sorted(scores, key=lambda unit: (-scores[unit], unit))


def test_written_before_inflected_before_folded_before_part() -> None:
    assert scored("ögonmottagningen") == {"1": schema.FIELD_WEIGHTS["name"]}
    assert scored("ögonmottagningar")["1"] == 0.95
    assert scored("ogonmottagning")["1"] == 0.85
    assert ordered("ögon") == ["1", "2"]


def test_parts_of_a_question_find_the_compound() -> None:
    index = postings()
    assert [index.ids[n] for n in matching.words_scores(["barn", "ögon"], index).nonzero()[0].tolist()] == [
        "2"
    ]


def test_a_compound_that_nobody_has_finds_its_parts() -> None:
    index = postings(**{"6": {"name": "Klinik för hud"}})
    assert "6" in scored("hudklinik", index)


def test_beginning_and_misspelling_are_tried_only_when_nothing_is_nearer() -> None:
    assert ordered("lund") == ["3", "4"]
    assert ordered("ekba") == ["1"]
    assert ordered("ekbaken") == ["1"]
    assert ordered("xekbacken") == ["1"]
    assert ordered("qqqqqqqq") == []


def test_name_above_former_name_above_place_above_text() -> None:
    records: dict[str, dict[str, Any]] = {
        "a": {"name": "Solrosen"},
        "b": {"name": "B", "former_names": ["Solrosen"]},
        "c": {"name": "C", "addresses": {"visiting": {"street": "Solrosen 1"}}},
        "d": {"name": "D", "texts": {"about": "Nära Solrosen."}},
    }
    index = MemoryPostings(document(key, record, Reference()) for key, record in records.items())
    assert ordered("solrosen", index) == ["a", "b", "c", "d"]


def test_all_words_must_match_and_the_mean_counts() -> None:
    first, second = np.array([1.0, 0.5, 0.0]), np.array([0.5, 0.0, 1.0])
    assert matching.mean_of_all([first, second]).tolist() == [0.75, 0.0, 0.0]
    assert first.tolist() == [1.0, 0.5, 0.0]
    assert not matching.words_scores([], postings()).any()


def test_rare_words_weigh_more_when_not_all_match() -> None:
    common, rare = np.ones(51), np.zeros(51)
    common[50], rare[50] = 0.0, 1.0
    shares = matching.by_share([common, rare], 100)
    assert shares[50] > shares[0] > 0
    two_of_three = matching.by_share([np.array([1.0, 0]), np.array([1.0, 0]), np.array([0, 1.0])], 10)
    assert np.flatnonzero(two_of_three).tolist() == [0]
    assert not matching.by_share([np.zeros(2)], 10).any()
