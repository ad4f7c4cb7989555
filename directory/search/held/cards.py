"""The whole of each unit as JSON, ready to send: what a look-up by HSA-id answers.

Only what does not depend on the moment is held. A unit with a publication window, its own or that of a unit
that its card names, is left to the database, as are other languages and the past.
"""

import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import orjson

from directory.queries import UnitSnapshot
from directory.search.held.fragments import opening as opening_keys
from directory.search.held.opening import Opening
from directory.search.reference import Reference
from directory.views import card_view

LEVEL = 1


@dataclass(frozen=True, slots=True)
class Card:
    """`body` is compressed JSON without its closing brace; `schedule` a number of `Opening`."""

    body: bytes
    updated_at: datetime
    schedule: int
    related: tuple[str, ...]

    def json(self, opening: Opening, moment: datetime) -> bytes:
        """The card at a moment."""
        return zlib.decompress(self.body) + opening_keys(*opening.status(self.schedule, moment))


@dataclass(frozen=True)
class Read:
    """A unit as read for its card. `timed`: a publication window has a part in what is shown."""

    unit: UnitSnapshot
    timed: bool


def make(read: Read, known: Reference, opening: Opening) -> Card | None:
    """The card, or None when it is not to be held: hidden, or different at different times."""
    unit = read.unit
    if read.timed or not (unit.published or unit.closed_in_public):
        return None
    body = orjson.dumps(card_view(unit, known.label, known.places, known.services_of))[:-1]
    hours = unit.record.get("hours", {}).get("opening", {}) if unit.record["status"] == "active" else {}
    return Card(
        zlib.compress(body, LEVEL),
        unit.updated_at,
        opening.number(hours),
        tuple(other.hsa_id for other in unit.related),
    )


class Mentions:
    """Which cards name which units; kept by the one thread that makes cards."""

    def __init__(self) -> None:
        self._cards: dict[str, set[str]] = {}

    def note(self, hsa_id: str, related: Iterable[str]) -> None:
        """This card names these."""
        for other in related:
            self._cards.setdefault(other, set()).add(hsa_id)

    def of(self, keys: Iterable[str]) -> set[str]:
        """The cards that name any of these, now or once."""
        return {card for key in keys for card in self._cards.get(key, ())}


def replaced(
    cards: Mapping[str, Card], keys: Iterable[str], fresh: Mapping[str, Card | None]
) -> dict[str, Card]:
    """The cards with those of `keys` as `fresh` has them, or gone."""
    found = dict(cards)
    for key in keys:
        found.pop(key, None)
        if (card := fresh.get(key)) is not None:
            found[key] = card
    return found
