"""How several sources that describe one unit become one record.

Each source's last word is kept, with the moment from which each of its values counts. Per path, the
value that counts from the latest moment wins, so the outcome does not depend on the order of imports:
a file from 2010 loaded after one from 2021 fills the gaps and changes nothing else. A register that is kept
here has the last word on what it decides (`LAST_WORD`), whatever the dates of files.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

PUBLIC_DESTINATIONS = frozenset({"03", "04"})
"""Values of hsaDestinationIndicator that let the public see a unit (HSA attribute table)."""

LISTING_REGISTER = "listing-register"
"""The key of the source that speaks for the register of listings of this installation."""
LAST_WORD: Mapping[str, frozenset[str]] = {LISTING_REGISTER: frozenset({"listing"})}
"""Key of a source -> the paths on which no other source is heard while it says something."""


@dataclass(frozen=True)
class Statement:
    """What one source says of one unit: path -> value, and path -> the moment from which it counts.

    `last_word`: the paths on which it outranks every other source.
    """

    source_id: int
    values: Mapping[str, Any]
    said_at: Mapping[str, str]
    present: bool = True
    last_word: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Merged:
    """The joined record as path -> value, and which source each value came from."""

    values: dict[str, Any] = field(default_factory=dict)
    origin: dict[str, int] = field(default_factory=dict)


def moments(
    previous: Statement | None, values: Mapping[str, Any], as_of: datetime | None, at: datetime
) -> dict[str, str]:
    """From when each value counts.

    A source that is heard for the first time counts from its own date of the record, if it has one and
    it is not in the future. Later, a value it has changed is news and counts from now; one it merely
    repeats keeps its moment, so that importing a file twice changes nothing.
    """
    now = at.isoformat()
    first = min(as_of, at).isoformat() if as_of else now
    if previous is None:
        return dict.fromkeys(values, first)
    return {
        path: previous.said_at[path] if previous.values.get(path) == value else now
        for path, value in values.items()
    }


def merge(statements: Sequence[Statement], earlier: Mapping[str, Any] | None = None) -> Merged:
    """Join what the sources say; `earlier` is the record as it stood, for the names it had.

    A unit that no source lists any more is closed; what was said of it stays. A source that only adds
    facts, such as a list of offerings without names, does not keep a unit open.
    """
    merged = Merged()
    for path in sorted({path for statement in statements for path in statement.values}):
        winner = max(
            (statement for statement in statements if path in statement.values),
            key=lambda said: (path in said.last_word, said.said_at[path], said.source_id),
        )
        merged.values[path] = winner.values[path]
        merged.origin[path] = winner.source_id
    _join_professions(merged, statements)
    _complete_address(merged, statements)
    _settle_place(merged)
    _settle_names(merged, statements, earlier or {})
    if not any(statement.present and "name" in statement.values for statement in statements):
        merged.values["status"] = "closed"
    merged.values.setdefault("status", "active")
    merged.values.setdefault("kind", "care_unit")
    return merged


def is_visible(values: Mapping[str, Any]) -> bool:
    """Whether the public may see the unit: the catalogue says so, or says nothing about it."""
    destinations = values.get("visible_for")
    return not destinations or not PUBLIC_DESTINATIONS.isdisjoint(destinations)


def _join_professions(merged: Merged, statements: Iterable[Statement]) -> None:
    """A list made by hand adds to the catalogue's; of two entries for one profession the newer counts."""
    entries: dict[str, Any] = {}
    stating = [statement for statement in statements if "professions" in statement.values]
    for statement in sorted(stating, key=lambda s: (s.said_at["professions"], s.source_id), reverse=True):
        for entry in statement.values["professions"]:
            entries.setdefault(entry["code"], entry)
    if entries:
        merged.values["professions"] = list(entries.values())


def _complete_address(merged: Merged, statements: Iterable[Statement]) -> None:
    """Take a missing postal code or city from another source that names the same street."""
    for path in ("addresses.visiting", "addresses.postal"):
        address = merged.values.get(path)
        if not address or not address.get("street"):
            continue
        for statement in statements:
            other = statement.values.get(path) or {}
            if _same(other.get("street"), address["street"]):
                address = {**{k: v for k, v in other.items() if k in ("postal_code", "city")}, **address}
        merged.values[path] = address


def _settle_place(merged: Merged) -> None:
    """A municipality decides the region: its first two digits are the county (Statistics Sweden)."""
    municipality = merged.values.get("municipality")
    if municipality:
        merged.values["region"] = municipality[:2]
        merged.origin["region"] = merged.origin["municipality"]


def _settle_names(merged: Merged, statements: Iterable[Statement], earlier: Mapping[str, Any]) -> None:
    """Every name that the unit has had or that another source uses stays searchable."""
    name = merged.values.get("name", "")
    former = [
        *earlier.get("former_names", ()),
        *(former for statement in statements for former in statement.values.get("former_names", ())),
        *(statement.values["name"] for statement in statements if "name" in statement.values),
        *([earlier["name"]] if "name" in earlier else ()),
    ]
    taken = {name.casefold(), *(other.casefold() for other in merged.values.get("alternative_names", ()))}
    kept: dict[str, str] = {}
    for candidate in former:
        if candidate.casefold() not in taken:
            kept.setdefault(candidate.casefold(), candidate)
    if kept:
        merged.values["former_names"] = list(kept.values())
    else:
        merged.values.pop("former_names", None)


def _same(one: str | None, other: str) -> bool:
    return one is not None and one.casefold() == other.casefold()
