"""Whether a unit has a contract on a day: looked at again whenever a place is given, however old the wish."""

from datetime import date

from sqlalchemy import text
from sqlalchemy.orm import Session

from listing.rules import contract
from listing.rules.decision import Refused

_CONTRACTS = text(
    "SELECT valid FROM unit_contract WHERE care_unit_id = :unit AND listing_type = :type ORDER BY valid"
)


def periods(session: Session, care_unit_id: int, listing_type: str) -> list[contract.Period]:
    """The unit's contracts of a type, the earliest first."""
    rows = session.scalars(_CONTRACTS, {"unit": care_unit_id, "type": listing_type})
    return [contract.Period(valid.lower, valid.upper) for valid in rows]


def refusal(session: Session, care_unit_id: int, listing_type: str, day: date) -> Refused | None:
    """Why nobody may be listed at the unit from a day, if so."""
    decision = contract.listable(periods(session, care_unit_id, listing_type), day)
    return decision if isinstance(decision, Refused) else None
