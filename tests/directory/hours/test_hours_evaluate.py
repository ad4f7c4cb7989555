"""Open at, closes at, opens next: examples from the calendar of 2026."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from directory.hours import (
    InvalidHours,
    Schedule,
    closes_at,
    intervals_between,
    is_open,
    opens_next,
    parse_text,
    status,
    week_view,
)

STOCKHOLM = ZoneInfo("Europe/Stockholm")


def hours(text: str) -> Schedule:
    parsed = parse_text(text)
    assert not parsed.problems
    return parsed.schedule


def at(text: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=STOCKHOLM, fold=fold).astimezone(UTC)


CENTRE = hours("mån-fre 08:00-12:00, 13:00-17:00")
DUTY = hours("mån-fre 17-22; lör-sön 10-16")


@pytest.mark.parametrize(
    ("moment", "state", "opens", "closes"),
    [
        ("2026-11-18 07:59", "opens-later-today", "2026-11-18 08:00", None),
        ("2026-11-18 08:00", "open", None, "2026-11-18 12:00"),
        ("2026-11-18 12:00", "opens-later-today", "2026-11-18 13:00", None),
        ("2026-11-18 16:59", "open", None, "2026-11-18 17:00"),
        ("2026-11-18 17:00", "closed", "2026-11-19 08:00", None),
        ("2026-11-20 18:00", "closed", "2026-11-23 08:00", None),
        ("2026-04-02 17:30", "closed", "2026-04-07 08:00", None),
    ],
)
def test_an_ordinary_week(moment: str, state: str, opens: str | None, closes: str | None) -> None:
    now = status(CENTRE, at(moment))
    assert now.state == state
    assert now.opens_at == (at(opens) if opens else None)
    assert now.closes_at == (at(closes) if closes else None)


@pytest.mark.parametrize(
    ("day", "name"),
    [
        ("2026-01-01", "Nyårsdagen"),
        ("2026-01-06", "Trettondedag jul"),
        ("2026-04-03", "Långfredagen"),
        ("2026-04-06", "Annandag påsk"),
        ("2026-05-01", "Första maj"),
        ("2026-05-14", "Kristi himmelsfärdsdag"),
        ("2026-06-19", "Midsommarafton"),
        ("2026-12-24", "Julafton"),
        ("2026-12-25", "Juldagen"),
        ("2026-12-31", "Nyårsafton"),
    ],
)
def test_a_weekday_that_is_a_holiday_is_closed_or_has_the_hours_of_a_sunday(day: str, name: str) -> None:
    assert status(CENTRE, at(f"{day} 10:00")).reason == name
    assert not is_open(CENTRE, at(f"{day} 10:00"))
    assert is_open(CENTRE, at(f"{day} 10:00"), assume_closed_on_public_holidays=False)
    assert is_open(DUTY, at(f"{day} 11:00"))
    assert not is_open(DUTY, at(f"{day} 18:00"))


@pytest.mark.parametrize("day", ["2026-01-05", "2026-04-02", "2026-04-30", "2026-05-13", "2026-10-30"])
def test_other_eves_are_ordinary_days_unless_a_rule_says_otherwise(day: str) -> None:
    assert is_open(CENTRE, at(f"{day} 15:00"))
    short = hours("mån-fre 8-17; aftnar 8-12")
    assert closes_at(short, at(f"{day} 09:00")) == at(f"{day} 12:00")


def test_a_rule_for_eves_does_not_open_a_closed_saturday() -> None:
    assert not is_open(hours("mån-fre 8-17; aftnar 8-12"), at("2026-04-04 10:00"))
    assert is_open(hours("mån-lör 8-17; aftnar 8-12"), at("2026-04-04 10:00"))


def test_a_rule_for_public_holidays_decides_and_extends_to_the_three_great_eves() -> None:
    ruled = hours("mån-fre 8-17; helgdagar 10-14")
    assert closes_at(ruled, at("2026-12-25 11:00")) == at("2026-12-25 14:00")
    assert closes_at(ruled, at("2026-12-24 11:00")) == at("2026-12-24 14:00")
    assert not is_open(ruled, at("2026-11-22 11:00"))
    eves_too = hours("mån-fre 8-17; helgdagar 10-14; aftnar stängt")
    assert not is_open(eves_too, at("2026-12-24 11:00"))


def test_a_dated_exception_goes_before_every_other_rule() -> None:
    schedule = hours("mån-fre 8-17; helgdagar stängt; 2026-12-24 8-12 (Jul)")
    now = status(schedule, at("2026-12-24 09:00"))
    assert (now.state, now.reason, now.closes_at) == ("open", "Jul", at("2026-12-24 12:00"))


def test_of_several_exceptions_the_shortest_decides() -> None:
    schedule = hours("mån-fre 8-17; 2026-07-01--2026-07-31 stängt (Semester); 2026-07-15 9-11 (Vaccin)")
    assert status(schedule, at("2026-07-14 10:00")).state == "closed-for-period"
    assert status(schedule, at("2026-07-14 10:00")).opens_at == at("2026-07-15 09:00")
    assert status(schedule, at("2026-07-15 10:00")).reason == "Vaccin"


def test_of_equally_long_exceptions_the_last_to_begin_decides() -> None:
    schedule = hours("mån-fre 8-17; 2026-07-01--2026-07-05 stängt; 2026-07-03--2026-07-07 9-11")
    assert not is_open(schedule, at("2026-07-02 10:00"))
    assert closes_at(schedule, at("2026-07-03 10:00")) == at("2026-07-03 11:00")


def test_closed_for_a_period_is_told_from_closed_today() -> None:
    assert status(hours("mån-fre 8-17; 2026-11-18 stängt"), at("2026-11-18 10:00")).state == "closed"
    long = status(hours("mån-fre 8-17; 2026-11-09--2026-12-31 stängt (Ombyggnad)"), at("2026-11-18 10:00"))
    assert (long.state, long.opens_at, long.reason) == ("closed-for-period", None, "Ombyggnad")
    moved = status(hours("stängt (Flyttat)"), at("2026-11-18 10:00"))
    assert (moved.state, moved.reason) == ("closed-for-period", "Flyttat")


def test_not_known_is_neither_open_nor_closed() -> None:
    assert status(Schedule(note="Ring först"), at("2026-11-18 10:00")).state == "unknown"
    partly = hours("2026-11-18 8-12")
    assert status(partly, at("2026-11-18 10:00")).state == "open"
    assert status(partly, at("2026-11-17 10:00")).state == "unknown"
    assert status(partly, at("2026-11-17 10:00")).opens_at == at("2026-11-18 08:00")


def test_past_midnight_belongs_to_the_day_on_which_it_opens() -> None:
    late = hours("fre 22-02")
    assert closes_at(late, at("2026-11-20 23:00")) == at("2026-11-21 02:00")
    assert is_open(late, at("2026-11-21 01:59"))
    assert not is_open(late, at("2026-11-20 01:00"))
    assert is_open(hours("tors 22-02"), at("2026-12-25 01:00"), assume_closed_on_public_holidays=False)
    assert is_open(hours("mån-fre 22-02"), at("2026-05-01 01:00"))


def test_past_midnight_is_cut_by_a_closed_date_only() -> None:
    assert closes_at(hours("fre 22-02; 2026-11-21 stängt"), at("2026-11-20 23:00")) == at("2026-11-21 00:00")
    assert closes_at(hours("fre 22-02; 2026-11-21 10-14"), at("2026-11-20 23:00")) == at("2026-11-21 02:00")


def test_midnight_is_passed_where_intervals_touch() -> None:
    split = hours("fre 18-24; lör 00-02")
    assert closes_at(split, at("2026-11-20 19:00")) == at("2026-11-21 02:00")
    assert opens_next(split, at("2026-11-20 12:00")) == at("2026-11-20 18:00")
    assert opens_next(split, at("2026-11-20 19:00")) == at("2026-11-27 18:00")


def test_around_the_clock_has_no_closing_and_ignores_holidays() -> None:
    emergency = hours("dygnet runt")
    now = status(emergency, at("2026-12-24 03:00"))
    assert (now.state, now.closes_at, now.opens_at) == ("open", None, None)
    assert opens_next(emergency, at("2026-12-24 03:00")) is None
    found = intervals_between(emergency, at("2026-03-01 00:00"), at("2026-04-01 00:00"))
    assert [(i.start, i.end) for i in found] == [(at("2026-03-01 00:00"), at("2026-04-01 00:00"))]
    shut = hours("dygnet runt; 2026-11-21 stängt")
    assert closes_at(shut, at("2026-11-20 12:00")) == at("2026-11-21 00:00")
    assert opens_next(shut, at("2026-11-20 12:00")) == at("2026-11-22 00:00")


@pytest.mark.parametrize(
    ("text", "night", "length"),
    [
        ("lör-sön 01-04", "2026-03-29", 2),
        ("lör-sön 01-04", "2026-10-25", 4),
        ("lör-sön 00-24", "2026-03-29", 23),
        ("lör-sön 00-24", "2026-10-25", 25),
        ("sön 02:15-02:45", "2026-03-29", 0),
        ("sön 02:30-03:30", "2026-03-29", 0.5),
        ("sön 01:00-02:30", "2026-03-29", 1),
        ("sön 02:15-02:45", "2026-10-25", 1.5),
        ("sön 01:00-02:30", "2026-10-25", 2.5),
        ("sön 02:30-04:00", "2026-10-25", 2.5),
        ("lör 22-03", "2026-10-25", 4),
        ("lör 22-03", "2026-03-29", 2),
    ],
)
def test_hours_of_the_clock_in_the_nights_when_it_changes(text: str, night: str, length: float) -> None:
    start, end = at(f"{night} 00:00"), at(f"{night} 00:00") + timedelta(hours=23 if night[6] == "3" else 25)
    found = intervals_between(hours(text), start, end)
    assert sum((i.end - i.start for i in found), timedelta()) == timedelta(hours=length)


def test_a_time_that_does_not_exist_or_comes_twice() -> None:
    spring = hours("sön 02:30-05:00")
    assert opens_next(spring, at("2026-03-29 00:00")) == at("2026-03-29 03:00")
    autumn = hours("sön 02:30-02:45")
    assert opens_next(autumn, at("2026-10-25 00:00")) == at("2026-10-25 02:30", fold=0)
    assert closes_at(autumn, at("2026-10-25 02:30", fold=0)) == at("2026-10-25 02:45", fold=1)
    ends_at_two = hours("lör 22-02")
    assert closes_at(ends_at_two, at("2026-10-24 23:00")) == at("2026-10-25 02:00", fold=1)


def test_the_same_clock_time_before_and_after_the_change() -> None:
    assert opens_next(CENTRE, at("2026-03-27 18:00")) == datetime(2026, 3, 30, 6, tzinfo=UTC)
    assert opens_next(CENTRE, at("2026-10-23 18:00")) == datetime(2026, 10, 26, 7, tzinfo=UTC)


def test_summer_hours_replace_what_they_overlap_and_leave_the_rest() -> None:
    summer = hours("mån-fre 8-17; mån 17-19; mån-fre 8-15 [2026-06-15--2026-08-16]")
    assert closes_at(summer, at("2026-06-09 09:00")) == at("2026-06-09 17:00")
    assert closes_at(summer, at("2026-06-16 09:00")) == at("2026-06-16 15:00")
    assert closes_at(summer, at("2026-08-17 09:00")) == at("2026-08-17 19:00")
    assert opens_next(summer, at("2026-06-15 15:00")) == at("2026-06-15 17:00")


@pytest.mark.parametrize(
    ("day", "open_"),
    [
        ("2026-11-01", True),
        ("2027-02-28", True),
        ("2028-02-29", True),
        ("2028-03-01", False),
        ("2026-10-31", False),
    ],
)
def test_a_yearly_season_may_pass_new_year(day: str, open_: bool) -> None:
    winter = hours("dygnet runt [11-01--02-29 varje år]")
    assert is_open(winter, at(f"{day} 12:00")) is open_


def test_out_of_season_is_closed_for_the_period() -> None:
    beach = hours("mån-sön 10-16 [06-15--08-16 varje år]")
    assert status(beach, at("2026-11-18 12:00")).state == "closed-for-period"
    assert opens_next(beach, at("2026-06-10 12:00")) == at("2026-06-15 10:00")


def test_the_comment_is_of_what_is_open_or_opens_next() -> None:
    mixed = hours("mån-fre 8-10 (drop-in); mån-fre 10-17")
    assert status(mixed, at("2026-11-18 09:00")).comment == "drop-in"
    assert status(mixed, at("2026-11-18 11:00")).comment is None
    assert status(mixed, at("2026-11-18 19:00")).comment == "drop-in"
    assert closes_at(mixed, at("2026-11-18 09:00")) == at("2026-11-18 17:00")


def test_opens_next_looks_no_further_than_asked() -> None:
    assert opens_next(CENTRE, at("2026-11-20 18:00"), timedelta(days=2)) is None
    assert opens_next(CENTRE, at("2026-11-20 18:00"), timedelta(days=3)) == at("2026-11-23 08:00")
    with pytest.raises(InvalidHours):
        opens_next(CENTRE, at("2026-11-20 18:00"), timedelta(days=400))


def test_a_week_of_the_card() -> None:
    schedule = hours("mån-fre 8-17; fre 22-02; 2026-12-23 8-12 (Dan före dan); 2026-12-26 stängt")
    week = week_view(schedule, date(2026, 12, 21))
    assert [day.date.day for day in week] == [21, 22, 23, 24, 25, 26, 27]
    assert [(day.decided_by, day.reason) for day in week[2:6]] == [
        ("exception", "Dan före dan"),
        ("holiday-default", "Julafton"),
        ("holiday-default", "Juldagen"),
        ("exception", None),
    ]
    assert week[0].hours == ((480, 1020, None),)
    assert week[2].hours == ((480, 720, None),)
    assert week[4].hours == ()
    before = week_view(hours("fre 22-02; 2026-11-21 stängt"), date(2026, 11, 16))
    assert before[4].hours == ((1320, 1440, None),)


def test_moments_without_a_zone_and_far_years_are_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        status(CENTRE, datetime(2026, 11, 18, 12))  # noqa: DTZ001
    with pytest.raises(InvalidHours):
        status(CENTRE, datetime(9999, 12, 31, 12, tzinfo=UTC))
    with pytest.raises(InvalidHours):
        week_view(CENTRE, date.max)
    with pytest.raises(InvalidHours):
        intervals_between(CENTRE, at("2026-01-01 00:00"), at("2028-01-01 00:00"))
