"""One reader per format, and the choice of reader by what the file holds rather than by its name."""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from importers.issues import FileRefused, Issue
from importers.readers import csv, json, ldif, xlsx
from importers.readers.archive import OLE_HEADER, ZIP_HEADER
from importers.readers.lines import UTF16_BOMS
from importers.readers.rows import Limits, RawRow, ReadOptions

FORMATS = ("ldif", "csv", "xlsx", "json")

_HEAD = 4096
_OTHER = {
    b"\x1f\x8b": ("is packed with gzip", "unpack it first"),
    b"BZh": ("is packed with bzip2", "unpack it first"),
    b"%PDF": ("is a PDF", "export the data itself as CSV, XLSX or LDIF"),
    b"PAR1": ("is a Parquet file", "export it as CSV or XLSX"),
}


@dataclass(frozen=True, slots=True)
class Opened:
    """An opened file. `columns` are the folded names of a table's header; None when rows name their own.

    `rows` streams once. `issues` are about the file as a whole.
    """

    format: str
    columns: tuple[str, ...] | None
    rows: Iterator[RawRow]
    issues: tuple[Issue, ...] = ()


def open_rows(path: Path, format: str = "auto", options: ReadOptions | None = None) -> Opened:
    """Open a file of units or other rows; raises `FileRefused` here or while the rows are read."""
    options = options or ReadOptions()
    chosen = detect_format(path) if format == "auto" else format
    if chosen == "ldif":
        return Opened("ldif", None, ldif.read(path, options.limits))
    if chosen == "json":
        return Opened("json", None, json.read(path, options.limits))
    if chosen == "xlsx":
        sheet = xlsx.read(path, options)
        return Opened("xlsx", sheet.columns, sheet.rows, _unread(sheet))
    if chosen == "csv":
        table = csv.read(path, options)
        return Opened("csv", table.columns, table.rows)
    raise FileRefused(path, f"the format {chosen} has no reader", mend=f"known formats: {', '.join(FORMATS)}")


def detect_format(path: Path) -> str:
    """The format that the first bytes show; the name decides only between LDIF and delimited text."""
    head = _head(path)
    for magic, (what, mend) in _OTHER.items():
        if head.startswith(magic):
            raise FileRefused(path, f"the file {what}", mend=mend)
    if head.startswith((ZIP_HEADER, OLE_HEADER)):
        return "xlsx"
    if head.startswith(UTF16_BOMS):
        return "csv"
    text = head.removeprefix(codecs.BOM_UTF8).lstrip()
    if not text:
        raise FileRefused(path, "the file is empty")
    if text.startswith((b"{", b"[")):
        return "json"
    if text.startswith(b"<"):
        raise FileRefused(
            path,
            "the file is XML or HTML, which is not read here",
            mend=f"known formats: {', '.join(FORMATS)}",
        )
    return "ldif" if _is_ldif(path, text) else "csv"


def _head(path: Path) -> bytes:
    try:
        if not path.is_file():
            raise FileRefused(path, *_no_file(path))
        with path.open("rb") as stream:
            return stream.read(_HEAD)
    except OSError as error:
        raise FileRefused(path, f"the file cannot be opened ({error.strerror})") from error


def _no_file(path: Path) -> tuple[str]:
    if path.is_dir():
        return ("this is a folder; name the files in it",)
    if path.exists():
        return ("this is not a plain file; copy what it gives to a file first",)
    return ("this is a link that leads to no file" if path.is_symlink() else "there is no such file",)


def _is_ldif(path: Path, text: bytes) -> bool:
    for line in text.splitlines():
        if line.startswith((b"#", b" ")) or not line.strip():
            continue
        return line.lower().startswith((b"version:", b"dn:")) or path.suffix.lower() == ".ldif"
    return path.suffix.lower() == ".ldif"


def _unread(sheet: xlsx.Sheet) -> tuple[Issue, ...]:
    if not sheet.other_sheets:
        return ()
    message = f"only the sheet “{sheet.name}” was read, not “{'”, “'.join(sheet.other_sheets)}”"
    return (Issue("info", "sheets-not-read", None, None, None, None, message),)


__all__ = ["FORMATS", "Limits", "Opened", "RawRow", "ReadOptions", "detect_format", "open_rows"]
