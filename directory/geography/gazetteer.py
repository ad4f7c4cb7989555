"""Place names in memory: from what a person writes to the places that may be meant.

A few thousand names are looked up many times for one search, so they are kept in the process instead of
asked for one by one. The tables are the truth; `queries.gazetteer` renews this when they change.
"""

import re
import unicodedata
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from rapidfuzz import fuzz, process

Tier = Literal["exact", "folded", "prefix", "similar"]

# Of several places with one name the more general is meant more often.
KIND_ORDER = {"municipality": 0, "region": 1, "locality": 2, "district": 3, "landmark": 4, "street": 5}
TIER_ORDER: dict[Tier, int] = {"exact": 0, "folded": 1, "prefix": 2, "similar": 3}

SHORTEST_SIMILAR = 4
LEAST_SIMILAR = 80.0

_COMPASS = frozenset(("västra", "östra", "norra", "södra"))
_SHORTEST_HALF = 5
_ORDINARY_ENDINGS = ("en", "et", "an")
"""Definite forms: *hamnen* is any harbour, not Västra hamnen."""

_SEPARATORS = re.compile(r"[\s\-–_,.]+")


@dataclass(frozen=True, slots=True)
class Place:
    """A place that a search may be about.

    `code` is the region's or municipality's code, empty for places inside a municipality. A region has no
    position: it is an area to search in, not a point to search from. `weight` orders places of one name
    and kind, larger first (the number of postal codes of a locality).
    """

    kind: str
    code: str
    name: str
    municipality_code: str | None
    region_code: str
    lat: float | None
    lon: float | None
    aliases: tuple[str, ...] = ()
    weight: int = 0


@dataclass(frozen=True, slots=True)
class Match:
    """A place, the name that matched and how: `score` is 0-100, 100 for all but similar names."""

    place: Place
    name: str
    tier: Tier
    score: float = 100.0


def folded(text: str) -> str:
    """Composed, case-folded, separators as one space: "T-Centralen" and "t centralen" are one name."""
    return _SEPARATORS.sub(" ", unicodedata.normalize("NFKC", text).casefold()).strip()


@lru_cache(maxsize=20_000)
def bare(text: str) -> str:
    """Folded and without diacritics: what is typed on a keyboard that has no å, ä and ö."""
    parts = unicodedata.normalize("NFKD", folded(text))
    return "".join(char for char in parts if not unicodedata.combining(char)).replace("ø", "o")


class Gazetteer:
    """All place names, for exact, prefix and similarity look-ups."""

    def __init__(self, places: Iterable[Place]) -> None:
        self.places = tuple(places)
        self._exact: dict[str, list[tuple[Place, str]]] = defaultdict(list)
        self._bare: dict[str, list[tuple[Place, str]]] = defaultdict(list)
        for place in self.places:
            for name in dict.fromkeys((place.name, *place.aliases)):
                self._exact[folded(name)].append((place, name))
                self._bare[bare(name)].append((place, name))
        for short, meant in self._without_compass().items():
            for place in meant:
                self._exact[folded(short)].append((place, short))
                self._bare[bare(short)].append((place, short))
        self._sorted = sorted(self._bare)

    def _without_compass(self) -> dict[str, list[Place]]:
        """What people call Västra Frölunda where nothing else is called Frölunda."""
        found: dict[str, list[Place]] = defaultdict(list)
        for place in self.places:
            first, _, rest = place.name.partition(" ")
            if (
                place.kind in ("locality", "district")
                and first.casefold() in _COMPASS
                and " " not in rest
                and len(rest) >= _SHORTEST_HALF
                and not rest.endswith(_ORDINARY_ENDINGS)
                and bare(rest) not in self._bare
            ):
                found[rest].append(place)
        # Of several the one in a city is meant: Västra Frölunda rather than the village Östra Frölunda.
        return {short: [p for p in meant if p.kind == "district"] or meant for short, meant in found.items()}

    def exact(self, text: str) -> list[Match]:
        """Places called exactly this, letter case and separators aside; else diacritics aside too."""
        found = self._exact.get(folded(text))
        if found:
            return _ordered(Match(place, name, "exact") for place, name in found)
        return _ordered(Match(place, name, "folded") for place, name in self._bare.get(bare(text), ()))

    def find(self, text: str, kinds: frozenset[str] | None = None, limit: int = 10) -> list[Match]:
        """The best matches first: exact, then beginning with the text, then similar names.

        Similar names are looked for only when nothing else is found.
        """
        wanted = bare(text)
        if not wanted:
            return []
        matches = self.exact(text) + self._beginning(wanted)
        if not matches and len(wanted) >= SHORTEST_SIMILAR:
            matches = self._similar(wanted)
        allowed = [match for match in matches if kinds is None or match.place.kind in kinds]
        return _ordered(allowed)[:limit]

    def beginning_with(self, text: str, limit: int = 10) -> list[Match]:
        """The places called so, then those whose name begins so; none that is only similar."""
        wanted = bare(text)
        return _ordered(self.exact(text) + self._beginning(wanted))[:limit] if wanted else []

    def _beginning(self, wanted: str) -> list[Match]:
        matches = []
        for index in range(bisect_left(self._sorted, wanted), len(self._sorted)):
            name = self._sorted[index]
            if not name.startswith(wanted):
                break
            if name != wanted:
                matches += [Match(place, given, "prefix") for place, given in self._bare[name]]
        return matches

    def _similar(self, wanted: str) -> list[Match]:
        near = process.extract(wanted, self._sorted, scorer=fuzz.ratio, score_cutoff=LEAST_SIMILAR, limit=20)
        return [
            Match(place, given, "similar", score)
            for name, score, _ in near
            for place, given in self._bare[name]
        ]


def _ordered(matches: Iterable[Match]) -> list[Match]:
    """Best first, each place once, and no locality beside the municipality that it gave its name."""
    best: list[Match] = []
    seen: set[object] = set()
    for match in sorted(matches, key=_rank):
        place = match.place
        named = (folded(place.name), place.municipality_code)
        if place in seen or (place.kind == "locality" and named in seen):
            continue
        seen.update((place, named) if place.kind == "municipality" else (place,))
        best.append(match)
    return best


def _rank(match: Match) -> tuple[int, float, int, int, str, str]:
    place = match.place
    tier, kind = TIER_ORDER[match.tier], KIND_ORDER.get(place.kind, 9)
    return tier, -match.score, kind, -place.weight, bare(match.name), place.municipality_code or place.code
