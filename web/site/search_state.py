"""The state of a search is its address: parse it, change it, write it again.

Parameters have the names of the API. A bad value is set aside with a message and never an error page;
an unknown parameter is told of and dropped.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlencode

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from directory.search.types import SearchRequest

PAGE_SIZE = 20
MAX_PAGE = 500
MAX_LETTERS = 200
MAX_WORDS = 30
MAX_VALUES = 25
RADII = (1000, 2000, 5000, 10000, 20000, 50000, 100000)
SORTS = ("relevance", "distance", "name", "queue")
LISTING = ("open", "queue", "closed")
FILTERS = {
    "region": "region",
    "municipality": "municipality",
    "service": "service",
    "listing": "listing",
    "language": "language",
    "ownership": "ownership",
    "unitType": "unit_type",
    "profession": "profession",
}
CHOSEN = "enhet"
"""The units chosen for comparison, by HSA-id: they follow along through searches and cards."""
MAX_CHOSEN = 4
_SINGLE = ("q", "place", "near", "radius", "bbox", "openAt", "sort", "page", "literal")
_KNOWN = frozenset({*_SINGLE, *FILTERS, CHOSEN, "lang"})
_OTHERS = ("utm_", "fbclid", "gclid", "msclkid")
MAX_NAME, MAX_NAMES = 30, 3
_BEFORE_FILTERS = 6
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_CODE = re.compile(r"[\w.:-]{1,64}")
_HSA_ID = re.compile(r"[A-Z0-9-]{3,31}")
Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class SearchState:
    """The parameters that were understood, in one fixed order: equal searches have equal addresses."""

    pairs: Pairs = ()

    def get(self, name: str) -> str:
        """The value of a single parameter, "" when absent."""
        return next((value for key, value in self.pairs if key == name), "")

    def all(self, name: str) -> tuple[str, ...]:
        """The values of a repeated parameter."""
        return tuple(value for key, value in self.pairs if key == name)

    def has(self, name: str, value: str) -> bool:
        """Whether a repeated parameter has this value."""
        return (name, value) in self.pairs

    def without(self, *names: str, value: str | None = None) -> "SearchState":
        """The search without these parameters (or without one value of one); always its first page."""
        names = (*names, "page")
        kept = tuple(
            pair
            for pair in self.pairs
            if pair[0] not in names or (value is not None and pair[0] != "page" and pair[1] != value)
        )
        return replace(self, pairs=kept)

    def set(self, **values: str) -> "SearchState":
        """The search with single parameters set; an empty value removes."""
        kept = tuple(pair for pair in self.pairs if pair[0] not in values and pair[0] != "page")
        page = (("page", values.pop("page")),) if values.get("page") else ()
        added = tuple((key, value) for key, value in values.items() if value and key != "page")
        return SearchState(_ordered((*kept, *added, *page)))

    def query(self) -> str:
        """The query string, without its question mark."""
        return urlencode(self.pairs)

    def choosing(self, hsa_id: str) -> "SearchState":
        """The same page of the search with one more unit chosen for comparison."""
        return SearchState(_ordered((*self.pairs, (CHOSEN, hsa_id))))

    def not_choosing(self, hsa_id: str) -> "SearchState":
        """The same page of the search without a chosen unit."""
        return SearchState(tuple(pair for pair in self.pairs if pair != (CHOSEN, hsa_id)))

    def filters(self) -> Iterator[tuple[str, str]]:
        """The filters that are on."""
        return ((key, value) for key, value in self.pairs if key in FILTERS or key == "openAt")

    def __bool__(self) -> bool:
        return bool(self.pairs)


def parse(args: Mapping[str, str] | MultiDict[str, str]) -> tuple[SearchState, list[str]]:
    """The state of `args` and a sentence for each value that was set aside."""
    source = args if isinstance(args, MultiDict) else MultiDict(args)
    pairs: list[tuple[str, str]] = []
    notes: list[str] = []
    for name in _SINGLE:
        raw = " ".join(_CONTROL.sub(" ", source.get(name, "")).split())
        if raw:
            value, note = _PARSERS[name](raw)
            pairs += [(name, value)] if value else []
            notes += [note] if note else []
    for name in FILTERS:
        values = list(dict.fromkeys(v.strip() for v in source.getlist(name) if v.strip()))
        good = [v for v in values if _CODE.fullmatch(v) and (name != "listing" or v in LISTING)]
        if len(good) < len(values):
            notes.append(_("Ett filter i adressen gick inte att förstå och används inte."))
        pairs += [(name, v) for v in good[:MAX_VALUES]]
    chosen, note = _chosen(source)
    pairs += [(CHOSEN, hsa_id) for hsa_id in chosen]
    notes += [note] if note else []
    if unknown := _unknown(source):
        message = _("Adressen innehåller något som sökningen inte känner till och inte använder: %(names)s.")
        notes.append(message % {"names": unknown})
    if not any(key in ("near", "place") for key, _value in pairs) and _first(pairs, "sort") == "distance":
        pairs = [pair for pair in pairs if pair[0] != "sort"]
        notes.append(_("För att sortera på avstånd behöver du ange en plats."))
    if _first(pairs, "place"):
        # Whoever names a place has left the area on the map.
        pairs = [pair for pair in pairs if pair[0] != "bbox"]
    return SearchState(_ordered(tuple(pairs))), list(dict.fromkeys(notes))


def chosen_only(args: MultiDict[str, str]) -> SearchState:
    """Of an address that is no search, the units chosen for comparison."""
    return SearchState(tuple((CHOSEN, hsa_id) for hsa_id in _chosen(args)[0]))


def _chosen(source: MultiDict[str, str]) -> tuple[list[str], str]:
    """The units chosen for comparison, each once, and a sentence when there were too many."""
    given = (value.strip().upper() for value in source.getlist(CHOSEN))
    good = list(dict.fromkeys(value for value in given if _HSA_ID.fullmatch(value)))
    message = _("Du kan jämföra högst %(number)s mottagningar. De första är med.", number=MAX_CHOSEN)
    return good[:MAX_CHOSEN], message if len(good) > MAX_CHOSEN else ""


def _unknown(source: MultiDict[str, str]) -> str:
    """Parameters that nobody knows, without what others add to links to follow people."""
    names = [name for name in source if name not in _KNOWN and not name.startswith(_OTHERS)]
    return ", ".join(_CONTROL.sub(" ", name)[:MAX_NAME] for name in names[:MAX_NAMES])


def request_of(state: SearchState, now: datetime, limit: int = PAGE_SIZE) -> SearchRequest:
    """The question to put to the engine. `openAt=now` means the moment `now`."""
    near = state.get("near")
    radius = state.get("radius")
    position = tuple(float(part) for part in near.split(",")) if near else None
    box = tuple(float(part) for part in state.get("bbox").split(",")) if state.get("bbox") else None
    return SearchRequest(
        q=state.get("q"),
        near=(position[0], position[1]) if position else None,
        radius=int(radius) if radius else None,
        place=state.get("place") or None,
        bbox=(box[0], box[1], box[2], box[3]) if box else None,
        open_at=now if state.get("openAt") else None,
        sort=state.get("sort") or default_sort(state),
        page=int(state.get("page") or 1),
        limit=limit,
        literal=state.get("literal") == "1",
        **{field: state.all(name) for name, field in FILTERS.items()},  # type: ignore[arg-type]
    )


def default_sort(state: SearchState) -> str:
    """Nearest first for someone who said where they are and nothing else; the best match otherwise."""
    return "distance" if state.get("near") and not state.get("q") else "relevance"


def _first(pairs: list[tuple[str, str]], name: str) -> str:
    return next((value for key, value in pairs if key == name), "")


def _ordered(pairs: Pairs) -> Pairs:
    names = [*_SINGLE[:_BEFORE_FILTERS], *FILTERS, *_SINGLE[_BEFORE_FILTERS:], CHOSEN]
    order = {name: number for number, name in enumerate(names)}
    return tuple(sorted(pairs, key=lambda pair: order[pair[0]]))


Parsed = tuple[str, str | None]


def _words(raw: str) -> Parsed:
    kept = " ".join(raw[:MAX_LETTERS].split()[:MAX_WORDS])
    return kept, _("Sökningen var lång och har kortats.") if kept != raw else None


def _near(raw: str) -> Parsed:
    try:
        lat, lon = (float(part) for part in raw.split(","))
    except ValueError:
        return "", _("Positionen gick inte att läsa. Skriv en ort eller använd knappen Nära mig.")
    if not (54 <= lat <= 70 and 9 <= lon <= 26):
        return "", _("Positionen ligger utanför Sverige. Skriv en ort i stället.")
    return f"{lat:.3f},{lon:.3f}", None


def _bbox(raw: str) -> Parsed:
    """West, south, east, north, as the API has it."""
    try:
        west, south, east, north = (float(part) for part in raw.split(","))
    except ValueError:
        return "", _("Området på kartan gick inte att förstå och används inte.")
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        return "", _("Området på kartan gick inte att förstå och används inte.")
    return f"{west:.3f},{south:.3f},{east:.3f},{north:.3f}", None


def _radius(raw: str) -> Parsed:
    if raw.isdecimal() and 1 <= int(raw[:9]) <= 500_000 and len(raw) < 9:
        return str(int(raw)), None
    return "", _("Avståndet gick inte att förstå och används inte.")


def _open_at(raw: str) -> Parsed:
    return ("now", None) if raw == "now" else ("", _("Tiden gick inte att förstå. Välj Öppet nu i filtret."))


def _sort(raw: str) -> Parsed:
    if raw in SORTS:
        return ("" if raw == "relevance" else raw), None
    if raw.startswith("quality:"):
        return "", _("Det finns inga kvalitetsmått att sortera på än. Träffarna visas i vanlig ordning.")
    return "", _("Sorteringen finns inte. Träffarna visas i vanlig ordning.")


def _page(raw: str) -> Parsed:
    if raw.isdecimal() and len(raw) < 6 and 1 <= int(raw) <= MAX_PAGE:
        return ("" if int(raw) == 1 else str(int(raw))), None
    return "", _("Sidan finns inte. Här är den första.")


def _flag(raw: str) -> Parsed:
    return ("1" if raw == "1" else ""), None


_PARSERS: dict[str, Callable[[str], Parsed]] = {
    "q": _words,
    "place": _words,
    "near": _near,
    "radius": _radius,
    "bbox": _bbox,
    "openAt": _open_at,
    "sort": _sort,
    "page": _page,
    "literal": _flag,
}
