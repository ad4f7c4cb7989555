"""All published units as columns: unit number n stands at place n of every array.

A state never changes. The next one is made by copying the columns, some hundred kilobytes, and replacing
what changed; a unit keeps its number for as long as it is published.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from directory.search.completeness import completeness, next_change
from directory.search.facets import FACETS
from directory.search.held.distance import Floats, in_space
from directory.search.held.facets import Column, Values
from directory.search.held.opening import Opening
from directory.search.reference import Reference
from directory.views import hit_view

LISTINGS = ("open", "queue", "closed")
ALWAYS, NEVER = np.iinfo(np.int64).min, np.iinfo(np.int64).max
"""Ends of a publication window that is not limited there; else microseconds since 1970."""


@dataclass(frozen=True)
class Context:
    """What all states share, and what a record is read with. `day`: the date that facets are true on."""

    reference: Reference
    opening: Opening
    values: Mapping[str, Values]
    day: date


@dataclass(frozen=True)
class Row:
    """One unit as read from the database."""

    hsa_id: str
    record: Mapping[str, Any]
    updated_at: datetime


@dataclass(frozen=True)
class Table:
    """One state of the units. `fragments` are hit views as JSON without the closing brace."""

    numbers: Mapping[str, int]
    ids: Sequence[str]
    fragments: Sequence[bytes]
    names: Sequence[str]
    columns: Mapping[str, NDArray[Any]]
    facets: Mapping[str, Column]

    @property
    def size(self) -> int:
        """The length of the columns: every unit number is below it."""
        return len(self.ids)

    def name(self, hsa_id: str) -> str | None:
        """The name of a unit, None of one that is not here."""
        number = self.numbers.get(hsa_id)
        return None if number is None else self.names[number]

    @cached_property
    def space(self) -> Floats:
        """Positions in space (n, 3)."""
        return in_space(self.columns["lat"], self.columns["lon"])

    @cached_property
    def by_length(self) -> NDArray[np.int32]:
        """The order by length of name, then name, then HSA-id: what decides between equal ranks."""
        places = np.empty(self.size, np.int32)
        order = np.lexsort((self.columns["by_name"], self.columns["length"]))
        places[order] = np.arange(self.size)
        return places

    @cached_property
    def _limited(self) -> bool:
        since, until = self.columns["publish_from"], self.columns["publish_to"]
        return bool((since != ALWAYS).any() or (until != NEVER).any())

    def shown(self, now: datetime) -> NDArray[np.bool_]:
        """Which units are published at this moment; not to be written to."""
        alive: NDArray[np.bool_] = self.columns["alive"]
        if not self._limited:
            return alive
        at = microseconds(now)
        return alive & (self.columns["publish_from"] <= at) & (at < self.columns["publish_to"])

    def outdated(self, day: date) -> list[str]:
        """Units whose facets are no longer true on this date."""
        stale = (self.columns["facets_until"] <= day.toordinal()) & self.columns["alive"]
        return [self.ids[number] for number in np.flatnonzero(stale).tolist()]

    def changed(self, rows: Iterable[Row], keys: Iterable[str], context: Context) -> "Table":
        """The next state, in which these rows are what there is of `keys`; other `keys` are gone.

        The order of names is left as it was: `renamed` says it anew.
        """
        numbers, ids, free = dict(self.numbers), list(self.ids), self._free()
        names, fragments = list(self.names), list(self.fragments)
        places: list[int] = []
        read: list[dict[str, Any]] = []
        gone = dict.fromkeys(keys)
        for row in rows:
            gone.pop(row.hsa_id, None)
            number = numbers.get(row.hsa_id)
            if number is None:
                number = free.pop() if free else len(ids)
                if number == len(ids):
                    ids.append("")
                    names.append("")
                    fragments.append(b"")
                numbers[row.hsa_id] = number
            places.append(number)
            ids[number], names[number] = row.hsa_id, row.record["name"]
            fragments[number] = _fragment(row, context.reference)
            by_name = self.columns["by_name"][number] if number < self.size else self.size
            read.append(_values(row, context) | {"by_name": by_name})
        left = [numbers.pop(hsa_id) for hsa_id in gone if hsa_id in numbers]
        columns = {
            name: _replaced(column, len(ids), places, [values[name] for values in read])
            for name, column in self.columns.items()
        }
        columns["alive"][left] = False
        facets = {}
        for name, column in self.facets.items():
            fresh = {number: values[name] for number, values in zip(places, read, strict=True)}
            facets[name] = column.replaced(len(ids), fresh | dict.fromkeys(left, ()))
        if numbers == self.numbers:
            # The same object where nothing came or went: what is worked out from it need not be again.
            return Table(self.numbers, ids, fragments, names, columns, facets)
        return Table(numbers, ids, fragments, names, columns, facets)

    def renamed(self, order: Iterable[str]) -> "Table":
        """The same with the order of names as `order` (HSA-ids) has it."""
        by_name = np.full(self.size, self.size, np.int32)
        numbers = [self.numbers[hsa_id] for hsa_id in order if hsa_id in self.numbers]
        by_name[numbers] = np.arange(len(numbers))
        return replace(self, columns={**self.columns, "by_name": by_name})

    def _free(self) -> list[int]:
        return np.flatnonzero(~self.columns["alive"])[::-1].tolist()


_COLUMNS: Mapping[str, Any] = {
    "alive": np.bool_,
    "lat": np.float64,
    "lon": np.float64,
    "publish_from": np.int64,
    "publish_to": np.int64,
    "waiting": np.int8,
    "queue_length": np.float64,
    "complete": np.int8,
    "length": np.int32,
    "schedule": np.int32,
    "facets_until": np.int32,
    "by_name": np.int32,
}

EMPTY = Table(
    {},
    (),
    (),
    (),
    {name: np.empty(0, kind) for name, kind in _COLUMNS.items()},
    {name: Column(np.zeros(1, np.int64), np.empty(0, np.int32)) for name in FACETS},
)


def microseconds(moment: datetime) -> int:
    """Since 1970."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _fragment(row: Row, known: Reference) -> bytes:
    view = hit_view(row.hsa_id, row.record, row.updated_at, known.label, known.places, known.services_of)
    return orjson.dumps(view)[:-1]


def _values(row: Row, context: Context) -> dict[str, Any]:
    """Everything that stands in columns and facets."""
    record = row.record
    position, listing = record.get("position") or {}, record.get("listing") or {}
    length = listing.get("queue_length")
    return {
        "alive": True,
        "lat": position.get("lat", np.nan),
        "lon": position.get("lon", np.nan),
        "publish_from": _moment(record.get("publish_from"), ALWAYS),
        "publish_to": _moment(record.get("publish_to"), NEVER),
        "waiting": LISTINGS.index(listing["status"]) if listing else len(LISTINGS),
        "queue_length": np.inf if length is None else length,
        "complete": completeness(record, row.updated_at, context.day),
        "length": len(record["name"]),
        "schedule": context.opening.number(record.get("hours", {}).get("opening", {})),
        "facets_until": _facets_until(record, row.updated_at, context.day),
    } | {
        name: sorted(
            {context.values[name].number(v) for v in facet.values(record, context.reference, context.day)}
        )
        for name, facet in FACETS.items()
    }


def _moment(text: str | None, otherwise: int) -> int:
    return microseconds(datetime.fromisoformat(text)) if text else otherwise


def _facets_until(record: Mapping[str, Any], updated_at: datetime, day: date) -> int:
    """The first date (ordinal) after `day` on which an offering or a profession comes or goes, or the record
    is no longer recent."""
    begins = [part.get("valid_from") for part in record.get("offerings", ())]
    ends = [part.get("valid_to") for part in record.get("offerings", ())]
    ends += [part.get("valid_until") for part in record.get("professions", ())]
    changes = [date.fromisoformat(text).toordinal() for text in begins if text]
    changes += [date.fromisoformat(text).toordinal() + 1 for text in ends if text]
    changes.append(next_change(updated_at).toordinal())
    return min((change for change in changes if change > day.toordinal()), default=date.max.toordinal())


def _replaced(column: NDArray[Any], size: int, places: list[int], values: list[Any]) -> NDArray[Any]:
    grown = np.zeros(size, column.dtype)
    grown[: len(column)] = column
    grown[places] = values
    return grown
