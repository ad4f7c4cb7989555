"""Small tables with our own columns: offerings and professions, one row per unit and code."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from importers.columns import column_key
from importers.issues import FileRefused
from importers.readers import RawRow, ReadOptions, open_rows
from importers.readers.header import fold_name, required_columns


@dataclass(frozen=True, slots=True)
class TableColumn:
    """One column: its name, what it holds, and other headings that are understood."""

    name: str
    description: str
    required: bool = False
    aliases: tuple[str, ...] = ()


def open_table(path: Path, format: str, columns: Sequence[TableColumn]) -> Iterator[RawRow]:
    """The rows under the names of the columns; refuses a table in which a required one is missing."""
    return open_columns(path, format, columns)[1]


def open_columns(
    path: Path, format: str, columns: Sequence[TableColumn]
) -> tuple[frozenset[str] | None, Iterator[RawRow]]:
    """The same, with the names of the columns that the table has; None where rows name their own."""
    names = {
        column_key(heading): column.name for column in columns for heading in (column.name, *column.aliases)
    }
    known = frozenset(fold_name(h) for column in columns for h in (column.name, *column.aliases))
    opened = open_rows(path, format, ReadOptions(known=known))
    found: set[str | None] | None = None
    if opened.columns is not None:
        found = {names.get(column_key(heading)) for heading in opened.columns}
        missing = [column.name for column in columns if column.required and column.name not in found]
        if missing:
            shown = ", ".join(heading for heading in opened.columns[:15] if heading)
            raise FileRefused(
                path,
                f"{required_columns(missing)} missing; the columns are: {shown}",
                mend=f"name the columns {', '.join(column.name for column in columns)}",
            )
    has = None if found is None else frozenset(name for name in found if name)
    seen: dict[str, str | None] = {}
    return has, (_named(row, names, seen) for row in opened.rows)


def _named(row: RawRow, names: dict[str, str], seen: dict[str, str | None]) -> RawRow:
    """The row under our names. `seen` keeps what each heading of the file is, which costs to find out."""
    fields: dict[str, list[str]] = {}
    for heading, values in row.fields.items():
        if heading not in seen:
            seen[heading] = names.get(column_key(heading))
        if name := seen[heading]:
            fields.setdefault(name, []).extend(values)
    return replace(row, fields=fields)
