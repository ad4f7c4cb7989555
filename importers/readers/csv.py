"""Delimited text: `;`, `,`, tab or `|`, UTF-8 with or without a byte order mark, quoted as RFC 4180 says.

A mapping file may declare another encoding or delimiter. A row with the wrong number of cells becomes a
rejected row; a quotation mark that swallows several lines refuses the file, because rows would be lost.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from importers.issues import FileRefused, Issue
from importers.readers.header import checked_header, fold_name
from importers.readers.lines import text_lines
from importers.readers.rows import RawRow, ReadOptions

DELIMITERS = (";", ",", "\t", "|")
_NAMES = {";": "semicolon", ",": "comma", "\t": "tab", "|": "vertical bar"}


@dataclass(frozen=True, slots=True)
class DelimitedFile:
    """A file whose header has been read: its columns, and its rows to be streamed once."""

    columns: tuple[str, ...]
    delimiter: str
    rows: Iterator[RawRow]


def read(path: Path, options: ReadOptions | None = None) -> DelimitedFile:
    """Open a delimited file. The number of a row is the line on which it starts; the header is line 1."""
    options = options or ReadOptions()
    lines = text_lines(path, options.encoding, options.limits)
    skipped, head = _header_line(path, lines, options)
    delimiter = options.delimiter or sniff(head, options.known)
    stream = _Counted(chain([head], lines), skipped)
    reader = csv.reader(stream, delimiter=delimiter, strict=True)
    try:
        cells = next(reader)
    except csv.Error as error:
        raise FileRefused(
            path,
            f"the header cannot be read ({error})",
            line=stream.number,
            mend="check the quotation marks of the first row",
        ) from error
    columns = checked_header(path, cells, options.limits.columns)
    return DelimitedFile(columns, delimiter, _rows(path, reader, stream, columns, delimiter))


def sniff(header: str, known: frozenset[str]) -> str:
    """The delimiter that gives the most known column names, and among equals the most columns."""

    def score(delimiter: str) -> tuple[int, int]:
        try:
            cells = next(csv.reader([header.strip("\r\n")], delimiter=delimiter), [])
        except csv.Error:
            return 0, 0
        return sum(fold_name(cell) in known for cell in cells), len(cells)

    return max(DELIMITERS, key=score)


class _Counted:
    """An iterator of lines that knows the number of the last one given."""

    def __init__(self, lines: Iterator[str], skipped: int) -> None:
        self._lines = lines
        self.number = skipped

    def __iter__(self) -> "_Counted":
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self.number += 1
        return line


def _header_line(path: Path, lines: Iterator[str], options: ReadOptions) -> tuple[int, str]:
    """The first line with content from the declared header row on, and how many lines stand before it."""
    for index, line in enumerate(lines):
        if index + 1 >= options.header_row and line.strip():
            return index, line
    raise FileRefused(path, "the file is empty", mend="the first row must name the columns")


def _rows(
    path: Path, reader: Iterator[list[str]], stream: _Counted, columns: tuple[str, ...], delimiter: str
) -> Iterator[RawRow]:
    while True:
        start = stream.number + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield _broken(path, error, start, stream.number)
            continue
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(columns):
            yield _miscounted(path, cells, columns, delimiter, start, stream.number)
            continue
        yield RawRow(start, {name: [cell] for name, cell in zip(columns, cells, strict=True) if cell.strip()})


def _broken(path: Path, error: csv.Error, start: int, end: int) -> RawRow:
    reason = str(error)
    if "new-line character" in reason:
        raise FileRefused(
            path,
            "the line holds a bare carriage return",
            line=start,
            mend="save the file with ordinary line breaks",
        )
    if "field larger" in reason and end == start:
        raise FileRefused(
            path,
            f"a cell is longer than {csv.field_size_limit()} characters",
            line=start,
            mend="shorten the text, or check the delimiter",
        )
    if end > start or "unexpected end of data" in reason or "field larger" in reason:
        raise _open_quote(path, start, end)
    issue = Issue(
        "error",
        "quotation-marks",
        start,
        None,
        None,
        None,
        "a quotation mark inside the cell is not doubled, so the row cannot be read",
    )
    return RawRow(start, {}, (issue,))


def _miscounted(
    path: Path, cells: list[str], columns: tuple[str, ...], delimiter: str, start: int, end: int
) -> RawRow:
    if end > start:
        raise _open_quote(path, start, end)
    message = (
        f"the row has {len(cells)} cells where the header has {len(columns)} columns; put a cell that "
        f"contains a {_NAMES.get(delimiter, delimiter)} within quotation marks"
    )
    fields = {name: [cell] for name, cell in zip(columns, cells, strict=False) if cell.strip()}
    return RawRow(start, fields, (Issue("error", "cell-count", start, None, None, None, message),))


def _open_quote(path: Path, start: int, end: int) -> FileRefused:
    what = f"a quotation mark that opens in this row is not closed in it (it was read to line {end})"
    return FileRefused(
        path, what, line=start, mend="close the quotation mark, or double it if it belongs to the text"
    )
