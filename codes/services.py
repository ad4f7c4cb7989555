"""Loading of code systems: versioned, idempotent, and nothing is ever deleted.

One call writes the version, the concepts with their words and maps, an audit row and an outbox row
(topic `code-system`, key = the system's key) in the caller's transaction.
"""

from dataclasses import dataclass

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from codes.content import write_content
from codes.definition import CodeSystemDefinition
from codes.errors import InvalidCodeSystem, VersionConflict
from codes.models import CodeSystem, CodeSystemVersion
from codes.rules import faults_of
from codes.shipped import shipped_code_systems
from core import audit, outbox

TOPIC = "code-system"
SHIPPED_BY = "hittavard"
_SHOWN_FAULTS = 5


@dataclass(frozen=True)
class LoadReport:
    """What became of the codes of one system; `updated` counts those whose label, place or words changed."""

    system: str
    version: str
    created: int = 0
    updated: int = 0
    retired: int = 0
    unchanged: int = 0


def load_code_system(session: Session, definition: CodeSystemDefinition, actor: str) -> LoadReport:
    """Make `definition` the current version of its system.

    The same version with the same content changes nothing. The same version with other content is refused
    (`VersionConflict`), and so is a version that a later one has replaced: either needs a new version name.
    Codes that the version lacks are retired; a retired code that comes back is in use again. A definition
    with faults, or with a map to an unknown code, is refused as `InvalidCodeSystem`.
    """
    _refuse_faults(definition)
    # Two processes that start at once load the same lists: the second waits and then finds them loaded.
    session.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"{TOPIC}:{definition.key}"))))
    system = _system(session, definition)
    digest = definition.digest()
    if _is_loaded(session, system, definition, digest):
        return LoadReport(definition.key, definition.version, unchanged=len(definition.concepts))
    version = _new_version(session, system, definition, digest, actor)
    counts = write_content(session, system.id, version.id, definition)
    report = LoadReport(definition.key, definition.version, **counts)
    audit.record(
        session,
        actor=actor,
        action="code-system.loaded",
        subject_kind="code-system",
        subject_key=definition.key,
        version=definition.version,
        counts=counts,
    )
    outbox.publish(session, TOPIC, [definition.key])
    session.flush()
    return report


def load_shipped(session: Session) -> list[LoadReport]:
    """Load every list that ships with the product, except where somebody has loaded another one.

    A region's own version stays whatever ships later, and an older release of the product on a newer
    database changes nothing.
    """
    return [
        load_code_system(session, definition, SHIPPED_BY)
        for definition in shipped_code_systems()
        if _may_ship(session, definition)
    ]


def _may_ship(session: Session, definition: CodeSystemDefinition) -> bool:
    loaded = session.execute(
        select(CodeSystemVersion.version, CodeSystemVersion.is_current, CodeSystemVersion.loaded_by)
        .join(CodeSystem)
        .where(CodeSystem.key == definition.key)
    ).all()
    taken_over = any(is_current and loaded_by != SHIPPED_BY for _, is_current, loaded_by in loaded)
    superseded = any(version == definition.version and not is_current for version, is_current, _ in loaded)
    return not taken_over and not superseded


def _refuse_faults(definition: CodeSystemDefinition) -> None:
    faults = faults_of(definition)
    if faults:
        more = f" (and {len(faults) - _SHOWN_FAULTS} more)" if len(faults) > _SHOWN_FAULTS else ""
        raise InvalidCodeSystem(f"{definition.key}: {'; '.join(faults[:_SHOWN_FAULTS])}{more}", faults=faults)


def _system(session: Session, definition: CodeSystemDefinition) -> CodeSystem:
    other = session.scalar(
        select(CodeSystem.key).where(CodeSystem.uri == definition.uri, CodeSystem.key != definition.key)
    )
    if other:
        raise InvalidCodeSystem(f"{definition.key}: the URI already belongs to the system {other}")
    system = session.scalar(select(CodeSystem).where(CodeSystem.key == definition.key))
    if system is None:
        system = CodeSystem(
            key=definition.key, uri=definition.uri, name_sv=definition.name_sv, name_en=definition.name_en
        )
        session.add(system)
        session.flush()
    return system


def _is_loaded(session: Session, system: CodeSystem, definition: CodeSystemDefinition, digest: str) -> bool:
    loaded = session.scalar(
        select(CodeSystemVersion).where(
            CodeSystemVersion.code_system_id == system.id, CodeSystemVersion.version == definition.version
        )
    )
    if loaded is None:
        return False
    name = f"{definition.key} {definition.version}"
    if loaded.digest != digest:
        raise VersionConflict(
            f"{name} is already loaded with other content: give the new content a new version"
        )
    if not loaded.is_current:
        raise VersionConflict(
            f"{name} was replaced by a later version: to return to it, give it a new version"
        )
    return True


def _new_version(
    session: Session, system: CodeSystem, definition: CodeSystemDefinition, digest: str, actor: str
) -> CodeSystemVersion:
    for name in ("uri", "oid", "name_sv", "name_en", "provisional"):
        setattr(system, name, getattr(definition, name))
    session.execute(
        update(CodeSystemVersion)
        .where(CodeSystemVersion.code_system_id == system.id, CodeSystemVersion.is_current)
        .values(is_current=False)
    )
    version = CodeSystemVersion(
        code_system_id=system.id,
        version=definition.version,
        vintage=definition.vintage,
        source=definition.source,
        licence=definition.licence,
        digest=digest,
        is_current=True,
        loaded_by=actor,
    )
    session.add(version)
    session.flush()
    return version
