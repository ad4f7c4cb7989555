"""Suggestions while someone types: services, places and units, each of which leads to at least one hit.

The last words typed are completed; the words before them stay, are read as a search reads them, and what is
suggested has units that match them. A misspelt last word is tried when hardly anything begins as it stands.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from core import clock
from directory.search import analysis
from directory.search.held.model import Model
from directory.search.suggesting.places import places
from directory.search.suggesting.services import services
from directory.search.suggesting.typed import Item, Typed
from directory.search.suggesting.units import units
from directory.search.vocabulary import LONGEST_PHRASE

FEW = 3
"""With fewer suggestions than these for the letters as they stand, misspellings of others are tried."""
MOST_WORDS = 12

_TOKEN = re.compile(r"[^\W_]+")
_GROUPS = {"services": services, "places": places, "units": units}


def suggest(model: Model, q: str, limit: int = 5, *, now: datetime | None = None) -> list[dict[str, Any]]:
    """Groups `{"group", "items"}` in the order services, places, units, none of them empty.

    At most `limit` items in each. What begins as it is typed stands before what nearly does.
    """
    ways = list(_ways(model, q, now or clock.now()))
    if not ways:
        return []
    groups: dict[str, list[Item]] = {name: [] for name in _GROUPS}
    _fill(groups, model, ways, limit, nearly=False)
    if sum(map(len, groups.values())) < FEW and not _is_whole(ways[-1].words[-1], model, groups):
        _fill(groups, model, ways, limit, nearly=True)
    return [{"group": name, "items": items} for name, items in groups.items() if items]


def _ways(model: Model, q: str, now: datetime) -> Iterator[Typed]:
    """What may be being completed: as many words as a phrase may have, down to the last alone."""
    q = unicodedata.normalize("NFC", q)
    tokens = list(_TOKEN.finditer(q))[:MOST_WORDS]
    words = tuple(token.group().lower() for token in tokens)
    for first in range(max(0, len(words) - LONGEST_PHRASE), len(words)):
        yield Typed(words[first:], q[: tokens[first].start()].strip(" ,;.-"), model, now)


def _fill(
    groups: Mapping[str, list[Item]], model: Model, ways: list[Typed], limit: int, nearly: bool
) -> None:
    """Add to each group what the longest phrase finds that finds anything."""
    for name, find in _GROUPS.items():
        items = groups[name]
        for typed in ways:
            known = {item["value"] for item in items}
            found = (item for item in find(typed, model, nearly, limit) if item["value"] not in known)
            fresh = [item for _, item in zip(range(limit - len(items)), found, strict=False)]
            items += fresh
            if fresh:
                break


def _is_whole(word: str, model: Model, groups: Mapping[str, list[Item]]) -> bool:
    """Whether something was found and the word is one that units have: it is not misspelt."""
    return any(groups.values()) and analysis.fold(analysis.stem(word)) in model.held.postings.words
