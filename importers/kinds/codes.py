"""The kind `codes`: a version of one code system, from CSV, TSV, XLSX or JSON (`docs/codes.md`).

A full import takes the file as the whole list: codes that it lacks are retired, never deleted. A delta adds
and changes, and leaves the other codes in use. What a table has no column for (the words that people use,
maps, parents, English labels) stays as it is in the system, so that a bare national list of codes and names
does not take the search vocabulary away.
"""

from dataclasses import replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from codes.definition import CodeSystemDefinition, ConceptDefinition, MapDefinition, TermDefinition
from codes.errors import InvalidCodeSystem
from codes.models import CodeSystem, Concept, ConceptMap, ConceptTerm
from codes.rows import HEAD_FIELDS, PROPERTY, concept_from_row, definition_from_rows, terms_from_row
from codes.services import load_code_system
from importers.columns import column_key
from importers.issues import Issue
from importers.kinds.code_files import CodeFile, Row, read_code_file
from importers.pipeline.gates import MAX_CLOSED_PERCENT, too_many_rejected
from importers.pipeline.job import Job

Known = dict[str, ConceptDefinition]


class CodesKind:
    """Loads one list. A list with faults is refused as a whole, because codes refer to each other."""

    def load(self, job: Job) -> None:
        """Read the file, complete it with what is known of the system, make it the current version."""
        file = read_code_file(job.path, job.options.format)
        system = _system(job.session, str(file.head.get("key") or job.path.stem))
        known, retired = _known(job.session, system.id) if system else ({}, set[str]())
        concepts = _concepts(job, file, known)
        job.report.read = len(file.concepts)
        refusal = too_many_rejected(job.report.rejected_count, job.report.read, job.options.max_rejected)
        if refusal:
            job.report.refuse(refusal.code, refusal.message)
            return
        missing = [code for code in known if code not in concepts and code not in retired]
        job.report.diff.missing = len(missing)
        for code in missing:
            job.report.diff.list("missing", code)
        if job.options.mode == "delta":
            concepts |= {code: known[code] for code in missing}
        elif len(missing) * 100 > MAX_CLOSED_PERCENT * len(known) and not job.options.allow_closures:
            _refuse_retirements(job, len(missing), len(known))
            return
        definition = _definition(job, file, system, tuple(concepts.values()))
        loaded = load_code_system(job.session, definition, job.options.actor)
        diff = job.report.diff
        diff.created, diff.updated = loaded.created, loaded.updated
        diff.unchanged, job.report.closed = loaded.unchanged, loaded.retired
        job.report.extra |= {"system": loaded.system, "version": loaded.version}
        job.progress("apply", len(concepts))


def _refuse_retirements(job: Job, retiring: int, known: int) -> None:
    job.report.refuse(
        "too-many-closures",
        f"{retiring} of the system's {known} codes would be retired, more than {MAX_CLOSED_PERCENT:g} %;"
        " nothing was applied. Import with --mode delta, or allow it with --allow-closures",
    )


def _system(session: Session, name: str) -> CodeSystem | None:
    """The system with this key, or one that a file name such as `hsaBusinessClassificationCode` means."""
    wanted = column_key(name)
    systems = {column_key(system.key): system for system in session.scalars(select(CodeSystem))}
    return systems.get(wanted) or systems.get(wanted.removesuffix("code"))


def _concepts(job: Job, file: CodeFile, known: Known) -> Known:
    """The good rows as concepts, by code, each completed with what the file has no column for."""
    words: dict[str, list[TermDefinition]] = {}
    for row in file.terms:
        words.setdefault(row.get("code", "").strip(), []).extend(terms_from_row(row))
    found: Known = {}
    for order, (number, row) in enumerate(file.concepts, start=1):
        row = {**row, **_labels(row, known)}
        issues = _faults(number, row, found)
        job.report.take(issues)
        if any(issue.severity == "error" for issue in issues):
            continue
        code = row["code"].strip()
        terms = (*words.get(code, ()), *(terms_from_row(row) if "terms" in row else ()))
        row.setdefault("display_en", row["display_sv"])
        found[code] = _completed(
            concept_from_row(row, order, tuple(dict.fromkeys(terms))), file, known.get(code)
        )
    job.progress("read", len(file.concepts))
    if unknown := sorted(words.keys() - {row.get("code", "").strip() for _, row in file.concepts}):
        raise InvalidCodeSystem(f"There are terms for codes that the file lacks: {', '.join(unknown[:10])}")
    return found


def _labels(row: Row, known: Known) -> Row:
    """The English label that the system has, where the file gives none and the Swedish one is the same."""
    before = known.get(row.get("code", "").strip())
    return {"display_en": before.display_en} if before and not row.get("display_en", "").strip() else {}


def _faults(number: int, row: Row, found: Known) -> list[Issue]:
    code, label = row.get("code", "").strip(), row.get("display_sv", "").strip()
    if not code:
        return [Issue("error", "code-missing", number, None, "code", None, "the row has no code")]
    if code in found:
        return [
            Issue("error", "code-repeated", number, code, "code", code, "the code stands on an earlier row")
        ]
    if not label:
        return [
            Issue("error", "label-missing", number, code, "display_sv", None, "the code has no Swedish label")
        ]
    if not row.get("display_en", "").strip():
        row.pop("display_en", None)
        message = "the code has no English label; the Swedish one stands in for it"
        return [Issue("warning", "label-missing", number, code, "display_en", None, message)]
    return []


def _completed(
    concept: ConceptDefinition, file: CodeFile, before: ConceptDefinition | None
) -> ConceptDefinition:
    if before is None:
        return concept
    kept: dict[str, Any] = {
        name: getattr(before, name)
        for name in ("description", "parent", "sort_order", "terms", "maps")
        if name not in file.columns
    }
    if not any(column.startswith(PROPERTY) for column in file.columns):
        kept["properties"] = before.properties
    return replace(concept, **kept)


def _definition(
    job: Job, file: CodeFile, system: CodeSystem | None, concepts: tuple[ConceptDefinition, ...]
) -> CodeSystemDefinition:
    """The description beside the table counts, then what the loaded system says of itself.

    A version without a name is named by its content, so that the same file again is the same version.
    """
    head = dict(file.head)
    if system:
        for name in ("key", "uri", "oid", "name_sv", "name_en", "provisional"):
            head.setdefault(name, getattr(system, name))
    if system or "key" in head:
        head.setdefault("vintage", "unknown")
        head.setdefault("source", f"File {job.path.name}")
        head.setdefault("licence", "Not stated")
    else:
        beside = job.path.with_suffix(".toml").name
        raise InvalidCodeSystem(
            f"{job.path.name} is not the name of a code system; put {beside} beside it with"
            f" {', '.join(name for name in HEAD_FIELDS if name not in ('oid', 'provisional'))}"
        )
    named = bool(head.get("version"))
    head.setdefault("version", "content")
    definition = replace(definition_from_rows(head, ()), concepts=concepts)
    return definition if named else replace(definition, version=f"content-{definition.digest()[:12]}")


def _known(session: Session, system_id: int) -> tuple[Known, set[str]]:
    """The system's concepts as they would be written in a file, and which of them are retired."""
    parent = aliased(Concept)
    rows = session.execute(
        select(Concept, parent.code)
        .outerjoin(parent, Concept.parent_id == parent.id)
        .where(Concept.code_system_id == system_id)
        .order_by(Concept.sort_order, Concept.code)
    ).all()
    terms, maps = _terms(session, system_id), _maps(session, system_id)
    known = {
        concept.code: ConceptDefinition(
            code=concept.code,
            display_sv=concept.display_sv,
            display_en=concept.display_en,
            description=concept.description,
            parent=parent_code,
            sort_order=concept.sort_order,
            properties=concept.properties,
            terms=tuple(terms.get(concept.id, ())),
            maps=tuple(maps.get(concept.id, ())),
        )
        for concept, parent_code in rows
    }
    return known, {concept.code for concept, _ in rows if concept.retired_in_id is not None}


def _terms(session: Session, system_id: int) -> dict[int, list[TermDefinition]]:
    found: dict[int, list[TermDefinition]] = {}
    for term in session.scalars(select(ConceptTerm).join(Concept).where(Concept.code_system_id == system_id)):
        found.setdefault(term.concept_id, []).append(TermDefinition(term.term, term.language, term.kind))
    return found


def _maps(session: Session, system_id: int) -> dict[int, list[MapDefinition]]:
    source, target = aliased(Concept), aliased(Concept)
    rows = session.execute(
        select(ConceptMap.source_concept_id, CodeSystem.key, target.code, ConceptMap.relationship)
        .join(source, ConceptMap.source_concept_id == source.id)
        .join(target, ConceptMap.target_concept_id == target.id)
        .join(CodeSystem, target.code_system_id == CodeSystem.id)
        .where(source.code_system_id == system_id)
    )
    found: dict[int, list[MapDefinition]] = {}
    for concept_id, key, code, relationship in rows:
        found.setdefault(concept_id, []).append(MapDefinition(key, code, relationship))
    return found
