"""A region's rules as data, which units one may list at, and how many may be listed there."""

from datetime import date
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Date, ForeignKey, Identity, Integer, String, Text
from sqlalchemy.dialects.postgresql import DATERANGE, JSONB, ExcludeConstraint, Range
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base
from core.provenance import Provenance
from listing.models.words import LISTING_TYPES, one_of


class ListingPolicy(Provenance, Base):
    """What a region has decided for one listing type; `parameters` as `listing.policy` reads them."""

    __tablename__ = "listing_policy"
    __table_args__ = (
        CheckConstraint(one_of("listing_type", LISTING_TYPES), name="listing_type"),
        CheckConstraint("not isempty(valid)", name="valid_present"),
        CheckConstraint("length(btrim(decision_reference)) > 0", name="decision_reference_present"),
        ExcludeConstraint(
            ("region_code", "="),
            ("listing_type", "="),
            ("valid", "&&"),
            using="gist",
            name="ex_listing_policy_one_in_force",
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"))
    listing_type: Mapped[str] = mapped_column(String(24))
    valid: Mapped[Range[date]] = mapped_column(DATERANGE)
    decision_reference: Mapped[str] = mapped_column(Text)
    decided_on: Mapped[date | None] = mapped_column(Date)
    parameters: Mapped[dict[str, Any]] = mapped_column(JSONB)


class UnitContract(Provenance, Base):
    """A unit run by a region or under contract with one: only such a unit is a choice (HSL 7 kap. 3 a §)."""

    __tablename__ = "unit_contract"
    __table_args__ = (
        CheckConstraint(one_of("listing_type", LISTING_TYPES), name="listing_type"),
        CheckConstraint("not isempty(valid)", name="valid_present"),
        ExcludeConstraint(
            ("care_unit_id", "="),
            ("listing_type", "="),
            ("valid", "&&"),
            using="gist",
            name="ex_unit_contract_one_in_force",
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    care_unit_id: Mapped[int] = mapped_column(ForeignKey("care_unit.id"))
    listing_type: Mapped[str] = mapped_column(String(24))
    valid: Mapped[Range[date]] = mapped_column(DATERANGE)
    reference: Mapped[str | None] = mapped_column(Text)


class ListingLimit(Provenance, Base):
    """How many may be listed at a unit, when and by which decision (listningstak, HSL 7 kap. 3 c §)."""

    __tablename__ = "listing_limit"
    __table_args__ = (
        CheckConstraint(one_of("listing_type", LISTING_TYPES), name="listing_type"),
        CheckConstraint("places >= 0", name="places"),
        CheckConstraint("not isempty(valid)", name="valid_present"),
        CheckConstraint("length(btrim(decision_reference)) > 0", name="decision_reference_present"),
        ExcludeConstraint(
            ("care_unit_id", "="),
            ("listing_type", "="),
            ("valid", "&&"),
            using="gist",
            name="ex_listing_limit_one_in_force",
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    care_unit_id: Mapped[int] = mapped_column(ForeignKey("care_unit.id"))
    listing_type: Mapped[str] = mapped_column(String(24))
    places: Mapped[int] = mapped_column(Integer)
    valid: Mapped[Range[date]] = mapped_column(DATERANGE)
    decision_reference: Mapped[str] = mapped_column(Text)
    decided_by: Mapped[str | None] = mapped_column(Text)
