"""Mapping files: how a region's own columns and value quirks become the documented columns.

A mapping is a TOML file. Those in `mappings/` are used without being asked for when a file's columns match
them; `--mapping FILE` names another. See the import guide for the whole form; in short:

    name = "my-region"
    formats = ["csv", "xlsx"]
    encoding = "cp1252"              # delimiter, sheet, header_row, list_separator, date_format, merge_rows
    ignore = ["internal note"]
    [columns]
    "Enhetens namn" = "name"
    [columns."Län"]
    to = "region"
    transform = ["county-code"]
    values = { "VGR" = "14" }
    [constants]
    region = "14"
    [skip]
    "Typ" = ["person"]
"""

import re
import tomllib
from collections.abc import Collection
from collections.abc import Mapping as MappingABC
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from core.problems import Problem
from importers.columns import LIST_SEPARATOR
from importers.mapping_checks import faults_of
from importers.readers.header import fold_name
from importers.readers.rows import ReadOptions

_LARGEST = 1_000_000
SHIPPED = Path(__file__).parent / "mappings"
SHIPPED_NAMES = frozenset(path.stem for path in SHIPPED.glob("*.toml"))


class MappingInvalid(Problem):
    """The mapping file is not of the documented form; the detail lists every fault with its cure."""

    code = "mapping-invalid"
    status = 422
    title = "The mapping file cannot be used"


@dataclass(frozen=True, slots=True)
class Rule:
    """What happens to one source column, in this order: `empty` values go, `values` are looked up
    (`unmapped = "drop"` lets nothing else through), transforms run, `pattern` spreads its named groups
    over several columns."""

    to: str
    transform: tuple[str, ...] = ()
    values: MappingABC[str, str] = field(default_factory=dict)
    drop_unmapped: bool = False
    empty: frozenset[str] = frozenset()
    pattern: re.Pattern[str] | None = None
    separator: str = ""


@dataclass(frozen=True, slots=True)
class Mapping:
    """A checked mapping file. Source column names are folded (lower case, composed letters)."""

    name: str
    title: str = ""
    formats: tuple[str, ...] = ("csv", "xlsx", "json")
    detect: frozenset[str] = frozenset()
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    header_row: int = 1
    list_separator: str = LIST_SEPARATOR
    merge_rows: bool = False
    date_format: str = ""
    ignore: frozenset[str] = frozenset()
    rules: MappingABC[str, Rule] = field(default_factory=dict)
    constants: MappingABC[str, str] = field(default_factory=dict)
    skip: MappingABC[str, frozenset[str]] = field(default_factory=dict)

    def targets(self) -> frozenset[str]:
        """The documented columns that the mapping can fill."""
        groups = {group for rule in self.rules.values() if rule.pattern for group in rule.pattern.groupindex}
        return frozenset({rule.to for rule in self.rules.values() if rule.to} | groups | set(self.constants))

    def read_options(self, options: ReadOptions) -> ReadOptions:
        """The reading options with what the mapping declares."""
        return replace(
            options,
            encoding=self.encoding,
            delimiter=self.delimiter,
            sheet=self.sheet,
            header_row=self.header_row,
            known=frozenset(self.rules) | self.ignore,
        )


def load_mapping(path: Path) -> Mapping:
    """Read and check a mapping file; raises `MappingInvalid`."""
    return parse_mapping(_toml(path), path.name)


def parse_mapping(data: dict[str, Any], source: str) -> Mapping:
    """Check the content of a mapping file; every fault is told at once."""
    faults = list(faults_of(data, SHIPPED_NAMES))
    if faults:
        raise MappingInvalid(f"{source}: {'; '.join(faults)}")
    base = shipped()[data["extends"]] if "extends" in data else Mapping("")
    rules = {fold_name(name): _rule(value) for name, value in data.get("columns", {}).items()}
    skip = {
        fold_name(name): frozenset(value.casefold() for value in values)
        for name, values in data.get("skip", {}).items()
    }
    plain = {
        key: data[key]
        for key in (
            "title",
            "encoding",
            "delimiter",
            "sheet",
            "header_row",
            "list_separator",
            "merge_rows",
            "date_format",
        )
        if key in data
    }
    return replace(
        base,
        name=data.get("name") or source.removesuffix(".toml"),
        formats=tuple(data.get("formats", base.formats)),
        detect=frozenset(fold_name(name) for name in data.get("detect", ())),
        ignore=base.ignore | {fold_name(name) for name in data.get("ignore", ())},
        rules={**base.rules, **rules},
        constants={**base.constants, **data.get("constants", {})},
        skip={**base.skip, **skip},
        **plain,
    )


@cache
def shipped() -> dict[str, Mapping]:
    """The mappings that come with the product, by name. They stand alone: none of them extends another."""
    found: dict[str, Mapping] = {}
    for path in sorted(SHIPPED.glob("*.toml")):
        mapping = parse_mapping(_toml(path), path.name)
        found[mapping.name] = mapping
    return found


def detect_mapping(columns: Collection[str], format: str) -> Mapping | None:
    """The shipped mapping whose telling columns all stand in the file; the most telling one of several."""
    folded = {fold_name(column) for column in columns}
    fitting = [
        mapping
        for mapping in shipped().values()
        if format in mapping.formats and mapping.detect and mapping.detect <= folded
    ]
    return max(fitting, key=lambda mapping: len(mapping.detect), default=None)


def _toml(path: Path) -> dict[str, Any]:
    try:
        if not path.is_file():
            raise MappingInvalid(f"{path.name}: this is not a plain file")
        if path.stat().st_size > _LARGEST:
            raise MappingInvalid(f"{path.name}: a mapping file has at most {_LARGEST} bytes; is it the data?")
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise MappingInvalid(f"{path.name}: the file cannot be opened ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise MappingInvalid(f"{path.name}: the file is not UTF-8; save it as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise MappingInvalid(f"{path.name}: this is not TOML: {error}") from error


def _rule(value: Any) -> Rule:
    if isinstance(value, str):
        return Rule(value)
    transform = value.get("transform", ())
    return Rule(
        to=value.get("to", ""),
        transform=(transform,) if isinstance(transform, str) else tuple(transform),
        values={key.casefold(): str(to) for key, to in value.get("values", {}).items()},
        drop_unmapped=value.get("unmapped") == "drop",
        empty=frozenset(one.casefold() for one in value.get("empty", ())),
        pattern=re.compile(value["pattern"]) if "pattern" in value else None,
        separator=value.get("separator", ""),
    )
