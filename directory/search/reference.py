"""Labels, services and place names for documents, facets and answers: read once per version of them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from codes.queries import vocabulary as all_words
from directory.geography.queries import geography_stamp
from directory.search import analysis, schema
from directory.search.vocabulary import Vocabulary, vocabulary

SERVICE, UNIT_TYPE, LANGUAGE = "care-service", "unit-type", "language"
OTHER_SERVICES = "g-other"
NAMING = frozenset({"display", "synonym", "abbreviation", "former"})
"""Kinds of words that units call themselves by; lay words and misspellings are other people's."""
MISSPELLING = "misspelling"
INHERITED_FROM = {"unit_types": "unit-type", "activities": "hsa-business-classification"}

_CONCEPTS = """
SELECT s.key, c.code, c.display_sv, p.code, c.retired_in_id IS NOT NULL
FROM concept c JOIN code_system s ON s.id = c.code_system_id LEFT JOIN concept p ON p.id = c.parent_id
ORDER BY s.key, c.sort_order, c.code
"""
# Who does the same as a service, or something narrower, offers the service; a map may be stated from either
# end. Related is not enough, except that a unit's type (vårdcentral) says what it does.
_MAPS = """
SELECT os.key, o.code, service.code, map.relationship IN ('equivalent', 'narrower') OR os.key = 'unit-type'
FROM (
    SELECT source_concept_id AS service_id, target_concept_id AS other_id, relationship FROM concept_map
    UNION
    SELECT target_concept_id, source_concept_id,
           CASE relationship WHEN 'broader' THEN 'narrower' WHEN 'narrower' THEN 'broader'
                             ELSE relationship END
    FROM concept_map
) map
JOIN concept service ON service.id = map.service_id JOIN code_system ss ON ss.id = service.code_system_id
JOIN concept o ON o.id = map.other_id JOIN code_system os ON os.id = o.code_system_id
WHERE ss.key = 'care-service' AND os.key IN ('unit-type', 'hsa-business-classification')
ORDER BY service.sort_order, service.code
"""
_PLACES = (
    "SELECT code::text AS code, name FROM municipality UNION ALL SELECT code::text, short_name FROM region"
)
_VERSION = """
SELECT coalesce(string_agg(id || digest, ',' ORDER BY id), '') FROM code_system_version WHERE is_current
"""


@dataclass(frozen=True)
class Reference:
    """Everything coded that a search needs, as plain look-ups."""

    labels: Mapping[tuple[str, str], str] = field(default_factory=dict)
    implied_services: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    children: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    loosely: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Service code -> `system:code` of activities where the service is often found, though not always."""
    vocabulary: Vocabulary = field(default_factory=lambda: vocabulary(()))
    places: Mapping[str, str] = field(default_factory=dict)

    def label(self, system: str, code: str) -> str:
        """The Swedish label of a code, or the code itself."""
        return self.labels.get((system, code), code)

    def place_name(self, code: str | None) -> str:
        """The name of a municipality or region."""
        return self.places.get(code or "", "")

    def services_of(self, record: Mapping[str, Any]) -> tuple[str, ...]:
        """A unit's services: those it states, and those that its activities and unit types imply."""
        codes = [offering["code"] for offering in record.get("offerings", ())]
        for name, system in INHERITED_FROM.items():
            for code in record.get(name, ()):
                codes += self.implied_services.get((system, code), ())
        return tuple(dict.fromkeys(codes))

    def service_terms(self, terms: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Of `system:code` terms: those, with what is narrower; and those where it is often found."""
        plain = [term for term in terms if not term.startswith(SERVICE + ":")]
        asked = [term.removeprefix(SERVICE + ":") for term in terms if term.startswith(SERVICE + ":")]
        codes = self.with_narrower(asked)
        loose = dict.fromkeys(term for code in codes for term in self.loosely.get(code, ()))
        return (*plain, *(f"{SERVICE}:{code}" for code in codes)), tuple(loose)

    def service_scores(
        self, terms: Iterable[str], related: Iterable[str] = ()
    ) -> tuple[tuple[str, float], ...]:
        """Terms of the index's field `code` by which units answer to these services, each with its score.

        Surest first: coded, named, partly named, told in a text; where the service is often found; and, for
        less, what is `related`.
        """
        offered, often = self.service_terms(tuple(terms))
        scores: dict[str, float] = {}
        for how, score in schema.STATED_SCORES.items():
            for term in offered:
                scores.setdefault(how + term, score)
        for term in often:
            scores.setdefault(term, schema.OFTEN_SCORE)
        for term in related:
            for how, score in schema.STATED_SCORES.items():
                scores[how + term] = max(score * schema.RELATED_WEIGHT, scores.get(how + term, 0.0))
        return tuple(sorted(scores.items(), key=lambda each: -each[1]))

    def groups_of(self, terms: Iterable[str]) -> tuple[str, ...]:
        """The groups that these services stand in, but for the one of everything else."""
        codes = {term.removeprefix(SERVICE + ":") for term in terms}
        return tuple(
            group
            for group, members in self.children.items()
            if group != OTHER_SERVICES and not codes.isdisjoint(members)
        )

    def with_narrower(self, codes: Iterable[str]) -> tuple[str, ...]:
        """These services and all that are kinds of them."""
        found: dict[str, None] = {}
        waiting = list(codes)
        while waiting:
            code = waiting.pop(0)
            if code not in found:
                found[code] = None
                waiting += self.children.get(code, ())
        return tuple(found)


_kept: tuple[tuple[object, ...], Reference] | None = None


def reference(session: Session) -> Reference:
    """The reference data of this database, read again only after it has changed."""
    global _kept
    version = stamp(session)
    if _kept is None or _kept[0] != version:
        _kept = (version, _load(session))
    return _kept[1]


def stamp(session: Session) -> tuple[object, ...]:
    """Equal as long as codes and geography are."""
    return (session.get_bind().engine.url, session.scalar(text(_VERSION)), geography_stamp(session))


def _load(session: Session) -> Reference:
    labels: dict[tuple[str, str], str] = {}
    children: dict[str, list[str]] = defaultdict(list)
    for system, code, label, parent, retired in session.execute(text(_CONCEPTS)):
        labels[system, code] = label
        if system == SERVICE and parent and not retired:
            children[parent].append(code)
    implied: dict[tuple[str, str], list[str]] = defaultdict(list)
    loosely: dict[str, list[str]] = defaultdict(list)
    for system, code, service, certain in session.execute(text(_MAPS)):
        if certain:
            implied[system, code].append(service)
        else:
            loosely[service].append(f"{system}:{code}")
    return Reference(
        labels,
        {key: tuple(codes) for key, codes in implied.items()},
        {key: tuple(codes) for key, codes in children.items()},
        {key: tuple(terms) for key, terms in loosely.items()},
        vocabulary(*_words(session)),
        {row.code: row.name for row in session.execute(text(_PLACES))},
    )


Terms = list[tuple[str, str]]


def _words(session: Session) -> tuple[Terms, Terms, Terms, frozenset[str]]:
    """(`system:code`, phrase) of what people may write, and of those, what units call themselves;
    names of languages by code; and the phrases that are misspellings.

    A unit type's words count only where no service has them.
    """
    words = all_words(session, SERVICE, UNIT_TYPE)
    taken = {analysis.key(word.text) for word in words if word.system == SERVICE}
    kept = [word for word in words if word.system == SERVICE or analysis.key(word.text) not in taken]
    return (
        [(f"{word.system}:{word.code}", word.text) for word in kept],
        [
            (f"{word.system}:{word.code}", word.text)
            for word in kept
            if word.language == "sv" and word.kind in NAMING
        ],
        [(word.code, word.text) for word in all_words(session, LANGUAGE)],
        frozenset(word.text for word in kept if word.kind == MISSPELLING),
    )
