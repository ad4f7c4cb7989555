"""The tables of the country's geography.

Codes are those of Statistics Sweden: two digits for a county (and its region), four for a municipality,
of which the first two are the county's. Positions are WGS 84.
"""

import uuid

from geoalchemy2 import Geography, Geometry, WKBElement
from sqlalchemy import (
    CHAR,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base
from core.provenance import Provenance

AREA_KINDS = ("region", "municipality", "district", "service-area")
LOCALITY_KINDS = ("locality", "district", "street", "landmark")
PRECISIONS = ("official", "approximate")


def _one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} in ({', '.join(repr(value) for value in values)})"


# The spatial indexes are declared by hand: an index that the type makes by itself has a name of its own
# and is unknown to the metadata, so a comparison of the two would always find a difference.
def _point() -> Geography:
    return Geography("POINT", srid=4326, spatial_index=False)


class Region(Provenance, Base):
    """A region as health care principal, together with the county it serves.

    `name` is the region's own name ("Region Uppsala"), `county_name` the county's ("Uppsala län") and
    `short_name` the bare one ("Uppsala"). Gotland is a municipality with a region's responsibility.
    `aliases` are other words people use, searched but never shown.
    """

    __tablename__ = "region"
    __table_args__ = (
        CheckConstraint("code ~ '^[0-9]{2}$'", name="code"),
        CheckConstraint("organisation_number ~ '^[0-9]{10}$'", name="organisation_number"),
    )

    code: Mapped[str] = mapped_column(CHAR(2), primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    short_name: Mapped[str] = mapped_column(Text)
    county_name: Mapped[str] = mapped_column(Text)
    name_en: Mapped[str] = mapped_column(Text)
    organisation_number: Mapped[str | None] = mapped_column(CHAR(10))
    aliases: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'::text[]"))


class Municipality(Provenance, Base):
    """A municipality; its position is the main locality's, which is where most of its people are."""

    __tablename__ = "municipality"
    __table_args__ = (
        CheckConstraint("code ~ '^[0-9]{4}$'", name="code"),
        CheckConstraint("left(code, 2) = region_code", name="region_of_code"),
        Index("ix_municipality_position", "position", postgresql_using="gist"),
    )

    code: Mapped[str] = mapped_column(CHAR(4), primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    full_name: Mapped[str] = mapped_column(Text)
    name_en: Mapped[str] = mapped_column(Text)
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"), index=True)
    aliases: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'::text[]"))
    position: Mapped[WKBElement] = mapped_column(_point())


class Area(Provenance, Base):
    """An area's outline. `code` is the region's or municipality's code, or a region's own area code.

    `approximate` is good enough to draw; only an `official` outline decides where a point belongs.
    """

    __tablename__ = "area"
    __table_args__ = (
        CheckConstraint(_one_of("kind", AREA_KINDS), name="kind"),
        CheckConstraint(_one_of("precision", PRECISIONS), name="precision"),
        CheckConstraint("ST_IsValid(geom)", name="valid"),
        UniqueConstraint("kind", "code"),
        Index("ix_area_geom", "geom", postgresql_using="gist"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    code: Mapped[str] = mapped_column(String(32))
    name: Mapped[str] = mapped_column(Text)
    precision: Mapped[str] = mapped_column(String(16))
    geom: Mapped[WKBElement] = mapped_column(Geometry("MULTIPOLYGON", srid=4326, spatial_index=False))


class Locality(Provenance, Base):
    """A named place inside a municipality: a town or village, a district, a street or a landmark."""

    __tablename__ = "locality"
    __table_args__ = (
        CheckConstraint(_one_of("kind", LOCALITY_KINDS), name="kind"),
        UniqueConstraint("name", "municipality_code", "kind"),
        Index("ix_locality_position", "position", postgresql_using="gist"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    municipality_code: Mapped[str] = mapped_column(ForeignKey("municipality.code"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    aliases: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'::text[]"))
    position: Mapped[WKBElement] = mapped_column(_point())


class PostalCode(Provenance, Base):
    """A postal code with its postal city; the position is that of the place, not of an address."""

    __tablename__ = "postal_code"
    __table_args__ = (
        CheckConstraint("code ~ '^[0-9]{5}$'", name="code"),
        Index("ix_postal_code_position", "position", postgresql_using="gist"),
    )

    code: Mapped[str] = mapped_column(CHAR(5), primary_key=True)
    city: Mapped[str] = mapped_column(Text)
    municipality_code: Mapped[str | None] = mapped_column(ForeignKey("municipality.code"), index=True)
    position: Mapped[WKBElement | None] = mapped_column(_point())


class GeographyStamp(Base):
    """One row whose stamp is new after every change to these tables: the key of what is kept in memory."""

    __tablename__ = "geography_stamp"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    stamp: Mapped[uuid.UUID] = mapped_column(Uuid, server_default=func.gen_random_uuid())
