"""How decisions of one kind follow each other: a new one takes its days, the others keep theirs.

Decisions about the same thing (a region's rules for a listing type, a unit's contract, a unit's limit) never
overlap. One that comes later takes the days of its own period from those before; what is left of them
before and after stays as it was decided.
"""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Days:
    """From `first` (None: always) to the day before `until` (None: open)."""

    first: date | None
    until: date | None = None

    def meets(self, other: "Days") -> bool:
        """Whether they have a day in common."""
        return _before(self.first, other.until) and _before(other.first, self.until)

    def without(self, other: "Days") -> tuple["Days", ...]:
        """What is left of these days when the others are taken away: none, one or two periods."""
        if not self.meets(other):
            return (self,)
        left = []
        if other.first is not None and (self.first is None or self.first < other.first):
            left.append(Days(self.first, other.first))
        if other.until is not None and (self.until is None or other.until < self.until):
            left.append(Days(other.until, self.until))
        return tuple(left)


def _before(first: date | None, until: date | None) -> bool:
    return first is None or until is None or first < until


def ended(days: Days, today: date) -> Days | None:
    """What stays of a decision that is not said any more: the days until today, or nothing."""
    if days.first is not None and days.first >= today:
        return None
    return Days(days.first, today if days.until is None else min(days.until, today))
