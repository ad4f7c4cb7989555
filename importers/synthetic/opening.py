"""Hours of invented units, and what departs from them around Christmas and midsummer."""

from datetime import date, timedelta
from random import Random

from importers.synthetic.catalogue import UnitKind, hours

UNKNOWN = 0.04
"""The share of units whose hours nobody has stated."""


def weekly(kind: UnitKind, rng: Random, on: date) -> dict[str, str]:
    """The hours columns of a unit, as they depend on the reference date."""
    if rng.random() < UNKNOWN:
        return {}
    opening = list(rng.choice(hours()[kind.opening]))
    always = kind.opening in ("always", "digital")
    if not always and rng.random() < 0.15:
        opening.append(_summer(on))
    columns = {"opening_hours": "|".join(opening)}
    if kind.telephone:
        columns["telephone_hours"] = "|".join(rng.choice(hours()[kind.telephone]))
    if kind.drop_in and rng.random() < 0.4:
        columns["drop_in_hours"] = "|".join(rng.choice(hours()[kind.drop_in]))
    if kind.visiting:
        columns["visiting_hours"] = "|".join(rng.choice(hours()[kind.visiting]))
    if not always and rng.random() < 0.35:
        columns["hours_exceptions"] = "; ".join(_exceptions(on, rng))
    return columns


def midsummer_eve(year: int) -> date:
    """The Friday between 19 and 25 June (lag 1989:253 puts midsommardagen on the Saturday after)."""
    first = date(year, 6, 19)
    return first + timedelta(days=(4 - first.weekday()) % 7)


def next_christmas_eve(on: date) -> date:
    """Julafton on the reference date or after."""
    this_year = date(on.year, 12, 24)
    return this_year if on <= this_year else date(on.year + 1, 12, 24)


def next_midsummer_eve(on: date) -> date:
    """Midsommarafton on the reference date or after."""
    this_year = midsummer_eve(on.year)
    return this_year if on <= this_year else midsummer_eve(on.year + 1)


def _summer(on: date) -> str:
    begins = next_midsummer_eve(on) + timedelta(days=3)
    ends = begins + timedelta(days=47)
    return f"1-5#08:00#15:00#Sommartid#{begins:%Y%m%d}#{ends:%Y%m%d}"


def _exceptions(on: date, rng: Random) -> list[str]:
    eve = next_christmas_eve(on)
    found = [
        f"{eve - timedelta(days=1)} 08:00-12:00 (Dan före dan)",
        f"{eve} stängt (Julafton)",
    ]
    if rng.random() < 0.5:
        between = (eve + timedelta(days=number) for number in range(3, 7))
        found += [f"{day} 09:00-15:00 (Mellandagarna)" for day in between if day.weekday() < 5]
    if rng.random() < 0.5:
        found.append(f"{next_midsummer_eve(on)} stängt (Midsommarafton)")
    return found
