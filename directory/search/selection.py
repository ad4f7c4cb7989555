"""What is asked of the units once the words are read, whether of the present or of a past moment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from directory.hours import decode, intervals_between, is_open, status
from directory.search.matching import Scores
from directory.search.postings import Postings, Units
from directory.search.reference import Reference
from directory.search.types import FacetValue, Hit
from directory.views import hit_view

PROXIMITY_WEIGHT = 0.5
PROXIMITY_METRES = 5_000
"""rank = relevance + 0.5 / (1 + metres / 5000): half of the nearness is lost five kilometres away."""


@dataclass(frozen=True)
class Selection:
    """Candidates and filters. `relevance` None means every unit; `filters` are facet name -> values.

    `now` is the moment of the question; `open_at` limits to what is open then, `open_between` to what is
    open at some time in [start, end); `shown_at` is the moment for which each hit says whether it is open.
    """

    now: datetime
    relevance: Scores | None = None
    origin: tuple[float, float] | None = None
    radius: int | None = None
    bbox: tuple[float, float, float, float] | None = None
    open_at: datetime | None = None
    open_between: tuple[datetime, datetime] | None = None
    filters: Mapping[str, frozenset[str]] = field(default_factory=dict)
    sort: str = "relevance"
    limit: int = 20
    offset: int = 0

    @property
    def shown_at(self) -> datetime:
        """The moment for which each hit says whether it is open."""
        return self.open_at or self.now

    @property
    def finds_nothing(self) -> bool:
        """Whether no unit is a candidate at all."""
        return self.relevance is not None and not self.relevance.any()


@dataclass(frozen=True)
class Page:
    """How many there are, one page of them, and each facet's values under the other filters."""

    total: int
    hits: tuple[Hit, ...] = ()
    facets: Mapping[str, tuple[FacetValue, ...]] = field(default_factory=dict)


class Directory(Protocol):
    """The units at one moment."""

    @property
    def postings(self) -> Postings:
        """The text index of that moment."""

    def within(self, lat: float, lon: float, metres: int) -> Units:
        """The units within a distance of a point."""

    def select(self, selection: Selection) -> Page:
        """Filter, order, count."""


def rank(relevance: float, metres: float | None) -> float:
    """The ranking formula; the present's SQL states it once more (`present.py`)."""
    return relevance + (0.0 if metres is None else PROXIMITY_WEIGHT / (1 + metres / PROXIMITY_METRES))


def is_open_as_asked(record: Mapping[str, Any], selection: Selection) -> bool:
    """Whether a unit passes what is asked of its opening; one without known hours never does."""
    if selection.open_at is None and selection.open_between is None:
        return True
    schedule = decode(record.get("hours", {}).get("opening", {}))
    if selection.open_at is not None and not is_open(schedule, selection.open_at):
        return False
    return selection.open_between is None or bool(intervals_between(schedule, *selection.open_between))


def hit_of(
    hsa_id: str,
    record: Mapping[str, Any],
    updated_at: datetime,
    metres: float | None,
    score: float,
    known: Reference,
    moment: datetime,
) -> Hit:
    """A hit made afresh from the unit's record. `moment`: for which it says whether the unit is open."""
    at = status(decode(record.get("hours", {}).get("opening", {})), moment)
    return Hit(
        view=hit_view(hsa_id, record, updated_at, known.label, known.places, known.services_of),
        distance=None if metres is None else round(metres),
        score=round(score, 6),
        open_now=None if at.state == "unknown" else at.state == "open",
        opens_at=at.opens_at,
        closes_at=at.closes_at,
    )
