"""How to reach a unit: addresses, hours, contacts for everyone, and contacts for staff alone."""

from datetime import date

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    ForeignKey,
    Identity,
    Index,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base
from core.provenance import Provenance

_HOURS_KINDS = "kind in ('opening', 'telephone', 'drop_in', 'visiting')"
_CONTACT_KINDS = (
    "kind in ('phone', 'switchboard', 'text_phone', 'video_phone', 'sms', 'fax', 'email', 'website')"
)
_SPAN = "opens between 0 and 1439 and closes > opens and closes <= opens + 1440"
"""Minutes from local midnight; past 1440 the interval runs into the next day."""


class CareUnitAddress(Provenance, Base):
    """One visiting and one postal address."""

    __tablename__ = "care_unit_address"
    __table_args__ = (
        UniqueConstraint("care_unit_id", "kind"),
        CheckConstraint("kind in ('visiting', 'postal')", name="kind"),
        CheckConstraint("postal_code ~ '^[0-9]{5}$'", name="postal_code_form"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    care_unit_id: Mapped[int] = mapped_column(ForeignKey("care_unit.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(8))
    addressee: Mapped[str | None] = mapped_column(Text)
    street: Mapped[str | None] = mapped_column(Text)
    postal_code: Mapped[str | None] = mapped_column(String(5))
    city: Mapped[str | None] = mapped_column(Text)


class WeeklyHours(Provenance, Base):
    """One interval of a weekday (1 = Monday), perhaps in a season only."""

    __tablename__ = "weekly_hours"
    __table_args__ = (
        CheckConstraint(_HOURS_KINDS, name="kind"),
        CheckConstraint("weekday between 1 and 7", name="weekday"),
        CheckConstraint(_SPAN, name="span"),
        CheckConstraint("season_from <= season_to", name="season"),
        Index("ix_weekly_hours_care_unit_id_kind", "care_unit_id", "kind"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    care_unit_id: Mapped[int] = mapped_column(ForeignKey("care_unit.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(16))
    weekday: Mapped[int] = mapped_column(SmallInteger)
    opens: Mapped[int] = mapped_column(SmallInteger)
    closes: Mapped[int] = mapped_column(SmallInteger)
    comment: Mapped[str | None] = mapped_column(Text)
    season_from: Mapped[date | None] = mapped_column(Date)
    season_to: Mapped[date | None] = mapped_column(Date)
    yearly: Mapped[bool] = mapped_column(server_default=text("false"))


class HoursException(Provenance, Base):
    """Other hours on given dates; no opening means closed."""

    __tablename__ = "hours_exception"
    __table_args__ = (
        CheckConstraint(_HOURS_KINDS, name="kind"),
        CheckConstraint("first_date <= last_date", name="dates"),
        CheckConstraint("(opens is null) = (closes is null)", name="both_or_none"),
        CheckConstraint(_SPAN, name="span"),
        Index("ix_hours_exception_care_unit_id_kind", "care_unit_id", "kind"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    care_unit_id: Mapped[int] = mapped_column(ForeignKey("care_unit.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(16))
    first_date: Mapped[date] = mapped_column(Date)
    last_date: Mapped[date] = mapped_column(Date)
    opens: Mapped[int | None] = mapped_column(SmallInteger)
    closes: Mapped[int | None] = mapped_column(SmallInteger)
    reason: Mapped[str | None] = mapped_column(Text)


class HolidayHours(Provenance, Base):
    """What applies on public holidays or on eves; no opening means closed."""

    __tablename__ = "holiday_hours"
    __table_args__ = (
        CheckConstraint(_HOURS_KINDS, name="kind"),
        CheckConstraint("day_kind in ('public-holiday', 'eve')", name="day_kind"),
        CheckConstraint("(opens is null) = (closes is null)", name="both_or_none"),
        CheckConstraint(_SPAN, name="span"),
        Index("ix_holiday_hours_care_unit_id_kind", "care_unit_id", "kind"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    care_unit_id: Mapped[int] = mapped_column(ForeignKey("care_unit.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(16))
    day_kind: Mapped[str] = mapped_column(String(16))
    opens: Mapped[int | None] = mapped_column(SmallInteger)
    closes: Mapped[int | None] = mapped_column(SmallInteger)


class CareUnitContact(Provenance, Base):
    """A contact for everyone. Telephone numbers in E.164, or a short number such as 1177."""

    __tablename__ = "care_unit_contact"
    __table_args__ = (
        UniqueConstraint("care_unit_id", "kind", "value"),
        CheckConstraint(_CONTACT_KINDS, name="kind"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    care_unit_id: Mapped[int] = mapped_column(ForeignKey("care_unit.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(16))
    value: Mapped[str] = mapped_column(Text)
    sort_order: Mapped[int] = mapped_column(SmallInteger, server_default="0")


class CareUnitProfessionalContact(Provenance, Base):
    """A contact for staff alone: a table of its own, so that no public query can reach it by mistake."""

    __tablename__ = "care_unit_professional_contact"
    __table_args__ = (
        UniqueConstraint("care_unit_id", "kind", "value"),
        CheckConstraint(_CONTACT_KINDS, name="kind"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    care_unit_id: Mapped[int] = mapped_column(ForeignKey("care_unit.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(16))
    value: Mapped[str] = mapped_column(Text)
