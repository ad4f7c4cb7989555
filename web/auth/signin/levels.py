"""Levels of assurance: what a provider calls them (`acr`), as one number from 1 to 4.

Sources: DIGG's trust framework (Tillitsramverket), Sweden Connect's registry of authentication contexts,
Sambi for staff, and eIDAS (implementing regulation (EU) 2015/1502), whose "substantial" answers to 3.
"""

from collections.abc import Iterable, Mapping

KNOWN: Mapping[str, int] = {
    "http://id.elegnamnden.se/loa/1.0/loa1": 1,
    "http://id.elegnamnden.se/loa/1.0/loa2": 2,
    "http://id.elegnamnden.se/loa/1.0/loa3": 3,
    "http://id.elegnamnden.se/loa/1.0/loa4": 4,
    "http://id.swedenconnect.se/loa/1.0/uncertified-loa2": 2,
    "http://id.swedenconnect.se/loa/1.0/uncertified-loa3": 3,
    "http://id.elegnamnden.se/loa/1.0/eidas-low": 2,
    "http://id.elegnamnden.se/loa/1.0/eidas-sub": 3,
    "http://id.elegnamnden.se/loa/1.0/eidas-high": 4,
    "http://id.sambi.se/loa/loa2": 2,
    "http://id.sambi.se/loa/loa3": 3,
    "http://id.sambi.se/loa/loa4": 4,
    "http://eidas.europa.eu/LoA/low": 2,
    "http://eidas.europa.eu/LoA/substantial": 3,
    "http://eidas.europa.eu/LoA/high": 4,
}


def level_of(acr: object, levels: Mapping[str, int], assumed: int) -> int:
    """The level that an answer states; `assumed` when it states none, 0 when it states one we do not know."""
    if acr is None:
        return assumed
    return levels.get(acr, 0) if isinstance(acr, str) else 0


def names_from(level: int, levels: Mapping[str, int], understood: Iterable[str]) -> list[str]:
    """The names that the provider understands of this level and those above, the lowest first."""
    known = sorted((levels[acr], acr) for acr in understood if acr in levels)
    return [acr for found, acr in known if found >= level]
