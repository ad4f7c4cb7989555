"""What search engines may find: cards, plain hit lists of a service and a place, and the pages that explain.

A hit list may be found when its address says nothing about a person: no position, no area, no choice of
units, no words that were not read as a service or a place. Everything else is `noindex`. What may be found
has one address for each language, which names the others (`hreflang`).
"""

from collections.abc import Iterable
from xml.sax.saxutils import escape

from flask import Response, abort, url_for

from directory.search.types import SearchResult
from web.language import DEFAULT
from web.site import reads, unit_reads
from web.site.blueprint import site
from web.site.kept import kept
from web.site.search_state import SearchState

SITEMAP_SECONDS = 3600.0
PLAIN = frozenset({"q", "place", "region", "municipality", "service", "unitType"})
_PRIVATE = ("near", "bbox", "radius", "openAt", "sort", "listing", "language", "profession", "ownership")
_CLOSED = ("/karta", "/jamfor", "/blankett/", "/lista/", "/mina-sidor", "/logga-in", "/api/")
_PAGES = ("home", "how_it_works", "about", "sources", "accessibility")
_NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"


def may_be_found(state: SearchState, result: SearchResult) -> bool:
    """Whether a hit list is one that others look for too: a service, a place, or both, with hits."""
    names = [name for name, _value in state.pairs]
    plain = bool(names) and set(names) <= PLAIN and len(set(names)) == len(names)
    return plain and bool(result.total) and not result.interpretation.text


@site.app_template_global()
def in_language(address: str, language: str | None) -> str:
    """A page's address in one of its languages; Swedish is the one that names no language.

    Whoever asks there without stating a language, as crawlers do, gets Swedish (`web.language.preferred`).
    """
    if language in (None, DEFAULT):
        return address
    return f"{address}{'&' if '?' in address else '?'}lang={language}"


@site.get("/robots.txt")
def robots() -> Response:
    """Nobody crawls the endless combinations of a search, nor what only its owner has use for."""
    asked = (*_PRIVATE, "literal", "page", "enhet", "asOf")
    lines = [
        "User-agent: *",
        *(f"Disallow: {path}" for path in _CLOSED),
        *(f"Disallow: /*{mark}{name}=" for name in asked for mark in "?&"),
        f"Sitemap: {reads.public_address(url_for('site.sitemap'))}",
    ]
    return Response("\n".join(lines) + "\n", mimetype="text/plain")


@site.get("/sitemap.xml")
def sitemap() -> Response:
    """One file for the pages that explain, one for the cards of each region."""
    addresses = [url_for("site.sitemap_pages")]
    addresses += [url_for("site.sitemap_region", region=region.code) for region in reads.regions()]
    parts = "".join(f"<sitemap><loc>{_public(path)}</loc></sitemap>" for path in addresses)
    return _xml(f'<sitemapindex xmlns="{_NAMESPACE}">{parts}</sitemapindex>')


@site.get("/sitemap-sidor.xml")
def sitemap_pages() -> Response:
    """The pages that explain, and how listing works in each region."""
    paths = [url_for(f"site.{page}", lang=None) for page in _PAGES]
    paths += [url_for("site.how_it_works_in", region=region.code, lang=None) for region in reads.regions()]
    return _xml(_addresses((path, "") for path in paths))


@site.get("/sitemap-<region>.xml")
def sitemap_region(region: str) -> Response:
    """The cards of a region, each with the day on which it last changed."""
    if region not in {one.code for one in reads.regions()}:
        abort(404)
    return _xml(_cards(region))


def _cards(region: str) -> str:
    units = kept(("sitemap", region), SITEMAP_SECONDS, lambda: list(unit_reads.public_units(region)))
    return _addresses(
        (url_for("site.unit", hsa_id=hsa_id, lang=None), changed.date().isoformat())
        for hsa_id, changed in units
    )


def _addresses(pages: Iterable[tuple[str, str]]) -> str:
    parts = (
        f"<url><loc>{_public(path)}</loc>{f'<lastmod>{day}</lastmod>' if day else ''}</url>"
        for path, day in pages
    )
    return f'<urlset xmlns="{_NAMESPACE}">{"".join(parts)}</urlset>'


def _public(path: str) -> str:
    return escape(reads.public_address(path))


def _xml(body: str) -> Response:
    response = Response(f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n', mimetype="application/xml")
    response.cache_control.public = True
    response.cache_control.max_age = int(SITEMAP_SECONDS)
    return response
