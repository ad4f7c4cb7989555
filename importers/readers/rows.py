"""The raw row that every reader yields, and the limits that keep memory bounded whatever the file holds."""

from dataclasses import dataclass, field

from importers.issues import Issue

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class RawRow:
    """One entry of a file, before any meaning: the values as text under the names that the file uses.

    `number` is where a person finds the row: line of a text file, row of a sheet, position in an array.
    Empty values are left out. `issues` tells what the reader could not read of this row.
    """

    number: int
    fields: dict[str, list[str]]
    issues: tuple[Issue, ...] = ()

    def first(self, name: str) -> str | None:
        """The first value under `name`, or None."""
        values = self.fields.get(name)
        return values[0] if values else None


@dataclass(frozen=True, slots=True)
class Limits:
    """Caps on what one file may make the reader hold at once. Sizes are in bytes unless said otherwise."""

    line: int = MIB
    value: int = MIB
    values_per_row: int = 10_000
    columns: int = 1_000
    item: int = 16 * MIB
    unpacked: int = 1024 * MIB
    shared_strings: int = 128 * MIB
    unpacked_ratio: int = 400


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How to read a table: what a mapping file declares; empty means detect.

    `known` holds the column names that are looked for when the delimiter and the header row are detected.
    """

    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    header_row: int = 1
    known: frozenset[str] = frozenset()
    limits: Limits = field(default_factory=Limits)
