"""One unit, now or at a past moment, from the snapshots: whatever is read here may be shown to anyone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from codes.identifiers import HsaId
from core import clock
from core.provenance import Source
from directory.models import CareUnit, CareUnitProfessionalContact, CareUnitVersion
from directory.rules.merge import is_visible


@dataclass(frozen=True)
class RelatedUnit:
    """Another unit by HSA-id; `name` is None while no source has described it, or when it is not public."""

    hsa_id: str
    name: str | None
    relation: str


@dataclass(frozen=True)
class UnitSnapshot:
    """One version of one unit. `updated_at` is when it began; `published` whether the public may see it."""

    unit_id: int
    version_id: int
    hsa_id: str
    record: Mapping[str, Any]
    updated_at: datetime
    ended_at: datetime | None
    published: bool
    source_key: str
    source_name: str
    responsible_contact: str | None
    related: Sequence[RelatedUnit] = field(default_factory=tuple)

    @property
    def closed_in_public(self) -> bool:
        """Closed, and not otherwise hidden: its page says so and leads on to the successor."""
        return self.record["status"] == "closed" and is_visible(self.record)


def public_unit(session: Session, hsa_id: str, as_of: datetime | None = None) -> UnitSnapshot | None:
    """The unit as it stands, or as the directory knew it at `as_of` (aware).

    None when no such unit is or was known. A closed or hidden unit is returned with `published` False:
    the caller decides what to say of it. Raises `InvalidIdentifier` when it is no HSA-id.
    """
    key = str(HsaId.parse(hsa_id, allow_test=True))
    period = CareUnitVersion.period
    moment = func.upper_inf(period) if as_of is None else period.contains(as_of)
    row = session.execute(
        select(
            CareUnitVersion,
            CareUnit.responsible_contact,
            Source.key,
            Source.name,
            Source.responsible_contact,
        )
        .join(CareUnit, CareUnit.id == CareUnitVersion.care_unit_id)
        .outerjoin(Source, Source.id == CareUnitVersion.source_id)
        .where(CareUnitVersion.hsa_id == key, moment)
    ).one_or_none()
    if row is None:
        return None
    version, contact, source_key, source_name, source_contact = row
    began = version.period.lower
    if began is None:
        raise RuntimeError("a version always has a beginning")
    return UnitSnapshot(
        unit_id=version.care_unit_id,
        version_id=version.id,
        hsa_id=version.hsa_id,
        record=version.record,
        updated_at=began,
        ended_at=version.period.upper,
        published=version.published and _in_window(version.record, as_of or clock.now()),
        source_key=source_key or "",
        source_name=source_name or "",
        responsible_contact=contact or source_contact,
        related=_related(session, version),
    )


def staff_contacts(session: Session, unit_id: int) -> dict[str, list[str]]:
    """Contacts for staff alone, by kind. Never part of a public answer: the caller checks the right."""
    rows = session.execute(
        select(CareUnitProfessionalContact.kind, CareUnitProfessionalContact.value)
        .where(CareUnitProfessionalContact.care_unit_id == unit_id)
        .order_by(CareUnitProfessionalContact.id)
    )
    contacts: dict[str, list[str]] = {}
    for kind, value in rows:
        contacts.setdefault(kind, []).append(value)
    return contacts


def _in_window(record: Mapping[str, Any], moment: datetime) -> bool:
    """Whether the moment lies in the publication window (from inclusive, to exclusive)."""
    starts, ends = record.get("publish_from"), record.get("publish_to")
    return (not starts or datetime.fromisoformat(starts) <= moment) and (
        not ends or moment < datetime.fromisoformat(ends)
    )


_RELATED = text(
    """
    SELECT wanted.hsa_id, unit.name, wanted.relation
    FROM (
        SELECT hsa_id, relation, number
        FROM unnest(CAST(:hsa_ids AS text[]), CAST(:relations AS text[])) WITH ORDINALITY
            AS named (hsa_id, relation, number)
        UNION ALL
        SELECT child.hsa_id, 'child', 1000 + row_number() OVER (ORDER BY child.name COLLATE "sv-x-icu")
        FROM care_unit_membership link JOIN care_unit child ON child.id = link.child_id
        WHERE link.parent_id = :unit_id AND upper_inf(link.valid) AND child.published
          AND coalesce(child.publish_from <= :now, true) AND coalesce(:now < child.publish_to, true)
        UNION ALL
        SELECT earlier.hsa_id, 'predecessor', 5000
        FROM care_unit_relation relation JOIN care_unit earlier ON earlier.id = relation.care_unit_id
        WHERE relation.kind = 'successor' AND relation.related_hsa_id = :hsa_id AND earlier.visible
    ) wanted
    LEFT JOIN care_unit unit ON unit.hsa_id = wanted.hsa_id AND unit.visible
        AND coalesce(unit.publish_from <= :now, true)
    ORDER BY wanted.number, wanted.hsa_id
    """
)


def _related(session: Session, version: CareUnitVersion) -> tuple[RelatedUnit, ...]:
    """Parent, related units, successor, children and what the unit replaced, in that order."""
    record = version.record
    named = [
        *([(record["parent"], "parent")] if record.get("parent") else ()),
        *((hsa_id, "related") for hsa_id in record.get("related_units", ())),
        *([(record["successor"], "successor")] if record.get("successor") else ()),
    ]
    rows = session.execute(
        _RELATED,
        {
            "hsa_ids": [hsa_id for hsa_id, _ in named],
            "relations": [relation for _, relation in named],
            "unit_id": version.care_unit_id,
            "hsa_id": version.hsa_id,
            "now": clock.now(),
        },
    )
    return tuple(RelatedUnit(hsa_id, name, relation) for hsa_id, name, relation in rows)
