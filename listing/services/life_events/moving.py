"""Whoever has moved: told that the listing stands, or that the regions' rules have ended it."""

from typing import Any, cast

from sqlalchemy import Result, text
from sqlalchemy.orm import Session

from listing.policy.codes import ListingType
from listing.policy.lookup import policy_for
from listing.policy.model import MovedIn
from listing.rules.life_events import LifeEvent, ends_by_move
from listing.services import notices
from listing.services.life_events.ending import end_listings
from listing.services.operation import Context

CHUNK = 5000
MOVES = ("moved", "moved-region")
_RULES = text(
    """
    SELECT DISTINCT e.kind, e.region, u.region_code AS unit_region, l.listing_type
    FROM population_effect e JOIN listing l ON l.person_id = e.person_id
    JOIN care_unit u ON u.id = l.care_unit_id
    WHERE e.kind = ANY(:kinds) AND upper_inf(l.valid) AND NOT isempty(l.valid)
    """
)
_STAND = text(
    """
    SELECT l.person_id, l.listing_type, l.care_unit_id, e.kind, e.region, e.day,
        u.region_code AS unit_region, p.protection <> 'none' AS protected
    FROM population_effect e JOIN listing l ON l.person_id = e.person_id
    JOIN care_unit u ON u.id = l.care_unit_id JOIN person p ON p.id = l.person_id
    WHERE e.kind = ANY(:kinds) AND upper_inf(l.valid) AND NOT isempty(l.valid) AND lower(l.valid) <= e.day
    ORDER BY l.person_id
    """
)

Case = tuple[str, str | None, str, str]
"""Kind of move, new region, the unit's region, listing type."""


def ended_by_rules(session: Session, context: Context) -> set[Case]:
    """The cases of this file's moves in which the regions' rules let a listing end."""
    rows = session.execute(_RULES, {"kinds": list(MOVES)}).all()
    return {
        (row.kind, row.region, row.unit_region, row.listing_type)
        for row in rows
        if ends_by_move(
            cast(LifeEvent, row.kind),
            row.unit_region,
            row.region,
            _rule(session, context, row.unit_region, row.listing_type),
            _rule(session, context, row.region or row.unit_region, row.listing_type),
        )
    }


def carry_out(session: Session, context: Context, ending: set[Case]) -> dict[str, int]:
    """End the listings of those cases from the day of the move on."""
    if not ending:
        return {}
    gone = [row for row in _standing(session, ending) if _ends(row, ending)]
    end_listings(
        session,
        context,
        [row.person_id for row in gone],
        [row.listing_type for row in gone],
        [max(row.day, context.today) for row in gone],
        ["moved"] * len(gone),
    )
    return {"listingsEndedByMove": len(gone)} if gone else {}


def tell(session: Session, context: Context, ending: set[Case]) -> None:
    """Whoever moved to another region keeps the unit and may choose one there; this says so.

    Nothing has to be held for it, so it comes before anything is.
    """
    for rows in _standing(session, ending).partitions(CHUNK):
        told = [
            notices.Notice(row.person_id, "moved-listing-stands", row.listing_type, row.care_unit_id)
            for row in rows
            if row.kind == "moved-region" and row.region != row.unit_region and not _ends(row, ending)
        ]
        notices.tell(session, context, told)


def _standing(session: Session, ending: set[Case]) -> Result[Any]:
    kinds = {"moved-region", *(kind for kind, *_ in ending)}
    return session.execute(_STAND, {"kinds": sorted(kinds)})


def _ends(row: Any, ending: set[Case]) -> bool:
    """A protected person is never allocated, so whoever is protected keeps the unit."""
    return (row.kind, row.region, row.unit_region, row.listing_type) in ending and not row.protected


def _rule(session: Session, context: Context, region: str, listing_type: str) -> MovedIn:
    return policy_for(session, region, cast(ListingType, listing_type), context.today).policy.moved_in
