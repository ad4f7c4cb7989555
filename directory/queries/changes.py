"""A unit's public history, field by field, newest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from codes.identifiers import HsaId
from core.provenance import Source
from directory.models import CareUnit, CareUnitChange


@dataclass(frozen=True)
class FieldChange:
    """One field from one value to another. `field` is a path of the record; a created unit is one row,
    `status` from nothing to active."""

    id: int
    changed_at: datetime
    field: str
    old_value: Any
    new_value: Any
    actor: str
    source_key: str | None
    source_name: str | None
    import_run_id: int | None


def changes(
    session: Session, hsa_id: str, *, limit: int = 20, page: int = 1
) -> tuple[int, Sequence[FieldChange]] | None:
    """How many public changes there are and one page of them; None when the unit is not known.

    Changes of fields for staff only are left out by their audience.
    """
    key = str(HsaId.parse(hsa_id, allow_test=True))
    unit_id = session.execute(select(CareUnit.id).where(CareUnit.hsa_id == key)).scalar_one_or_none()
    if unit_id is None:
        return None
    mine = (CareUnitChange.care_unit_id == unit_id, CareUnitChange.audience == "public")
    total = session.execute(select(func.count()).select_from(CareUnitChange).where(*mine)).scalar_one()
    rows = session.execute(
        select(CareUnitChange, Source.key, Source.name)
        .outerjoin(Source, Source.id == CareUnitChange.source_id)
        .where(*mine)
        .order_by(CareUnitChange.changed_at.desc(), CareUnitChange.id.desc())
        .limit(limit)
        .offset((page - 1) * limit)
    )
    return total, [
        FieldChange(
            id=change.id,
            changed_at=change.changed_at,
            field=change.field,
            old_value=change.old_value,
            new_value=change.new_value,
            actor=change.actor,
            source_key=source_key,
            source_name=source_name,
            import_run_id=change.import_run_id,
        )
        for change, source_key, source_name in rows
    ]
