"""The directory as one process holds it: filters, order and facets without a database.

`present.py` says the same in SQL; tests hold the two equal.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from directory.search import ranking
from directory.search.completeness import SHARES
from directory.search.errors import IndexUnavailable
from directory.search.held import distance
from directory.search.held.distance import Floats
from directory.search.held.facets import Column, Counts, Together, Values
from directory.search.held.hits import Hits
from directory.search.held.opening import Opening
from directory.search.held.order import rank_slack, shortlist
from directory.search.held.postings import HeldPostings
from directory.search.held.table import Table
from directory.search.postings import Units
from directory.search.selection import Page, Selection, explained
from directory.search.types import Hit

SHORTEST_DEGREE = 110_500
"""Metres of a degree of latitude, at the least."""

MOST_NEAR = 300
"""Surroundings that are kept."""
FEW = 40
"""So many more than the page holds are measured right away."""

Chosen = NDArray[np.intp]
"""Unit numbers."""


@dataclass(frozen=True)
class Held:
    """One state of the units with its text index. `text` None: there is no index to read."""

    table: Table
    opening: Opening
    values: Mapping[str, Values]
    facets: Together
    text: HeldPostings | None

    @property
    def postings(self) -> HeldPostings:
        """The text index. Raises `IndexUnavailable` without one."""
        if self.text is None:
            raise IndexUnavailable("the search index cannot be read; it is being built again")
        return self.text

    def within(self, lat: float, lon: float, metres: int) -> Units:
        """The units within a geodesic distance of a point; kept for the points of places come again."""
        here = lat, lon, metres
        units = self._near.get(here)
        if units is None:
            if len(self._near) >= MOST_NEAR:
                self._near.clear()
            units = self._near[here] = self._within(*here)
        return units

    @cached_property
    def _near(self) -> dict[tuple[float, float, int], Units]:
        return {}

    def _within(self, lat: float, lon: float, metres: int) -> Units:
        columns = self.table.columns
        units = np.flatnonzero(columns["alive"] & _level_with(columns["lat"], lat, metres))
        arcs = distance.arcs(self.table.space[units], lat, lon)
        found = distance.within(arcs, columns["lat"][units], columns["lon"][units], (lat, lon), metres)
        return units[found].astype(np.int32)

    def number(self, hsa_id: str) -> int:
        """The number that the text index knows a unit by."""
        return self.table.numbers[hsa_id]

    def select(self, selection: Selection) -> Page:
        """Filter, order and count in memory."""
        if selection.finds_nothing:
            return Page(0)
        units = self._candidates(selection)
        if selection.origin and selection.radius:
            lat, lon = (self.table.columns[name][units] for name in ("lat", "lon"))
            arcs = distance.arcs(self.table.space[units], *selection.origin)
            units = units[distance.within(arcs, lat, lon, selection.origin, selection.radius)]
        allowed = {name: self._having(name, wanted)[units] for name, wanted in selection.filters.items()}
        schedules = self.table.columns["schedule"][units]
        now_open = self.opening.open_at(selection.now)[schedules]
        if allowed:
            now_open = np.logical_and.reduce([now_open, *allowed.values()])
        if selection.about_opening:
            allowed["opening"] = self._open_as_asked(selection)[schedules]
        passing = units[np.logical_and.reduce(list(allowed.values()))] if allowed else units
        counts = Counts(self._counted(units, passing, allowed), self.facets)
        page = self._page(selection, passing)
        return Page(len(passing), page, counts, int(np.count_nonzero(now_open)))

    def _candidates(self, selection: Selection) -> Chosen:
        """What passes everything but distance, opening and the facets' filters."""
        table = self.table
        found = table.shown(selection.now)
        if selection.relevance is not None:
            found = found & (selection.relevance > 0)
        if selection.bbox:
            west, south, east, north = selection.bbox
            lat, lon = table.columns["lat"], table.columns["lon"]
            found = found & (west <= lon) & (lon <= east) & (south <= lat) & (lat <= north)
        if selection.origin and selection.radius:
            found = found & _level_with(table.columns["lat"], selection.origin[0], selection.radius)
        return np.flatnonzero(found)

    def _open_as_asked(self, selection: Selection) -> NDArray[np.bool_]:
        """For each schedule whether it is open as asked."""
        found = np.ones(len(self.opening), np.bool_)
        if selection.open_at is not None:
            found = found & self.opening.open_at(selection.open_at)
        if selection.open_between is not None:
            found = found & self.opening.open_between(*selection.open_between)
        return found

    def _having(self, name: str, wanted: frozenset[str]) -> NDArray[np.bool_]:
        column: Column = self.table.facets[name]
        return column.having(self.values[name].known(wanted))

    def _counted(
        self, units: Chosen, passing: Chosen, allowed: Mapping[str, NDArray[np.bool_]]
    ) -> NDArray[np.intp]:
        """Each facet's values under all filters, but those of a filtered facet under the others."""
        counts = self.facets.count(passing)
        for name in allowed.keys() & self.facets.parts.keys():
            others = [those for other, those in allowed.items() if other != name]
            under = units[np.logical_and.reduce(others)] if others else units
            part = counts[self.facets.parts[name]]
            part[:] = self.table.facets[name].count(under, len(part))
        return counts

    def _page(self, selection: Selection, units: Chosen) -> Sequence[Hit]:
        last = min(selection.offset + selection.limit, len(units))
        if last <= selection.offset:
            return ()
        if len(units) > last + FEW:
            arcs = None
            if selection.origin:
                arcs = distance.arcs(self.table.space[units], *selection.origin)
            ranks = self._ranks(selection, units, arcs)
            units = units[shortlist(self._keys(selection, units, arcs, ranks, exact=False), last)]
        metres = None
        if selection.origin:
            lat, lon = (self.table.columns[name][units] for name in ("lat", "lon"))
            metres = distance.geodesics(lat, lon, selection.origin)
        ranks = self._ranks(selection, units, metres)
        keys = self._keys(selection, units, metres, ranks, exact=True)
        order = np.lexsort([values for values, _ in reversed(keys)])[selection.offset : last]
        metres = None if metres is None else metres[order]
        hits = Hits(self.table, self.opening, selection.shown_at, units[order], metres, ranks[order])
        return self._explained(selection, hits) if selection.explain else hits

    def _keys(
        self, selection: Selection, units: Chosen, metres: Floats | None, ranks: Floats, exact: bool
    ) -> list[tuple[NDArray, float]]:
        """The keys of the order, each with how far off it may be."""
        columns = self.table.columns
        far = []
        if metres is not None:
            finite = metres[np.isfinite(metres)]
            longest = float(finite.max()) if len(finite) else 0.0
            far = [(metres, 0.0 if exact else distance.error(longest))]
        name = (columns["by_name"][units], 0.0)
        if selection.sort == "name":
            return [name]
        if selection.sort == "distance":
            return [*far, name]
        if selection.sort == "queue":
            return [(columns["waiting"][units], 0.0), (columns["queue_length"][units], 0.0), *far, name]
        slack = 0.0 if exact or metres is None else rank_slack(selection.weights)
        return [(-ranks, slack), *far, (self.table.by_length[units], 0.0)]

    def _ranks(self, selection: Selection, units: Chosen, metres: Floats | None) -> Floats:
        """The sum of the formula's parts, added in its order so that it is the same to the last bit."""
        listing, record = self._standing(selection.weights)
        text = np.zeros(len(units)) if selection.relevance is None else selection.relevance[units]
        ranks = ranking.text_and_distance(selection.weights, text, metres)
        if selection.about_listing:
            ranks += listing[units]
        ranks += record[units]
        return ranks

    def _standing(self, weights: ranking.Weights) -> tuple[Floats, Floats]:
        """What listing and record add for each unit: worked out once for a state, not for each question."""
        found = self._standings.get(weights)
        if found is None:
            columns = self.table.columns
            listing = (weights.listing * ranking.LISTING_VALUES)[columns["waiting"]]
            found = self._standings[weights] = (listing, (weights.record * SHARES)[columns["complete"]])
        return found

    @cached_property
    def _standings(self) -> dict[ranking.Weights, tuple[Floats, Floats]]:
        return {}

    def _explained(self, selection: Selection, hits: Hits) -> tuple[Hit, ...]:
        columns = self.table.columns
        found = []
        for unit, metres, hit in zip(hits.units, hits.metres, hits, strict=True):
            relevance = 0.0 if selection.relevance is None else float(selection.relevance[unit])
            listing = ranking.LISTINGS[int(columns["waiting"][unit])]
            why = explained(selection, relevance, metres, listing, int(columns["complete"][unit]))
            found.append(replace(hit, explanation=why))
        return tuple(found)


def _level_with(lats: NDArray[np.float64], lat: float, metres: float) -> NDArray[np.bool_]:
    """What is not too far north or south: cheap, and leaves few to measure."""
    return np.abs(lats - lat) <= metres / SHORTEST_DEGREE
