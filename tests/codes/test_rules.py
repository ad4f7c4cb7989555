"""What a definition must fulfil, and how rows become one."""

from dataclasses import replace
from typing import Any

import pytest

from codes.definition import ConceptDefinition, MapDefinition, TermDefinition
from codes.errors import InvalidCodeSystem
from codes.rows import concept_from_row, definition_from_rows
from codes.rules import faults_of
from tests.codes.definitions import FRUIT, jam, version

HEAD = {
    name: getattr(FRUIT, name)
    for name in ("key", "uri", "name_sv", "name_en", "version", "vintage", "source", "licence")
}


def test_a_sound_definition_has_no_faults() -> None:
    assert faults_of(FRUIT) == []


@pytest.mark.parametrize(
    ("concept", "fault"),
    [
        (ConceptDefinition("x", " ", "X"), "no Swedish label"),
        (ConceptDefinition("x", "X", ""), "no English label"),
        (ConceptDefinition(" x", "X", "X"), "space around it"),
        (ConceptDefinition("x", "X", "X", parent="gone"), "parent gone is not in the system"),
        (ConceptDefinition("x", "X", "X", parent="x"), "its own ancestor"),
        (ConceptDefinition("pome", "X", "X", parent="apple"), "its own ancestor"),
        (ConceptDefinition("x", "X", "X", terms=(TermDefinition("t", kind="odd"),)), "unknown kind"),
        (ConceptDefinition("x", "X", "X", terms=(TermDefinition("t", "svenska"),)), "no language code"),
        (ConceptDefinition("x", "X", "X", terms=(TermDefinition("t"),) * 2), "stands 2 times"),
        (ConceptDefinition("x", "X", "X", terms=(TermDefinition("t" * 129),)), "1 to 128 characters"),
        (ConceptDefinition("x", "X", "X", maps=(MapDefinition("s", "c", "like"),)), "unknown relationship"),
        (ConceptDefinition("x", "X", "X", maps=(MapDefinition("s", "c"),) * 2), "mapped 2 times"),
    ],
)
def test_faults_of_a_concept(concept: ConceptDefinition, fault: str) -> None:
    assert any(fault in each for each in faults_of(version("1", concept)))


@pytest.mark.parametrize(
    ("field", "value"), [("key", "Not A Slug"), ("oid", "1.2.x"), ("licence", " "), ("concepts", ())]
)
def test_faults_of_the_head(field: str, value: Any) -> None:
    assert len(faults_of(replace(FRUIT, **{field: value}))) >= 1


def test_a_code_that_stands_twice() -> None:
    assert faults_of(replace(jam(), concepts=jam().concepts * 2)) == ["The code plum-jam stands 2 times"]


def test_the_digest_is_of_the_content_and_not_of_the_version_or_the_order() -> None:
    assert replace(FRUIT, version="2").digest() == FRUIT.digest()
    assert replace(FRUIT, concepts=FRUIT.concepts[::-1]).digest() == FRUIT.digest()
    assert (
        version("1", ConceptDefinition("plum", "Plommon", "Prune", sort_order=3)).digest() != FRUIT.digest()
    )


def test_rows_become_a_definition() -> None:
    concepts = [
        {"code": "pome", "display_sv": "Kärnfrukt", "display_en": "Pome fruit"},
        {
            "code": "apple",
            "display_sv": "Äpple",
            "display_en": "Apple",
            "parent": "pome",
            "prop.edible": "true",
        },
        {"code": "plum", "display_sv": " Plommon ", "display_en": "Plum", "sort_order": "3", "prop.x": ""},
    ]
    terms = [
        {"code": "apple", "language": "", "kind": "", "terms": "äpplen|"},
        {"code": "apple", "language": "sv", "kind": "misspelling", "terms": " aple "},
    ]
    assert definition_from_rows(HEAD, concepts, terms) == FRUIT


def test_maps_are_read_from_one_column() -> None:
    row = {"code": "x", "display_sv": "X", "display_en": "X", "maps": "a:equivalent:1 b:related:2:3"}
    assert concept_from_row(row, 1).maps == (MapDefinition("a", "1"), MapDefinition("b", "2:3", "related"))


@pytest.mark.parametrize("cells", [{"maps": "a:1"}, {"maps": "a::1"}, {"sort_order": "first"}])
def test_rows_that_cannot_be_read(cells: dict[str, str]) -> None:
    with pytest.raises(InvalidCodeSystem):
        concept_from_row({"code": "x", "display_sv": "X", "display_en": "X"} | cells, 1)


def test_terms_for_a_code_that_is_missing() -> None:
    with pytest.raises(InvalidCodeSystem, match="plum"):
        definition_from_rows(HEAD, [], [{"code": "plum", "terms": "plommonet"}])


@pytest.mark.parametrize("head", [{}, HEAD | {"colour": "red"}])
def test_a_head_with_missing_or_unknown_fields(head: dict[str, str]) -> None:
    with pytest.raises(InvalidCodeSystem):
        definition_from_rows(head, [])
