"""Printed forms that have been registered: each counts once."""

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    SmallInteger,
    String,
    Text,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base
from listing.models.words import LISTING_TYPES, one_of

_IN_FORCE = "void_at is null"


class RegisteredForm(Base):
    """What one person's line on a printed form has led to, by the form's own number (`listing.rules.forms`).

    A sheet for children has room for three, each a `slot` of its own; a grown-up's form has the first alone.
    `void_at`: what it led to was taken back as an error, so that the form may be registered again.
    """

    __tablename__ = "registered_form"
    __table_args__ = (
        CheckConstraint(one_of("listing_type", LISTING_TYPES), name="listing_type"),
        CheckConstraint("slot between 0 and 2", name="slot"),
        Index(
            "uq_registered_form_once_per_person",
            "number",
            "person_id",
            unique=True,
            postgresql_where=text(_IN_FORCE),
        ),
        Index("uq_registered_form_slot", "number", "slot", unique=True, postgresql_where=text(_IN_FORCE)),
        Index("ix_registered_form_person_id", "person_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    number: Mapped[str] = mapped_column(String(8))
    slot: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    care_unit_id: Mapped[int] = mapped_column(ForeignKey("care_unit.id"))
    listing_type: Mapped[str] = mapped_column(String(24))
    for_child: Mapped[bool] = mapped_column()
    registered_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    registered_by: Mapped[str] = mapped_column(Text)
    void_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
