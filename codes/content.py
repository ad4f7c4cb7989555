"""The concepts, words and maps of one version, written as the difference from what is there."""

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import delete, select, tuple_
from sqlalchemy.orm import Session

from codes.definition import CodeSystemDefinition, ConceptDefinition
from codes.errors import InvalidCodeSystem
from codes.models import CodeSystem, Concept, ConceptMap, ConceptTerm

Words = dict[tuple[str, str], str]
Targets = dict[int, str]


def write_content(
    session: Session, system_id: int, version_id: int, definition: CodeSystemDefinition
) -> dict[str, int]:
    """Bring the system's rows to what `definition` says; how many codes were created, updated, ...."""
    existing = {
        concept.code: concept
        for concept in session.scalars(select(Concept).where(Concept.code_system_id == system_id))
    }
    wanted = {concept.code: concept for concept in definition.concepts}
    created = wanted.keys() - existing.keys()
    concepts = existing | _create(session, system_id, version_id, [wanted[code] for code in sorted(created)])
    ids = {code: concept.id for code, concept in concepts.items()}
    changed = {
        code for code, each in wanted.items() if _describe(concepts[code], each, ids.get(each.parent or ""))
    }
    changed |= _write_terms(session, wanted, ids)
    changed |= _write_maps(session, wanted, ids)
    retired = [
        concept for code, concept in existing.items() if code not in wanted and not concept.retired_in_id
    ]
    for concept in retired:
        concept.retired_in_id = version_id
    session.flush()
    updated = changed - created
    return {
        "created": len(created),
        "updated": len(updated),
        "retired": len(retired),
        "unchanged": len(wanted) - len(created) - len(updated),
    }


def _create(
    session: Session, system_id: int, version_id: int, definitions: list[ConceptDefinition]
) -> dict[str, Concept]:
    created = {
        each.code: Concept(
            code_system_id=system_id,
            code=each.code,
            display_sv=each.display_sv,
            display_en=each.display_en,
            introduced_in_id=version_id,
        )
        for each in definitions
    }
    session.add_all(created.values())
    session.flush()
    return created


def _describe(concept: Concept, definition: ConceptDefinition, parent_id: int | None) -> bool:
    """Set what differs; whether anything did."""
    wanted = {
        "display_sv": definition.display_sv,
        "display_en": definition.display_en,
        "description": definition.description,
        "parent_id": parent_id,
        "sort_order": definition.sort_order,
        "properties": dict(definition.properties),
        "retired_in_id": None,
    }
    different = {name: value for name, value in wanted.items() if getattr(concept, name) != value}
    for name, value in different.items():
        setattr(concept, name, value)
    return bool(different)


def _write_terms(session: Session, wanted: dict[str, ConceptDefinition], ids: dict[str, int]) -> set[str]:
    present: dict[int, Words] = defaultdict(dict)
    for term in session.scalars(select(ConceptTerm).where(ConceptTerm.concept_id.in_(_ids_of(wanted, ids)))):
        present[term.concept_id][term.language, term.term] = term.kind
    changed, gone = set(), []
    for code, definition in wanted.items():
        before = present[ids[code]]
        after: Words = {(term.language, term.term): term.kind for term in definition.terms}
        if before == after:
            continue
        changed.add(code)
        gone += [(ids[code], *key) for key in before if after.get(key) != before[key]]
        session.add_all(
            ConceptTerm(concept_id=ids[code], language=language, term=term, kind=kind)
            for (language, term), kind in after.items()
            if before.get((language, term)) != kind
        )
    if gone:
        key = tuple_(ConceptTerm.concept_id, ConceptTerm.language, ConceptTerm.term)
        with session.no_autoflush:
            session.execute(
                delete(ConceptTerm).where(key.in_(gone)), execution_options={"synchronize_session": False}
            )
    session.flush()
    return changed


def _write_maps(session: Session, wanted: dict[str, ConceptDefinition], ids: dict[str, int]) -> set[str]:
    targets = _targets(session, wanted.values())
    present: dict[int, Targets] = defaultdict(dict)
    for each in session.scalars(
        select(ConceptMap).where(ConceptMap.source_concept_id.in_(_ids_of(wanted, ids)))
    ):
        present[each.source_concept_id][each.target_concept_id] = each.relationship
    changed, gone = set(), []
    for code, definition in wanted.items():
        before = present[ids[code]]
        after: Targets = {targets[each.system, each.code]: each.relationship for each in definition.maps}
        if before == after:
            continue
        changed.add(code)
        gone += [(ids[code], target) for target in before if after.get(target) != before[target]]
        session.add_all(
            ConceptMap(source_concept_id=ids[code], target_concept_id=target, relationship=relationship)
            for target, relationship in after.items()
            if before.get(target) != relationship
        )
    if gone:
        key = tuple_(ConceptMap.source_concept_id, ConceptMap.target_concept_id)
        with session.no_autoflush:
            session.execute(
                delete(ConceptMap).where(key.in_(gone)), execution_options={"synchronize_session": False}
            )
    session.flush()
    return changed


def _targets(session: Session, definitions: Iterable[ConceptDefinition]) -> dict[tuple[str, str], int]:
    """The ids of all codes that are mapped to; refuses a map to a code that does not exist."""
    wanted = {(each.system, each.code) for definition in definitions for each in definition.maps}
    found = {
        (key, code): id_
        for key, code, id_ in session.execute(
            select(CodeSystem.key, Concept.code, Concept.id)
            .join(Concept, Concept.code_system_id == CodeSystem.id)
            .where(CodeSystem.key.in_({system for system, _ in wanted}))
        )
    }
    missing = sorted(f"{system}:{code}" for system, code in wanted - found.keys())
    if missing:
        raise InvalidCodeSystem(f"There are maps to codes that are not loaded: {', '.join(missing[:10])}")
    return found


def _ids_of(wanted: dict[str, ConceptDefinition], ids: dict[str, int]) -> list[int]:
    return [ids[code] for code in wanted]
