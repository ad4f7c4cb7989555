"""What is asked of the units once the words are read, whether of the present or of a past moment."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from directory.search.postings import Postings

PROXIMITY_WEIGHT = 0.5
PROXIMITY_METRES = 5_000
"""rank = relevance + 0.5 / (1 + metres / 5000): half of the nearness is lost five kilometres away."""


@dataclass(frozen=True)
class Selection:
    """Candidates and filters. `relevance` None means every unit; `filters` are facet name -> values."""

    now: datetime
    relevance: Mapping[str, float] | None = None
    origin: tuple[float, float] | None = None
    radius: int | None = None
    bbox: tuple[float, float, float, float] | None = None
    open_at: datetime | None = None
    filters: Mapping[str, frozenset[str]] = field(default_factory=dict)
    sort: str = "relevance"
    limit: int = 20
    offset: int = 0


@dataclass(frozen=True)
class Selected:
    """One unit of the page. `metres` from the origin, None without a position."""

    hsa_id: str
    record: Mapping[str, Any]
    updated_at: datetime
    metres: float | None
    rank: float


@dataclass(frozen=True)
class Page:
    """How many there are, one page of them, and facet name -> value -> count under the other filters."""

    total: int
    units: tuple[Selected, ...] = ()
    counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


class Directory(Protocol):
    """The units at one moment."""

    @property
    def postings(self) -> Postings:
        """The text index of that moment."""

    def within(self, lat: float, lon: float, metres: int) -> Collection[str]:
        """The units within a distance of a point."""

    def select(self, selection: Selection) -> Page:
        """Filter, order, count."""


def rank(relevance: float, metres: float | None) -> float:
    """The ranking formula; the present's SQL states it once more (`present.py`)."""
    return relevance + (0.0 if metres is None else PROXIMITY_WEIGHT / (1 + metres / PROXIMITY_METRES))
