"""Reads of code systems: lists, one system, one concept, translation, the words for the search."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from codes.errors import UnknownCode, UnknownCodeSystem
from codes.models import CodeSystem, CodeSystemVersion, Concept, ConceptMap, ConceptTerm

_INVERSE = {"broader": "narrower", "narrower": "broader"}


@dataclass(frozen=True)
class SystemView:
    """A system with its current version; `concepts` counts the codes in use."""

    key: str
    uri: str
    oid: str | None
    name_sv: str
    name_en: str
    provisional: bool
    version: str
    vintage: str
    source: str
    licence: str
    loaded_at: datetime
    concepts: int


@dataclass(frozen=True)
class ConceptView:
    """One code. `parent` is the parent's code; `retired` means that no current version has it."""

    system: str
    code: str
    display_sv: str
    display_en: str
    description: str | None
    parent: str | None
    properties: dict[str, Any]
    retired: bool


@dataclass(frozen=True)
class Word:
    """A word for a concept. Labels themselves have the kind `display`."""

    system: str
    code: str
    text: str
    language: str
    kind: str


@dataclass(frozen=True)
class Translation:
    """A code of another system; it is `relationship` in respect of the code that was asked for."""

    system: str
    code: str
    display_sv: str
    display_en: str
    relationship: str


@dataclass(frozen=True)
class ConceptDetail:
    """One code with its words and its relations to other systems."""

    concept: ConceptView
    terms: Sequence[Word] = field(default_factory=list)
    maps: Sequence[Translation] = field(default_factory=list)


def list_systems(session: Session) -> list[SystemView]:
    """Every system, by key."""
    return [SystemView(*row) for row in session.execute(_systems().order_by(CodeSystem.key))]


def get_system(session: Session, key: str) -> SystemView:
    """One system; `UnknownCodeSystem` when there is none."""
    row = session.execute(_systems().where(CodeSystem.key == key)).one_or_none()
    if row is None:
        raise UnknownCodeSystem(f"There is no code system {key}")
    return SystemView(*row)


def list_concepts(session: Session, key: str, *, include_retired: bool = False) -> list[ConceptView]:
    """The codes of a system in their order of display; `UnknownCodeSystem` when there is no such system."""
    get_system(session, key)
    statement = _concepts().where(CodeSystem.key == key).order_by(Concept.sort_order, Concept.code)
    if not include_retired:
        statement = statement.where(Concept.retired_in_id.is_(None))
    return [ConceptView(*row) for row in session.execute(statement)]


def get_concept(session: Session, key: str, code: str) -> ConceptDetail:
    """One code, in use or retired; `UnknownCode` when the system never had it."""
    row = session.execute(_concepts().where(CodeSystem.key == key, Concept.code == code)).one_or_none()
    if row is None:
        get_system(session, key)
        raise UnknownCode(f"The code system {key} has no code {code}")
    terms = session.execute(
        _terms()
        .where(CodeSystem.key == key, Concept.code == code)
        .order_by(ConceptTerm.language, ConceptTerm.id)
    )
    return ConceptDetail(ConceptView(*row), [Word(*term) for term in terms], translate(session, key, code))


def translate(session: Session, key: str, code: str, to_system: str | None = None) -> list[Translation]:
    """The related codes of other systems, of `to_system` only when it is given.

    A map is read both ways: what is broader from one end is narrower from the other.
    """
    found = [
        *_translations(session, key, code, forwards=True),
        *_translations(session, key, code, forwards=False),
    ]
    return [each for each in dict.fromkeys(found) if to_system in (None, each.system)]


def vocabulary(session: Session, *keys: str) -> list[Word]:
    """All words of the codes in use of these systems: labels in both languages, then the terms."""
    labels = session.execute(
        select(CodeSystem.key, Concept.code, Concept.display_sv, Concept.display_en)
        .join(CodeSystem, Concept.code_system_id == CodeSystem.id)
        .where(CodeSystem.key.in_(keys), Concept.retired_in_id.is_(None))
        .order_by(CodeSystem.key, Concept.sort_order, Concept.code)
    ).all()
    words = [Word(key, code, display, "sv", "display") for key, code, display, _ in labels]
    words += [Word(key, code, display, "en", "display") for key, code, _, display in labels]
    terms = session.execute(
        _terms()
        .where(CodeSystem.key.in_(keys), Concept.retired_in_id.is_(None))
        .order_by(CodeSystem.key, Concept.sort_order, ConceptTerm.id)
    )
    return words + [Word(*term) for term in terms]


def _systems() -> Select[*tuple[Any, ...]]:
    concepts = (
        select(func.count())
        .where(Concept.code_system_id == CodeSystem.id, Concept.retired_in_id.is_(None))
        .correlate(CodeSystem)
        .scalar_subquery()
    )
    system, version = CodeSystem, CodeSystemVersion
    return select(
        *(system.key, system.uri, system.oid, system.name_sv, system.name_en, system.provisional),
        *(version.version, version.vintage, version.source, version.licence, version.loaded_at),
        concepts,
    ).join(version, (version.code_system_id == system.id) & version.is_current)


def _concepts() -> Select[*tuple[Any, ...]]:
    parent = aliased(Concept)
    return (
        select(
            *(CodeSystem.key, Concept.code, Concept.display_sv, Concept.display_en, Concept.description),
            *(parent.code, Concept.properties, Concept.retired_in_id.is_not(None)),
        )
        .join(CodeSystem, Concept.code_system_id == CodeSystem.id)
        .outerjoin(parent, Concept.parent_id == parent.id)
    )


def _terms() -> Select[*tuple[Any, ...]]:
    return (
        select(CodeSystem.key, Concept.code, ConceptTerm.term, ConceptTerm.language, ConceptTerm.kind)
        .join(Concept, ConceptTerm.concept_id == Concept.id)
        .join(CodeSystem, Concept.code_system_id == CodeSystem.id)
    )


def _translations(session: Session, key: str, code: str, *, forwards: bool) -> list[Translation]:
    here, there = aliased(Concept), aliased(Concept)
    here_system, there_system = aliased(CodeSystem), aliased(CodeSystem)
    near, far = ConceptMap.source_concept_id, ConceptMap.target_concept_id
    if not forwards:
        near, far = far, near
    rows = session.execute(
        select(there_system.key, there.code, there.display_sv, there.display_en, ConceptMap.relationship)
        .join(here, near == here.id)
        .join(here_system, here.code_system_id == here_system.id)
        .join(there, far == there.id)
        .join(there_system, there.code_system_id == there_system.id)
        .where(here_system.key == key, here.code == code)
        .order_by(there_system.key, there.sort_order, there.code)
    )
    return [
        Translation(system, there_code, sv, en, relation if forwards else _INVERSE.get(relation, relation))
        for system, there_code, sv, en, relation in rows
    ]
