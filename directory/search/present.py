"""The units of today as PostGIS says: candidates from the text index, everything else in one statement.

It is slower than what each process holds (`held/`) and simpler: the judge that the tests hold that to.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any

import numpy as np
from sqlalchemy import text
from sqlalchemy.orm import Session

from core import clock
from directory.search.completeness import EXACT_ORIGINS, RECENT_DAYS, completeness
from directory.search.facets import FACETS, facet_values, sql_parameters
from directory.search.index import Snapshot
from directory.search.open_at import open_units
from directory.search.postings import IndexPostings, Units
from directory.search.ranking import LISTING_VALUES
from directory.search.reference import Reference
from directory.search.selection import Page, Selection, explained, hit_of, is_open_as_asked
from directory.search.types import Hit

_POINT = "CAST(ST_SetSRID(ST_MakePoint(:lon, :lat), 4326) AS geography)"
_ORDERS = {
    "relevance": "rank DESC, metres NULLS LAST, length(name), name COLLATE \"sv-x-icu\", hsa_id",
    "distance": "metres NULLS LAST, name COLLATE \"sv-x-icu\", hsa_id",
    "name": "name COLLATE \"sv-x-icu\", hsa_id",
    "queue": "waiting, queue_length NULLS LAST, metres NULLS LAST, name COLLATE \"sv-x-icu\", hsa_id",
}  # fmt: skip
_PAGE = """
WITH {hits}, page AS (
    SELECT *, row_number() OVER (ORDER BY {order}) AS place FROM (
        SELECT asked.*, {rank} AS rank FROM (
            SELECT hit.*, l.queue_length, {record} AS record_share,
                   coalesce(array_position(ARRAY['open', 'queue', 'closed'], l.status::text), 4) AS waiting
            FROM hit LEFT JOIN care_unit_listing_status l ON l.care_unit_id = hit.id
            JOIN care_unit_version v ON v.care_unit_id = hit.id AND upper_inf(v.period) WHERE {all}
        ) asked
    ) ranked ORDER BY place LIMIT :limit OFFSET :offset
)
SELECT page.hsa_id, v.record, lower(v.period), page.metres, page.rank, page.relevance
FROM page JOIN care_unit_version v ON v.care_unit_id = page.id AND upper_inf(v.period) ORDER BY page.place
"""
_RECORD = """
(coalesce(v.record #>> '{position,origin}' = ANY(:exact_origins), false)::int
 + coalesce(v.record #> '{hours,opening}' <> '{}', false)::int
 + coalesce(v.record #> '{contacts,phone}' <> '[]', false)::int
 + (coalesce(v.record->'offerings' <> '[]', false) OR coalesce(v.record->'activities' <> '[]', false))::int
 + (:today < (lower(v.period) AT TIME ZONE 'Europe/Stockholm')::date + :recent_days)::int)::float8 / 5
"""
_RANK = """
:text_weight * relevance + coalesce(:distance_weight * (1 / (1 + metres / :half_distance)), 0)
+ :listing_weight * (CAST(:listing_values AS float8[]))[waiting] + :record_weight * record_share
"""
_COUNTS = """
WITH {hits}
SELECT '' AS facet, '' AS value, count(*) FROM hit WHERE {all}
UNION ALL SELECT 'opening', 'now', count(*) FROM hit WHERE open_now AND {but_opening}
"""
_COUNT = """
UNION ALL SELECT '{name}', f.value, count(DISTINCT f.care_unit_id)
FROM ({values}) f JOIN hit ON hit.id = f.care_unit_id WHERE {others} GROUP BY f.value
"""
_HOURS = "SELECT care_unit_id, record FROM care_unit_version WHERE upper_inf(period) AND record ? 'hours'"
_WITHIN = f"SELECT hsa_id FROM care_unit WHERE published AND ST_DWithin(position, {_POINT}, :metres)"  # noqa: S608


class Present:
    """The directory as it is now."""

    def __init__(self, session: Session, reference: Reference, snapshot: Callable[[], Snapshot]) -> None:
        self._session = session
        self._reference = reference
        self._snapshot = snapshot

    @cached_property
    def postings(self) -> IndexPostings:
        """The newest commit of the text index, the same throughout one search."""
        return IndexPostings(self._snapshot())

    @cached_property
    def _numbers(self) -> Mapping[str, int]:
        return {hsa_id: number for number, hsa_id in enumerate(self.postings.ids)}

    def within(self, lat: float, lon: float, metres: int) -> Units:
        """The units within a geodesic distance of a point."""
        found = self._session.scalars(text(_WITHIN), {"lat": lat, "lon": lon, "metres": metres})
        return np.array([self._numbers[key] for key in found if key in self._numbers], np.int32)

    def select(self, selection: Selection) -> Page:
        """Filter, order and count in the database."""
        if selection.finds_nothing:
            return Page(0)
        hits, parameters = self._hits(selection)
        counts: dict[str, dict[str, int]] = defaultdict(dict)
        for facet, value, count in self._session.execute(text(_counts_sql(selection, hits)), parameters):
            counts[facet][value] = count
        total, open_now = counts.pop("")[""], counts.pop("opening")["now"]
        known = self._reference
        facets = {name: facet_values(facet, counts[name], known) for name, facet in FACETS.items()}
        if total <= selection.offset:
            return Page(total, (), facets, open_now)
        order = _ORDERS[selection.sort]
        every = _passes(_filters(selection))
        sql = _PAGE.format(hits=hits, order=order, all=every, rank=_RANK, record=_RECORD)
        parameters |= {"limit": selection.limit, "offset": selection.offset, **_weights(selection)}
        rows = self._session.execute(text(sql), parameters)
        return Page(total, tuple(self._hit(selection, *row) for row in rows), facets, open_now)

    def number(self, hsa_id: str) -> int:
        """The number that the text index knows a unit by."""
        return self._numbers[hsa_id]

    def _hit(
        self,
        selection: Selection,
        hsa_id: str,
        record: Mapping[str, Any],
        updated_at: datetime,
        metres: float | None,
        rank: float,
        relevance: float,
    ) -> Hit:
        why = None
        if selection.explain:
            bits = completeness(record, updated_at, selection.now.astimezone(clock.SWEDEN).date())
            listing = record.get("listing", {}).get("status")
            why = explained(selection, relevance, metres, listing, bits)
        return hit_of(hsa_id, record, updated_at, metres, rank, self._reference, selection.shown_at, why)

    def _hits(self, selection: Selection) -> tuple[str, dict[str, Any]]:
        """The common table `hit`: what passes everything but the facets' filters, each of those a column."""
        parameters: dict[str, Any] = {"now": selection.now}
        parameters |= sql_parameters(self._reference, selection.now.astimezone(clock.SWEDEN).date())
        source, relevance = self._candidates(selection, parameters)
        conditions = [
            "u.published",
            "coalesce(u.publish_from <= :now, true)",
            "coalesce(:now < u.publish_to, true)",
            *_position_conditions(selection, parameters),
        ]
        columns = [f"{_distance(selection)} AS metres", f"{relevance} AS relevance"]
        parameters["open_now"] = self._open_at(selection.now)
        columns.append("u.id = ANY(:open_now) AS open_now")
        if selection.about_opening:
            parameters["open_as_asked"] = self._open_as_asked(selection)
            columns.append("u.id = ANY(:open_as_asked) AS ok_opening")
        for name, values in selection.filters.items():
            parameters[f"wanted_{name}"] = sorted(values)
            columns.append(
                f"u.id IN (SELECT care_unit_id FROM ({FACETS[name].values_sql}) f"  # noqa: S608
                f" WHERE f.value = ANY(:wanted_{name})) AS ok_{name}"
            )
        hit = (
            f"SELECT u.id, u.hsa_id, u.name, {', '.join(columns)}"  # noqa: S608
            f" FROM {source} WHERE {' AND '.join(conditions)}"
        )
        return f"hit AS MATERIALIZED ({hit})", parameters

    def _open_at(self, moment: datetime) -> Sequence[int]:
        """Units that are open. Asked first: inside the larger statement the planner takes them for few."""
        sql, parameters = open_units(moment)
        return self._session.scalars(text(sql), parameters).all()

    def _open_as_asked(self, selection: Selection) -> Sequence[int]:
        """Units that are open then; in a window by the hours of their records."""
        if selection.open_at is not None and selection.open_between is None:
            return self._open_at(selection.open_at)
        rows = self._session.execute(text(_HOURS))
        return [number for number, record in rows if is_open_as_asked(record, selection)]

    def _candidates(self, selection: Selection, parameters: dict[str, Any]) -> tuple[str, str]:
        if selection.relevance is None:
            return "care_unit u", "CAST(0 AS float8)"
        matching = np.flatnonzero(selection.relevance)
        parameters["ids"] = [self.postings.ids[number] for number in matching.tolist()]
        parameters["scores"] = selection.relevance[matching].tolist()
        candidates = "unnest(CAST(:ids AS text[]), CAST(:scores AS float8[])) AS c (hsa_id, relevance)"
        return f"{candidates} JOIN care_unit u ON u.hsa_id = c.hsa_id", "c.relevance"


def _position_conditions(selection: Selection, parameters: dict[str, Any]) -> list[str]:
    conditions = []
    if selection.origin:
        parameters["lat"], parameters["lon"] = selection.origin
    if selection.origin and selection.radius:
        parameters["radius"] = selection.radius
        conditions.append(f"ST_DWithin(u.position, {_POINT}, :radius)")
    if selection.bbox:
        parameters |= dict(zip(("west", "south", "east", "north"), selection.bbox, strict=True))
        conditions.append("ST_X(CAST(u.position AS geometry)) BETWEEN :west AND :east")
        conditions.append("ST_Y(CAST(u.position AS geometry)) BETWEEN :south AND :north")
    return conditions


def _weights(selection: Selection) -> dict[str, object]:
    """The parameters of the formula."""
    weights = selection.weights
    return {
        "text_weight": weights.text,
        "distance_weight": weights.distance,
        "half_distance": weights.half_distance,
        "listing_weight": weights.listing if selection.about_listing else 0.0,
        "listing_values": LISTING_VALUES.tolist(),
        "record_weight": weights.record,
        "exact_origins": list(EXACT_ORIGINS),
        "recent_days": RECENT_DAYS,
    }


def _distance(selection: Selection) -> str:
    return f"ST_Distance(u.position, {_POINT})" if selection.origin else "CAST(NULL AS float8)"


def _passes(names: Collection[str]) -> str:
    return " AND ".join(f"ok_{name}" for name in names) or "true"


def _filters(selection: Selection) -> list[str]:
    """What is filtered by, each a column `ok_...` of the hits."""
    return [*selection.filters, *(["opening"] if selection.about_opening else [])]


def _counts_sql(selection: Selection, hits: str) -> str:
    filters = _filters(selection)
    parts = [_COUNTS.format(hits=hits, all=_passes(filters), but_opening=_passes(selection.filters))]
    for name, facet in FACETS.items():
        others = _passes([other for other in filters if other != name])
        parts.append(_COUNT.format(name=name, values=facet.values_sql, others=others))
    return "".join(parts)
