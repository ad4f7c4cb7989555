"""COPY puts the same values in as an INSERT would."""

from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from sqlalchemy import insert, select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from core.bulk import copy_rows
from core.provenance import Source
from directory.models import CareUnit, CareUnitChange, CareUnitOffering, CareUnitVersion

AT = datetime(2026, 1, 1, 12, tzinfo=UTC)
ODD = 'å"\t\n\\N,{}'


@pytest.fixture
def unit_id(session: Session) -> int:
    """A unit to hang rows on."""
    unit = CareUnit(kind="unit", hsa_id="SE2321000024-1", name="Eken")
    session.add(unit)
    session.flush()
    return unit.id


def changes(unit_id: int) -> list[dict[str, Any]]:
    base = {"care_unit_id": unit_id, "changed_at": AT, "audience": "public", "actor": ODD, "source_id": None}
    values: list[Any] = [ODD, 1.5, True, ["a", None], {"ä": [1]}]
    return [
        {**base, "field": f"f{n}", "old_value": None, "new_value": value} for n, value in enumerate(values)
    ]


def test_json_text_and_nothing_come_back_as_they_went_in(session: Session, unit_id: int) -> None:
    copy_rows(session, CareUnitChange, changes(unit_id))
    copied = session.execute(_values()).all()
    session.query(CareUnitChange).delete()
    session.execute(insert(CareUnitChange), changes(unit_id))
    assert copied == session.execute(_values()).all()
    assert len(copied) == 5


def test_ranges_positions_and_booleans(session: Session, unit_id: int) -> None:
    row = {
        "care_unit_id": unit_id,
        "hsa_id": "SE2321000024-1",
        "period": Range(AT, None, bounds="[)"),
        "record": {"name": ODD},
        "position": "SRID=4326;POINT(17.5 59.5)",
        "published": True,
    }
    copy_rows(session, CareUnitVersion, [row])
    [version] = session.scalars(select(CareUnitVersion))
    assert version.period == Range(AT, None, bounds="[)")
    assert (version.record, version.published) == ({"name": ODD}, True)
    assert version.position is not None


def test_no_rows_is_no_work(session: Session) -> None:
    copy_rows(session, Source, [])
    assert session.query(Source).filter_by(key="none").count() == 0


def test_constraints_hold(session: Session, unit_id: int) -> None:
    concept = {"care_unit_id": unit_id, "concept_id": -1, "delivery": ["on-site"]}
    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        copy_rows(session, CareUnitOffering, [concept])


def _values() -> Any:
    change = CareUnitChange
    return select(change.field, change.old_value, change.new_value, change.actor).order_by(change.field)
