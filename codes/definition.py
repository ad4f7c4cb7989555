"""A code system as a value: what is loaded, whatever file it was read from."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, order=True)
class TermDefinition:
    """A word that people use. `kind` is one of `codes.models.TERM_KINDS`."""

    term: str
    language: str = "sv"
    kind: str = "synonym"


@dataclass(frozen=True, order=True)
class MapDefinition:
    """The target is `relationship` in respect of the concept: one of `codes.models.RELATIONSHIPS`."""

    system: str
    code: str
    relationship: str = "equivalent"


@dataclass(frozen=True)
class ConceptDefinition:
    """One code. `parent` is another code of the same system."""

    code: str
    display_sv: str
    display_en: str
    description: str | None = None
    parent: str | None = None
    sort_order: int = 0
    properties: Mapping[str, Any] = field(default_factory=dict)
    terms: tuple[TermDefinition, ...] = ()
    maps: tuple[MapDefinition, ...] = ()


@dataclass(frozen=True)
class CodeSystemDefinition:
    """One version of one system, complete: a code that is missing here is retired when it is loaded."""

    key: str
    uri: str
    name_sv: str
    name_en: str
    version: str
    vintage: str
    source: str
    licence: str
    concepts: tuple[ConceptDefinition, ...]
    oid: str | None = None
    provisional: bool = False

    def digest(self) -> str:
        """SHA-256 of everything but the version: equal content has an equal digest."""
        content = asdict(self)
        del content["version"]
        for concept in content["concepts"]:
            concept["terms"] = sorted(concept["terms"], key=lambda term: (term["language"], term["term"]))
            concept["maps"] = sorted(concept["maps"], key=lambda each: (each["system"], each["code"]))
        content["concepts"] = sorted(content["concepts"], key=lambda concept: concept["code"])
        text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()
