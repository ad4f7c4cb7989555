"""What a question's words were read as: values only.

How a search uses a `Reading` (the contract with the engine):

- every part of `parts` is matched (`matching`, `relaxation`); an `optional` one adds to the score of units
  that match it and excludes none,
- `open_now`: keep units that are open at the moment of the question; `open_at`: open at that aware moment;
  `open_between`: open at some time in [start, end), aware. At most one of the three is set. An `open_at`
  argument of the request replaces them,
- `filters`: facet argument -> values (any of), as if they were arguments; an argument of the request with
  the same name replaces it,
- what words ask of time and attributes is given up when nothing is found with it, and that is said.

`matched` words of a part, of `when` and of each `asked` are what to take out of the question to undo them
(`without`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from directory.geography.gazetteer import Place
from directory.search import analysis
from directory.search.areas import KIND as AREA
from directory.search.attributes import Asked
from directory.search.when import When

NO_TIME = When()

PartKind = Literal["text", "service", "place", "unit"]


@dataclass(frozen=True)
class Part:
    """Some neighbouring words and what they mean. A unit matches by the meaning or by the words themselves.

    `services` are alternatives, each as `system:code`; `others` are further places of the same name, or the
    members of an area.
    """

    kind: PartKind
    words: tuple[str, ...]
    services: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    """Services that parts of the words name: psykolog in barnpsykolog."""
    place: Place | None = None
    others: tuple[Place, ...] = ()
    strict: bool = False
    """Only the meaning counts: the place was given as a place, not found among words."""
    optional: bool = False
    """An ordinary word: units that have it come first, and no unit is refused for want of it."""
    typed: tuple[str, ...] = ()
    """What was typed, when `words` are another way to write it."""

    @property
    def is_guess(self) -> bool:
        """Whether one word was taken for another, or for two."""
        return len(self.typed) == 1

    @property
    def matched(self) -> str:
        """The words of the question that this part was read from."""
        return " ".join(self.typed or self.words)


@dataclass(frozen=True)
class Reading:
    """The parts of a question, and what it asks of time and attributes besides."""

    parts: tuple[Part, ...] = ()
    open_now: bool = False
    """The words ask for what is open now."""
    open_at: datetime | None = None
    open_between: tuple[datetime, datetime] | None = None
    when: When = NO_TIME
    """The words of time, and what they say."""
    asked: tuple[Asked, ...] = ()
    """Filters that words ask for."""

    @property
    def place_part(self) -> Part | None:
        """The part that says where, if one does."""
        return next((part for part in self.parts if part.place), None)

    def as_typed(self) -> "Reading | None":
        """With every word that was taken for another, spelt like it, as just a word; None when none was."""
        if not any(part.is_guess for part in self.parts):
            return None
        parts = (Part("text", part.typed) if part.is_guess else part for part in self.parts)
        return replace(self, parts=tuple(dict.fromkeys(parts)))

    @property
    def text(self) -> str:
        """The words that were read as neither service nor place."""
        words = (part.matched for part in self.parts if part.kind in ("text", "unit"))
        return " ".join(dict.fromkeys(words))

    @property
    def filters(self) -> Mapping[str, tuple[str, ...]]:
        """Argument of a search -> values, any of them."""
        filters: dict[str, tuple[str, ...]] = {}
        for asked in self.asked:
            filters[asked.argument] = tuple(dict.fromkeys((*filters.get(asked.argument, ()), *asked.values)))
        return filters


def place_json(part: Part) -> dict[str, Any] | None:
    """A place as the answer shows it."""
    place = part.place
    if place is None:
        return None
    shown: dict[str, Any] = {"name": place.name, "kind": place.kind, "code": place.code or None}
    if place.municipality_code and not place.code:
        shown["municipality"] = place.municipality_code
    if part.others:
        shown["members" if place.kind == AREA else "alternatives"] = [
            {"name": other.name, "kind": other.kind, "code": other.code or other.municipality_code}
            for other in part.others
        ]
    shown["matched"] = part.matched
    return shown


def time_json(reading: Reading, now: datetime) -> dict[str, Any] | None:
    """What words of time were read as: a moment, or a window to be open in at some time."""
    if not reading.when:
        return None
    start, end = reading.open_between or (None, None)
    return {
        "openAt": now if reading.open_now else reading.open_at,
        "openFrom": start,
        "openTo": end,
        "matched": " ".join(reading.when.words),
    }


def without(q: str, matched: str) -> str:
    """The question without some words: those together if they stand so, else each where it first stands."""
    words, gone = q.split(), matched.split()
    said = ["".join(analysis.words(word)) for word in words]
    flat = ["".join(analysis.words(word)) for word in gone]
    for first in range(len(words) - len(flat) + 1):
        if said[first : first + len(flat)] == flat:
            return " ".join(words[:first] + words[first + len(flat) :])
    return " ".join(_without_each(words, said, set(analysis.words(matched))))


def _without_each(words: Sequence[str], said: Sequence[str], gone: set[str]) -> list[str]:
    kept = []
    for word, plain in zip(words, said, strict=True):
        pieces = analysis.words(word)
        if plain in gone or (pieces and gone.issuperset(pieces)):
            gone = gone - {plain, *pieces}
        else:
            kept.append(word)
    return kept
