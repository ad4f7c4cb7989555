"""Search: a request in, hits with facets and an account of how the words were read out.

Words are read (`interpret`), matched against the text index (`matching`), and what is found is filtered,
ordered and counted by PostGIS (`present`), or in memory for a past moment (`past`).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy.orm import Session

from core import clock
from core.settings import settings
from directory.geography.gazetteer import Gazetteer, Place
from directory.geography.queries import find_places, gazetteer
from directory.search import interpret, matching, ranking
from directory.search.attributes import Asked
from directory.search.explained import Explainer
from directory.search.facets import FACETS, label_of, wanted
from directory.search.index import TextIndex
from directory.search.interpret import Lexicon
from directory.search.past import Past
from directory.search.postings import Postings
from directory.search.present import Present
from directory.search.question import check
from directory.search.reading import Part, Reading, place_json, time_json
from directory.search.reference import SERVICE, UNIT_TYPE, Reference, reference
from directory.search.relaxation import Attempt, Matcher, without_wishes
from directory.search.relaxed import CLOSED_TOO, WISHES_DROPPED, Relaxed
from directory.search.selection import Directory, Page, Selection
from directory.search.types import Hit, Interpretation, SearchRequest, SearchResult

_NOTHING = np.zeros(0)
MOST_WORDS = 5_000
"""Of which a process remembers whether any unit has them, for one state of the units."""


@cache
def index_at(directory: Path) -> TextIndex:
    """This process's reader of the index in `directory`."""
    return TextIndex(directory)


def search(
    session: Session, request: SearchRequest, *, index: TextIndex | None = None, now: datetime | None = None
) -> SearchResult:
    """Answer a request from the database. Raises `Invalid`, or `IndexUnavailable` without an index to read.

    `now` is the moment of the question, the present unless given; `index` the text index, that of the
    settings unless given. Reads only. For the present `held` answers the same without a database.
    """
    known = reference(session)
    moment = request.as_of or now or clock.now()
    units: Past | Present
    if request.as_of:
        units = Past(session, known, request.as_of)
    else:
        units = Present(session, known, (index or index_at(settings().index_dir)).snapshot)

    def words() -> Lexicon:
        return lexicon(known, gazetteer(session), lambda code: _postal(session, code), units.postings)

    return answer(request, units, known, words, moment)


def answer(
    request: SearchRequest, units: Directory, known: Reference, words: Callable[[], Lexicon], moment: datetime
) -> SearchResult:
    """Answer a request from any directory. `words` is only called when there are words to read."""
    check(request, known)
    reading = _read(request, words, moment)
    wishes = _wishes(request, reading, moment)
    chosen, attempt = _first_with_hits(request, reading, wishes, known, units, moment)
    granted = wishes if attempt.as_asked else NO_WISHES
    reading = attempt.reading or reading
    return SearchResult(
        total=chosen.total,
        limit=request.limit,
        page=request.page,
        interpretation=_interpretation(
            reading, known, request.open_at or granted.open_at, attempt.widened, moment
        ),
        hits=_explained(chosen.hits, request, reading, known, units) if request.explain else chosen.hits,
        facets=chosen.facets or dict.fromkeys(FACETS, ()),
        open_now=chosen.open_now,
    )


def lexicon(
    known: Reference, places: Gazetteer, postal: Callable[[str], Place | None], postings: Postings
) -> Lexicon:
    """What words are compared with, for these units."""
    return Lexicon(
        known.vocabulary,
        places,
        postal,
        lru_cache(MOST_WORDS)(lambda word: matching.is_known(word, postings)),
        lambda: postings.words,
    )


@dataclass(frozen=True)
class _Wishes:
    """What words ask of time and attributes, as far as the request's own arguments do not say otherwise."""

    open_at: datetime | None = None
    open_between: tuple[datetime, datetime] | None = None
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.open_at or self.open_between or self.filters)

    @property
    def refused(self) -> Relaxed:
        """What is told when nothing is found with them."""
        return WISHES_DROPPED if self.filters else CLOSED_TOO


NO_WISHES = _Wishes()


def _wishes(request: SearchRequest, reading: Reading, moment: datetime) -> _Wishes:
    filters = {name: values for name, values in reading.filters.items() if not getattr(request, name)}
    if request.open_at:
        return _Wishes(filters=filters)
    return _Wishes(moment if reading.open_now else reading.open_at, reading.open_between, filters)


def _read(request: SearchRequest, words: Callable[[], Lexicon], moment: datetime) -> Reading:
    """The words of `q`, and the separately given place as one more part."""
    if not request.q.strip() and not request.place:
        return Reading()
    known = words()
    reading = (
        interpret.literal(request.q) if request.literal else interpret.interpret(request.q, known, moment)
    )
    if not request.place:
        return reading
    place = interpret.place_named(request.place, known)
    said = tuple(_as_text(part) if part.place and place.place else part for part in reading.parts)
    return replace(reading, parts=(*said, place))


def _as_text(part: Part) -> Part:
    """A place among the words counts as words when the place is given separately."""
    return Part("text", part.words, typed=part.typed)


def _postal(session: Session, code: str) -> Place | None:
    matches = find_places(session, code, kinds=("postal-code",))
    return matches[0].place if matches else None


def _first_with_hits(
    request: SearchRequest,
    reading: Reading,
    wishes: _Wishes,
    known: Reference,
    units: Directory,
    moment: datetime,
) -> tuple[Page, Attempt]:
    """The first attempt that finds something; when none does, the first."""
    first: tuple[Page, Attempt] | None = None
    for attempt in _attempts(request, reading, wishes, known, units):
        granted = wishes if attempt.as_asked else NO_WISHES
        page = units.select(_selection(request, attempt.reading or reading, known, moment, attempt, granted))
        first = first or (page, attempt)
        if page.total:
            return page, attempt
    assert first is not None
    return first


def _attempts(
    request: SearchRequest, reading: Reading, wishes: _Wishes, known: Reference, units: Directory
) -> Iterator[Attempt]:
    if not reading.parts:
        # Words that say nothing ("nära mig") leave what the position and the filters say.
        nothing_asked = bool(request.q.strip()) and not (request.near or reading.when or reading.asked)
        attempts = iter([Attempt(_NOTHING if nothing_asked else None)])
    else:
        metres = None if request.near else request.radius
        attempts = Matcher(reading, units.postings, known, units.within, metres).attempts(request.q)
    return without_wishes(attempts, wishes.refused) if wishes else attempts


def _selection(
    request: SearchRequest,
    reading: Reading,
    known: Reference,
    moment: datetime,
    attempt: Attempt,
    wishes: _Wishes,
) -> Selection:
    asked = {
        name: getattr(request, facet.argument) or wishes.filters.get(facet.argument, ())
        for name, facet in FACETS.items()
    }
    filters = {name: wanted(FACETS[name], values, known) for name, values in asked.items() if values}
    weights = ranking.weights()
    return Selection(
        now=moment,
        relevance=attempt.relevance,
        origin=request.near or _origin(reading),
        radius=request.radius if request.near else None,
        bbox=request.bbox,
        open_at=request.open_at or wishes.open_at,
        open_between=wishes.open_between,
        filters=filters,
        sort=request.sort,
        limit=request.limit,
        offset=(request.page - 1) * request.limit,
        weights=weights,
        about_listing=_is_about_listing(request, reading, wishes, known, weights),
        explain=request.explain,
    )


def _is_about_listing(
    request: SearchRequest, reading: Reading, wishes: _Wishes, known: Reference, weights: ranking.Weights
) -> bool:
    """Whether words or filters ask for something that one lists at, or for units by their listing."""
    if request.listing or "listing" in wishes.filters:
        return True
    asked = {term.removeprefix(f"{SERVICE}:") for part in reading.parts for term in part.services}
    for kind in request.unit_type:
        asked.update(known.implied_services.get((UNIT_TYPE, kind), ()))
    return not weights.listed_services.isdisjoint(asked.union(request.service))


def _explained(
    hits: Sequence[Hit], request: SearchRequest, reading: Reading, known: Reference, units: Directory
) -> Sequence[Hit]:
    """The hits with how each meets the parts of the question."""
    if not reading.parts:
        return hits
    explainer = Explainer(units.postings, known, units.within, None if request.near else request.radius)
    found = []
    for hit in hits:
        unit = units.number(hit.view["hsaId"])
        assert hit.explanation is not None
        why = replace(
            hit.explanation,
            whole_name=explainer.whole_name(request.q, unit),
            question=tuple(explainer.part(part, unit) for part in reading.parts),
        )
        found.append(replace(hit, explanation=why))
    return tuple(found)


def _origin(reading: Reading) -> tuple[float, float] | None:
    part = reading.place_part
    if part is None or part.place is None or part.place.lat is None or part.place.lon is None:
        return None
    return part.place.lat, part.place.lon


def _interpretation(
    reading: Reading, known: Reference, open_at: datetime | None, widened: Relaxed | None, moment: datetime
) -> Interpretation:
    services = tuple(
        {
            "system": term.partition(":")[0],
            "code": term.partition(":")[2],
            "display": known.label(*term.split(":", 1)),
            "matched": part.matched,
        }
        for part in reading.parts
        for term in part.services
    )
    place = reading.place_part
    return Interpretation(
        services,
        place_json(place) if place else None,
        open_at,
        reading.text,
        widened,
        time_json(reading, moment),
        tuple(_attribute(asked, known) for asked in reading.asked),
    )


def _attribute(asked: Asked, known: Reference) -> dict[str, Any]:
    """A filter that words asked for, as the answer shows it."""
    name, facet = next((name, facet) for name, facet in FACETS.items() if facet.argument == asked.argument)
    return {
        "name": name,
        "values": list(asked.values),
        "display": ", ".join(label_of(facet, value, known) for value in asked.values),
        "matched": " ".join(asked.words),
    }
