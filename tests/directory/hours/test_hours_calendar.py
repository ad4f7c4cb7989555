"""The calendar against the law's own definitions."""

from datetime import date, timedelta

import pytest

from directory.hours.calendar import special_day


@pytest.mark.parametrize(
    ("day", "kind", "name", "like_sunday"),
    [
        (date(2026, 6, 6), "public-holiday", "Nationaldagen", True),
        (date(2026, 6, 5), "eve", "Dagen före Nationaldagen", False),
        (date(2026, 4, 4), "eve", "Påskafton", False),
        (date(2026, 4, 30), "eve", "Valborgsmässoafton", False),
        (date(2026, 12, 31), "eve", "Nyårsafton", True),
        (date(2026, 6, 19), "eve", "Midsommarafton", True),
        (date(2008, 5, 1), "public-holiday", "Första maj och Kristi himmelsfärdsdag", True),
    ],
)
def test_days_and_names(day: date, kind: str, name: str, like_sunday: bool) -> None:
    special = special_day(day)
    assert special is not None
    assert (special.kind, special.name, special.like_sunday) == (kind, name, like_sunday)


@pytest.mark.parametrize("day", [date(2026, 11, 22), date(2026, 5, 25), date(2026, 11, 18)])
def test_ordinary_sundays_whit_monday_and_weekdays_are_not_special(day: date) -> None:
    assert special_day(day) is None


@pytest.mark.parametrize("year", range(2020, 2041))
def test_every_year_follows_the_law(year: int) -> None:
    days = [date(year, 1, 1) + timedelta(days=n) for n in range(366)]
    named = {d: s for d in days if d.year == year and (s := special_day(d))}
    public = {d for d, s in named.items() if s.kind == "public-holiday"}
    names = {name for d in public for name in named[d].name.split(" och ")}
    assert len(names) == 13
    saturdays = [d for d, s in named.items() if s.name in ("Midsommardagen", "Alla helgons dag")]
    assert all(d.isoweekday() == 6 for d in saturdays)
    assert date(year, 6, 20) <= min(saturdays) <= date(year, 6, 26)
    assert date(year, 10, 31) <= max(saturdays) <= date(year, 11, 6)
    assert {d for d, s in named.items() if s.kind == "eve"} == {
        d - timedelta(days=1) for d in public if d > date(year, 1, 1)
    } - public | {date(year, 12, 31)}
