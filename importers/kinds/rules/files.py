"""Files of rules: tables, arrays of objects, and TOML. Each gives rows of text with parameters beside."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

from importers.columns import column_key
from importers.issues import FileRefused, Issue
from importers.kinds.rules.columns import COLUMNS, NAMES, PARAMETERS, cell_value
from importers.readers import Limits, RawRow, ReadOptions, detect_format, open_rows
from importers.readers import json as json_reader
from importers.readers.header import fold_name, required_columns
from listing.policy.model import Policy

ARRAY = "rules"
"""The name of the array, in JSON and in TOML (`[[rules]]`)."""
MAX_TOML = 16 * 1024 * 1024
"""Bytes. All regions' rules are a hundredth of it."""


@dataclass(frozen=True)
class RuleRow:
    """One row: its columns as text, and the parameters that it gives as values."""

    raw: RawRow
    parameters: dict[str, Any] = field(default_factory=dict)


def read_rule_file(path: Path, format: str) -> Iterator[RuleRow]:
    """The rows of a file of any format; raises `FileRefused`."""
    if format == "auto" and path.suffix.lower() == ".toml":
        return _toml(path)
    chosen = detect_format(path) if format == "auto" else format
    if chosen == "json":
        return (_object(number, item) for number, item in json_reader.objects(path, Limits(), ARRAY))
    return _table(path, chosen)


def _table(path: Path, format: str) -> Iterator[RuleRow]:
    known = {fold_name(heading) for column in COLUMNS for heading in (column.name, *column.aliases)}
    opened = open_rows(path, format, ReadOptions(known=frozenset(known | PARAMETERS)))
    if opened.columns is None:
        raise FileRefused(path, f"rules are not read from {format}", mend="use CSV, XLSX, JSON or TOML")
    names = {heading: _name(heading) for heading in opened.columns if heading}
    _check_columns(path, names)
    return (_from_cells(row, names) for row in opened.rows)


def _name(heading: str) -> str | None:
    return heading if heading in PARAMETERS else NAMES.get(column_key(heading))


def _check_columns(path: Path, names: Mapping[str, str | None]) -> None:
    unknown = [heading for heading, name in names.items() if name is None]
    if unknown:
        raise FileRefused(
            path,
            f"the columns {', '.join(unknown[:10])} are not known",
            mend="a rule that is not read would be silent: name the columns as in docs/import-guide.md",
        )
    if "type" not in names.values():
        raise FileRefused(path, f"{required_columns(['type'])} missing", mend="policy, contract or limit")


def _from_cells(row: RawRow, names: Mapping[str, str | None]) -> RuleRow:
    columns: dict[str, list[str]] = {}
    parameters: dict[str, Any] = {}
    for heading, values in row.fields.items():
        name = names.get(heading)
        if name in PARAMETERS:
            parameters[name] = cell_value(name, values[0], _KINDS.get(name))
        elif name:
            columns.setdefault(name, []).extend(values)
    return RuleRow(RawRow(row.number, columns, row.issues), parameters)


def _object(number: int, item: Mapping[str, Any]) -> RuleRow:
    columns: dict[str, list[str]] = {}
    parameters: dict[str, Any] = {}
    issues: list[Issue] = []
    for heading, value in item.items():
        name = _name(fold_name(heading))
        if name == "parameters" and isinstance(value, dict):
            parameters |= value
        elif name in PARAMETERS:
            parameters[name] = value
        elif name is None or isinstance(value, dict | list):
            message = "the field is not known" if name is None else "give text or a number here"
            issues.append(Issue("error", "field", number, None, heading, str(value)[:80], message))
        elif value is not None and str(value).strip():
            columns[name] = [_text(value)]
    return RuleRow(RawRow(number, columns, tuple(issues)), parameters)


def _text(value: object) -> str:
    return value.isoformat() if isinstance(value, date | datetime) else str(value)


def _toml(path: Path) -> Iterator[RuleRow]:
    try:
        if path.stat().st_size > MAX_TOML:
            raise FileRefused(path, f"the file is larger than {MAX_TOML // 1024 // 1024} MB")
        content = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise FileRefused(path, f"the file cannot be opened ({error.strerror})") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise FileRefused(path, f"this is not TOML in UTF-8: {error}") from error
    rules = content.pop(ARRAY, None)
    if content or not isinstance(rules, list) or not all(isinstance(one, dict) for one in rules):
        raise FileRefused(path, "expected tables under [[rules]] and nothing else")
    return (_object(number, item) for number, item in enumerate(rules, start=1))


def _kinds() -> dict[str, type]:
    """The parameters that are numbers, or yes and no."""
    found: dict[str, type] = {}
    for part, kind in get_type_hints(Policy).items():
        for name, hint in get_type_hints(kind).items():
            plain = next((one for one in get_args(hint) if one in (int, bool)), hint)
            if plain in (int, bool) and get_origin(hint) is not tuple:
                found[f"{part}.{name}"] = plain
    return found


_KINDS = _kinds()
