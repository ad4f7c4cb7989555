"""Words about a unit, notices with dates, and the region's and the nation's own texts."""

from datetime import date

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    ForeignKey,
    Identity,
    Index,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base
from core.provenance import Provenance


class CareUnitText(Provenance, Base):
    """One text per kind, in Swedish as the catalogue has it."""

    __tablename__ = "care_unit_text"
    __table_args__ = (
        UniqueConstraint("care_unit_id", "kind"),
        CheckConstraint("length(body) <= 20000", name="body_length"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    care_unit_id: Mapped[int] = mapped_column(ForeignKey("care_unit.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(32))
    body: Mapped[str] = mapped_column(Text)


class CareUnitNotice(Provenance, Base):
    """Temporary information, shown from and to the given dates, both included."""

    __tablename__ = "care_unit_notice"
    __table_args__ = (
        CheckConstraint("starts_on <= ends_on", name="dates"),
        Index("ix_care_unit_notice_care_unit_id", "care_unit_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    care_unit_id: Mapped[int] = mapped_column(ForeignKey("care_unit.id", ondelete="CASCADE"))
    body: Mapped[str] = mapped_column(Text)
    starts_on: Mapped[date | None] = mapped_column(Date)
    ends_on: Mapped[date | None] = mapped_column(Date)


class GuidanceText(Provenance, Base):
    """A text on a subject for the whole country, or a region's supplement on top of it."""

    __tablename__ = "guidance_text"
    __table_args__ = (
        UniqueConstraint(
            "topic", "region_code", "language", "valid_from", postgresql_nulls_not_distinct=True
        ),
        CheckConstraint("valid_from <= valid_to", name="validity"),
        CheckConstraint("language in ('sv', 'en')", name="language"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    topic: Mapped[str] = mapped_column(String(64))
    region_code: Mapped[str | None] = mapped_column(ForeignKey("region.code"), index=True)
    language: Mapped[str] = mapped_column(String(2))
    title: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    valid_from: Mapped[date | None] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)
