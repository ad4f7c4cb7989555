"""Reads of code systems."""

from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from codes.definition import ConceptDefinition, MapDefinition
from codes.errors import UnknownCode, UnknownCodeSystem
from codes.labels import labels
from codes.queries import Word, get_concept, get_system, list_concepts, list_systems, translate, vocabulary
from codes.services import load_code_system, load_shipped
from tests.codes.definitions import FRUIT, jam, version, without


@pytest.fixture
def loaded(session: Session) -> Session:
    load_code_system(session, FRUIT, "tester")
    load_code_system(session, jam(MapDefinition("test-fruit", "plum", "broader")), "tester")
    return session


def test_systems_are_listed_with_their_origin(loaded: Session) -> None:
    view = next(each for each in list_systems(loaded) if each.key == "test-fruit")
    assert view == get_system(loaded, "test-fruit")
    assert (view.uri, view.version, view.source, view.licence, view.concepts) == (
        "urn:test:fruit",
        "1",
        "This test",
        "None",
        3,
    )
    assert isinstance(view.loaded_at, datetime)


def test_retired_codes_are_listed_only_when_asked(loaded: Session) -> None:
    load_code_system(loaded, without(version("2"), "plum"), "tester")
    assert [each.code for each in list_concepts(loaded, "test-fruit")] == ["pome", "apple"]
    every = list_concepts(loaded, "test-fruit", include_retired=True)
    assert [(each.code, each.retired) for each in every] == [
        ("pome", False),
        ("apple", False),
        ("plum", True),
    ]


def test_what_is_unknown(loaded: Session) -> None:
    for ask in (get_system, list_concepts):
        with pytest.raises(UnknownCodeSystem):
            ask(loaded, "test-fish")
    with pytest.raises(UnknownCodeSystem):
        get_concept(loaded, "test-fish", "cod")
    with pytest.raises(UnknownCode):
        get_concept(loaded, "test-fruit", "cod")


def test_a_map_is_read_both_ways(loaded: Session) -> None:
    (forwards,) = translate(loaded, "test-jam", "plum-jam")
    (backwards,) = translate(loaded, "test-fruit", "plum", "test-jam")
    assert (forwards.code, forwards.relationship) == ("plum", "broader")
    assert (backwards.code, backwards.relationship) == ("plum-jam", "narrower")
    assert translate(loaded, "test-fruit", "plum", "test-elsewhere") == []


def test_the_vocabulary_has_labels_and_terms_of_codes_in_use(loaded: Session) -> None:
    words = vocabulary(loaded, "test-fruit")
    assert Word("test-fruit", "apple", "Äpple", "sv", "display") in words
    assert Word("test-fruit", "apple", "Apple", "en", "display") in words
    assert Word("test-fruit", "apple", "aple", "sv", "misspelling") in words
    load_code_system(loaded, without(version("2"), "apple"), "tester")
    assert {word.code for word in vocabulary(loaded, "test-fruit")} == {"pome", "plum"}


def test_labels_are_kept_until_the_version_changes(loaded: Session) -> None:
    first = labels(loaded, "test-fruit")["test-fruit"]
    assert first["apple"].in_language("sv") == "Äpple"
    assert first["apple"].in_language("en") == "Apple"
    assert labels(loaded, "test-fruit")["test-fruit"] is first
    changed = version("2", ConceptDefinition("plum", "Plommon", "Prune", sort_order=3))
    load_code_system(loaded, without(changed, "apple"), "tester")
    second = labels(loaded, "test-fruit")["test-fruit"]
    assert second["plum"].en == "Prune"
    assert second["apple"].retired
    assert labels(loaded, "test-fish") == {"test-fish": {}}


def test_a_business_code_translates_to_the_service_that_residents_look_for(session: Session) -> None:
    load_shipped(session)
    services = translate(session, "hsa-business-classification", "1505", "care-service")
    assert ("1505", "equivalent") in {(each.code, each.relationship) for each in services}
    assert "v-cervical-screening" in {each.code for each in services}
