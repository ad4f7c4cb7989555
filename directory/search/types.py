"""What a search is asked and what it answers, independent of HTTP."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from directory.hours import State, is_open_now
from directory.search.relaxed import Relaxed


@dataclass(frozen=True)
class SearchRequest:
    """One question. Repeated values of a filter mean "any of"; different filters are joined with "and".

    `near` is (lat, lon) in WGS 84, `radius` metres. `open_at` and `as_of` are aware moments. `sort` is
    `relevance`, `distance`, `name`, `queue` or `quality:<indicator>`; `page` counts from 1.
    `literal` asks that `q` be searched as plain words, without reading services or places into it; `explain`
    that every hit say what its rank is made of.
    """

    q: str = ""
    near: tuple[float, float] | None = None
    radius: int | None = None
    place: str | None = None
    bbox: tuple[float, float, float, float] | None = None
    municipality: tuple[str, ...] = ()
    region: tuple[str, ...] = ()
    service: tuple[str, ...] = ()
    profession: tuple[str, ...] = ()
    listing: tuple[str, ...] = ()
    open_at: datetime | None = None
    language: tuple[str, ...] = ()
    ownership: tuple[str, ...] = ()
    unit_type: tuple[str, ...] = ()
    as_of: datetime | None = None
    sort: str = "relevance"
    limit: int = 20
    page: int = 1
    literal: bool = False
    explain: bool = False


@dataclass(frozen=True)
class RankPart:
    """One part of a rank: what was found, how much it counts, and what that comes to."""

    name: str
    value: float | None
    """0 to 1, for `text` up to about 2; None when the question does not ask for it or nothing is known."""
    weight: float
    contribution: float


@dataclass(frozen=True)
class Met:
    """One word of a question as a unit has it: in which field, in what form, and the weight of both."""

    word: str
    field: str | None
    form: str | None
    score: float


@dataclass(frozen=True)
class MetPart:
    """Words of a question that belong together, and how a unit meets them.

    `by` is `hsa-id`, `service`, `place`, `words` or None when it does not; `code` the service or place by
    which it does; `how` in which way it states the service.
    """

    matched: str
    score: float
    by: str | None = None
    code: str | None = None
    how: str | None = None
    words: tuple[Met, ...] = ()


@dataclass(frozen=True)
class Explanation:
    """Why a hit stands where it does when hits are sorted by relevance."""

    rank: float
    """The sum of the contributions, in the order of the parts."""
    parts: tuple[RankPart, ...]
    listing: str
    """`open`, `queue`, `closed` or `unknown`."""
    complete: tuple[str, ...]
    """The facts that the record has, of `completeness.FACTS`."""
    whole_name: bool = False
    """The words are the whole of one of its names, which adds 1 to the text."""
    question: tuple[MetPart, ...] = ()


@dataclass(frozen=True)
class Hit:
    """One unit of an answer: its public hit view, and what depends on the question."""

    view: Mapping[str, Any]
    distance: int | None
    """Geodesic metres from `near` or from the place that was read, rounded; None without either."""
    score: float
    open_status: State
    """How it stands at the asked moment, or now."""
    opens_at: datetime | None
    closes_at: datetime | None
    explanation: Explanation | None = None
    """Only when it was asked for."""

    @property
    def open_now(self) -> bool | None:
        """Open at that moment; None when the unit's hours are not known."""
        return is_open_now(self.open_status)


@dataclass(frozen=True)
class FacetValue:
    """One value of a facet with its label and how many hits it has."""

    value: str
    label: str
    count: int


@dataclass(frozen=True)
class Interpretation:
    """How the words were read: services, place, moment, and the text that remained."""

    services: tuple[dict[str, str], ...] = ()
    place: dict[str, Any] | None = None
    open_at: datetime | None = None
    text: str = ""
    widened: Relaxed | None = None
    """What was given up of what was asked for; None when nothing was."""
    time: dict[str, Any] | None = None
    """What words of time were read as: `openAt`, or a window `openFrom`-`openTo`, and the words `matched`."""
    attributes: tuple[dict[str, Any], ...] = ()
    """Filters that words asked for: facet `name`, `values`, their `display`, and the words `matched`."""


@dataclass(frozen=True)
class SearchResult:
    """The answer: how many there are, one page of them, how the question was read, and the facets."""

    total: int
    limit: int
    page: int
    interpretation: Interpretation
    hits: Sequence[Hit] = ()
    facets: Mapping[str, tuple[FacetValue, ...]] = field(default_factory=dict)
    open_now: int = 0
    """How many are open at the moment of the question, under all other filters."""
