"""Which units are health centres, in files that do not say so.

People who look for a vårdcentral expect those that are called so. Where a file has no column for the unit
type, code 02 is taken from what a unit calls itself: its name or short name has the word (or its common
abbreviation), or it practises general medicine (verksamhetskod 1502) under a name of the same kind. Names
that only mention the building a service is in (a pharmacy, a vaccination site, a child health clinic) do
not count. Code 01 and 03 are never derived.
"""

import re
from collections.abc import Iterable

HEALTH_CENTRE = "02"
GENERAL_MEDICINE = "1502"

_NAMED_SO = re.compile(r"vårdcentral|hälsocentral|familjeläkar|husläkarmott", re.IGNORECASE)
_SHORT = frozenset({"vc", "hc", "dlm"})
_NAMED_LIKE_IT = re.compile(
    r"läkar(?:station|mott|hus|central|grupp)|distriktsläkar|allmänläkar|primärvård", re.IGNORECASE
)
_SOMETHING_ELSE = re.compile(
    r"apotek|medicheck|blodbuss|vaccin|provtagning|laborator|röntgen|radiologi|jour|rehab|psyk|gymnas"
    r"|^(?:bvc|mvc|bmm|kvh|barn|ungdom|dietist|fot|logoped)|barnmorske|sjukhus|lasarett",
    re.IGNORECASE,
)


def derived_unit_types(name: str, other_names: Iterable[str], activities: Iterable[str]) -> list[str]:
    """`["02"]` for what calls itself a health centre, else nothing."""
    if _SOMETHING_ELSE.search(name):
        return []
    names = (name, *other_names)
    if any(_NAMED_SO.search(one) or one.strip().casefold() in _SHORT for one in names):
        return [HEALTH_CENTRE]
    if GENERAL_MEDICINE in activities and any(_NAMED_LIKE_IT.search(one) for one in names):
        return [HEALTH_CENTRE]
    return []
