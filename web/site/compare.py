"""Compare up to four units side by side. The address says which, from where, and if only what differs."""

from dataclasses import dataclass

from flask import render_template, request, url_for

from core import clock
from directory.search.types import SearchRequest
from web.site import reads, search_state, unit_reads
from web.site.blueprint import site
from web.site.hits import search_url
from web.site.presenters.comparison import Compared, comparison
from web.site.presenters.hits import HitEntry, entries
from web.site.presenters.unit_card import UnitCard, card
from web.site.search_state import CHOSEN, MAX_CHOSEN, SearchState
from web.site.unit import hidden

ONLY_DIFFERENT = "skillnader"
HEALTH_CENTRE = "02"
PROPOSED = 5


@dataclass(frozen=True)
class Gone:
    """A chosen unit that cannot be compared: closed, with what replaced it, or not known (no name)."""

    hsa_id: str
    name: str = ""
    successor: str = ""
    successor_id: str = ""


@site.get("/jamfor")
def compare() -> str:
    """The chosen units; with fewer than two, a way to choose more."""
    state, _notes = search_state.parse(request.args)
    found = [_chosen(hsa_id) for hsa_id in state.all(CHOSEN)]
    cards = [one for one in found if isinstance(one, UnitCard)]
    gone = [one for one in found if isinstance(one, Gone)]
    for one in gone:
        state = state.not_choosing(one.hsa_id)
    start = unit_reads.origin(state.get("near"), state.get("place"), state.get("q"))
    units = [Compared(one, unit_reads.metres(start, one.lat, one.lon)) for one in cards]
    only = request.args.get("visa") == ONLY_DIFFERENT and len(units) > 1
    return render_template(
        "site/compare.html",
        state=state,
        units=units,
        gone=gone,
        origin=start,
        too_many=len({value.upper() for value in request.args.getlist(CHOSEN)}) > MAX_CHOSEN,
        table=comparison(units, measured=start is not None) if units else None,
        only_different=only,
        proposals=_proposals(units, state) if len(units) == 1 else [],
    )


@site.app_template_global()
def compare_url(state: SearchState, only_different: bool = False) -> str:
    """The comparison of the chosen units, keeping the search that they were found by."""
    shown = url_for("site.compare", visa=ONLY_DIFFERENT if only_different else None)
    query = state.query()
    return shown + (("&" if "?" in shown else "?") + query if query else "")


@site.app_template_global()
def more_units_url(state: SearchState) -> str:
    """Back to the hits that the units were found among; health centres when there was no search."""
    searched = any(name != CHOSEN for name, _value in state.pairs)
    return search_url(state if searched else _health_centres(state), "site.hits")


@site.app_template_global()
def chosen_units(state: SearchState) -> list[tuple[str, str]]:
    """HSA-id and name of the units chosen so far, in the order of choosing."""
    chosen = state.all(CHOSEN)
    names = unit_reads.names(chosen)
    return [(hsa_id, names.get(hsa_id, hsa_id)) for hsa_id in chosen]


def _health_centres(state: SearchState) -> SearchState:
    return SearchState((("unitType", HEALTH_CENTRE), *state.pairs))


def _chosen(hsa_id: str) -> UnitCard | Gone:
    snapshot = reads.unit(hsa_id, None)
    if snapshot is None or hidden(snapshot):
        return Gone(hsa_id)
    words = reads.words(snapshot)
    shown = card(hsa_id, snapshot.record, words, clock.now(), words.reference.services_of(snapshot.record))
    if shown.active:
        return shown
    following = shown.successor
    if following is None:
        return Gone(hsa_id, shown.name)
    return Gone(hsa_id, shown.name, following.name, following.hsa_id)


def _proposals(units: list[Compared], state: SearchState) -> list[HitEntry]:
    """The nearest other health centres, for whoever has chosen only one unit."""
    chosen = units[0].card
    if chosen.lat is None or chosen.lon is None:
        return []
    now = clock.now()
    wanted = SearchRequest(
        near=(chosen.lat, chosen.lon), unit_type=(HEALTH_CENTRE,), sort="distance", limit=PROPOSED + 1
    )
    near = entries(reads.search(wanted), now)
    return [hit for hit in near if hit.hsa_id not in state.all(CHOSEN)][:PROPOSED]
