"""What happens to many at once: a unit that closes, and a run of the non-choice allocation."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    String,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base
from listing.models.words import LISTING_TYPES, one_of


class UnitClosure(Base):
    """A unit's register that ends: who was told when, until when one may choose, who follows.

    `cause`: the region has decided so, or the contract has ended and none follows it.
    """

    __tablename__ = "unit_closure"
    __table_args__ = (
        CheckConstraint(one_of("listing_type", LISTING_TYPES), name="listing_type"),
        CheckConstraint(one_of("cause", ("decision", "contract-ended")), name="cause"),
        CheckConstraint("successor_id <> care_unit_id", name="another_successor"),
        CheckConstraint("length(btrim(decision_reference)) > 0", name="decision_reference_present"),
        Index(
            "uq_unit_closure_pending",
            "care_unit_id",
            "listing_type",
            unique=True,
            postgresql_where=text("carried_out_at is null and withdrawn_at is null"),
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    care_unit_id: Mapped[int] = mapped_column(ForeignKey("care_unit.id"))
    listing_type: Mapped[str] = mapped_column(String(24))
    announced_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    announced_by: Mapped[str] = mapped_column(Text)
    choose_by: Mapped[date] = mapped_column(Date)
    closes_on: Mapped[date] = mapped_column(Date)
    successor_id: Mapped[int | None] = mapped_column(ForeignKey("care_unit.id"))
    decision_reference: Mapped[str] = mapped_column(Text)
    cause: Mapped[str] = mapped_column(String(16), server_default="decision")
    carried_out_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    withdrawn_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class AllocationRun(Base):
    """One applied non-choice allocation: with which rules, and what came of it per unit."""

    __tablename__ = "allocation_run"
    __table_args__ = (CheckConstraint(one_of("listing_type", LISTING_TYPES), name="listing_type"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"), index=True)
    listing_type: Mapped[str] = mapped_column(String(24))
    day: Mapped[date] = mapped_column(Date)
    actor: Mapped[str] = mapped_column(Text)
    started_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    policy: Mapped[dict[str, Any]] = mapped_column(JSONB)
    report: Mapped[dict[str, Any]] = mapped_column(JSONB)
    undone_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
