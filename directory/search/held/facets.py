"""Facets as numbers: which values each unit has, counted for any set of units."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from directory.search.facets import FACETS, Facet, label_of
from directory.search.postings import Units
from directory.search.reference import Reference
from directory.search.types import FacetValue


class Values:
    """The values of one facet, numbered as they come; numbers never change."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self._numbers: dict[str, int] = {}

    def number(self, name: str) -> int:
        """The number of a value, a new one for a new value."""
        number = self._numbers.get(name)
        if number is None:
            self.names.append(name)
            number = self._numbers[name] = len(self.names) - 1
        return number

    def known(self, names: Iterable[str]) -> list[int]:
        """The numbers of those that some unit has or had."""
        return [self._numbers[name] for name in names if name in self._numbers]


@dataclass(frozen=True)
class Column:
    """Unit n has the values `values[starts[n]:starts[n + 1]]`."""

    starts: NDArray[np.int64]
    values: NDArray[Any]

    @classmethod
    def of(cls, size: int, units: Units, values: Units) -> "Column":
        """From pairs of unit and value."""
        order = np.argsort(units, kind="stable")
        starts = np.zeros(size + 1, np.int64)
        np.cumsum(np.bincount(units, minlength=size), out=starts[1:])
        return cls(starts, values[order])

    def replaced(self, size: int, changed: Mapping[int, Iterable[int]]) -> "Column":
        """The column with other values for these units, for `size` units; itself when nothing changes."""
        if size == len(self.starts) - 1 and all(self._has(unit, given) for unit, given in changed.items()):
            return self
        units = np.repeat(np.arange(len(self.starts) - 1, dtype=np.int32), np.diff(self.starts))
        stale = np.zeros(size, np.bool_)
        stale[list(changed)] = True
        keep = ~stale[units]
        pairs = [(unit, value) for unit, values in changed.items() for value in values]
        fresh = np.array(pairs, np.int32).reshape(-1, 2)
        return Column.of(
            size,
            np.concatenate((units[keep], fresh[:, 0])),
            np.concatenate((self.values[keep], fresh[:, 1])),
        )

    def _has(self, unit: int, values: Iterable[int]) -> bool:
        return list(values) == self.values[self.starts[unit] : self.starts[unit + 1]].tolist()

    def count(self, units: NDArray[np.intp], size: int) -> NDArray[np.intp]:
        """How many of these units have each value."""
        first = self.starts[units]
        lengths = self.starts[units + 1] - first
        ends = np.cumsum(lengths)
        if not len(ends) or not ends[-1]:
            return np.zeros(size, np.intp)
        places = np.arange(ends[-1]) + np.repeat(first - ends + lengths, lengths)
        return np.bincount(self.values[places], minlength=size)

    def having(self, wanted: Iterable[int]) -> NDArray[np.bool_]:
        """The units that have any of these values."""
        starts, units = self.by_value
        found = np.zeros(len(self.starts) - 1, np.bool_)
        for value in wanted:
            if value + 1 < len(starts):
                found[units[starts[value] : starts[value + 1]]] = True
        return found

    @cached_property
    def by_value(self) -> tuple[list[int], Units]:
        """Value n is had by `units[starts[n]:starts[n + 1]]`."""
        units = np.repeat(np.arange(len(self.starts) - 1, dtype=np.int32), np.diff(self.starts))
        ends = np.cumsum(np.bincount(self.values))
        return [0, *ends.tolist()], units[np.argsort(self.values, kind="stable")]


class Shown:
    """How the values of one facet are shown: order by label, and the beginning of each as JSON."""

    def __init__(self, facet: Facet, names: list[str], reference: Reference) -> None:
        self.values = [(name, label_of(facet, name, reference)) for name in names]
        order = sorted(range(len(names)), key=lambda n: (self.values[n][1], names[n]))
        self.rank = np.empty(len(names), np.int32)
        self.rank[order] = np.arange(len(names))
        self.json = [
            orjson.dumps({"value": name, "label": label}).decode()[:-1] + ',"count":'
            for name, label in self.values
        ]

    def ordered(self, counts: NDArray[np.intp]) -> Iterator[tuple[int, int]]:
        """(value, count) of those with hits: most first, then by label."""
        found = counts.nonzero()[0]
        many = counts[found]
        order = (self.rank[found] - many * len(counts)).argsort()
        return zip(found[order].tolist(), many[order].tolist(), strict=True)


class Together:
    """All facets as one column, so that they are counted in one go. `parts`: where each has its values."""

    def __init__(self, columns: Mapping[str, Column], shown: Mapping[str, Shown]) -> None:
        self.columns, self.shown = columns, shown
        ends = np.cumsum([0, *(len(shown[name].values) for name in FACETS)]).tolist()
        self.parts = {name: slice(*ends[n : n + 2]) for n, name in enumerate(FACETS)}
        self.size: int = ends[-1]
        self._column = _joined([columns[name] for name in FACETS], ends)
        self._begins = np.array(ends[1:-1])
        self._json = [start for name in FACETS for start in shown[name].json]
        # Facet, then count, then label as one number.
        facet = np.repeat(np.arange(len(FACETS)), np.diff(ends))
        rank = np.concatenate([shown[name].rank for name in FACETS])
        self._order = facet * (len(self._column.starts) * self.size) + rank

    def fits(self, columns: Mapping[str, Column], shown: Mapping[str, Shown]) -> bool:
        """Whether it holds for these as well."""
        return all(columns[name] is self.columns[name] for name in FACETS) and all(
            shown[name].values == self.shown[name].values for name in FACETS
        )

    def count(self, units: NDArray[np.intp]) -> NDArray[np.intp]:
        """How many of these units have each value, facet after facet."""
        return self._column.count(units, self.size)

    def json(self, counts: NDArray[np.intp]) -> bytes:
        """The values with hits as one JSON object: in each facet most hits first, then by label."""
        found = counts.nonzero()[0]
        many = counts[found]
        order = (self._order[found] - many * self.size).argsort()
        pairs = zip(found[order].tolist(), many[order].tolist(), strict=True)
        each = [f"{self._json[value]}{count}}}" for value, count in pairs]
        ends = [0, *np.searchsorted(found, self._begins).tolist(), len(each)]
        lists = [f'"{name}":[{",".join(each[ends[n] : ends[n + 1]])}]' for n, name in enumerate(FACETS)]
        return f"{{{','.join(lists)}}}".encode()


def _joined(columns: Sequence[Column], begins: Sequence[int]) -> Column:
    """The values of several columns as one, unit by unit; those of each begin at a number of their own."""
    lengths = [np.diff(column.starts) for column in columns]
    starts = np.concatenate(([0], np.cumsum(np.sum(lengths, axis=0, dtype=np.int64))))
    values = np.empty(starts[-1], np.min_scalar_type(max(begins)))
    here = starts[:-1].copy()
    for column, length, begin in zip(columns, lengths, begins[:-1], strict=True):
        places = np.arange(len(column.values)) + np.repeat(here - column.starts[:-1], length)
        values[places] = column.values + begin
        here += length
    return Column(starts, values)


class Counts(Mapping[str, tuple[FacetValue, ...]]):
    """The facets of one answer: as values for those who look, as JSON for those who send."""

    def __init__(self, counts: NDArray[np.intp], facets: Together) -> None:
        self._counts = counts
        self._facets = facets

    def __getitem__(self, name: str) -> tuple[FacetValue, ...]:
        shown, counts = self._facets.shown[name], self._counts[self._facets.parts[name]]
        return tuple(FacetValue(*shown.values[n], count) for n, count in shown.ordered(counts))

    def __iter__(self) -> Iterator[str]:
        return iter(FACETS)

    def __len__(self) -> int:
        return len(FACETS)

    def json(self) -> bytes:
        """All facets as one JSON object, labels in Swedish."""
        return self._facets.json(self._counts)
