"""The set-based open-at is the pure module's, schedule by schedule and minute by minute."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.orm import Session

from directory.hours import Schedule, encode, is_open
from directory.search.open_at import open_units
from tests.directory.hours.strategies import INTERESTING, dates, schedules
from tests.directory.search.units import AT, hsa_id, take, unit


@st.composite
def days(draw: st.DrawFn) -> tuple[date, list[Schedule], list[datetime]]:
    """A date, schedules around it, and moments on it."""
    day = draw(dates)
    moments = st.integers(0, 24 * 60 + 120).map(
        lambda minute: datetime.combine(day, time(), UTC) + timedelta(minutes=minute - 120)
    )
    return (
        day,
        draw(st.lists(schedules(near=day), min_size=1, max_size=8)),
        draw(st.lists(moments, min_size=3, max_size=8)),
    )


def store(session: Session, plans: list[Schedule]) -> dict[int, Schedule]:
    records: dict[str, dict[str, Any]] = {}
    for number, plan in enumerate(plans, 1):
        hours = encode(plan)
        records[hsa_id(number)] = unit(f"Enhet {number}", "1480", 57.7, 11.9) | (
            {"hours": {"opening": hours}} if hours else {}
        )
    take(session, records, AT)
    query = text("SELECT hsa_id, id FROM care_unit WHERE hsa_id = ANY(:ids)")
    ids = {row.hsa_id: row.id for row in session.execute(query, {"ids": list(records)})}
    return {ids[hsa_id(number)]: plan for number, plan in enumerate(plans, 1)}


def assert_same(session: Session, stored: dict[int, Schedule], moment: datetime) -> None:
    sql, parameters = open_units(moment)
    answered = set(session.scalars(text(sql), parameters))
    assert answered & stored.keys() == {key for key, plan in stored.items() if is_open(plan, moment)}, moment


@given(days())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_sql_equals_the_pure_module(
    session: Session, generated: tuple[date, list[Schedule], list[datetime]]
) -> None:
    _, plans, moments = generated
    with session.begin_nested() as nested:
        stored = store(session, plans)
        for moment in moments:
            assert_same(session, stored, moment)
        nested.rollback()


def test_every_quarter_of_the_special_days(session: Session) -> None:
    plans = [
        Schedule(),
        *(
            _plan(day, hours)
            for day in ("weekdays", "all")
            for hours in ((480, 1020), (1320, 1560), (0, 1440))
        ),
    ]
    stored = store(session, plans)
    for day in INTERESTING[:4]:
        for quarter in range(-8, 4 * 26, 3):
            moment = datetime.combine(day, time(), UTC) + timedelta(minutes=15 * quarter)
            assert_same(session, stored, moment)


def _plan(days: str, hours: tuple[int, int]) -> Schedule:
    from directory.hours import WeeklyInterval

    return Schedule(tuple(WeeklyInterval(day, *hours) for day in range(1, 6 if days == "weekdays" else 8)))
