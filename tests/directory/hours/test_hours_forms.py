"""The JSON form and the one-line form: there and back."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from directory.hours import (
    DatedException,
    HolidayRule,
    Interval,
    InvalidHours,
    Schedule,
    WeeklyInterval,
    decode,
    encode,
    format_hours,
    parse_text,
)
from directory.hours.words import Language

texts = st.none() | st.text(alphabet="aÅ ()[];,\\-–#\"'\n8", max_size=12)
any_date = st.dates(date(1, 1, 1), date(9999, 12, 31))


@st.composite
def spans(draw: st.DrawFn) -> tuple[int, int]:
    opens = draw(st.integers(0, 1439))
    return opens, opens + draw(st.integers(1, 1440))


@st.composite
def weekly_intervals(draw: st.DrawFn) -> WeeklyInterval:
    kind = draw(st.sampled_from(["always", "dated", "yearly"]))
    season: tuple[date | None, date | None] = (None, None)
    if kind == "dated":
        first, last = sorted((draw(any_date), draw(any_date)))
        season = (draw(st.sampled_from([first, None])), draw(st.sampled_from([last, None])))
    if kind == "yearly":
        first, last = sorted((draw(any_date), draw(any_date)))
        if (last.year, last.month, last.day) >= (first.year + 1, first.month, first.day):
            last = date(first.year, 12, 31)
        season = (first, last)
    return WeeklyInterval(draw(st.integers(1, 7)), *draw(spans()), draw(texts), *season, kind == "yearly")


@st.composite
def schedules(draw: st.DrawFn) -> Schedule:
    intervals = st.lists(spans().map(lambda span: Interval(*span)), max_size=3).map(tuple)
    exceptions = []
    for _ in range(draw(st.integers(0, 3))):
        first, last = sorted((draw(any_date), draw(any_date)))
        exceptions.append(DatedException(first, last, draw(intervals), draw(texts)))
    rules = [HolidayRule(k, draw(intervals)) for k in ("public-holiday", "eve") if draw(st.booleans())]
    unique = {(e.first, e.last): e for e in exceptions}
    weekly = draw(st.lists(weekly_intervals(), max_size=6))
    return Schedule(tuple(weekly), tuple(unique.values()), tuple(rules), draw(texts))


def ends_at_23_59(schedule: Schedule) -> bool:
    ends = [interval.closes for interval in schedule.weekly]
    ends += [interval.closes for exception in schedule.exceptions for interval in exception.intervals]
    ends += [interval.closes for rule in schedule.holidays for interval in rule.intervals]
    return any(end % 1440 == 1439 for end in ends)


@given(schedules())
def test_json_there_and_back(schedule: Schedule) -> None:
    form = encode(schedule)
    assert decode(form) == schedule
    assert encode(decode(form)) == form


@given(schedules(), st.sampled_from(["sv", "en"]))
def test_one_line_there_and_back(schedule: Schedule, language: Language) -> None:
    parsed = parse_text(format_hours(schedule, language))
    if not ends_at_23_59(schedule):
        assert parsed.problems == ()
        assert parsed.schedule == Schedule(schedule.weekly, schedule.exceptions, schedule.holidays)


@given(schedules(), st.randoms())
def test_order_of_statement_does_not_matter(schedule: Schedule, random: Any) -> None:
    weekly, exceptions = list(schedule.weekly), list(schedule.exceptions)
    random.shuffle(weekly)
    random.shuffle(exceptions)
    shuffled = Schedule(tuple(weekly + weekly[:1]), tuple(exceptions), schedule.holidays[::-1], schedule.note)
    assert shuffled == schedule
    assert encode(shuffled) == encode(schedule)
    assert format_hours(shuffled) == format_hours(schedule)


def test_the_json_form() -> None:
    schedule = Schedule(
        weekly=(
            WeeklyInterval(5, 1320, 1560),
            WeeklyInterval(1, 480, 1020, "drop-in", date(2026, 6, 15), date(2026, 8, 16), True),
        ),
        exceptions=(
            DatedException(date(2026, 12, 24), date(2026, 12, 24), (Interval(480, 720),), "Julafton"),
        ),
        holidays=(HolidayRule("public-holiday"),),
        note="Ring först",
    )
    assert encode(schedule) == {
        "weekly": [
            {
                "weekday": 1,
                "opens": "08:00",
                "closes": "17:00",
                "comment": "drop-in",
                "from": "2000-06-15",
                "to": "2000-08-16",
                "yearly": True,
            },
            {"weekday": 5, "opens": "22:00", "closes": "26:00"},
        ],
        "exceptions": [
            {
                "from": "2026-12-24",
                "to": "2026-12-24",
                "intervals": [{"opens": "08:00", "closes": "12:00"}],
                "reason": "Julafton",
            }
        ],
        "holidays": [{"on": "public-holiday", "intervals": []}],
        "note": "Ring först",
    }
    assert encode(Schedule()) == {}


def test_nulls_and_missing_keys_mean_nothing() -> None:
    full = {"weekday": 1, "opens": "08:00", "closes": "24:00", "comment": None, "from": None, "to": None}
    assert decode({"weekly": [full | {"yearly": False}], "exceptions": [], "note": None}) == Schedule(
        weekly=(WeeklyInterval(1, 480, 1440),)
    )
    assert decode({"exceptions": [{"from": "2026-12-24"}]}).exceptions[0].closed


MONDAY = {"weekday": 1, "opens": "08:00", "closes": "17:00"}


@pytest.mark.parametrize(
    ("form", "place"),
    [
        ([], "hours"),
        ({"weekley": []}, "weekley"),
        ({"weekly": {}}, "weekly"),
        ({"weekly": [1]}, "hours.weekly[0]"),
        ({"weekly": [MONDAY, MONDAY | {"weekday": 8}]}, "hours.weekly[1]"),
        ({"weekly": [MONDAY | {"weekday": "1"}]}, "hours.weekly[0]"),
        ({"weekly": [MONDAY | {"opens": "8:00"}]}, "hours.weekly[0]"),
        ({"weekly": [MONDAY | {"closes": "08:00"}]}, "hours.weekly[0]"),
        ({"weekly": [MONDAY | {"closes": "32:01"}]}, "hours.weekly[0]"),
        ({"weekly": [MONDAY | {"from": "2026-06-31"}]}, "hours.weekly[0]"),
        ({"weekly": [MONDAY | {"from": "2026-06-30", "to": "2026-06-01"}]}, "hours.weekly[0]"),
        ({"weekly": [MONDAY | {"from": "2026-06-30", "yearly": True}]}, "hours.weekly[0]"),
        ({"exceptions": [{"to": "2026-06-30"}]}, "hours.exceptions[0]"),
        (
            {"exceptions": [{"from": "2026-06-30", "intervals": [{"opens": "x"}]}]},
            "exceptions[0].intervals[0]",
        ),
        ({"exceptions": [{"from": "2026-06-30"}, {"from": "2026-06-30", "reason": "x"}]}, "2026-06-30"),
        ({"holidays": [{"on": "sunday"}]}, "hours.holidays[0]"),
        ({"note": 1}, "note"),
    ],
)
def test_other_forms_are_refused_with_the_place(form: Any, place: str) -> None:
    with pytest.raises(InvalidHours) as refused:
        decode(form)
    assert place in refused.value.detail
