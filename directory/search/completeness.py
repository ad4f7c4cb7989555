"""How complete a unit's published record is: five facts that a reader wants, each there or not.

It says nothing of the care. It is worked out when a unit is read, not when a question is asked; as one fact
depends on the date, whoever keeps it works it out anew on `next_change`.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np

from core.clock import SWEDEN

EXACT_ORIGINS = ("rt90", "sweref99tm", "wgs84", "manual")
"""Positions that somebody has stated, not guessed from a postal code or a municipality."""

RECENT_DAYS = 365

FACTS = ("position", "hours", "phone", "services", "recent")
"""Exact position; opening hours; a telephone number; what it does in codes; changed in the last year."""

SHARES = np.array([bits.bit_count() / len(FACTS) for bits in range(1 << len(FACTS))])
"""Bits (as `completeness` gives them) -> share of the facts that are there."""


def completeness(record: Mapping[str, Any], updated_at: datetime, day: date) -> int:
    """The facts that a record has on a date, bit n for `FACTS[n]`."""
    position = record.get("position") or {}
    there = (
        position.get("origin") in EXACT_ORIGINS,
        bool(record.get("hours", {}).get("opening")),
        bool(record.get("contacts", {}).get("phone")),
        bool(record.get("offerings") or record.get("activities")),
        day < next_change(updated_at),
    )
    return sum(1 << number for number, fact in enumerate(there) if fact)


def next_change(updated_at: datetime) -> date:
    """The date on which an unchanged record is no longer recent."""
    return updated_at.astimezone(SWEDEN).date() + timedelta(days=RECENT_DAYS)


def facts(bits: int) -> Sequence[str]:
    """The names of the facts that are there."""
    return [name for number, name in enumerate(FACTS) if bits >> number & 1]
