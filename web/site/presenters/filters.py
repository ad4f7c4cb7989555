"""Filters with counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext

from directory.search.types import FacetValue, SearchResult
from web.site.search_state import SearchState

GROUPS: tuple[tuple[str, Any, int], ...] = (
    ("listing", lazy_gettext("Lista sig"), 3),
    ("unitType", lazy_gettext("Typ av mottagning"), 8),
    ("service", lazy_gettext("Vård och tjänster"), 10),
    ("region", lazy_gettext("Region"), 21),
    ("municipality", lazy_gettext("Kommun"), 12),
    ("language", lazy_gettext("Språk"), 8),
    ("profession", lazy_gettext("Yrken"), 8),
    ("ownership", lazy_gettext("Drivs av"), 8),
)
"""Parameter, heading and how many values are shown at most, in the order of the page."""

LISTING_WORDS = {
    "open": lazy_gettext("Du kan lista dig"),
    "queue": lazy_gettext("Har kö"),
    "closed": lazy_gettext("Fullt"),
}


@dataclass(frozen=True)
class Option:
    """One checkbox."""

    value: str
    label: str
    count: int | None
    checked: bool


@dataclass(frozen=True)
class Group:
    """One fieldset of checkboxes."""

    name: str
    heading: str
    options: tuple[Option, ...]

    @property
    def active(self) -> int:
        """How many are ticked."""
        return sum(option.checked for option in self.options)


def groups(result: SearchResult, state: SearchState) -> list[Group]:
    """The filters that this answer offers. What is ticked stays in sight even when nothing counts for it."""
    found = []
    for name, heading, most in GROUPS:
        values = result.facets.get(name, ())
        options = _options(name, values, state.all(name), most)
        if options and (len(options) > 1 or options[0].checked or name == "listing"):
            found.append(Group(name, str(heading), options))
    return found


def _options(name: str, values: Sequence[FacetValue], chosen: Sequence[str], most: int) -> tuple[Option, ...]:
    known = {value.value: value for value in values}
    options = [
        Option(code, label_of(name, code, values), known[code].count if code in known else 0, True)
        for code in chosen
    ]
    for value in values:
        if value.value not in chosen and value.count and len(options) < max(most, len(chosen)):
            options.append(Option(value.value, label_of(name, value.value, values), value.count, False))
    if name == "listing":
        options.sort(key=lambda option: list(LISTING_WORDS).index(option.value))
    return tuple(options)


def label_of(name: str, code: str, values: Sequence[FacetValue]) -> str:
    """The label of a facet's value; the code itself when nothing else is known."""
    if name == "listing":
        return str(LISTING_WORDS.get(code, code))
    return next((value.label for value in values if value.value == code), code)
