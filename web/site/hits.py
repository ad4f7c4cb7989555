"""The hit list, and what it shares with the full map."""

from typing import Any

from flask import make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from core import clock
from core.problems import Invalid
from directory.search.types import Interpretation, SearchResult
from web.relaxed import relaxed_text
from web.site import reads, search_state
from web.site.blueprint import site
from web.site.indexing import may_be_found
from web.site.presenters.chips import chips, without_place
from web.site.presenters.filters import groups
from web.site.presenters.headings import count_text, heading, sorts
from web.site.presenters.hits import distance, entries
from web.site.presenters.paging import paging
from web.site.search_state import SearchState

MAP_HITS = 100
MEANT = 3


@site.app_template_global()
def search_url(state: SearchState, page: str = "") -> str:
    """A search as list or on the large map; without `page` on whichever of them this is."""
    here = request.endpoint if request.endpoint in ("site.hits", "site.full_map") else "site.hits"
    base = url_for(page or here)
    query = state.query()
    return base + (("&" if "?" in base else "?") + query if query else "")


@site.get("/sok")
def hits() -> BaseResponse:
    """The hits of a search. Every state has an address of its own."""
    return _page("site/hits.html", search_state.PAGE_SIZE)


@site.get("/karta")
def full_map() -> BaseResponse:
    """The same search on a large map, with the same hits as a list beside it."""
    return _page("site/map.html", MAP_HITS)


def _page(template: str, limit: int) -> BaseResponse:
    state, notes = search_state.parse(request.args)
    if state.get("near") and len(request.args["near"]) > len(state.get("near")):
        # Nobody's exact position stays in an address that may be shared or logged.
        return redirect(search_url(state))
    now = clock.now()
    question = search_state.request_of(state, now, limit)
    try:
        result = reads.search(question)
    except Invalid:
        # A code that does not exist (any more) must not be the end of the search.
        state = state.without(*search_state.FILTERS, "radius", "sort")
        notes.append(_("Ett filter i adressen gick inte att förstå och används inte."))
        question = search_state.request_of(state, now, limit)
        result = reads.search(question)
    context = _context(state, result, notes)
    context["entries"] = entries(result, now)
    return make_response(render_template(template, **context))


def _context(state: SearchState, result: SearchResult, notes: list[str]) -> dict[str, Any]:
    read = result.interpretation
    return {
        "state": state,
        "result": result,
        "notes": notes,
        "widened": relaxed_text(read.widened) if read.widened else "",
        "heading": heading(result, state),
        "count_text": count_text(result),
        "chips": chips(result, state),
        "read_words": _reads_words(read, state),
        "groups": groups(result, state),
        "open_count": result.open_now,
        "filter_count": sum(1 for _filter in state.filters()),
        "filter_names": (*search_state.FILTERS, "openAt"),
        "paging": paging(result.total, result.limit, result.page),
        "area_url": search_url(without_place(read, state)),
        "places_meant": places_meant(result, state),
        "canonical": _canonical(state) if may_be_found(state, result) else "",
        "positioned": bool(state.get("near") or state.get("place") or read.place),
        "radii": [(str(metres), distance(metres)) for metres in search_state.RADII],
        "sorts": sorts(result, state),
        "default_sort": search_state.default_sort(state),
        "wider_radius": _wider(state),
        "shortcuts": reads.shortcuts() if not result.total else [],
    }


def _canonical(state: SearchState) -> str:
    return reads.public_address(f"{url_for('site.hits', lang=None)}?{state.query()}")


def _reads_words(read: Interpretation, state: SearchState) -> bool:
    """Whether the free text was taken as something else than words."""
    if not state.get("q") or state.get("literal"):
        return False
    return bool(read.services or read.time or read.attributes or (read.place and not state.get("place")))


def places_meant(result: SearchResult, state: SearchState) -> list[tuple[str, SearchState]]:
    """Other places of the same name: `Krokslätt i Mölndal`, each with a search there."""
    place = result.interpretation.place or {}
    elsewhere = without_place(result.interpretation, state)
    found = []
    for other in place.get("alternatives", ()):
        if not other.get("code"):
            continue
        area = reads.place_name(other["code"])
        if other["kind"] == "region":
            found.append((_("hela länet"), elsewhere.set(region=other["code"])))
        elif area != place.get("name"):
            name = _("%(place)s i %(municipality)s", place=other["name"], municipality=area)
            found.append((name, elsewhere.set(place=area)))
    return found[:MEANT]


def _wider(state: SearchState) -> str:
    """The next larger radius that may be chosen, "" when there is none."""
    chosen = int(state.get("radius") or 0)
    return next((str(metres) for metres in search_state.RADII if chosen and metres >= 2 * chosen), "")
