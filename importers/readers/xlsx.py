"""Excel workbooks (.xlsx), read row by row from one sheet.

Cells become the text that a person reads in them: whole numbers without decimals, dates in ISO form. A
formula refuses the file, because the value that it stands for may be stale, absent or computed from
another workbook: what is loaded must be what was saved.
"""

import warnings
import weakref
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from importers.issues import FileRefused, Issue
from importers.readers.archive import check_workbook
from importers.readers.header import checked_header, column_letter
from importers.readers.rows import RawRow, ReadOptions

_DAMAGED = (
    InvalidFileException,
    ParseError,
    KeyError,
    ValueError,
    TypeError,
    EOFError,
    OSError,
    AttributeError,
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet whose header has been read: its columns, its rows to be streamed once, sheets left unread."""

    name: str
    columns: tuple[str, ...]
    rows: Iterator[RawRow]
    other_sheets: tuple[str, ...]


def read(path: Path, options: ReadOptions | None = None) -> Sheet:
    """Open one sheet: the named one, else the first that is visible. Rows keep the sheet's own numbers."""
    options = options or ReadOptions()
    check_workbook(path, options.limits)
    workbook = _open(path)
    sheet = _choose(path, workbook, options.sheet)
    sheet.reset_dimensions()
    numbered = _numbered(path, sheet)
    header_at, columns = _header(path, numbered, sheet.title, options)
    others = tuple(other.title for other in workbook.worksheets if other.title != sheet.title)
    return Sheet(
        sheet.title, columns, _rows(path, workbook, numbered, sheet.title, columns, header_at), others
    )


def _open(path: Path) -> Any:
    """The workbook, whatever the file is called: openpyxl judges a path by its name but not a stream."""
    stream = path.open("rb")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            workbook = openpyxl.load_workbook(stream, read_only=True, data_only=False, keep_links=False)
    except _DAMAGED as error:
        stream.close()
        raise _damaged(path, error) from error
    # Rows may be left unread, by a refusal for one; the stream then goes with the workbook.
    weakref.finalize(workbook, stream.close)
    return workbook


def _choose(path: Path, workbook: Any, name: str) -> Any:
    sheets = workbook.worksheets
    if name:
        named = [sheet for sheet in sheets if sheet.title.casefold() == name.casefold()]
        if not named:
            titles = "”, “".join(sheet.title for sheet in sheets)
            raise FileRefused(path, f"the workbook has no sheet “{name}”", mend=f"it has “{titles}”")
        return named[0]
    visible = [sheet for sheet in sheets if sheet.sheet_state == "visible"]
    if not visible:
        raise FileRefused(path, "the workbook has no visible sheet", mend="put the units in the first sheet")
    return visible[0]


def _numbered(path: Path, sheet: Any) -> Iterator[tuple[int, Sequence[Any]]]:
    """Rows with their numbers. A part that cannot be parsed refuses the file wherever it is met."""
    rows = sheet.iter_rows()
    number = 0
    while True:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                cells = next(rows)
        except StopIteration:
            return
        except _DAMAGED as error:
            raise _damaged(path, error) from error
        number += 1
        yield number, cells


def _header(
    path: Path, numbered: Iterator[tuple[int, Sequence[Any]]], sheet: str, options: ReadOptions
) -> tuple[int, tuple[str, ...]]:
    for number, cells in numbered:
        if number < options.header_row or not any(cell.value not in (None, "") for cell in cells):
            continue
        _refuse_formulas(path, sheet, number, cells)
        names = ["" if cell.value is None else str(cell.value) for cell in cells]
        return number, checked_header(path, names, options.limits.columns)
    raise FileRefused(path, f"the sheet “{sheet}” is empty", mend="the first row must name the columns")


def _rows(
    path: Path,
    workbook: Any,
    numbered: Iterator[tuple[int, Sequence[Any]]],
    sheet: str,
    columns: tuple[str, ...],
    header_at: int,
) -> Iterator[RawRow]:
    try:
        for number, cells in numbered:
            _refuse_formulas(path, sheet, number, cells)
            row = _row(number, cells, columns)
            if row.fields or row.issues:
                yield row
    finally:
        workbook.close()


def _row(number: int, cells: Sequence[Any], columns: tuple[str, ...]) -> RawRow:
    fields: dict[str, list[str]] = {}
    issues: list[Issue] = []
    for index, cell in enumerate(cells):
        text = cell_text(cell.value)
        if not text:
            continue
        name = columns[index] if index < len(columns) else ""
        if cell.data_type == "e":
            message = f"the cell {column_letter(index)}{number} holds the error {text} and was left out"
            issues.append(Issue("warning", "error-cell", number, None, name or None, text, message))
        elif name:
            fields[name] = [text]
        else:
            message = f"the cell {column_letter(index)}{number} stands under no heading"
            issues.append(Issue("error", "cell-count", number, None, None, text, message))
    return RawRow(number, fields, tuple(issues))


def cell_text(value: object) -> str:
    """A cell's value as the text that the other formats would hold."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time.min else value.isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.isoformat(timespec="minutes")
    if isinstance(value, timedelta):
        minutes = round(value.total_seconds() / 60)
        return f"{minutes // 60:02}:{minutes % 60:02}"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value).strip()


def _refuse_formulas(path: Path, sheet: str, number: int, cells: Sequence[Any]) -> None:
    for index, cell in enumerate(cells):
        if cell.data_type == "f":
            where = f"{column_letter(index)}{number}"
            raise FileRefused(
                path,
                f"the cell {where} of the sheet “{sheet}” holds a formula",
                mend="copy the sheet and paste it as values, then save",
            )


def _damaged(path: Path, error: Exception) -> FileRefused:
    return FileRefused(
        path,
        f"the workbook is damaged ({type(error).__name__}: {str(error)[:100]})",
        mend="open it in a spreadsheet program and save it again",
    )
