"""Places by name and by postal code."""

import re
import uuid
from collections.abc import Iterable

from sqlalchemy import text
from sqlalchemy.orm import Session

from directory.geography.gazetteer import Gazetteer, Match, Place
from directory.geography.queries.lists import postal_code
from directory.geography.queries.stamp import geography_stamp

_POSTAL = re.compile(r"\s*(?:SE?-)?(\d{3})\s?(\d{2})\s*", re.IGNORECASE)

_PLACES = """
SELECT 'region', code, short_name, NULL, code, NULL::float8, NULL::float8,
       aliases || ARRAY[name, county_name, name_en], 0
FROM region
UNION ALL
SELECT 'municipality', code, name, code::text, region_code, ST_Y(position::geometry),
       ST_X(position::geometry), aliases || ARRAY[full_name, name_en], 0
FROM municipality
UNION ALL
SELECT l.kind, '', l.name, l.municipality_code::text, left(l.municipality_code, 2),
       ST_Y(l.position::geometry), ST_X(l.position::geometry), l.aliases, coalesce(p.codes, 0)
FROM locality l LEFT JOIN (
    SELECT city, municipality_code, count(*) AS codes FROM postal_code GROUP BY 1, 2
) p ON p.city = l.name AND p.municipality_code = l.municipality_code
"""

# One per process: replaced when the stamp in the database is another one.
_kept: tuple[uuid.UUID | None, Gazetteer] | None = None


def gazetteer(session: Session) -> Gazetteer:
    """All place names, read again only after the geography has changed."""
    global _kept
    stamp = geography_stamp(session)
    kept = _kept
    if kept is None or stamp is None or kept[0] != stamp:
        rows = session.execute(text(_PLACES))
        places = (
            Place(kind, code, name, municipality, region, lat, lon, tuple(aliases), weight)
            for kind, code, name, municipality, region, lat, lon, aliases, weight in rows
        )
        kept = _kept = (stamp, Gazetteer(places))
    return kept[1]


def find_places(
    session: Session, words: str, kinds: Iterable[str] | None = None, limit: int = 10
) -> list[Match]:
    """The places that `words` may mean, best first.

    A postal code gives one place of kind `postal-code`. Names are compared exactly, then without
    diacritics, then as beginnings; similar names only when nothing else fits.
    """
    allowed = None if kinds is None else frozenset(kinds)
    digits = _POSTAL.fullmatch(words)
    if digits:
        return _postal(session, digits[1] + digits[2]) if allowed is None or "postal-code" in allowed else []
    return gazetteer(session).find(words, allowed, limit)


def _postal(session: Session, code: str) -> list[Match]:
    found = postal_code(session, code)
    if found is None:
        return []
    name = f"{code[:3]} {code[3:]} {found.city}"
    municipality = found.municipality_code
    region = municipality[:2] if municipality else ""
    place = Place("postal-code", code, name, municipality, region, found.lat, found.lon)
    return [Match(place, name, "exact")]
