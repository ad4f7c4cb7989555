"""What a question's words were read as: values only."""

from dataclasses import dataclass
from typing import Any, Literal

from directory.geography.gazetteer import Place

PartKind = Literal["text", "service", "place", "unit"]


@dataclass(frozen=True)
class Part:
    """Some neighbouring words and what they mean. A unit matches by the meaning or by the words themselves.

    `services` are alternatives, each as `system:code`; `others` are further places of the same name.
    """

    kind: PartKind
    words: tuple[str, ...]
    services: tuple[str, ...] = ()
    place: Place | None = None
    others: tuple[Place, ...] = ()
    strict: bool = False
    """Only the meaning counts: the place was given as a place, not found among words."""


@dataclass(frozen=True)
class Reading:
    """The parts of a question. `open_now`: the words ask for what is open now."""

    parts: tuple[Part, ...] = ()
    open_now: bool = False

    @property
    def place_part(self) -> Part | None:
        """The part that says where, if one does."""
        return next((part for part in self.parts if part.place), None)

    @property
    def text(self) -> str:
        """The words that were read as neither service nor place."""
        return " ".join(word for part in self.parts if part.kind in ("text", "unit") for word in part.words)


def place_json(part: Part) -> dict[str, Any] | None:
    """A place as the answer shows it."""
    place = part.place
    if place is None:
        return None
    shown: dict[str, Any] = {"name": place.name, "kind": place.kind, "code": place.code or None}
    if place.municipality_code and not place.code:
        shown["municipality"] = place.municipality_code
    if part.others:
        shown["alternatives"] = [
            {"name": other.name, "kind": other.kind, "code": other.code or other.municipality_code}
            for other in part.others
        ]
    return shown
