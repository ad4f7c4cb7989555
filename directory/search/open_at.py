"""Which units are open at a moment, as one set-based question to the tables of hours.

The rules are those of `directory.hours` (`day.hours_on`, `evaluate.is_open`), and a property test holds the
two equal. What is the same for all units is worked out beforehand: the two dates whose intervals may reach
the moment (today's and, past midnight, yesterday's), what kind of day each is, and which minutes of each
date's clock the moment lies between, across changes of the clock.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from core.problems import Invalid
from directory.hours.calendar import special_day
from directory.hours.evaluate import YEARS
from directory.hours.instants import instant, local_date
from directory.hours.model import DAY

SUNDAY = 7
KIND = "opening"


@dataclass(frozen=True)
class DayFacts:
    """What one date contributes: intervals with `opens` <= last_opening and `closes` >= first_closing."""

    day: date
    weekday: int
    hours_of: int
    """Weekday whose weekly hours apply: Sunday's on a public holiday without a rule."""
    eve: bool
    like_sunday: bool
    last_opening: int
    first_closing: int


def day_facts(day: date, now: int) -> DayFacts:
    """The facts of `day` for the instant `now` (seconds since 1970)."""
    special = special_day(day)
    like_sunday = special is not None and special.like_sunday
    weekday = day.isoweekday()
    return DayFacts(
        day,
        weekday,
        SUNDAY if like_sunday else weekday,
        special is not None and special.kind == "eve",
        like_sunday,
        _count(day, now, DAY, closing=False) - 1,
        _count(day, now, 2 * DAY + 1, closing=True),
    )


def open_units(moment: datetime) -> tuple[str, dict[str, object]]:
    """SQL that selects `care_unit_id` of every unit open at the aware `moment`, and its parameters."""
    today = local_date(moment)
    if today.year not in YEARS:
        raise Invalid(f"no hours are known for the year {today.year}")
    now = int(moment.timestamp() // 1)
    parameters: dict[str, object] = {"kind": KIND}
    selects = []
    for name, day in (("today", today), ("before", today - timedelta(days=1))):
        facts = day_facts(day, now)
        parameters |= {f"{name}_{key}": value for key, value in vars(facts).items()}
        parameters[f"{name}_month_day"] = f"{day:%m%d}"
        selects.append(_OPEN_ON.replace("{d}", name))
    today_sql, before_sql = selects
    return f"{today_sql} UNION ({before_sql} {_NOT_CLOSED_TODAY})", parameters


def _count(day: date, now: int, minutes: int, *, closing: bool) -> int:
    """How many of the minutes 0, 1, ... of the day's clock come no later than `now`."""
    low, high = 0, minutes
    while low < high:
        middle = (low + high) // 2
        if instant(day, middle, closing=closing) <= now:
            low = middle + 1
        else:
            high = middle
    return low


# Seasons: a dated one outranks a yearly one, which outranks the whole year, where they overlap.
_SEASON = """
SELECT care_unit_id, opens, closes,
       CASE WHEN season_from IS NULL AND season_to IS NULL THEN 0 WHEN yearly THEN 1 ELSE 2 END AS rank
FROM weekly_hours
WHERE kind = :kind AND weekday = {weekday}
  AND CASE WHEN NOT yearly OR season_from IS NULL OR season_to IS NULL
           THEN coalesce(season_from <= :{d}_day, true) AND coalesce(:{d}_day <= season_to, true)
           WHEN to_char(season_from, 'MMDD') <= to_char(season_to, 'MMDD')
           THEN :{d}_month_day BETWEEN to_char(season_from, 'MMDD') AND to_char(season_to, 'MMDD')
           ELSE :{d}_month_day >= to_char(season_from, 'MMDD') OR :{d}_month_day <= to_char(season_to, 'MMDD')
      END
"""
_OVERLAP = "o.care_unit_id = s.care_unit_id AND o.opens < s.closes AND s.opens < o.closes"

_OPEN_ON = f"""
(WITH exception AS MATERIALIZED (
    SELECT DISTINCT ON (care_unit_id) care_unit_id, first_date, last_date
    FROM hours_exception WHERE kind = :kind AND :{{d}}_day BETWEEN first_date AND last_date
    ORDER BY care_unit_id, last_date - first_date, first_date DESC
), season AS MATERIALIZED ({_SEASON.replace("{weekday}", ":{d}_hours_of")}
), dated AS MATERIALIZED (
    SELECT * FROM season WHERE rank = 2
), yearly AS MATERIALIZED (
    SELECT * FROM season s WHERE s.rank = 1 AND NOT EXISTS (SELECT FROM dated o WHERE {_OVERLAP})
), weekly AS MATERIALIZED (
    SELECT care_unit_id, opens, closes FROM dated
    UNION ALL SELECT care_unit_id, opens, closes FROM yearly
    UNION ALL SELECT care_unit_id, opens, closes FROM season s WHERE s.rank = 0
        AND NOT EXISTS (SELECT FROM dated o WHERE {_OVERLAP})
        AND NOT EXISTS (SELECT FROM yearly o WHERE {_OVERLAP})
), eve_rule AS MATERIALIZED (
    SELECT DISTINCT h.care_unit_id FROM holiday_hours h
    WHERE :{{d}}_eve AND h.kind = :kind AND h.day_kind = 'eve' AND (:{{d}}_weekday < 6 OR h.care_unit_id IN (
        SELECT own.care_unit_id FROM ({_SEASON.replace("{weekday}", ":{d}_weekday")}) own))
), rule AS MATERIALIZED (
    SELECT care_unit_id, 'eve' AS day_kind FROM eve_rule
    UNION ALL SELECT DISTINCT care_unit_id, 'public-holiday' FROM holiday_hours
    WHERE :{{d}}_like_sunday AND kind = :kind AND day_kind = 'public-holiday'
      AND care_unit_id NOT IN (SELECT care_unit_id FROM eve_rule)
), applies AS MATERIALIZED (
    SELECT h.care_unit_id, h.opens, h.closes FROM hours_exception h
    JOIN exception e USING (care_unit_id, first_date, last_date) WHERE h.kind = :kind
    UNION ALL SELECT h.care_unit_id, h.opens, h.closes FROM holiday_hours h
    JOIN rule r USING (care_unit_id, day_kind)
    WHERE h.kind = :kind AND h.care_unit_id NOT IN (SELECT care_unit_id FROM exception)
    UNION ALL SELECT care_unit_id, opens, closes FROM weekly
    WHERE care_unit_id NOT IN (SELECT care_unit_id FROM exception UNION SELECT care_unit_id FROM rule)
)
SELECT DISTINCT care_unit_id FROM applies
WHERE opens <= :{{d}}_last_opening AND closes >= :{{d}}_first_closing)
"""  # noqa: S608

# What runs past midnight ends there when an exception closes the next date.
_NOT_CLOSED_TODAY = """
EXCEPT SELECT care_unit_id FROM (
    SELECT DISTINCT ON (care_unit_id) care_unit_id, opens FROM hours_exception
    WHERE kind = :kind AND :today_day BETWEEN first_date AND last_date
    ORDER BY care_unit_id, last_date - first_date, first_date DESC
) closed WHERE opens IS NULL
"""
