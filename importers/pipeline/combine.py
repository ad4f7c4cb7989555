"""Several rows about one unit become one record.

Catalogues repeat a unit once per activity, per site or per campaign, anywhere in the file. Lists are
joined; of values that cannot both be true the first row's is kept and the other is told as a warning; a
second name is kept as an alternative name, because people may search for it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from directory.record import Record, flatten, unflatten
from importers.issues import Issue


@dataclass(frozen=True, slots=True)
class KeyedRow:
    """A good row: where it stands, and what it says of which unit as of when (None: says nothing of that)."""

    row: int
    key: str
    record: Record
    as_of: datetime | None = None


@dataclass(frozen=True, slots=True)
class Combined:
    """What all rows of one unit say together."""

    key: str
    record: Record
    as_of: datetime | None
    issues: tuple[Issue, ...] = ()


def combine(rows: Sequence[KeyedRow]) -> Combined:
    """Join the rows of one unit, in the order of the file."""
    first = rows[0]
    if len(rows) == 1:
        return Combined(first.key, first.record, first.as_of)
    values = flatten(first.record)
    said_in = dict.fromkeys(values, first.row)
    issues: list[Issue] = []
    for row in rows[1:]:
        for path, value in flatten(row.record).items():
            if path not in values:
                values[path], said_in[path] = value, row.row
            elif values[path] != value:
                joined = _join(path, values, value)
                if joined is None:
                    issues.append(_differs(row, path, value, said_in[path]))
                else:
                    values[path] = joined
    moments = [row.as_of for row in rows if row.as_of]
    return Combined(first.key, unflatten(values), max(moments, default=None), tuple(issues))


def _join(path: str, values: dict[str, Any], new: Any) -> Any | None:
    """The value that holds both, or None where only one of the two can be kept."""
    old = values[path]
    if path == "name":
        _remember_name(values, new)
        return None
    if isinstance(old, list) and isinstance(new, list):
        return old + [item for item in new if item not in old]
    if path.startswith("addresses."):
        shared = old.keys() & new.keys()
        return {**new, **old} if all(_same(old[part], new[part]) for part in shared) else None
    if isinstance(old, str) and isinstance(new, str) and _same(old, new):
        return old
    return None


def _remember_name(values: dict[str, Any], name: str) -> None:
    others = cast(list[str], values.get("alternative_names", []))
    if not any(_same(name, known) for known in (values["name"], *others)):
        values["alternative_names"] = [*others, name]


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, str) and isinstance(other, str):
        return " ".join(one.split()).casefold() == " ".join(other.split()).casefold()
    return bool(one == other)


def _differs(row: KeyedRow, path: str, value: Any, used: int) -> Issue:
    kept = "it became an alternative name" if path == "name" else "it was not used"
    message = f"row {row.row} says otherwise than row {used} about the same unit; {kept}"
    return Issue("warning", "rows-differ", row.row, row.key, path, str(value), message)
