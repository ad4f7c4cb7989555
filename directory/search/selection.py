"""What is asked of the units once the words are read, whether of the present or of a past moment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from directory.hours import decode, intervals_between, is_open, status
from directory.search import ranking
from directory.search.completeness import SHARES, facts
from directory.search.matching import Scores
from directory.search.postings import Postings, Units
from directory.search.reference import Reference
from directory.search.types import Explanation, FacetValue, Hit
from directory.views import hit_view


@dataclass(frozen=True)
class Selection:
    """Candidates and filters. `relevance` None means every unit; `filters` are facet name -> values.

    `now` is the moment of the question; `open_at` limits to what is open then, `open_between` to what is
    open at some time in [start, end); `shown_at` is the moment for which each hit says whether it is open.
    `about_listing` says that the question is about something that one lists at; `explain` that every hit is
    to say what its rank is made of.
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
    weights: ranking.Weights = field(default_factory=ranking.weights)
    about_listing: bool = False
    explain: bool = False

    @property
    def shown_at(self) -> datetime:
        """The moment for which each hit says whether it is open."""
        return self.open_at or self.now

    @property
    def about_opening(self) -> bool:
        """Whether anything is asked of opening."""
        return self.open_at is not None or self.open_between is not None

    @property
    def finds_nothing(self) -> bool:
        """Whether no unit is a candidate at all."""
        return self.relevance is not None and not self.relevance.any()


@dataclass(frozen=True)
class Page:
    """How many there are, one page of them, and each facet's values under the other filters."""

    total: int
    hits: Sequence[Hit] = ()
    facets: Mapping[str, tuple[FacetValue, ...]] = field(default_factory=dict)
    open_now: int = 0
    """How many are open at the moment of the question, whatever is asked of opening."""


class Directory(Protocol):
    """The units at one moment."""

    @property
    def postings(self) -> Postings:
        """The text index of that moment."""

    def within(self, lat: float, lon: float, metres: int) -> Units:
        """The units within a distance of a point."""

    def number(self, hsa_id: str) -> int:
        """The number that the text index knows a unit by."""

    def select(self, selection: Selection) -> Page:
        """Filter, order, count."""


def explained(
    selection: Selection, relevance: float, metres: float | None, listing: str | None, bits: int
) -> Explanation:
    """What a unit's rank is made of. `listing` None: nobody has said; `bits` as `completeness` gives them."""
    status = listing or ranking.LISTINGS[-1]
    asked = status if selection.about_listing else None
    parts = ranking.parts(selection.weights, relevance, metres, asked, float(SHARES[bits]))
    return Explanation(ranking.total(parts), parts, status, tuple(facts(bits)))


def is_open_now(record: Mapping[str, Any], moment: datetime) -> bool:
    """Whether a unit is known to be open."""
    return is_open(decode(record.get("hours", {}).get("opening", {})), moment)


def is_open_as_asked(record: Mapping[str, Any], selection: Selection) -> bool:
    """Whether a unit passes what is asked of its opening; one without known hours never does."""
    if not selection.about_opening:
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
    explanation: Explanation | None = None,
) -> Hit:
    """A hit made afresh from the unit's record. `moment`: for which it says whether the unit is open."""
    at = status(decode(record.get("hours", {}).get("opening", {})), moment)
    return Hit(
        view=hit_view(hsa_id, record, updated_at, known.label, known.places, known.services_of),
        distance=None if metres is None else round(metres),
        score=round(score, 6),
        open_status=at.state,
        opens_at=at.opens_at,
        closes_at=at.closes_at,
        explanation=explanation,
    )
