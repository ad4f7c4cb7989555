"""The directory as it stood at a past moment, searched in memory by the same analysis and the same rules.

The versions of that moment are read, indexed and filtered afresh for each question: right before fast.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import numpy as np
from pyproj import Geod
from sqlalchemy import text
from sqlalchemy.orm import Session

from core import clock
from directory.search.completeness import completeness
from directory.search.documents import document
from directory.search.facets import FACETS, Facet, facet_values
from directory.search.postings import MemoryPostings, Postings, Units
from directory.search.reference import Reference
from directory.search.selection import Page, Selection, explained, hit_of, is_open_as_asked, is_open_now
from directory.search.types import Explanation

_VERSIONS = """
SELECT v.hsa_id, v.record, lower(v.period),
       row_number() OVER (ORDER BY v.record->>'name' COLLATE "sv-x-icu", v.hsa_id)
FROM care_unit_version v JOIN care_unit u ON u.id = v.care_unit_id
WHERE v.period @> :moment AND v.published AND u.visible
  AND (u.status <> 'active'
       OR coalesce(u.publish_from <= :now, true) AND coalesce(:now < u.publish_to, true))
"""
# What is hidden today (an address that is protected now) was not so at the time; it is left out all the same.
_EARTH = Geod(ellps="WGS84")


@dataclass(frozen=True)
class Version:
    """One unit as it was; `place_by_name` orders by name in Swedish."""

    hsa_id: str
    record: Mapping[str, Any]
    updated_at: datetime
    place_by_name: int


class Past:
    """The directory at one past moment."""

    def __init__(self, session: Session, reference: Reference, moment: datetime) -> None:
        self._reference = reference
        self._moment = moment
        rows = session.execute(text(_VERSIONS), {"moment": moment, "now": clock.now()})
        versions = (Version(*row) for row in rows)
        self._versions = [v for v in versions if _in_window(v.record, moment)]

    @cached_property
    def postings(self) -> Postings:
        """An index of these versions."""
        return MemoryPostings(document(v.hsa_id, v.record, self._reference) for v in self._versions)

    def within(self, lat: float, lon: float, metres: int) -> Units:
        """The units within a geodesic distance of a point."""
        near = [n for n, v in enumerate(self._versions) if _metres(v.record, (lat, lon)) <= metres]
        return np.array(near, np.int32)

    def select(self, selection: Selection) -> Page:
        """Filter, order and count in memory."""
        if selection.finds_nothing:
            return Page(0)
        hits = list(self._hits(selection))
        day = self._moment.astimezone(clock.SWEDEN).date()
        values = {
            (v.hsa_id, name): frozenset(facet.values(v.record, self._reference, day))
            for v, _, _ in hits
            for name, facet in FACETS.items()
        }

        as_asked = {v.hsa_id: is_open_as_asked(v.record, selection) for v, _, _ in hits}

        def passes(version: Version, but: Facet | None = None, opening: bool = True) -> bool:
            return (as_asked[version.hsa_id] or not opening) and all(
                wanted & values[version.hsa_id, name]
                for name, wanted in selection.filters.items()
                if but is None or name != but.name
            )

        counts = {
            name: Counter(value for v, _, _ in hits if passes(v, facet) for value in values[v.hsa_id, name])
            for name, facet in FACETS.items()
        }
        chosen = sorted((hit for hit in hits if passes(hit[0])), key=lambda hit: _order(selection.sort, *hit))
        page = chosen[selection.offset : selection.offset + selection.limit]
        known, at, explain = self._reference, selection.shown_at, selection.explain
        return Page(
            len(chosen),
            tuple(
                hit_of(v.hsa_id, v.record, v.updated_at, m, why.rank, known, at, why if explain else None)
                for v, why, m in page
            ),
            {name: facet_values(facet, counts[name], known) for name, facet in FACETS.items()},
            sum(passes(v, opening=False) and is_open_now(v.record, selection.now) for v, _, _ in hits),
        )

    def number(self, hsa_id: str) -> int:
        """The number that the text index knows a unit by."""
        return next(number for number, v in enumerate(self._versions) if v.hsa_id == hsa_id)

    def _hits(self, selection: Selection) -> Iterator[tuple[Version, Explanation, float | None]]:
        """Versions that pass all but opening and the facets' filters, with what ranks them and distance."""
        day = self._moment.astimezone(clock.SWEDEN).date()
        for number, version in enumerate(self._versions):
            if selection.relevance is not None and not selection.relevance[number]:
                continue
            metres = _metres(version.record, selection.origin) if selection.origin else None
            if selection.radius and (metres is None or metres > selection.radius):
                continue
            if not _in_box(version.record, selection.bbox):
                continue
            relevance = 0.0 if selection.relevance is None else float(selection.relevance[number])
            metres = None if metres == float("inf") else metres
            listing = version.record.get("listing", {}).get("status")
            bits = completeness(version.record, version.updated_at, day)
            yield version, explained(selection, relevance, metres, listing, bits), metres


def _order(sort: str, version: Version, why: Explanation, metres: float | None) -> tuple[float, ...]:
    far = float("inf") if metres is None else metres
    name = float(version.place_by_name)
    if sort == "name":
        return (name,)
    if sort == "distance":
        return far, name
    if sort == "queue":
        listing = version.record.get("listing", {})
        waiting = ("open", "queue", "closed").index(listing["status"]) if listing else 3
        length = listing.get("queue_length")
        return float(waiting), float("inf") if length is None else float(length), far, name
    return -why.rank, far, float(len(version.record["name"])), name


def _metres(record: Mapping[str, Any], origin: tuple[float, float]) -> float:
    position = record.get("position")
    if not position:
        return float("inf")
    return float(_EARTH.inv(origin[1], origin[0], position["lon"], position["lat"])[2])


def _in_box(record: Mapping[str, Any], bbox: tuple[float, float, float, float] | None) -> bool:
    position = record.get("position")
    if bbox is None or not position:
        return bbox is None
    west, south, east, north = bbox
    return bool(west <= position["lon"] <= east and south <= position["lat"] <= north)


def _in_window(record: Mapping[str, Any], moment: datetime) -> bool:
    starts, ends = record.get("publish_from"), record.get("publish_to")
    return (not starts or datetime.fromisoformat(starts) <= moment) and (
        not ends or moment < datetime.fromisoformat(ends)
    )
