"""What everyone may know of a unit's register: open, queue or closed, its queue's length, and since when."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from core.roundtrip import ask
from listing.errors import UnitUnknown
from listing.policy.codes import ListingType
from listing.policy.lookup import policy_for
from listing.rules.capacity import Room
from listing.rules.contract import Period
from listing.rules.status import public_status

# A hidden unit is not there; a closed one is, as on its card. Whom the directory shows is the directory's
# matter (`directory.queries`): here only its columns are read, in the one statement.
_UNIT = text(
    """
    SELECT u.hsa_id, u.region_code, u.status, l.places, coalesce(r.listed, 0) AS listed,
        coalesce(r.held, 0) AS held, coalesce(r.waiting, 0) AS waiting, r.status AS shown, r.status_since,
        (SELECT array_agg(valid) FROM unit_contract WHERE care_unit_id = u.id AND listing_type = :type
        ) AS contracts, c.closes_on
    FROM care_unit u
    LEFT JOIN unit_register r ON r.care_unit_id = u.id AND r.listing_type = :type
    LEFT JOIN listing_limit l ON l.care_unit_id = u.id AND l.listing_type = :type
        AND l.valid @> CAST(:today AS date)
    LEFT JOIN unit_closure c ON c.care_unit_id = u.id AND c.listing_type = :type
        AND c.carried_out_at IS NULL AND c.withdrawn_at IS NULL
    WHERE u.hsa_id = :hsa_id AND u.region_code IS NOT NULL AND u.visible AND u.kind <> 'provider'
        AND (u.publish_from IS NULL OR u.publish_from <= :now)
        AND (u.publish_to IS NULL OR u.publish_to > :now)
    """
)


@dataclass(frozen=True, slots=True)
class UnitListing:
    """The state of one register. `limit_reached`: a limit is in force and every place is taken or offered.

    `queue_length` counts those who wait, also where the register takes nobody new. How many are listed is
    not public. `closes_on` is the first day without the register, when that has been told.
    """

    hsa_id: str
    region: str
    listing_type: ListingType
    status: str
    because: str
    limit_reached: bool
    queue_length: int
    since: date
    closes_on: date | None


def unit_listing(
    session: Session, hsa_id: str, listing_type: ListingType, now: datetime, today: date
) -> UnitListing:
    """The register as it stands at this moment; raises `UnitUnknown` for a unit that is not public."""
    values = {"hsa_id": hsa_id.upper(), "type": listing_type, "now": now, "today": today}
    found = ask(session, _UNIT, values)
    if not found:
        raise UnitUnknown("There is no such unit in the directory")
    return _listing(session, found[0], listing_type, today)


def _listing(session: Session, row: Any, listing_type: ListingType, today: date) -> UnitListing:
    room = Room(row.places, row.listed, row.held, row.waiting)
    policy = policy_for(session, row.region_code, listing_type, today).policy
    status = public_status(
        policy.queue,
        room,
        [Period(valid.lower, valid.upper) for valid in row.contracts or ()],
        today,
        open_unit=row.status == "active",
        closes_on=row.closes_on,
    )
    return UnitListing(
        row.hsa_id,
        row.region_code,
        listing_type,
        status.status,
        status.because,
        room.free == 0,
        row.waiting,
        # What has just changed is published within a second by the settling, with today as its day.
        row.status_since if row.shown == status.status else today,
        row.closes_on,
    )
