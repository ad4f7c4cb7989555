"""Regions, municipalities and postal codes as plain values."""

from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class RegionInfo:
    """A region as shown and filtered by; `short_name` is the bare name ("Uppsala")."""

    code: str
    name: str
    short_name: str
    county_name: str
    name_en: str
    organisation_number: str | None


@dataclass(frozen=True, slots=True)
class MunicipalityInfo:
    """A municipality as shown and filtered by, with the position of its main locality."""

    code: str
    name: str
    full_name: str
    name_en: str
    region_code: str
    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class PostalPlace:
    """A postal code's city, municipality and place-level position, as far as they are known."""

    code: str
    city: str
    municipality_code: str | None
    lat: float | None
    lon: float | None


def list_regions(session: Session) -> list[RegionInfo]:
    """All regions by code."""
    rows = session.execute(
        text(
            "SELECT code, name, short_name, county_name, name_en, organisation_number"
            " FROM region ORDER BY code"
        )
    )
    return [RegionInfo(*row) for row in rows]


def list_municipalities(session: Session, region_code: str | None = None) -> list[MunicipalityInfo]:
    """All municipalities, or one region's, by code."""
    rows = session.execute(
        text(
            "SELECT code, name, full_name, name_en, region_code,"
            "       ST_Y(position::geometry), ST_X(position::geometry)"
            " FROM municipality"
            " WHERE CAST(:region AS text) IS NULL OR region_code = :region ORDER BY code"
        ),
        {"region": region_code},
    )
    return [MunicipalityInfo(*row) for row in rows]


def postal_code(session: Session, code: str) -> PostalPlace | None:
    """What is known of a postal code, written with or without a space."""
    row = session.execute(
        text(
            "SELECT code, city, municipality_code, ST_Y(position::geometry), ST_X(position::geometry)"
            " FROM postal_code WHERE code = :code"
        ),
        {"code": "".join(code.split())},
    ).one_or_none()
    return PostalPlace(*row) if row else None
