"""Coded facts of a unit: classifications, professions, offerings, languages, accessibility, e-services."""

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base
from core.provenance import Provenance


class CareUnitClassification(Provenance, Base):
    """Unit type, activity (verksamhetskod), care form, ownership, visibility: the concept tells which.

    Codes stand on the lowest unit that carries the activity, not on its parents (HSA attribute table).
    """

    __tablename__ = "care_unit_classification"
    __table_args__ = (
        UniqueConstraint("care_unit_id", "field", "concept_id"),
        CheckConstraint(
            "field in ('unit_types', 'activities', 'care_forms', 'ownership', 'visible_for')", name="field"
        ),
        Index("ix_care_unit_classification_concept_id", "concept_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    care_unit_id: Mapped[int] = mapped_column(ForeignKey("care_unit.id", ondelete="CASCADE"))
    field: Mapped[str] = mapped_column(String(16))
    concept_id: Mapped[int] = mapped_column(ForeignKey("concept.id"))
    sort_order: Mapped[int] = mapped_column(SmallInteger, server_default="0")


class CareUnitProfession(Provenance, Base):
    """A profession at the unit. One entered by hand says by whom and expires."""

    __tablename__ = "care_unit_profession"
    __table_args__ = (
        UniqueConstraint("care_unit_id", "concept_id"),
        CheckConstraint("origin in ('catalogue', 'manual')", name="origin"),
        CheckConstraint(
            "origin = 'catalogue'"
            " or (recorded_by is not null and recorded_at is not null and valid_until is not null)",
            name="manual_is_signed",
        ),
        Index("ix_care_unit_profession_concept_id", "concept_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    care_unit_id: Mapped[int] = mapped_column(ForeignKey("care_unit.id", ondelete="CASCADE"))
    concept_id: Mapped[int] = mapped_column(ForeignKey("concept.id"))
    origin: Mapped[str] = mapped_column(String(16))
    recorded_by: Mapped[str | None] = mapped_column(Text)
    recorded_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    valid_until: Mapped[date | None] = mapped_column(Date)


class CareUnitOffering(Provenance, Base):
    """A coded care service that the unit offers, to whom and how."""

    __tablename__ = "care_unit_offering"
    __table_args__ = (
        CheckConstraint("min_age between 0 and 130 and max_age between 0 and 130", name="age_range"),
        CheckConstraint("min_age <= max_age", name="age_order"),
        CheckConstraint("sex in ('male', 'female')", name="sex"),
        CheckConstraint("valid_from <= valid_to", name="validity"),
        CheckConstraint(
            "delivery <@ array['on-site', 'video', 'phone', 'chat', 'home', 'mobile']::varchar[]",
            name="delivery",
        ),
        Index("ix_care_unit_offering_care_unit_id", "care_unit_id"),
        Index("ix_care_unit_offering_concept_id", "concept_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    care_unit_id: Mapped[int] = mapped_column(ForeignKey("care_unit.id", ondelete="CASCADE"))
    concept_id: Mapped[int] = mapped_column(ForeignKey("concept.id"))
    min_age: Mapped[int | None] = mapped_column(SmallInteger)
    max_age: Mapped[int | None] = mapped_column(SmallInteger)
    sex: Mapped[str | None] = mapped_column(String(8))
    referral: Mapped[bool | None]
    delivery: Mapped[list[str]] = mapped_column(ARRAY(String(16)), server_default="{}")
    note: Mapped[str | None] = mapped_column(Text)
    valid_from: Mapped[date | None] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)
    sort_order: Mapped[int] = mapped_column(SmallInteger, server_default="0")


class CareUnitLanguage(Provenance, Base):
    """A language spoken at the unit."""

    __tablename__ = "care_unit_language"
    __table_args__ = (
        UniqueConstraint("care_unit_id", "concept_id"),
        Index("ix_care_unit_language_concept_id", "concept_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    care_unit_id: Mapped[int] = mapped_column(ForeignKey("care_unit.id", ondelete="CASCADE"))
    concept_id: Mapped[int] = mapped_column(ForeignKey("concept.id"))
    sort_order: Mapped[int] = mapped_column(SmallInteger, server_default="0")


class CareUnitEService(Provenance, Base):
    """An e-service with its address."""

    __tablename__ = "care_unit_e_service"
    __table_args__ = (
        UniqueConstraint("care_unit_id", "name"),
        CheckConstraint("url ~ '^https?://'", name="url_form"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    care_unit_id: Mapped[int] = mapped_column(ForeignKey("care_unit.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(Text)
    url: Mapped[str | None] = mapped_column(Text)
    sort_order: Mapped[int] = mapped_column(SmallInteger, server_default="0")


class CareUnitAccessibility(Provenance, Base):
    """A coded accessibility fact: there, not there, or partly."""

    __tablename__ = "care_unit_accessibility"
    __table_args__ = (
        UniqueConstraint("care_unit_id", "concept_id"),
        CheckConstraint("value in ('yes', 'no', 'partly')", name="value"),
        Index("ix_care_unit_accessibility_concept_id", "concept_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    care_unit_id: Mapped[int] = mapped_column(ForeignKey("care_unit.id", ondelete="CASCADE"))
    concept_id: Mapped[int] = mapped_column(ForeignKey("concept.id"))
    value: Mapped[str] = mapped_column(String(8))
    note: Mapped[str | None] = mapped_column(Text)
    sort_order: Mapped[int] = mapped_column(SmallInteger, server_default="0")
