"""Codes as files write them, found in the code systems that are loaded."""

from collections import defaultdict

from sqlalchemy import select
from sqlalchemy.orm import Session

from codes.models import CodeSystem, Concept, ConceptTerm

_OTHER_CODES = ("bcp47", "hsa_code")
"""Properties of a concept that hold the same thing's code in another list."""


class Codebook:
    """Finds a concept by its code, its Swedish or English label, or a word that means it and no other.

    A retired code is still found: what was coded with it must stay readable.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._systems: dict[str, dict[str, str]] = {}

    def find(self, system: str, text: str) -> str | None:
        """The code in the system, or None. A number whose leading zero a spreadsheet ate is made whole."""
        known = self._system(system)
        wanted = " ".join(text.split()).casefold()
        found = known.get(wanted)
        if found is None and wanted.isascii() and wanted.isdigit():
            found = known.get(f"0{wanted}") or known.get(wanted.lstrip("0"))
        return found

    def _system(self, system: str) -> dict[str, str]:
        if system not in self._systems:
            self._systems[system] = self._load(system)
        return self._systems[system]

    def _load(self, system: str) -> dict[str, str]:
        concepts = self._session.execute(
            select(Concept.code, Concept.display_sv, Concept.display_en, Concept.properties)
            .join(CodeSystem)
            .where(CodeSystem.key == system)
        ).all()
        terms = self._session.execute(
            select(ConceptTerm.term, Concept.code)
            .join(Concept, ConceptTerm.concept_id == Concept.id)
            .join(CodeSystem)
            .where(CodeSystem.key == system)
        ).all()
        words: dict[str, set[str]] = defaultdict(set)
        for term, code in terms:
            words[term.casefold()].add(code)
        for code, swedish, english, properties in concepts:
            others = [str(properties[name]) for name in _OTHER_CODES if properties.get(name)]
            for label in (swedish, english, *others):
                words[label.casefold()].add(code)
        found = {word: next(iter(codes)) for word, codes in words.items() if len(codes) == 1}
        found.update({code.casefold(): code for code, *_ in concepts})
        return found
