"""What a hit says of how it meets the question: the same as what the search reckoned with."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy.orm import Session

from directory.search import matching, schema
from directory.search.engine import search
from directory.search.explained import Explainer
from directory.search.index import TextIndex
from directory.search.postings import IndexPostings
from directory.search.reference import reference
from directory.search.types import Explanation, MetPart, RankPart, SearchRequest
from tests.directory.search.units import ASKIM, AT, EYES, KROKSLATT, MIDWIFE, MOLNDAL, UPPSALA

World = tuple[Session, TextIndex]


def why(world: World, unit: str, **request: Any) -> Explanation:
    session, index = world
    found = search(session, SearchRequest(**request, explain=True), index=index, now=AT)
    said = next(hit.explanation for hit in found.hits if hit.view["hsaId"] == unit)
    assert said is not None
    return said


def met(world: World, unit: str, q: str) -> MetPart:
    (part,) = why(world, unit, q=q).question
    return part


def value(found: Explanation, name: str) -> RankPart:
    return next(part for part in found.parts if part.name == name)


@pytest.mark.parametrize(
    ("q", "unit", "field", "form"),
    [
        ("krokslätt", KROKSLATT, "name", "word"),
        ("flogstas", UPPSALA, "name", "stem"),
        ("ekbackens", KROKSLATT, "other_name", "word"),
        ("ögon", EYES, "name", "part"),
        ("barnogonmottagningen", EYES, "name", "fold"),
        ("fredåsgatan", KROKSLATT, "place", "word"),
        ("parkering", ASKIM, "text", "stem"),
        ("frdåsgatan", KROKSLATT, "place", "misspelt"),
        ("krok", KROKSLATT, "name", "beginning"),
        ("närhälsa", MOLNDAL, "name", "stem"),
    ],
)
def test_a_word_tells_field_and_form(world: World, q: str, unit: str, field: str, form: str) -> None:
    found = why(world, unit, q=q, literal=True)
    (word,) = found.question[0].words
    assert (word.field, word.form) == (field, form)
    assert found.question[0].by == "words"
    assert word.score == found.question[0].score


@pytest.mark.parametrize(
    ("q", "unit", "by", "code", "how"),
    [
        ("bmm", MIDWIFE, "service", "care-service:1505", "coded"),
        ("mölndal", KROKSLATT, "place", "1481", None),
        (KROKSLATT, KROKSLATT, "hsa-id", KROKSLATT, None),
    ],
)
def test_a_meaning_tells_its_code(
    world: World, q: str, unit: str, by: str, code: str, how: str | None
) -> None:
    part = met(world, unit, q)
    assert (part.by, part.code, part.how) == (by, code, how)


@pytest.mark.parametrize(
    "q",
    [
        "vårdcentral",
        "vc mölndal",
        "vårdcentralen krokslätt",
        "barn ögon",
        "närhälsan mölndal",
        "ekbackens läkarstation",
        "vaccinera uppsala",
        "vardcentral krokslatt",
        "kroksläet",
        "apotek",
    ],
)
def test_the_parts_come_to_the_text_that_ranked(world: World, q: str) -> None:
    """The text is the mean of what is met, and 1 more for a whole name, when no word is optional."""
    session, index = world
    found = search(session, SearchRequest(q=q, explain=True), index=index, now=AT)
    assert found.hits
    assert found.interpretation.widened is None
    for hit in found.hits:
        said = hit.explanation
        assert said is not None
        mean = sum(part.score for part in said.question) / len(said.question)
        assert value(said, "text").value == pytest.approx(mean + said.whole_name)


def test_words_are_met_as_they_are_scored(world: World) -> None:
    session, index = world
    known = reference(session)
    postings = IndexPostings(index.snapshot())
    explainer = Explainer(postings, known, lambda lat, lon, metres: np_none())
    for word in ("krokslätt", "flogsta", "barnmorske", "ögon", "vård", "mölndall", "ögonvårdcentral", "xyz"):
        for sure, scores_of in ((False, matching.word_scores), (True, matching.as_written)):
            scores = scores_of(word, postings)
            for unit in range(postings.size):
                one = explainer.word(word, unit, sure)
                assert one.score == scores[unit]
                assert (one.field is None) == (scores[unit] == 0)
                assert one.field is None or one.field in schema.FIELD_WEIGHTS


def np_none() -> Any:
    raise AssertionError("no place is asked for")


def test_what_is_not_met_shows_too(world: World) -> None:
    found = why(world, EYES, q="ögonmottagning mölndal")
    assert [part.score > 0 for part in found.question] == [True, False]
    assert found.question[1].by is None


def test_listing_counts_in_questions_about_what_one_lists_at(world: World) -> None:
    for asked in ({"q": "vårdcentral"}, {"service": ("1502",)}, {"unit_type": ("02",)}):
        said = why(world, KROKSLATT, **asked)
        assert (value(said, "listing").value, said.listing) == (1.0, "open")
        assert value(why(world, ASKIM, **asked), "listing").contribution == 0.0
        assert value(why(world, UPPSALA, **asked), "listing").value == 0.25
    assert value(why(world, KROKSLATT, listing=("open", "queue")), "listing").value == 1.0
    for other in ({"q": "krokslätt"}, {}, {"municipality": ("1481",)}):
        assert value(why(world, KROKSLATT, **other), "listing").value is None


def test_of_equal_words_what_takes_new_people_comes_first(world: World) -> None:
    session, index = world
    found = search(session, SearchRequest(q="vårdcentral", literal=False), index=index, now=AT)
    first = [hit.view["hsaId"] for hit in found.hits]
    assert first.index(KROKSLATT) < first.index(MOLNDAL) < first.index(ASKIM)


def test_a_complete_record_comes_before_a_bare_one_of_the_same_words(world: World) -> None:
    said = {key: why(world, key) for key in (KROKSLATT, MIDWIFE, UPPSALA)}
    assert said[KROKSLATT].complete == ("position", "hours", "services", "recent")
    assert said[MIDWIFE].complete == ("position", "services", "recent")
    assert said[KROKSLATT].rank > said[MIDWIFE].rank


def test_the_past_says_the_same(world: World) -> None:
    session, index = world
    for asked in ({"q": "vc mölndal"}, {"near": (57.7, 11.97)}, {"q": "parkering"}):
        request = SearchRequest(**asked, explain=True)
        now = search(session, request, index=index, now=AT).hits
        then = search(session, replace(request, as_of=AT), index=index).hits
        for one, other in zip(now, then, strict=True):
            assert one.explanation is not None
            assert other.explanation is not None
            assert other.explanation.rank == pytest.approx(one.explanation.rank, abs=1e-9)
            assert other.explanation.question == one.explanation.question
            assert other.explanation.complete == one.explanation.complete
