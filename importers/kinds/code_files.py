"""The files that a code system comes in: a table with a description beside it, or one JSON object.

A table `care-form.csv` may have `care-form.toml` (the system's key, version, source …) and
`care-form.terms.csv` (the words that people use) beside it.
"""

import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from importers.columns import column_key
from importers.issues import FileRefused
from importers.readers import RawRow, ReadOptions, detect_format, open_rows

MAX_JSON = 64 * 1024 * 1024
"""Bytes. A list of codes is small; a larger file is something else."""

TABLE_SUFFIXES = (".csv", ".tsv", ".xlsx")
_NAMES = {
    **{column_key(name): name for name in ("code", "description", "parent", "sort_order", "maps")},
    **{column_key(name): name for name in ("language", "kind", "terms")},
    **dict.fromkeys(
        map(column_key, ("display_sv", "text", "name", "namn", "klartext", "benämning")), "display_sv"
    ),
    **dict.fromkeys(map(column_key, ("display_en", "english", "engelska")), "display_en"),
    **dict.fromkeys(map(column_key, ("kod", "värde")), "code"),
}
_KNOWN = frozenset({"code", "kod", "display_sv", "display_en", "text", "namn", "terms"})

Row = dict[str, str]


@dataclass
class CodeFile:
    """What a file says: the description of the system, its rows by row number, its words, its columns."""

    head: dict[str, Any]
    concepts: list[tuple[int, Row]]
    columns: frozenset[str]
    terms: list[Row] = field(default_factory=list)


def read_code_file(path: Path, format: str) -> CodeFile:
    """Read the file and what belongs to it; raises `FileRefused`."""
    chosen = detect_format(path) if format == "auto" else format
    if chosen == "json":
        return _read_json(path)
    rows, columns = _table(path, chosen)
    for required in ("code", "display_sv"):
        if required not in columns:
            raise FileRefused(
                path,
                f"the required column {required} is missing",
                mend="name the columns code, display_sv, display_en",
            )
    terms = [row for beside in _beside(path) for _, row in _table(beside, "auto")[0]]
    return CodeFile(_description(path), list(rows), columns | ({"terms"} if terms else set()), terms)


def _beside(path: Path) -> Iterator[Path]:
    for suffix in TABLE_SUFFIXES:
        terms = path.with_suffix(f".terms{suffix}")
        if terms.is_file():
            yield terms
            return


def _table(path: Path, format: str) -> tuple[Iterator[tuple[int, Row]], frozenset[str]]:
    opened = open_rows(path, format, ReadOptions(known=_KNOWN))
    columns = frozenset(_name(heading) for heading in opened.columns or () if heading)
    return ((row.number, _row(row)) for row in opened.rows), columns


def _row(row: RawRow) -> Row:
    return {_name(heading): values[0] for heading, values in row.fields.items() if values}


def _name(heading: str) -> str:
    return heading if heading.startswith("prop.") else _NAMES.get(column_key(heading), heading)


def _description(path: Path) -> dict[str, Any]:
    beside = path.with_suffix(".toml")
    if not beside.is_file():
        return {}
    try:
        return tomllib.loads(beside.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise FileRefused(beside, f"this is not TOML in UTF-8: {error}") from error


def _read_json(path: Path) -> CodeFile:
    if path.stat().st_size > MAX_JSON:
        raise FileRefused(
            path, f"the file is larger than {MAX_JSON // (1024 * 1024)} MB, which no list of codes is"
        )
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise FileRefused(path, f"this is not JSON in UTF-8: {error}") from error
    if not isinstance(content, dict) or not _objects(content.get("concepts")):
        raise FileRefused(
            path, "expected an object with the system's fields and an array `concepts` of objects"
        )
    head = {name: value for name, value in content.items() if name not in ("concepts", "terms")}
    terms = content.get("terms", [])
    if not _objects(terms, empty=True):
        raise FileRefused(path, "`terms` is not an array of objects")
    rows = [(number, _texts(item)) for number, item in enumerate(content["concepts"], start=1)]
    columns = {name for _, row in rows for name in row} | ({"terms"} if "terms" in content else set())
    return CodeFile(head, rows, frozenset(columns), [_texts(item) for item in terms])


def _objects(value: object, empty: bool = False) -> bool:
    return isinstance(value, list) and (empty or bool(value)) and all(isinstance(one, dict) for one in value)


def _texts(item: Mapping[str, Any]) -> Row:
    return {_name(name): _text(value) for name, value in item.items() if value is not None}


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "|".join(map(str, value))
    return str(value)
