"""Versions and field-level changes, written with the change itself."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from core.bulk import copy_rows
from directory.models import CareUnitChange, CareUnitVersion
from directory.record import INTERNAL_FIELDS, public
from directory.rules.merge import is_visible

_TICK = timedelta(microseconds=1)

# The type of the array matters: the index on (care_unit_id, period) only serves bigint, and a plain number
# arrives as a smaller one.
_END = text("""
    UPDATE care_unit_version v SET period = tstzrange(lower(v.period), e.ends)
    FROM unnest(CAST(:units AS bigint[]), CAST(:ends AS timestamptz[])) AS e (unit_id, ends)
    WHERE v.care_unit_id = e.unit_id AND upper_inf(v.period)
""")


@dataclass(frozen=True)
class Context:
    """Who changes, on whose word, in which run, and when."""

    source_id: int
    run_id: int | None
    actor: str
    at: datetime


@dataclass(frozen=True)
class VersionOf:
    """The next version of one unit: its whole record, and the same as path -> value."""

    unit_id: int
    hsa_id: str
    record: Mapping[str, Any]
    values: Mapping[str, Any]


def current_records(session: Session, unit_ids: Collection[int]) -> dict[int, dict[str, Any]]:
    """The public record of each unit as it stands now."""
    rows = session.execute(
        select(CareUnitVersion.care_unit_id, CareUnitVersion.record).where(
            CareUnitVersion.care_unit_id.in_(unit_ids), func.upper_inf(CareUnitVersion.period)
        )
    )
    return dict(rows.all())


def note_changes(
    session: Session, changes: Sequence[tuple[int, Mapping[str, tuple[Any, Any]]]], context: Context
) -> None:
    """One row per unit and path. What concerns staff only is marked so that no public history shows it."""
    rows = [
        {
            "care_unit_id": unit_id,
            "changed_at": context.at,
            "field": path,
            "old_value": old,
            "new_value": new,
            "audience": "internal" if path.partition(".")[0] in INTERNAL_FIELDS else "public",
            "actor": context.actor,
            "source_id": context.source_id,
            "import_run_id": context.run_id,
        }
        for unit_id, changed in changes
        for path, (old, new) in changed.items()
    ]
    copy_rows(session, CareUnitChange, rows)


def new_versions(session: Session, versions: Sequence[VersionOf], context: Context) -> None:
    """End each unit's present version and begin the next.

    Two changes at the same moment, or a clock that went back, still give versions in order: the next one
    begins at least a microsecond after the last.
    """
    began = _began(session, [version.unit_id for version in versions])
    starts = {
        version.unit_id: max(context.at, began[version.unit_id] + _TICK)
        if version.unit_id in began
        else context.at
        for version in versions
    }
    if began:
        session.execute(_END, {"units": list(began), "ends": [starts[unit_id] for unit_id in began]})
    copy_rows(
        session,
        CareUnitVersion,
        [
            {
                "care_unit_id": version.unit_id,
                "hsa_id": version.hsa_id,
                "period": Range(starts[version.unit_id], None, bounds="[)"),
                "record": public(version.record),
                "position": point(version.values),
                "published": version.values["status"] == "active" and is_visible(version.values),
                "source_id": context.source_id,
                "import_run_id": context.run_id,
            }
            for version in versions
        ],
    )


def point(values: Mapping[str, Any]) -> str | None:
    """The position as EWKT, longitude first."""
    position = values.get("position")
    return f"SRID=4326;POINT({position['lon']} {position['lat']})" if position else None


def _began(session: Session, unit_ids: Collection[int]) -> dict[int, datetime]:
    rows = session.execute(
        select(CareUnitVersion.care_unit_id, func.lower(CareUnitVersion.period)).where(
            CareUnitVersion.care_unit_id.in_(unit_ids), func.upper_inf(CareUnitVersion.period)
        )
    )
    return dict(rows.all())
