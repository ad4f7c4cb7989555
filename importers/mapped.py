"""Units as rows of documented columns, whatever the file calls them: what the pipeline reads.

Opens the file, finds its mapping (named, detected, or none when the headings are the documented ones),
refuses a file without the required columns, and maps the rows as they stream.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from core.clock import SWEDEN
from importers.columns import COLUMNS, REQUIRED, UNIT_COLUMNS, column_for
from importers.issues import FileRefused, Issue
from importers.mapping import Mapping, Rule, detect_mapping, shipped
from importers.mapping_checks import nearest
from importers.readers import Opened, RawRow, ReadOptions, detect_format, open_rows
from importers.readers.header import fold_name, required_columns
from importers.values.dates import local_date
from importers.values.transforms import TRANSFORMS

LDIF_MAPPING = "hsa-ldif"


@dataclass(frozen=True, slots=True)
class MappedFile:
    """An opened file of units. `rows` streams once; fields are named by `importers.columns`.

    `mapping` is None when the file uses the documented columns. `merge_rows` says that several rows with
    one key are one unit. `skipped` counts the entries that a mapping leaves out (persons, test objects)
    as the rows are read.
    """

    format: str
    mapping: Mapping | None
    rows: Iterator[RawRow]
    issues: tuple[Issue, ...]
    skipped: list[int] = field(default_factory=list)

    @property
    def merge_rows(self) -> bool:
        """Whether rows with the same key are parts of one unit."""
        return self.mapping.merge_rows if self.mapping else False


def open_units(path: Path, format: str = "auto", mapping: Mapping | None = None) -> MappedFile:
    """Open a file of units; raises `FileRefused` here or while the rows are read."""
    chosen = detect_format(path) if format == "auto" else format
    if mapping is not None and chosen not in mapping.formats:
        raise FileRefused(
            path, f"the mapping {mapping.name} is for {', '.join(mapping.formats)}, not {chosen}"
        )
    if mapping is None and chosen == "ldif":
        mapping = shipped()[LDIF_MAPPING]
    opened = open_rows(path, chosen, _options(mapping))
    if mapping is None and opened.columns is not None and not _documented(opened.columns):
        mapping = detect_mapping(opened.columns, chosen)
    issues = opened.issues
    if opened.columns is not None:
        issues += _check_columns(path, opened.columns, mapping)
    skipped: list[int] = []
    return MappedFile(chosen, mapping, _rows(opened, mapping, skipped), issues, skipped)


def map_row(row: RawRow, mapping: Mapping | None, table: bool = True) -> RawRow | None:
    """The row under documented names, or None for an entry that the mapping skips.

    `table` says that a cell may hold a list, which LDIF and JSON write as separate values instead.
    """
    if mapping is not None and _skipped(row, mapping):
        return None
    separator = (mapping.list_separator if mapping else "|") if table else ""
    mapped = _Mapped(row, separator)
    for source, values in row.fields.items():
        rule = _rule_for(source, mapping)
        if rule is not None:
            mapped.take(source, values, rule)
    if mapping is not None:
        for name, value in mapping.constants.items():
            mapped.fields.setdefault(name, [value])
        mapped.dates(mapping.date_format)
    ignored = mapping.ignore if mapping else frozenset[str]()
    kept = [issue for issue in row.issues if issue.field is None or issue.field not in ignored]
    return RawRow(row.number, mapped.fields, (*kept, *mapped.issues))


class _Mapped:
    """The documented fields of one row while they are gathered."""

    def __init__(self, row: RawRow, separator: str) -> None:
        self.fields: dict[str, list[str]] = {}
        self.issues: list[Issue] = []
        self._row = row
        self._separator = separator

    def take(self, source: str, values: list[str], rule: Rule) -> None:
        """Put the values of one source column where its rule says."""
        for value in values:
            for part in self._parts(value, rule):
                if (text := self._changed(source, part, rule)) is not None:
                    self._put(source, text, rule)

    def dates(self, date_format: str) -> None:
        """Make dates ISO: in the declared form, or in one of those that read the same everywhere."""
        for column in UNIT_COLUMNS:
            if column.form == "date" and column.name in self.fields:
                self.fields[column.name] = [_iso(text, date_format) for text in self.fields[column.name]]

    def _parts(self, value: str, rule: Rule) -> list[str]:
        many = bool(rule.to) and COLUMNS[rule.to].many
        separator = rule.separator or (self._separator if many else "")
        parts = value.split(separator) if separator else [value]
        return [part.strip() for part in parts if part.strip()]

    def _changed(self, source: str, text: str, rule: Rule) -> str | None:
        if text.casefold() in rule.empty:
            return None
        if rule.values:
            found = rule.values.get(text.casefold())
            if found is None and rule.drop_unmapped:
                return None
            text = text if found is None else found
        for name in rule.transform:
            text = TRANSFORMS[name](text)
        return text or None

    def _put(self, source: str, text: str, rule: Rule) -> None:
        found = rule.pattern.search(text) if rule.pattern else None
        if found is None:
            self._add(source, rule.to, text)
            return
        for name, part in found.groupdict().items():
            if part and part.strip():
                self._add(source, name, part.strip())

    def _add(self, source: str, name: str, text: str) -> None:
        if not name:
            message = f"the value of {source} is not of the form that the mapping expects and was left out"
            self.issues.append(Issue("warning", "pattern", self._row.number, None, source, text, message))
            return
        values = self.fields.setdefault(name, [])
        if text in values:
            return
        if values and not COLUMNS[name].many:
            message = f"only the first value for {name} was used"
            self.issues.append(Issue("info", "several-values", self._row.number, None, name, text, message))
            return
        values.append(text)


def _rows(opened: Opened, mapping: Mapping | None, skipped: list[int]) -> Iterator[RawRow]:
    table = opened.format in ("csv", "xlsx")
    for row in opened.rows:
        mapped = map_row(row, mapping, table)
        if mapped is None:
            skipped.append(row.number)
        else:
            yield mapped


def _options(mapping: Mapping | None) -> ReadOptions:
    if mapping is not None:
        return mapping.read_options(ReadOptions())
    known = {fold_name(name) for column in UNIT_COLUMNS for name in (column.name, *column.aliases)}
    for candidate in shipped().values():
        known |= candidate.detect
    return ReadOptions(known=frozenset(known))


def _documented(columns: Collection[str]) -> bool:
    found = {column.name for name in columns if (column := column_for(name))}
    return found.issuperset(REQUIRED)


def _rule_for(source: str, mapping: Mapping | None) -> Rule | None:
    if mapping is None:
        return _documented_rule(source)
    return mapping.rules.get(source) or mapping.rules.get(fold_name(source))


@lru_cache(maxsize=4096)
def _documented_rule(source: str) -> Rule | None:
    """Found once per heading, not once per cell."""
    column = column_for(source)
    return Rule(column.name) if column else None


def _skipped(row: RawRow, mapping: Mapping) -> bool:
    return any(
        value.casefold() in unwanted
        for source, unwanted in mapping.skip.items()
        for value in row.fields.get(source, ())
    )


def _check_columns(path: Path, columns: tuple[str, ...], mapping: Mapping | None) -> tuple[Issue, ...]:
    headings = [name for name in columns if name]
    filled = {target for name in headings for target in _targets(name, mapping)}
    filled |= set(mapping.constants) if mapping else set()
    missing = [name for name in REQUIRED if name not in filled]
    if missing:
        raise _missing(path, missing, headings, mapping)
    ignored = mapping.ignore if mapping else frozenset[str]()
    unknown = [name for name in headings if not _targets(name, mapping) and fold_name(name) not in ignored]
    return tuple(_unknown_column(name, mapping) for name in unknown)


def _targets(heading: str, mapping: Mapping | None) -> set[str]:
    rule = _rule_for(heading, mapping)
    if rule is None:
        return set()
    return {rule.to} - {""} | set(rule.pattern.groupindex if rule.pattern else ())


def _missing(path: Path, missing: list[str], headings: list[str], mapping: Mapping | None) -> FileRefused:
    hints = []
    for name in missing:
        wanted = [source for source, rule in mapping.rules.items() if rule.to == name] if mapping else [name]
        near = next((found for one in wanted if (found := nearest(one, headings))), None)
        named = f"{name} ({' or '.join(wanted)})" if mapping and wanted else name
        hints.append(named + (f" (is it “{near}”?)" if near else ""))
    shown = ", ".join(headings[:15]) + ("…" if len(headings) > 15 else "")
    return FileRefused(
        path,
        f"{required_columns(hints)} missing; the columns are: {shown}",
        mend="rename the column, or describe the file in a mapping file (--mapping)",
    )


def _unknown_column(name: str, mapping: Mapping | None) -> Issue:
    choices = list(mapping.rules) if mapping else list(COLUMNS)
    near = nearest(name, choices)
    message = f"the column “{name}” is not known and was not read"
    message += f"; did you mean “{near}”?" if near else ""
    return Issue("warning", "unknown-column", None, None, name, None, message)


def _iso(text: str, date_format: str) -> str:
    if date_format:
        try:
            return datetime.strptime(text, date_format).replace(tzinfo=SWEDEN).date().isoformat()
        except ValueError:
            return text
    found, _ = local_date(text)
    return found.isoformat() if found else text
