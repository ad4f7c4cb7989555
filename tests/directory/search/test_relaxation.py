"""Which words a unit must have, what is left first, and how that is said."""

from collections.abc import Collection
from typing import Any

import numpy as np
import pytest

from directory.geography.gazetteer import Place
from directory.search.documents import document
from directory.search.postings import MemoryPostings, Units
from directory.search.reading import Part, Reading
from directory.search.reference import Reference
from directory.search.relaxation import Attempt, Matcher
from directory.search.relaxed import MOST_WORDS, Relaxed
from directory.search.vocabulary import vocabulary

HOME = Place("municipality", "1481", "Mölndal", "1481", "14", 57.65, 12.01)
TERMS = [
    ("care-service:eye", "Ögonvård"),
    ("care-service:eye", "ögonmottagning"),
    ("care-service:ear", "Öronvård"),
]
KNOWN = Reference(
    vocabulary=vocabulary(TERMS),
    labels={("care-service", "g-senses"): "Sinnen"},
    children={"g-senses": ("eye", "ear", "nose")},
)
RECORDS: dict[str, dict[str, Any]] = {
    "coded": {"name": "Linden", "municipality": "1481", "offerings": [{"code": "eye"}]},
    "named": {"name": "Ögonmottagningen Boken", "municipality": "1481"},
    "partly": {"name": "Barnögonmottagningen", "municipality": "1481"},
    "told": {
        "name": "Eken",
        "municipality": "1480",
        "texts": {"about": "Ögonvård för alla. Parkering finns."},
    },
    "other": {"name": "Granen", "municipality": "1480", "texts": {"about": "Parkering finns."}},
}
POSTINGS = MemoryPostings(document(key, record, KNOWN) for key, record in RECORDS.items())

EYES = Part("service", ("ögonvård",), ("care-service:eye",))
EARS = Part("service", ("öronvård",), ("care-service:ear",))
NOSE = Part("service", ("näsvård",), ("care-service:nose",))
IN_MOLNDAL = Part("place", ("mölndal",), place=HOME)


def nowhere(lat: float, lon: float, metres: int) -> Units:
    return np.empty(0, np.int32)


def text(word: str, optional: bool = False) -> Part:
    return Part("text", (word,), optional=optional)


def attempts(*parts: Part) -> list[Attempt]:
    return list(
        Matcher(Reading(parts), POSTINGS, KNOWN, nowhere, None).attempts(" ".join(p.matched for p in parts))
    )


def found(attempt: Attempt) -> list[str]:
    relevance = attempt.relevance
    assert relevance is not None
    order = sorted(np.flatnonzero(relevance).tolist(), key=lambda unit: -relevance[unit])
    return [POSTINGS.ids[unit] for unit in order]


def first_found(*parts: Part) -> tuple[Collection[str], Relaxed | None]:
    for attempt in attempts(*parts):
        if found(attempt):
            return found(attempt), attempt.widened
    return [], None


def test_a_service_by_code_above_name_above_part_of_a_name_above_text() -> None:
    assert first_found(EYES) == (["coded", "named", "partly", "told"], None)


def test_a_word_of_texts_alone_refuses_no_unit_of_the_service_but_counts() -> None:
    units, widened = first_found(
        Part("service", ("ögonmottagning",), ("care-service:eye",)), text("parkering")
    )
    assert set(units) == {"coded", "named", "partly", "told"}
    assert widened is None


def test_a_word_of_texts_alone_is_what_is_sought_when_nothing_else_is() -> None:
    assert set(first_found(text("parkering"))[0]) == {"told", "other"}


def test_a_name_must_match() -> None:
    assert first_found(EYES, text("boken")) == (["named"], None)


def test_ordinary_words_put_their_units_first_and_refuse_none() -> None:
    units, _ = first_found(EYES, text("eken", optional=True))
    assert len(units) == 4


def test_a_word_that_nobody_has_is_said() -> None:
    units, widened = first_found(EYES, text("blörf"))
    assert len(units) == 4
    assert widened == Relaxed("words-unknown", ("blörf",))


@pytest.mark.parametrize(
    "parts", [(text("blörf"),), (text("blörf"), IN_MOLNDAL), (text("blörf"), text("snärg"))]
)
def test_words_that_nobody_has_find_nothing(parts: tuple[Part, ...]) -> None:
    assert first_found(*parts) == ([], None)


def test_in_the_place_most_of_several_services_before_leaving_it() -> None:
    units, widened = first_found(EYES, EARS, IN_MOLNDAL)
    assert set(units) == {"coded", "named", "partly"}
    assert widened == Relaxed("words-unknown", ("öronvård",))


def test_the_place_is_left_last_and_that_is_said() -> None:
    units, widened = first_found(text("eken"), IN_MOLNDAL)
    assert units == ["told"]
    assert widened == Relaxed("whole-country", place="Mölndal")


def test_a_service_that_nobody_has_is_answered_with_others_of_its_group() -> None:
    units, widened = first_found(NOSE)
    assert "coded" in units
    assert widened == Relaxed("related-services", ("näsvård",), service="g-senses", display="Sinnen")
    assert set(first_found(NOSE, IN_MOLNDAL)[0]) == {"coded", "named", "partly"}


def test_a_guess_at_a_misspelling_does_not_move_the_search_elsewhere() -> None:
    units, widened = first_found(EYES, text("granne"), IN_MOLNDAL)
    assert set(units) == {"coded", "named", "partly"}
    assert widened == MOST_WORDS


def test_the_country_holds_only_units_that_match() -> None:
    units, _ = first_found(text("eken"), text("boken", optional=True), IN_MOLNDAL)
    assert units == ["told"]


def test_a_word_taken_for_another_is_tried_as_typed_before_anything_is_given_up() -> None:
    guessed = Part("service", ("näsvård",), ("care-service:nose",), typed=("parkering",))
    first, second, *_ = attempts(guessed)
    assert found(first) == []
    assert second.reading == Reading((text("parkering"),))
    assert second.widened is None
    assert set(found(second)) == {"told", "other"}


def test_a_whole_name_is_known_in_any_order_and_without_diacritics() -> None:
    for typed in ("ogonmottagningen boken", "Boken, ögonmottagningen"):
        words = (text(word) for word in typed.lower().replace(",", "").split())
        first = next(Matcher(Reading(tuple(words)), POSTINGS, KNOWN, nowhere, None).attempts(typed))
        assert found(first) == ["named"], typed
        assert first.relevance is not None
        assert first.relevance.max() > 1
