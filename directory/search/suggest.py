"""Suggestions while someone types: units, services and places, each of which leads to at least one hit."""

from collections.abc import Iterable
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import text
from sqlalchemy.orm import Session

from core import clock
from core.settings import settings
from directory.geography.gazetteer import Place
from directory.geography.queries import gazetteer
from directory.search import analysis, matching, schema
from directory.search.documents import municipality_term, region_term
from directory.search.engine import index_at
from directory.search.index import TextIndex
from directory.search.postings import IndexPostings, Postings
from directory.search.reference import SERVICE, Reference, reference

MOST_TERMS = 200
_UNITS = """
SELECT hsa_id, name, m.short FROM (
    SELECT u.*, (SELECT name FROM municipality WHERE code = u.municipality_code) AS short FROM care_unit u
) m
WHERE hsa_id = ANY(:ids) AND published
  AND coalesce(publish_from <= :now, true) AND coalesce(:now < publish_to, true)
ORDER BY lower(name) LIKE :start DESC, length(name), name COLLATE "sv-x-icu", hsa_id LIMIT :limit
"""

_SHOWN = """
SELECT EXISTS (SELECT FROM care_unit WHERE hsa_id = ANY(:ids) AND published
               AND coalesce(publish_from <= :now, true) AND coalesce(:now < publish_to, true))
"""

Item = dict[str, str | None]
"""`label` to show, `value` to search with (an HSA-id, a code or a name), `detail` to tell equals apart."""


def suggest(
    session: Session, q: str, limit: int = 5, *, index: TextIndex | None = None
) -> list[dict[str, Any]]:
    """Groups `{"group", "items"}` in the order services, places, units, none of them empty.

    At most `limit` items in each. The last word of `q` may be the beginning of one.
    """
    words = analysis.words(q)
    if not words:
        return []
    known = reference(session)
    postings = IndexPostings((index or index_at(settings().index_dir)).snapshot())
    groups: dict[str, list[Item]] = {
        "services": _services(session, words, known, postings, limit),
        "places": _places(session, q, known, postings, limit),
        "units": _units(session, q, words, postings, limit),
    }
    return [{"group": name, "items": items} for name, items in groups.items() if items]


def _units(session: Session, q: str, words: list[str], postings: IndexPostings, limit: int) -> list[Item]:
    *whole, last = words
    found = _beginning_with(last, postings)
    for word in whole:
        if word not in analysis.STOP_WORDS:
            found &= matching.word_scores(word, postings) > 0
    rows = session.execute(
        text(_UNITS),
        {
            "ids": [postings.ids[unit] for unit in np.flatnonzero(found).tolist()],
            "now": clock.now(),
            "limit": limit,
            "start": q.strip().lower().replace("%", "").replace("_", "") + "%",
        },
    )
    return [{"label": name, "value": hsa_id, "detail": municipality} for hsa_id, name, municipality in rows]


def _beginning_with(word: str, postings: Postings) -> NDArray[np.bool_]:
    """Units with a name or former name in which a word begins so; diacritics aside when none does."""
    found = np.zeros(postings.size, np.bool_)
    for prefix in (analysis.WORD + word, analysis.FOLD + analysis.fold(word)):
        for name in (schema.NAME, schema.OTHER_NAME):
            for term in islice(postings.lexicon(name, prefix), MOST_TERMS):
                found[postings.units(name, term)] = True
        if found.any():
            break
    return found


def _services(
    session: Session, words: list[str], known: Reference, postings: IndexPostings, limit: int
) -> list[Item]:
    items: list[Item] = []
    for term, phrase in known.vocabulary.beginning_with(" ".join(words)):
        system, _, code = term.partition(":")
        offered, _often = known.service_terms([term])
        if system == SERVICE and _any_shown(session, postings, offered):
            label = known.label(SERVICE, code)
            items.append({"label": label, "value": code, "detail": phrase if phrase != label else None})
        if len(items) == limit:
            break
    return items


def _places(session: Session, q: str, known: Reference, postings: IndexPostings, limit: int) -> list[Item]:
    items: list[Item] = []
    for match in gazetteer(session).find(q, limit=limit * 4):
        place = match.place
        if match.tier != "similar" and len(items) < limit and _any_shown(session, postings, [_area(place)]):
            inside = known.place_name(place.region_code if place.code else place.municipality_code)
            detail = inside if inside != place.name else None
            items.append({"label": place.name, "value": place.name, "detail": detail, "kind": place.kind})
    return items


def _area(place: Place) -> str:
    """The area whose units a search in the place reaches at the least: it is widened so far and further."""
    if place.kind == "region":
        return region_term(place.code)
    return municipality_term(place.municipality_code or place.code)


def _any_shown(session: Session, postings: IndexPostings, terms: Iterable[str]) -> bool:
    """Whether any unit with one of these codes is shown today."""
    units = [postings.ids[unit] for term in terms for unit in postings.units(schema.CODE, term)]
    return bool(units) and bool(session.scalar(text(_SHOWN), {"ids": units, "now": clock.now()}))
