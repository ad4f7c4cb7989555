"""What can be wrong with a mapping file, told all at once and with the nearest right word."""

import codecs
import re
from collections.abc import Collection, Iterator
from typing import Any

from rapidfuzz import fuzz, process

from importers.columns import COLUMNS
from importers.values.transforms import TRANSFORMS

FORMATS = ("csv", "xlsx", "json", "ldif")

_TEXTS = ("name", "title", "encoding", "delimiter", "sheet", "list_separator", "date_format", "extends")
_LISTS = ("formats", "detect", "ignore")
_TABLES = ("columns", "constants", "skip")
_KEYS = frozenset({*_TEXTS, *_LISTS, *_TABLES, "header_row", "merge_rows"})
_RULE_KEYS = frozenset(["to", "transform", "values", "unmapped", "empty", "pattern", "separator"])


def nearest(name: str, choices: Collection[str]) -> str | None:
    """The most similar name, when it is similar enough to be what was meant."""
    found = process.extractOne(name.casefold(), list(choices), scorer=fuzz.ratio, score_cutoff=60)
    return found[0] if found else None


def faults_of(data: dict[str, Any], shipped: Collection[str]) -> Iterator[str]:
    """Every fault of a mapping file, each with its cure; `shipped` names the mappings it may extend."""
    for key in sorted(data.keys() - _KEYS):
        yield _unknown("setting", key, _KEYS)
    for key in _TEXTS:
        if not isinstance(data.get(key, ""), str):
            yield f"{key} must be text"
    if "extends" in data and str(data["extends"]) not in shipped:
        yield _unknown("mapping to extend", str(data["extends"]), shipped)
    for key in _LISTS:
        if not _texts(data.get(key, [])):
            yield f"{key} must be a list of texts"
    if _texts(data.get("formats", [])):
        for name in data.get("formats", []):
            if name not in FORMATS:
                yield _unknown("format", name, FORMATS)
    yield from _plain_faults(data)
    yield from _table_faults(data)


def _plain_faults(data: dict[str, Any]) -> Iterator[str]:
    row = data.get("header_row", 1)
    if not isinstance(row, int) or isinstance(row, bool) or row < 1:
        yield "header_row must be a whole number from 1"
    if not isinstance(data.get("merge_rows", False), bool):
        yield "merge_rows must be true or false"
    delimiter = data.get("delimiter", ";")
    if isinstance(delimiter, str) and (len(delimiter) != 1 or delimiter in '"\r\n'):
        yield "delimiter must be one character"
    if isinstance(encoding := data.get("encoding", "utf-8"), str):
        try:
            codecs.lookup(encoding)
        except LookupError:
            yield f"the encoding {encoding} is not known; use utf-8, cp1252 or iso-8859-1"


def _table_faults(data: dict[str, Any]) -> Iterator[str]:
    for key in _TABLES:
        if not isinstance(data.get(key, {}), dict):
            yield f"[{key}] must be a table"
            return
    for name, value in data.get("columns", {}).items():
        yield from _rule_faults(name, value)
    for name, value in data.get("constants", {}).items():
        if name not in COLUMNS:
            yield _unknown("column", name, COLUMNS)
        if not isinstance(value, str):
            yield f"the constant {name} must be text"
    for name, value in data.get("skip", {}).items():
        if not _texts(value):
            yield f"skip.{name} must be a list of texts"


def _rule_faults(name: str, value: Any) -> Iterator[str]:
    if isinstance(value, str):
        value = {"to": value}
    if not isinstance(value, dict):
        yield f"columns.{name} must be a column name or a table"
        return
    for key in sorted(value.keys() - _RULE_KEYS):
        yield _unknown(f"setting of columns.{name}", key, _RULE_KEYS)
    to = str(value.get("to", ""))
    if ("pattern" not in value or to) and to not in COLUMNS:
        yield _unknown("column", to, COLUMNS)
    yield from _transform_faults(name, value.get("transform", []))
    yield from _pattern_faults(name, value.get("pattern", "(?P<name>.)"))
    yield from _value_faults(name, value)


def _value_faults(name: str, value: dict[str, Any]) -> Iterator[str]:
    values = value.get("values", {})
    if not isinstance(values, dict) or not all(isinstance(one, str) for one in values.values()):
        yield f"columns.{name}.values must be a table of texts"
    if value.get("unmapped", "keep") not in ("keep", "drop"):
        yield f"columns.{name}.unmapped must be keep or drop"
    if not _texts(value.get("empty", [])):
        yield f"columns.{name}.empty must be a list of texts"
    if not isinstance(value.get("separator", ""), str):
        yield f"columns.{name}.separator must be text"


def _transform_faults(name: str, transform: Any) -> Iterator[str]:
    names = [transform] if isinstance(transform, str) else transform
    if not _texts(names):
        yield f"columns.{name}.transform must be the name of a transform or a list of names"
        return
    for one in names:
        if one not in TRANSFORMS:
            yield _unknown(f"transform of columns.{name}", one, TRANSFORMS)


def _pattern_faults(name: str, pattern: Any) -> Iterator[str]:
    try:
        groups = re.compile(pattern).groupindex
    except (re.error, TypeError) as error:
        yield f"columns.{name}.pattern is not a regular expression ({error})"
        return
    if not groups:
        yield f"columns.{name}.pattern has no named group such as (?P<city>…)"
    for group in groups:
        if group not in COLUMNS:
            yield _unknown(f"group of columns.{name}.pattern", group, COLUMNS)


def _unknown(what: str, name: str, choices: Collection[str]) -> str:
    near = nearest(name, choices)
    return f"there is no {what} “{name}”" + (f"; did you mean “{near}”?" if near else "")


def _texts(value: Any) -> bool:
    return isinstance(value, (list, tuple)) and all(isinstance(one, str) for one in value)
