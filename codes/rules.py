"""What a code system must fulfil before it may be loaded. Pure: says what is wrong, changes nothing."""

import re
from collections import Counter
from collections.abc import Iterator

from codes.definition import CodeSystemDefinition, ConceptDefinition
from codes.models import RELATIONSHIPS, TERM_KINDS

_KEY = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_OID = re.compile(r"[0-2](\.[0-9]+)+")
_LANGUAGE = re.compile(r"[a-z]{2,3}")
MAX_CODE = 64
MAX_TERM = 128


def faults_of(definition: CodeSystemDefinition) -> list[str]:
    """Everything wrong with the definition, one sentence each; empty when it may be loaded."""
    faults = list(_faults_of_head(definition))
    counts = Counter(concept.code for concept in definition.concepts)
    faults += [f"The code {code} stands {count} times" for code, count in counts.items() if count > 1]
    for concept in definition.concepts:
        faults += [
            f"{concept.code or 'A concept without code'}: {fault}" for fault in _faults_of_concept(concept)
        ]
    faults += _faults_of_tree({concept.code: concept.parent for concept in definition.concepts})
    return faults


def _faults_of_head(definition: CodeSystemDefinition) -> Iterator[str]:
    if not _KEY.fullmatch(definition.key) or len(definition.key) > MAX_CODE:
        yield "The key must be lower-case letters, digits and single hyphens"
    if definition.oid is not None and not _OID.fullmatch(definition.oid):
        yield "The OID is not of the form 1.2.752..."
    for name in ("uri", "name_sv", "name_en", "version", "vintage", "source", "licence"):
        if not getattr(definition, name).strip():
            yield f"The system has no {name}"
    if not definition.concepts:
        yield "The system has no concepts"


def _faults_of_concept(concept: ConceptDefinition) -> Iterator[str]:
    if not concept.code or concept.code != concept.code.strip() or len(concept.code) > MAX_CODE:
        yield f"a code has 1 to {MAX_CODE} characters and no space around it"
    if not concept.display_sv.strip():
        yield "no Swedish label"
    if not concept.display_en.strip():
        yield "no English label"
    for term in concept.terms:
        if not term.term or term.term != term.term.strip() or len(term.term) > MAX_TERM:
            yield f"a term has 1 to {MAX_TERM} characters and no space around it"
        if term.kind not in TERM_KINDS:
            yield f"the term {term.term} has the unknown kind {term.kind}"
        if not _LANGUAGE.fullmatch(term.language):
            yield f"the term {term.term} has no language code of two or three letters"
    words = Counter((term.language, term.term) for term in concept.terms)
    yield from (f"the term {word} stands {count} times" for (_, word), count in words.items() if count > 1)
    targets = Counter((each.system, each.code) for each in concept.maps)
    yield from (f"it is mapped {count} times to {code}" for (_, code), count in targets.items() if count > 1)
    for each in concept.maps:
        if each.relationship not in RELATIONSHIPS:
            yield f"the map to {each.code} has the unknown relationship {each.relationship}"


def _faults_of_tree(parents: dict[str, str | None]) -> list[str]:
    faults = [
        f"{code}: the parent {parent} is not in the system"
        for code, parent in parents.items()
        if parent is not None and parent not in parents
    ]
    for code in parents:
        seen = {code}
        above = parents[code]
        while above is not None and above not in seen:
            seen.add(above)
            above = parents.get(above)
        if above == code:
            faults.append(f"{code}: it is its own ancestor")
    return faults
