"""English labels over an answer that the search gives in Swedish."""

from dataclasses import replace
from typing import Any

from directory.search.relaxed import Relaxed
from directory.search.types import FacetValue, Hit, SearchResult
from web.language import Labels

FACET_SYSTEMS = {
    "service": "care-service",
    "unitType": "unit-type",
    "language": "language",
    "ownership": "ownership",
    "profession": "profession",
}


def in_english(result: SearchResult, english: Labels) -> SearchResult:
    """The answer with English labels where there are any. Names of places and units stay as they are."""
    facets = {name: tuple(_facet(name, v, english) for v in values) for name, values in result.facets.items()}
    read = result.interpretation
    services = tuple(
        {**s, "display": english.get(("care-service", s.get("code", "")), s.get("display", ""))}
        for s in read.services
    )
    return replace(
        result,
        facets=facets,
        hits=tuple(_hit(hit, english) for hit in result.hits),
        interpretation=replace(
            read,
            services=services,
            attributes=tuple(_wish(wish, english) for wish in read.attributes),
            widened=read.widened and _widened(read.widened, english),
        ),
    )


def _widened(relaxed: Relaxed, english: Labels) -> Relaxed:
    label = english.get(("care-service", relaxed.service or ""))
    return replace(relaxed, display=label) if label else relaxed


def _wish(wish: dict[str, Any], english: Labels) -> dict[str, Any]:
    system = FACET_SYSTEMS.get(wish["name"], "")
    labels = [english.get((system, value)) for value in wish["values"]]
    return {**wish, "display": ", ".join(filter(None, labels)) or wish["display"]}


def _facet(name: str, value: FacetValue, english: Labels) -> FacetValue:
    label = english.get((FACET_SYSTEMS.get(name, ""), value.value))
    return replace(value, label=label) if label else value


def _hit(hit: Hit, english: Labels) -> Hit:
    view: dict[str, Any] = dict(hit.view)
    view["services"] = [
        {**s, "display": english.get(("care-service", s["code"]), s["display"])}
        for s in view.get("services") or ()
    ]
    view["unitTypeName"] = english.get(("unit-type", view.get("unitType") or ""), view.get("unitTypeName"))
    return replace(hit, view=view)
