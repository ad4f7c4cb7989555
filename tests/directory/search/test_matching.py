"""Scores of words: surer forms above looser ones, exact above fuzzy."""

from typing import Any

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


def ordered(word: str, index: MemoryPostings | None = None) -> list[str]:
    scores = matching.word_scores(word, index or postings())
    return sorted(scores, key=lambda unit: (-scores[unit], unit))


def test_written_before_inflected_before_folded_before_part() -> None:
    scores = matching.word_scores("ögonmottagningen", postings())
    assert scores == {"1": schema.FIELD_WEIGHTS["name"]}
    assert matching.word_scores("ögonmottagningar", postings())["1"] == 0.95
    assert matching.word_scores("ogonmottagning", postings())["1"] == 0.85
    assert ordered("ögon") == ["1", "2"]


def test_parts_of_a_question_find_the_compound() -> None:
    assert set(matching.words_scores(["barn", "ögon"], postings())) == {"2"}


def test_a_compound_that_nobody_has_finds_its_parts() -> None:
    index = postings(**{"6": {"name": "Klinik för hud"}})
    assert "6" in matching.word_scores("hudklinik", index)


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
    assert matching.mean_of_all([{"a": 1.0, "b": 0.5}, {"a": 0.5}]) == {"a": 0.75}
    assert matching.mean_of_all([]) == {}


def test_rare_words_weigh_more_when_not_all_match() -> None:
    common = {str(n): 1.0 for n in range(50)}
    shares = matching.by_share([common, {"rare": 1.0}], 100)
    assert shares["rare"] > shares["0"]
    assert matching.by_share([{"a": 1.0}, {"a": 1.0}, {"b": 1.0}], 10).keys() == {"a"}
