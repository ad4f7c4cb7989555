"""Operations on the directory: each change with its history, audit and outbox rows in one transaction."""

from directory.services.apply import Incoming, Outcome, apply_records, close_missing, missing_units
from directory.services.listing_status import (
    ListingState,
    publish_listing_status,
    withdraw_listing_status,
)
from directory.services.sources import ensure_source

__all__ = [
    "Incoming",
    "ListingState",
    "Outcome",
    "apply_records",
    "close_missing",
    "ensure_source",
    "missing_units",
    "publish_listing_status",
    "withdraw_listing_status",
]
