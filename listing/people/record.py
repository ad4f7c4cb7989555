"""One person as the population register (or a person at a desk) states one."""

from dataclasses import dataclass
from datetime import date

from codes.identifiers import (
    CoordinationNumber,
    LegalSex,
    PersonalIdentityNumber,
    PersonId,
)
from listing.people.sealing import Details


@dataclass(frozen=True, slots=True, repr=False)
class PersonRecord:
    """`position` is (longitude, latitude) in degrees; `postal_code` five digits; codes as in the columns.

    `household` is `sealing.household_hash` of the dwelling. What tells where a protected person lives is left
    out by the services, whatever the source said.
    """

    identity: PersonId
    birth_date: date
    given_name: str = ""
    family_name: str = ""
    sex: str | None = None
    street: str | None = None
    postal_code: str | None = None
    city: str | None = None
    region_code: str | None = None
    municipality_code: str | None = None
    district: str | None = None
    position: tuple[float, float] | None = None
    household: bytes | None = None
    protection: str = "none"
    registered: bool = True
    registered_since: date | None = None
    region_since: date | None = None
    deregistered_on: date | None = None
    deregistration_reason: str | None = None
    source_id: int | None = None
    import_run_id: int | None = None

    def __repr__(self) -> str:
        return "PersonRecord(***)"


def kind_of(identity: PersonId) -> str:
    """What the column `identity_kind` says."""
    if isinstance(identity, PersonalIdentityNumber):
        return "personal"
    return "coordination" if isinstance(identity, CoordinationNumber) else "reserve"


def sex_of(identity: PersonId) -> str | None:
    """What the number says of legal sex, in the column's code; None for a reserve number."""
    if not isinstance(identity, PersonalIdentityNumber | CoordinationNumber):
        return None
    return "f" if identity.legal_sex is LegalSex.FEMALE else "m"


def details_from(record: PersonRecord, protected: bool, former: tuple[str, ...] = ()) -> Details:
    """What is sealed. A protected person's address is not even kept sealed: nobody here may use it."""
    return Details(
        identity=record.identity.value,
        given_name=record.given_name,
        family_name=record.family_name,
        street=None if protected else record.street,
        postal_code=None if protected else record.postal_code,
        city=None if protected else record.city,
        former=former,
    )


def place_of(record: PersonRecord, protected: bool) -> dict[str, object]:
    """The columns that tell where a person lives; all empty for a protected one."""
    if protected:
        return dict.fromkeys(("municipality_code", "district", "position", "household"))
    position = record.position
    return {
        "municipality_code": record.municipality_code,
        "district": record.district,
        "position": None if position is None else f"SRID=4326;POINT({position[0]} {position[1]})",
        "household": record.household,
    }
