"""Labels for codes, kept in the process: every page and every answer needs hundreds of them.

Each call asks the database once which versions are current and reads a system again only when its version
has changed, so a load in another process is seen at once.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from types import MappingProxyType

from sqlalchemy import select
from sqlalchemy.orm import Session

from codes.models import CodeSystem, CodeSystemVersion, Concept


@dataclass(frozen=True, slots=True)
class Label:
    """What a code is called. A retired code keeps its label."""

    sv: str
    en: str
    retired: bool = False

    def in_language(self, language: str) -> str:
        """English for `en`, otherwise Swedish."""
        return self.en if language == "en" else self.sv


Labels = Mapping[str, Label]

# Database, system -> the version that was read, and its labels.
_kept: dict[tuple[str, str], tuple[tuple[int, str], Labels]] = {}
_lock = Lock()


def labels(session: Session, *keys: str) -> dict[str, Labels]:
    """The labels of these systems, code to label, retired codes too. An unknown system has none."""
    database = str(session.get_bind().engine.url)
    current = {
        key: (version_id, digest)
        for key, version_id, digest in session.execute(
            select(CodeSystem.key, CodeSystemVersion.id, CodeSystemVersion.digest)
            .join(CodeSystemVersion, CodeSystemVersion.code_system_id == CodeSystem.id)
            .where(CodeSystem.key.in_(keys), CodeSystemVersion.is_current)
        )
    }
    return {
        key: _labels(session, database, key, current[key]) if key in current else MappingProxyType({})
        for key in keys
    }


def _labels(session: Session, database: str, key: str, version: tuple[int, str]) -> Labels:
    kept = _kept.get((database, key))
    if kept and kept[0] == version:
        return kept[1]
    read: Labels = MappingProxyType(
        {
            code: Label(sv, en, retired)
            for code, sv, en, retired in session.execute(
                select(
                    Concept.code, Concept.display_sv, Concept.display_en, Concept.retired_in_id.is_not(None)
                )
                .join(CodeSystem, Concept.code_system_id == CodeSystem.id)
                .where(CodeSystem.key == key)
            )
        }
    )
    with _lock:
        _kept[database, key] = (version, read)
    return read
