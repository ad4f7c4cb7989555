"""What each source last said, every version of every unit, and every change field by field."""

from datetime import datetime
from typing import Any

from geoalchemy2 import Geography, WKBElement
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    String,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, TSTZRANGE, ExcludeConstraint, Range
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base


class SourceRecord(Base):
    """What one source last said of one unit: the ground that the merged record is made from.

    `record` is path -> value; `said_at` holds, per path, the moment from which the source's value counts
    when sources disagree.
    """

    __tablename__ = "source_record"
    __table_args__ = (Index("ix_source_record_source_id_present", "source_id", "present"),)

    care_unit_id: Mapped[int] = mapped_column(
        ForeignKey("care_unit.id", ondelete="CASCADE"), primary_key=True
    )
    source_id: Mapped[int] = mapped_column(ForeignKey("source.id"), primary_key=True)
    record: Mapped[dict[str, Any]] = mapped_column(JSONB)
    said_at: Mapped[dict[str, str]] = mapped_column(JSONB)
    present: Mapped[bool]
    first_run_id: Mapped[int | None] = mapped_column(ForeignKey("import_run.id"))
    last_run_id: Mapped[int | None] = mapped_column(ForeignKey("import_run.id"))
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class CareUnitVersion(Base):
    """The public record as it stood during a period; periods of one unit never overlap.

    `record` has no staff-only field, so whatever is read from here may be shown to anyone. Position and
    codes of place stand beside it for searches in the past.
    """

    __tablename__ = "care_unit_version"
    __table_args__ = (
        ExcludeConstraint(
            ("care_unit_id", "="), ("period", "&&"), using="gist", name="ex_care_unit_version_period"
        ),
        CheckConstraint("not isempty(period)", name="period_not_empty"),
        CheckConstraint("not (record ? 'professional_contacts')", name="public_only"),
        Index("ix_care_unit_version_hsa_id", "hsa_id"),
        Index(
            "uq_care_unit_version_current",
            "care_unit_id",
            unique=True,
            postgresql_where=text("upper_inf(period)"),
        ),
        Index(
            "ix_care_unit_version_parent",
            text("(record ->> 'parent')"),
            postgresql_where=text("upper_inf(period) AND record ? 'parent'"),
        ),
        Index("ix_care_unit_version_period", "period", postgresql_using="gist"),
        Index("ix_care_unit_version_position", "position", postgresql_using="gist"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    care_unit_id: Mapped[int] = mapped_column(ForeignKey("care_unit.id", ondelete="CASCADE"))
    hsa_id: Mapped[str] = mapped_column(String(31))
    period: Mapped[Range[datetime]] = mapped_column(TSTZRANGE)
    record: Mapped[dict[str, Any]] = mapped_column(JSONB)
    position: Mapped[WKBElement | None] = mapped_column(Geography("POINT", srid=4326, spatial_index=False))
    published: Mapped[bool]
    source_id: Mapped[int | None] = mapped_column(ForeignKey("source.id"))
    import_run_id: Mapped[int | None] = mapped_column(ForeignKey("import_run.id"))


class CareUnitChange(Base):
    """One field of one unit, from what to what, by whom and when.

    `audience` keeps changes of staff-only fields out of the public history.
    """

    __tablename__ = "care_unit_change"
    __table_args__ = (
        CheckConstraint("audience in ('public', 'internal')", name="audience"),
        CheckConstraint("old_value is distinct from new_value", name="is_a_change"),
        Index("ix_care_unit_change_care_unit_id_changed_at", "care_unit_id", "changed_at"),
        Index("ix_care_unit_change_import_run_id", "import_run_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    care_unit_id: Mapped[int] = mapped_column(ForeignKey("care_unit.id", ondelete="CASCADE"))
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    field: Mapped[str] = mapped_column(String(64))
    old_value: Mapped[Any] = mapped_column(JSONB(none_as_null=True), nullable=True)
    new_value: Mapped[Any] = mapped_column(JSONB(none_as_null=True), nullable=True)
    audience: Mapped[str] = mapped_column(String(8))
    actor: Mapped[str] = mapped_column(Text)
    source_id: Mapped[int | None] = mapped_column(ForeignKey("source.id"))
    import_run_id: Mapped[int | None] = mapped_column(ForeignKey("import_run.id"))
