"""Civil days in Sweden: months later, ages, and the moment at which a day begins.

Dates in the law are Swedish local days. A period of months ends on the day with the same number; a month
without that day ends on its last (lagen (1930:173) om beräkning av lagstadgad tid, 1 §).
"""

import calendar
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SWEDEN = ZoneInfo("Europe/Stockholm")


def civil_day(moment: datetime) -> date:
    """The day in Sweden on which an aware moment falls."""
    return moment.astimezone(SWEDEN).date()


def beginning_of(day: date) -> datetime:
    """The first moment of a day in Sweden, in UTC. Clocks change at night, never at midnight here."""
    return datetime.combine(day, time.min, SWEDEN).astimezone(UTC)


def months_later(day: date, months: int) -> date:
    """The day with the same number so many months on (or back), or the last day of a shorter month."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def first_of_next_month(day: date) -> date:
    """The first day of the month after the one that `day` is in."""
    return months_later(day.replace(day=1), 1)


def days_later(day: date, days: int) -> date:
    """So many whole days on."""
    return day + timedelta(days=days)


def birthday(born: date, age: int) -> date:
    """The day on which somebody turns `age`. Born on a leap day, they turn on 1 March of other years.

    The 28 February of the rule for periods would let a guardian's right end a day early; a year of life is
    whole at the end of that day.
    """
    try:
        return born.replace(year=born.year + age)
    except ValueError:
        return date(born.year + age, 3, 1)


def age_on(born: date, day: date) -> int:
    """Whole years on a day; negative before birth."""
    years = day.year - born.year
    return years if day >= birthday(born, years) else years - 1
