"""People of the register: found by a keyed hash, readable only with a key that the database does not have."""

from datetime import date, datetime

from geoalchemy2 import Geography, WKBElement
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import DATERANGE, ExcludeConstraint, Range
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base
from core.provenance import Provenance
from listing.models.words import one_of


class Person(Provenance, Base):
    """One person, whatever numbers the person has had.

    `identity_hash` is HMAC-SHA256 of the twelve-character identity, `sealed` the identity, names and address
    under AES-256-GCM; the numbers beside them tell which key. What allocation and age rules need stands in
    the clear, and nothing that tells where a protected person lives may stand there (OSL 22 kap. 1 §,
    folkbokföringslagen 16 §). `household` is an equality-only hash of those registered as living together.
    `merged_into_id`: the row was one of two for the same person, and what it had is the other's now; it stays
    for the history that names it, and no number finds it.
    """

    __tablename__ = "person"
    __table_args__ = (
        UniqueConstraint("identity_hash"),
        CheckConstraint("octet_length(identity_hash) = 32", name="identity_hash_size"),
        CheckConstraint(
            one_of("identity_kind", ("personal", "coordination", "reserve")), name="identity_kind"
        ),
        CheckConstraint(one_of("sex", ("f", "m")), name="sex"),
        CheckConstraint(
            one_of("protection", ("none", "confidentiality-mark", "protected-registration")),
            name="protection",
        ),
        CheckConstraint(
            "protection = 'none' or (position is null and municipality_code is null and district is null"
            " and household is null)",
            name="protected_without_place",
        ),
        CheckConstraint("registered = (deregistered_on is null)", name="deregistered_when"),
        CheckConstraint(
            one_of("deregistration_reason", ("AV", "UV", "OB", "GN", "AN", "AS", "TA")),
            name="deregistration_reason",
        ),
        CheckConstraint(one_of("special_care", ("special-housing", "home-care")), name="special_care"),
        CheckConstraint("(special_care is null) = (special_care_unit_id is null)", name="special_care_unit"),
        CheckConstraint("(last_visited_unit_id is null) = (last_visited_on is null)", name="last_visited"),
        CheckConstraint(
            "merged_into_id is null or (merged_into_id <> id and not registered"
            " and deregistration_reason = 'GN')",
            name="merged",
        ),
        Index(
            "ix_person_merged_into_id",
            "merged_into_id",
            postgresql_where=text("merged_into_id is not null"),
        ),
        Index("ix_person_region_code_municipality_code", "region_code", "municipality_code"),
        Index("ix_person_position", "position", postgresql_using="gist"),
        Index("ix_person_household", "household", postgresql_where=text("household is not null")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    identity_hash: Mapped[bytes] = mapped_column(LargeBinary)
    hash_key: Mapped[int] = mapped_column(SmallInteger)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    seal_key: Mapped[int] = mapped_column(SmallInteger)
    identity_kind: Mapped[str] = mapped_column(String(16))
    birth_date: Mapped[date] = mapped_column(Date)
    sex: Mapped[str | None] = mapped_column(String(1))
    region_code: Mapped[str | None] = mapped_column(ForeignKey("region.code"))
    municipality_code: Mapped[str | None] = mapped_column(ForeignKey("municipality.code"))
    district: Mapped[str | None] = mapped_column(Text)
    position: Mapped[WKBElement | None] = mapped_column(Geography("POINT", srid=4326, spatial_index=False))
    household: Mapped[bytes | None] = mapped_column(LargeBinary)
    protection: Mapped[str] = mapped_column(String(24), server_default="none")
    registered: Mapped[bool] = mapped_column(server_default=text("true"))
    registered_since: Mapped[date | None] = mapped_column(Date)
    region_since: Mapped[date | None] = mapped_column(Date)
    moved_on: Mapped[date | None] = mapped_column(Date)
    deregistered_on: Mapped[date | None] = mapped_column(Date)
    deregistration_reason: Mapped[str | None] = mapped_column(String(2))
    special_care: Mapped[str | None] = mapped_column(String(16))
    special_care_unit_id: Mapped[int | None] = mapped_column(ForeignKey("care_unit.id"), index=True)
    last_visited_unit_id: Mapped[int | None] = mapped_column(ForeignKey("care_unit.id"), index=True)
    last_visited_on: Mapped[date | None] = mapped_column(Date)
    stated_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))


class FormerIdentity(Base):
    """A number that the person no longer has. It still finds the person, for instance on an old form.

    None is kept where the new number was given for protection: that link is secret.
    """

    __tablename__ = "former_identity"

    identity_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    hash_key: Mapped[int] = mapped_column(SmallInteger)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    until: Mapped[date] = mapped_column(Date)


class Guardianship(Provenance, Base):
    """Who has custody of a child (vårdnadshavare, FB 6 kap.). `suspended` while either is protected."""

    __tablename__ = "guardianship"
    __table_args__ = (
        CheckConstraint("child_id <> guardian_id", name="two_people"),
        ExcludeConstraint(
            ("child_id", "="),
            ("guardian_id", "="),
            ("valid", "&&"),
            using="gist",
            name="ex_guardianship_once",
        ),
        Index("ix_guardianship_guardian_id", "guardian_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    child_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    guardian_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    valid: Mapped[Range[date]] = mapped_column(DATERANGE)
    suspended: Mapped[bool] = mapped_column(server_default=text("false"))


class Representation(Provenance, Base):
    """Who may act for a grown-up: ombud, god man or förvaltare, with the reference to the deed."""

    __tablename__ = "representation"
    __table_args__ = (
        CheckConstraint("person_id <> representative_id", name="two_people"),
        CheckConstraint(one_of("basis", ("ombud", "god-man", "forvaltare")), name="basis"),
        CheckConstraint("length(btrim(reference)) > 0", name="reference_present"),
        ExcludeConstraint(
            ("person_id", "="),
            ("representative_id", "="),
            ("valid", "&&"),
            using="gist",
            name="ex_representation_once",
        ),
        Index("ix_representation_representative_id", "representative_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    representative_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    basis: Mapped[str] = mapped_column(String(16))
    reference: Mapped[str] = mapped_column(Text)
    valid: Mapped[Range[date]] = mapped_column(DATERANGE)
