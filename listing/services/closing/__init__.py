"""A unit's register closes: everyone is told, has time to choose, and whoever is left is moved or let go."""

from listing.services.closing.announcing import announce, withdraw
from listing.services.closing.carrying_out import carry_out_due
from listing.services.closing.contracts import follow_contracts

__all__ = ["announce", "carry_out_due", "follow_contracts", "withdraw"]
