"""The words for days in the one-line form of hours, Swedish and English."""

from collections.abc import Mapping
from typing import Literal

Language = Literal["sv", "en"]
WEEK = (1, 2, 3, 4, 5, 6, 7)

_NAMES = {
    1: "mån måndag måndagar må mon monday mondays",
    2: "tis tisdag tisdagar ti tue tues tuesday tuesdays",
    3: "ons onsdag onsdagar on wed wednesday wednesdays",
    4: "tor tors torsdag torsdagar to thu thur thurs thursday thursdays",
    5: "fre fredag fredagar fr fri friday fridays",
    6: "lör lördag lördagar lö sat saturday saturdays",
    7: "sön söndag söndagar sö sun sunday sundays",
}
DAYS: Mapping[str, int] = {name: day for day, names in _NAMES.items() for name in names.split()}

GROUPS: Mapping[str, tuple[int, ...]] = {
    **dict.fromkeys(("vardag", "vardagar", "weekday", "weekdays"), (1, 2, 3, 4, 5)),
    **dict.fromkeys(("helg", "helger", "weekend", "weekends"), (6, 7)),
    **dict.fromkeys(("dagligen", "daily"), WEEK),
}
PUBLIC_HOLIDAY = frozenset({"helgdag", "helgdagar", "holiday", "holidays"})
EVE = frozenset({"afton", "aftnar", "helgdagsafton", "helgdagsaftnar", "eve", "eves"})
CLOSED = frozenset({"stängt", "stängd", "closed"})
YEARLY = ("varje år", "every year")
IGNORED = frozenset({"kl", "klockan", "helgfri", "helgfria", "och", "and"})

ABBREVIATIONS: Mapping[Language, tuple[str, ...]] = {
    "sv": ("", "mån", "tis", "ons", "tors", "fre", "lör", "sön"),
    "en": ("", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
PHRASES: Mapping[Language, Mapping[str, str]] = {
    "sv": {
        "closed": "stängt",
        "always": "dygnet runt",
        "public-holiday": "helgdagar",
        "eve": "aftnar",
        "yearly": "varje år",
    },
    "en": {
        "closed": "closed",
        "always": "24/7",
        "public-holiday": "public holidays",
        "eve": "eves",
        "yearly": "every year",
    },
}
