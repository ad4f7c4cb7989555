"""A small code system for tests, in versions."""

from dataclasses import replace
from typing import Any

from codes.definition import CodeSystemDefinition, ConceptDefinition, MapDefinition, TermDefinition

FRUIT = CodeSystemDefinition(
    key="test-fruit",
    uri="urn:test:fruit",
    name_sv="Frukt",
    name_en="Fruit",
    version="1",
    vintage="2026",
    source="This test",
    licence="None",
    concepts=(
        ConceptDefinition("pome", "Kärnfrukt", "Pome fruit", sort_order=1),
        ConceptDefinition(
            "apple",
            "Äpple",
            "Apple",
            parent="pome",
            sort_order=2,
            properties={"edible": True},
            terms=(TermDefinition("äpplen"), TermDefinition("aple", kind="misspelling")),
        ),
        ConceptDefinition("plum", "Plommon", "Plum", sort_order=3),
    ),
)


def version(name: str, *concepts: ConceptDefinition, **head: Any) -> CodeSystemDefinition:
    """The fruits as another version, with these concepts in place of the shipped ones of the same code."""
    changed = {concept.code: concept for concept in concepts}
    merged = {concept.code: concept for concept in FRUIT.concepts} | changed
    return replace(FRUIT, version=name, concepts=tuple(merged.values()), **head)


def without(definition: CodeSystemDefinition, code: str) -> CodeSystemDefinition:
    """The same version lacking one code."""
    return replace(
        definition, concepts=tuple(concept for concept in definition.concepts if concept.code != code)
    )


def jam(*maps: MapDefinition, version: str = "1") -> CodeSystemDefinition:
    """Another system, whose one concept maps elsewhere."""
    return CodeSystemDefinition(
        key="test-jam",
        uri="urn:test:jam",
        name_sv="Sylt",
        name_en="Jam",
        version=version,
        vintage="2026",
        source="This test",
        licence="None",
        concepts=(ConceptDefinition("plum-jam", "Plommonsylt", "Plum jam", maps=maps),),
    )
