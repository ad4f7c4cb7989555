"""Random schedules around a date, and an independent answer to "open at T" that steps minute by minute.

The oracle shares no code with the module under test: it has its own calendar of 2026, its own reading of
the precedence, and finds opening and closing moments by looking at what the clock shows minute after minute.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from directory.hours import DatedException, HolidayRule, Interval, Schedule, WeeklyInterval

STOCKHOLM = ZoneInfo("Europe/Stockholm")
MINUTE = timedelta(minutes=1)

RED_2026 = {
    "01-01", "01-06", "04-03", "04-05", "04-06", "05-01", "05-14", "05-24", "06-06", "06-20", "10-31",
    "12-25", "12-26",
}  # fmt: skip
EVES_2026 = {
    "01-05",
    "04-02",
    "04-04",
    "04-30",
    "05-13",
    "05-23",
    "06-05",
    "06-19",
    "10-30",
    "12-24",
    "12-31",
}
LIKE_SUNDAY_2026 = {"06-19", "12-24", "12-31"}

INTERESTING = [
    date(2026, 3, 29), date(2026, 10, 25), date(2026, 4, 3), date(2026, 4, 5), date(2026, 6, 19),
    date(2026, 12, 24), date(2026, 5, 1), date(2026, 10, 31), date(2026, 6, 6), date(2026, 2, 28),
]  # fmt: skip

dates = st.one_of(st.sampled_from(INTERESTING), st.dates(date(2026, 1, 8), date(2026, 12, 24)))


@st.composite
def spans(draw: st.DrawFn) -> tuple[int, int]:
    opens = draw(st.one_of(st.sampled_from([0, 60, 120, 150, 180, 480, 1320]), st.integers(0, 1439)))
    length = draw(st.one_of(st.sampled_from([30, 60, 240, 1440]), st.integers(1, 1440)))
    closes = draw(st.sampled_from([opens + length, 1440]))
    return opens, closes


intervals = spans().map(lambda span: Interval(*span))


@st.composite
def weekly_intervals(draw: st.DrawFn, near: date) -> WeeklyInterval:
    kind = draw(st.sampled_from(["always", "always", "dated", "from", "to", "yearly"]))
    first = near + timedelta(days=draw(st.integers(-40, 5)))
    last = first + timedelta(days=draw(st.integers(0, 60)))
    return WeeklyInterval(
        draw(st.integers(1, 7)),
        *draw(spans()),
        draw(st.sampled_from([None, None, "drop-in"])),
        first if kind in ("dated", "from", "yearly") else None,
        last if kind in ("dated", "to", "yearly") else None,
        kind == "yearly",
    )


@st.composite
def dated_exceptions(draw: st.DrawFn, near: date) -> DatedException:
    first = near + timedelta(days=draw(st.integers(-3, 4)))
    last = first + timedelta(days=draw(st.sampled_from([0, 0, 1, 5])))
    return DatedException(first, last, tuple(draw(st.lists(intervals, max_size=2))), None)


@st.composite
def schedules(draw: st.DrawFn, near: date) -> Schedule:
    weekly = draw(st.lists(weekly_intervals(near), max_size=10))
    if draw(st.booleans()):
        daily = draw(spans())
        weekly += [WeeklyInterval(day, *daily) for day in range(1, draw(st.sampled_from([6, 8])))]
    exceptions = draw(st.lists(dated_exceptions(near), max_size=3, unique_by=lambda e: (e.first, e.last)))
    rules = [
        HolidayRule(kind, tuple(draw(st.lists(intervals, max_size=2))))
        for kind in ("public-holiday", "eve")
        if draw(st.booleans())
    ]
    return Schedule(tuple(weekly), tuple(exceptions), tuple(rules))


def oracle_open_minutes(schedule: Schedule, first: date, last: date, assume_closed: bool) -> set[datetime]:
    """The minutes in UTC at which it is open, complete from `first` to `last` (both inclusive)."""
    clock = []
    at = datetime.combine(first - timedelta(days=1), time(), UTC) - timedelta(hours=3)
    while at < datetime.combine(last + timedelta(days=3), time(), UTC):
        clock.append((at, at.astimezone(STOCKHOLM).replace(tzinfo=None)))
        at += MINUTE
    open_minutes: set[datetime] = set()
    day = first - timedelta(days=1)
    while day <= last:
        midnight = datetime.combine(day, time())
        for opens, closes in _hours(schedule, day, assume_closed):
            starts, ends = midnight + opens * MINUTE, midnight + closes * MINUTE
            cut = closes > 1440 and _closed_exception(schedule, day + timedelta(days=1))
            if cut:
                ends = midnight + timedelta(days=1)
            begin = next(n for n, (_, wall) in enumerate(clock) if wall >= starts)
            final = max(n for n, (_, wall) in enumerate(clock) if wall <= ends)
            stop = final if clock[final][1] == ends else final + 1
            open_minutes.update(moment for moment, _ in clock[begin:stop])
        day += timedelta(days=1)
    return open_minutes


def _deciding(schedule: Schedule, day: date) -> DatedException | None:
    covering = [e for e in schedule.exceptions if e.first <= day <= e.last]
    covering.sort(key=lambda e: ((e.last - e.first).days, -e.first.toordinal()))
    return covering[0] if covering else None


def _closed_exception(schedule: Schedule, day: date) -> bool:
    deciding = _deciding(schedule, day)
    return deciding is not None and deciding.intervals == ()


def _hours(schedule: Schedule, day: date, assume_closed: bool) -> list[tuple[int, int]]:
    deciding = _deciding(schedule, day)
    if deciding is not None:
        return [(i.opens, i.closes) for i in deciding.intervals]
    key = f"{day:%m-%d}"
    ordinary = _weekly(schedule, day, day.isoweekday())
    rules = {rule.on: [(i.opens, i.closes) for i in rule.intervals] for rule in schedule.holidays}
    if key in EVES_2026 and "eve" in rules and (day.isoweekday() <= 5 or ordinary):
        return rules["eve"]
    if key in RED_2026 | LIKE_SUNDAY_2026:
        if "public-holiday" in rules:
            return rules["public-holiday"]
        return _weekly(schedule, day, 7) if assume_closed else ordinary
    return ordinary


def _weekly(schedule: Schedule, day: date, weekday: int) -> list[tuple[int, int]]:
    in_force = [i for i in schedule.weekly if i.weekday == weekday and _in_season(i, day)]
    dated = [i for i in in_force if not i.yearly and (i.season_from or i.season_to)]
    kept = list(dated)
    for less_specific in (
        [i for i in in_force if i.yearly],
        [i for i in in_force if not i.yearly and not i.season_from and not i.season_to],
    ):
        kept += [i for i in less_specific if not any(_share_a_minute(i, k) for k in kept)]
    return [(i.opens, i.closes) for i in kept]


def _share_a_minute(one: WeeklyInterval, other: WeeklyInterval) -> bool:
    return bool(set(range(one.opens, one.closes)) & set(range(other.opens, other.closes)))


def _in_season(interval: WeeklyInterval, day: date) -> bool:
    first, last = interval.season_from, interval.season_to
    if not interval.yearly:
        return (first or date.min) <= day <= (last or date.max)
    assert first is not None
    assert last is not None
    start, end, key = (f"{moment:%m-%d}" for moment in (first, last, day))
    return start <= key <= end if start <= end else key >= start or key <= end
