"""Which Swedish days are public holidays or eves.

Public holidays are those named in lag (1989:253) om allmänna helgdagar, 1 §; ordinary Sundays, which that
law counts too, are left to the weekly hours. An eve is the day before such a holiday when it is not one
itself. Midsommarafton, julafton and nyårsafton are not public holidays, but semesterlagen (1977:480)
puts them on a level with Sundays and Inera's guidance for 1177 lists them among the days with other hours
than an ordinary weekday, so here they follow the rules for public holidays unless a rule for eves is given.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from holidays.countries.sweden import Sweden

from directory.hours.model import DayKind

LIKE_SUNDAY = frozenset({"Midsommarafton", "Julafton", "Nyårsafton"})

_EVES = {
    "Nyårsdagen": "Nyårsafton",
    "Trettondedag jul": "Trettondagsafton",
    "Långfredagen": "Skärtorsdagen",
    "Påskdagen": "Påskafton",
    "Första maj": "Valborgsmässoafton",
    "Pingstdagen": "Pingstafton",
    "Midsommardagen": "Midsommarafton",
    "Alla helgons dag": "Allhelgonaafton",
    "Juldagen": "Julafton",
}


@dataclass(frozen=True)
class SpecialDay:
    """A public holiday or an eve. `like_sunday`: ordinary weekday hours are not taken for granted."""

    kind: DayKind
    name: str
    like_sunday: bool


def special_day(day: date) -> SpecialDay | None:
    """What `day` is, if it is a public holiday or an eve in Sweden."""
    return _year(day.year).get(day)


@lru_cache(maxsize=256)
def _year(year: int) -> dict[date, SpecialDay]:
    public = _public_holidays(year)
    days = {day: SpecialDay("public-holiday", " och ".join(names), True) for day, names in public.items()}
    for holiday, names in [*public.items(), *_new_year_after(year)]:
        eve = holiday - timedelta(days=1) if holiday > date.min else holiday
        if eve.year == year and eve not in days:
            name = _eve_name(names)
            days[eve] = SpecialDay("eve", name, name in LIKE_SUNDAY)
    return days


def _public_holidays(year: int) -> dict[date, list[str]]:
    # Two holidays may fall on one day, such as Första maj and Kristi himmelsfärdsdag in 2008.
    calendar = Sweden(years=year, language="sv", include_sundays=False)
    return {day: calendar.get_list(day) for day in sorted(calendar)}


def _new_year_after(year: int) -> list[tuple[date, list[str]]]:
    return [(date(year + 1, 1, 1), ["Nyårsdagen"])] if year < date.max.year else []


def _eve_name(names: list[str]) -> str:
    return next((_EVES[name] for name in names if name in _EVES), f"Dagen före {names[0]}")
