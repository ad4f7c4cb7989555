"""What a hit list is of, in words."""

from collections.abc import Iterable, Mapping

from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _

from directory.search.types import SearchResult
from web.site.search_state import SearchState

SHORTEST_WORD = 5


def heading(result: SearchResult, state: SearchState) -> str:
    """`Vårdcentral i Uppsala`, as the search was read."""
    read = result.interpretation
    names = _read_services(read.services) or _chosen_services(result, state)
    text = read.text if read.services or read.place else state.get("q")
    what = ", ".join([*names, *([f"”{text}”"] if text else [])]) or _("Alla mottagningar")
    where = (read.place or {}).get("name") or state.get("place")
    if state.get("bbox"):
        return _("%(what)s i området på kartan", what=what)
    if state.get("near"):
        return _("%(what)s nära dig", what=what)
    return _("%(what)s i %(where)s", what=what, where=where) if where else what


def count_text(result: SearchResult) -> str:
    """How many hits there are, and which of them are shown."""
    if not result.total:
        return _("Inga träffar")
    text = ngettext("%(n)s träff", "%(n)s träffar", result.total, n=format_decimal(result.total))
    first = (result.page - 1) * result.limit + 1
    if result.total > result.limit and result.hits:
        return _(
            "%(count)s, visar %(first)s–%(last)s", count=text, first=first, last=first + len(result.hits) - 1
        )
    return text


def sorts(result: SearchResult, state: SearchState) -> list[tuple[str, str]]:
    """The orders that make sense for this answer."""
    positioned = state.get("near") or state.get("place") or result.interpretation.place
    return [
        ("relevance", _("Bästa träff")),
        *([("distance", _("Avstånd"))] if positioned else []),
        ("name", _("Namn")),
        ("queue", _("Kortast kö")),
    ]


def _read_services(services: Iterable[Mapping[str, str]]) -> list[str]:
    """The person's own words when they are words, the label when they are letters such as `bmm`."""
    names = []
    for service in services:
        matched = service.get("matched", "")
        own = matched[:1].upper() + matched[1:] if len(matched) >= SHORTEST_WORD else ""
        names.append(own or service.get("display", ""))
    return list(dict.fromkeys(names))


def _chosen_services(result: SearchResult, state: SearchState) -> list[str]:
    labels = {value.value: value.label for value in result.facets.get("service", ())}
    return [labels[code] for code in state.all("service") if code in labels][:2]
