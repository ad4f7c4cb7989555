"""The unit itself: identity, place in the tree, names, position, publication, listing status."""

from datetime import date, datetime
from typing import Any

from geoalchemy2 import Geography, WKBElement
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Computed,
    Date,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import DATERANGE, JSONB, ExcludeConstraint, Range
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base
from core.provenance import Provenance


class CareUnit(Provenance, Base):
    """A care provider (vårdgivare), a care unit (vårdenhet) or a unit (enhet) below it.

    A provider is known by its organisation number and need not have an HSA-id; every other node is
    known by its HSA-id, which is never reused (HSA attribute table). `published` is kept by the database
    from status and visibility; the publication window is compared with the moment of the question.
    """

    __tablename__ = "care_unit"
    __table_args__ = (
        UniqueConstraint("id", "kind"),
        CheckConstraint("kind in ('provider', 'care_unit', 'unit')", name="kind"),
        CheckConstraint("kind = 'provider' or hsa_id is not null", name="hsa_id_present"),
        CheckConstraint("hsa_id = upper(hsa_id) and length(hsa_id) <= 31", name="hsa_id_form"),
        CheckConstraint("organisation_number ~ '^[0-9]{10}$'", name="organisation_number_form"),
        CheckConstraint("status in ('active', 'closed')", name="status"),
        CheckConstraint("publish_from < publish_to", name="publication_window"),
        CheckConstraint("length(btrim(name)) > 0", name="name_present"),
        CheckConstraint("(position is null) = (position_origin is null)", name="position_origin_present"),
        CheckConstraint(
            "position_origin in ('rt90', 'sweref99tm', 'wgs84', 'postal-code', 'municipality', 'manual')",
            name="position_origin",
        ),
        CheckConstraint(
            "municipality_code is null or left(municipality_code, 2) = region_code",
            name="municipality_in_region",
        ),
        Index("uq_care_unit_hsa_id", "hsa_id", unique=True),
        Index(
            "uq_care_unit_organisation_number",
            "organisation_number",
            unique=True,
            postgresql_where=text("kind = 'provider'"),
        ),
        Index("ix_care_unit_position", "position", postgresql_using="gist"),
        Index("ix_care_unit_municipality_code", "municipality_code"),
        Index("ix_care_unit_region_code", "region_code"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    hsa_id: Mapped[str | None] = mapped_column(String(31))
    organisation_number: Mapped[str | None] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(Text)
    place: Mapped[str | None] = mapped_column(Text)
    position: Mapped[WKBElement | None] = mapped_column(Geography("POINT", srid=4326, spatial_index=False))
    position_origin: Mapped[str | None] = mapped_column(String(16))
    municipality_code: Mapped[str | None] = mapped_column(ForeignKey("municipality.code"))
    region_code: Mapped[str | None] = mapped_column(ForeignKey("region.code"))
    status: Mapped[str] = mapped_column(String(8), server_default="active")
    visible: Mapped[bool] = mapped_column(server_default=text("true"))
    published: Mapped[bool] = mapped_column(
        Computed("status = 'active' and visible and kind <> 'provider'", persisted=True)
    )
    publish_from: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    publish_to: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    age_rules: Mapped[list[Any]] = mapped_column(JSONB, server_default="[]")
    field_origin: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class CareUnitMembership(Provenance, Base):
    """Who belongs to whom, and when: a unit belongs to exactly one parent at a time.

    The kinds are part of the keys, so a loop cannot be made: every parent ranks above its child.
    """

    __tablename__ = "care_unit_membership"
    __table_args__ = (
        ForeignKeyConstraint(
            ["child_id", "child_kind"], ["care_unit.id", "care_unit.kind"], onupdate="CASCADE"
        ),
        ForeignKeyConstraint(
            ["parent_id", "parent_kind"], ["care_unit.id", "care_unit.kind"], onupdate="CASCADE"
        ),
        CheckConstraint(
            "(child_kind, parent_kind) in"
            " (('care_unit', 'provider'), ('unit', 'care_unit'), ('unit', 'provider'))",
            name="rank",
        ),
        ExcludeConstraint(
            ("child_id", "="), ("valid", "&&"), using="gist", name="ex_care_unit_membership_one_parent"
        ),
        Index("ix_care_unit_membership_parent_id", "parent_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    child_id: Mapped[int] = mapped_column(BigInteger)
    child_kind: Mapped[str] = mapped_column(String(16))
    parent_id: Mapped[int] = mapped_column(BigInteger)
    parent_kind: Mapped[str] = mapped_column(String(16))
    valid: Mapped[Range[date]] = mapped_column(DATERANGE)


class CareUnitName(Provenance, Base):
    """A name besides the public one. Former names stay searchable: people remember them for years."""

    __tablename__ = "care_unit_name"
    __table_args__ = (
        UniqueConstraint("care_unit_id", "kind", "name"),
        CheckConstraint("kind in ('alternative', 'former')", name="kind"),
        CheckConstraint("length(btrim(name)) > 0", name="name_present"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    care_unit_id: Mapped[int] = mapped_column(ForeignKey("care_unit.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(Text)


class CareUnitIdentifier(Provenance, Base):
    """Another register's identifier: workplace code, agreement code, an earlier HSA-id."""

    __tablename__ = "care_unit_identifier"
    __table_args__ = (
        UniqueConstraint("care_unit_id", "system", "value"),
        Index("ix_care_unit_identifier_system_value", "system", "value"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    care_unit_id: Mapped[int] = mapped_column(ForeignKey("care_unit.id", ondelete="CASCADE"))
    system: Mapped[str] = mapped_column(String(64))
    value: Mapped[str] = mapped_column(String(128))


class CareUnitRelation(Provenance, Base):
    """A related unit or the one successor, named by HSA-id: the other unit may arrive in a later file."""

    __tablename__ = "care_unit_relation"
    __table_args__ = (
        UniqueConstraint("care_unit_id", "kind", "related_hsa_id"),
        CheckConstraint("kind in ('related', 'successor')", name="kind"),
        Index(
            "uq_care_unit_relation_successor",
            "care_unit_id",
            unique=True,
            postgresql_where=text("kind = 'successor'"),
        ),
        Index("ix_care_unit_relation_related_hsa_id", "related_hsa_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    care_unit_id: Mapped[int] = mapped_column(ForeignKey("care_unit.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(16))
    related_hsa_id: Mapped[str] = mapped_column(String(31))


class CareUnitListingStatus(Provenance, Base):
    """Whether one can list at the unit, as published; no row for a unit where one does not list."""

    __tablename__ = "care_unit_listing_status"
    __table_args__ = (
        CheckConstraint("status in ('open', 'queue', 'closed')", name="status"),
        CheckConstraint("queue_length >= 0", name="queue_length"),
        CheckConstraint("queue_length is null or status = 'queue'", name="queue_length_with_queue"),
    )

    care_unit_id: Mapped[int] = mapped_column(
        ForeignKey("care_unit.id", ondelete="CASCADE"), primary_key=True
    )
    status: Mapped[str] = mapped_column(String(8))
    queue_length: Mapped[int | None] = mapped_column(Integer)
    since: Mapped[date | None] = mapped_column(Date)
