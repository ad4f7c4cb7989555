"""Chips: how the search was understood, part by part, each with the search without that part."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from directory.search.reading import without
from directory.search.types import FacetValue, Interpretation, SearchResult
from web.site.presenters.filters import label_of
from web.site.presenters.hits import distance
from web.site.search_state import SearchState

_PREPOSITION = "(i|in|på|vid|nära|near)"


@dataclass(frozen=True)
class Chip:
    """One part of the search and the search without it. `read` marks what was read out of the words."""

    text: str
    without: SearchState
    label: str
    read: bool = False


@dataclass(frozen=True)
class _Part:
    """What some of the words were read as; `words` are they, `parameter` where they stand."""

    text: str
    words: str
    parameter: str = "q"


def chips(result: SearchResult, state: SearchState) -> list[Chip]:
    """What the words were read as, then the filters that are on."""
    return [*_read(result.interpretation, state), *_chosen(result.facets, state)]


def without_place(read: Interpretation, state: SearchState) -> SearchState:
    """The search without the place that was asked for, wherever it was written."""
    fewer = state.without("place", "near", "radius", "bbox")
    if read.place and not state.get("place"):
        fewer = _without(_Part("", _words_of(read.place)), fewer)
    return fewer.without("sort") if state.get("sort") == "distance" else fewer


def _read(read: Interpretation, state: SearchState) -> list[Chip]:
    return [
        Chip(part.text, _without(part, state), _("Ta bort %(name)s", name=part.text), read=True)
        for part in _parts(read, state)
    ]


def _parts(read: Interpretation, state: SearchState) -> list[_Part]:
    parts = [_Part(service.get("display", ""), _words_of(service)) for service in read.services]
    # Several services may stand for the same words: one chip, since one click takes the words away.
    parts = list({part.words.casefold(): part for part in reversed(parts)}.values())[::-1]
    if read.place:
        parameter = "place" if state.get("place") else "q"
        parts.append(_Part(str(read.place.get("name", "")), _words_of(read.place), parameter))
    parts += [_Part(_asked(wish), _words_of(wish)) for wish in read.attributes]
    if read.time:
        words = _words_of(read.time)
        parts.append(_Part(words[:1].upper() + words[1:], words))
    return [part for part in parts if part.text]


def _asked(wish: Mapping[str, Any]) -> str:
    if wish["name"] == "listing":
        return ", ".join(label_of("listing", code, ()) for code in wish["values"])
    return str(wish["display"])


def _words_of(part: Mapping[str, Any]) -> str:
    return str(part.get("matched") or part.get("name") or "")


def _without(part: _Part, state: SearchState) -> SearchState:
    """The search without the words of the part, nor the preposition before a place."""
    if part.parameter != "q":
        return state.without(part.parameter, "radius")
    text = state.get("q")
    before = re.search(rf"(?<!\w){_PREPOSITION}\s+{re.escape(part.words)}(?!\w)", text, re.IGNORECASE)
    return state.set(q=without(text, before.group() if before else part.words))


def _chosen(facets: Mapping[str, Sequence[FacetValue]], state: SearchState) -> list[Chip]:
    found = []
    if state.get("near"):
        found.append(_chip(_("Nära dig"), state.without("near", "radius", "sort")))
    if state.get("radius"):
        text = _("Inom %(distance)s", distance=distance(int(state.get("radius"))))
        found.append(_chip(text, state.without("radius")))
    if state.get("bbox"):
        found.append(_chip(_("Området på kartan"), state.without("bbox")))
    for name, code in state.filters():
        if name == "openAt":
            found.append(_chip(_("Öppet nu"), state.without("openAt")))
        else:
            text = label_of(name, code, facets.get(name, ()))
            found.append(_chip(text, state.without(name, value=code)))
    return found


def _chip(text: str, without: SearchState) -> Chip:
    return Chip(text, without, _("Ta bort filtret %(name)s", name=text))
