"""What a file changes, in the words that a catalogue's keeper uses: new, gone, renamed, moved, reopened."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from pyproj import Geod

from directory.services import Outcome

MOVED_METRES = 1.0
"""A position that differs by less is the same place written with other decimals."""

MAX_LISTED = 10_000


@dataclass
class Diff:
    """Counts of units, and the first of them by name.

    `missing` are units that the source listed before and this file does not: a full import closes those
    that no other source keeps open, a delta import only tells of them.
    """

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    renamed: int = 0
    moved: int = 0
    reopened: int = 0
    missing: int = 0
    fields: Counter[str] = field(default_factory=Counter)
    changes: dict[str, list[Any]] = field(default_factory=dict)

    def take(self, outcomes: Iterable[Outcome]) -> None:
        """Count what became of some units."""
        for outcome in outcomes:
            if outcome.action == "created":
                self.created += 1
                self.list("created", outcome.hsa_id)
            elif outcome.action == "updated":
                self.updated += 1
                self._take_changed(outcome.hsa_id, outcome.changed)
            else:
                self.unchanged += 1

    def list(self, what: str, item: Any) -> None:
        """Name one unit under a heading, while there is room."""
        items = self.changes.setdefault(what, [])
        if len(items) < MAX_LISTED:
            items.append(item)

    def as_json(self) -> dict[str, Any]:
        """The part of the report that the published keys do not cover."""
        return {
            "renamed": self.renamed,
            "moved": self.moved,
            "reopened": self.reopened,
            "missing": self.missing,
            "fields": dict(self.fields.most_common()),
            "changes": self.changes,
        }

    def _take_changed(self, key: str, changed: Mapping[str, tuple[Any, Any]]) -> None:
        self.fields.update(changed.keys())
        if "name" in changed:
            old, new = changed["name"]
            self.renamed += 1
            self.list("renamed", {"key": key, "from": old, "to": new})
        if "position" in changed:
            self._take_position(key, *changed["position"])
        if "status" in changed and changed["status"][1] == "active":
            self.reopened += 1
            self.list("reopened", key)

    def _take_position(self, key: str, old: Any, new: Any) -> None:
        if not old or not new:
            return
        metres = distance(old, new)
        if metres >= MOVED_METRES:
            self.moved += 1
            self.list("moved", {"key": key, "from": old, "to": new, "metres": round(metres)})


def distance(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    """Metres along the ellipsoid between two positions with `lat` and `lon`."""
    return float(_geod().inv(one["lon"], one["lat"], other["lon"], other["lat"])[2])


@cache
def _geod() -> Geod:
    return Geod(ellps="WGS84")
