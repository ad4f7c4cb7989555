"""The listing rules in their plainest form: lists and dictionaries, one person at a time, no database.

It is written from the rules' text and shares no code with the product, so that the two can be compared.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta


def months_on(day: date, months: int) -> date:
    """The same day so many months later, or the last of the month."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    for number in range(day.day, 0, -1):
        try:
            return date(year, month, number)
        except ValueError:
            continue
    raise AssertionError("every month has a first day")


@dataclass
class Rules:
    """What differs between the histories."""

    next_day: bool = False
    offers: bool = False
    drops: bool = True
    queues: bool = True
    max_queues: int = 1
    offer_days: int = 7


@dataclass
class Person:
    """Where somebody is, will be, and has chosen."""

    unit: int | None = None
    until: date | None = None
    coming: tuple[int, date, bool] | None = None
    changes: list[date] = field(default_factory=list)
    ever: bool = False
    last_was_own_end: bool = False


@dataclass
class Unit:
    """A unit's limit, its queue in order, and offers with their last day."""

    limit: int | None = None
    queue: list[int] = field(default_factory=list)
    offers: dict[int, date] = field(default_factory=dict)


class Register:
    """All people and units, and what may happen to them. A refusal is a text, success is None or a value."""

    def __init__(self, rules: Rules, people: int, units: int) -> None:
        self.rules = rules
        self.people = [Person() for _ in range(people)]
        self.units = [Unit() for _ in range(units)]

    def taken(self, unit: int) -> int:
        """Places that somebody has, will have or is offered."""
        here = sum((p.unit == unit) + (p.coming is not None and p.coming[0] == unit) for p in self.people)
        return here + len(self.units[unit].offers)

    def free(self, unit: int) -> bool:
        limit = self.units[unit].limit
        return limit is None or self.taken(unit) < limit

    def left(self, person: int, today: date) -> int:
        """Changes left of the two in twelve months."""
        active = [day for day in self.people[person].changes if today < months_on(day, 12)]
        return max(0, 2 - len(active))

    def is_change(self, person: int) -> bool:
        p = self.people[person]
        return p.unit is not None or (p.ever and p.last_was_own_end)

    def waits(self, person: int) -> list[int]:
        """Units in whose queues the person stands, or has an offer."""
        return [n for n, u in enumerate(self.units) if person in u.queue or person in u.offers]

    def choose(self, person: int, unit: int, join: bool, today: date) -> str:
        p, u = self.people[person], self.units[unit]
        if p.unit == unit or (p.coming and p.coming[0] == unit):
            return "already-listed"
        change = self.is_change(person)
        if change and self.left(person, today) == 0:
            return "change-limit-reached"
        full = u.limit is not None and (not self.free(unit) or bool(u.queue))
        if full:
            if unit in self.waits(person):
                return "already-queued"
            if not self.rules.queues or not join:
                return "unit-full"
            if len(self.waits(person)) >= self.rules.max_queues:
                return "already-queued"
            u.queue.append(person)
            return "queued"
        self._list(person, unit, change, today, served=None)
        return "scheduled" if self.rules.next_day else "listed"

    def _list(self, person: int, unit: int, change: bool, today: date, served: int | None) -> None:
        p = self.people[person]
        first = today + timedelta(days=1) if self.rules.next_day else today
        if p.coming is not None:
            if p.coming[2]:
                p.changes.remove(max(p.changes))
            p.coming = None
        for waited in self.waits(person):
            if waited == unit or self.rules.drops:
                self._out(person, waited)
        if change:
            p.changes.append(today)
        p.ever = True
        if first > today:
            p.coming = (unit, first, change)
            p.until = first if p.unit is not None else None
        else:
            p.unit, p.until = unit, None

    def _out(self, person: int, unit: int) -> None:
        u = self.units[unit]
        if person in u.queue:
            u.queue.remove(person)
        u.offers.pop(person, None)

    def leave(self, person: int) -> None:
        """Leave the present unit (when nothing else is coming) or take back what is coming."""
        p = self.people[person]
        if p.coming is not None:
            if p.coming[2]:
                p.changes.remove(max(p.changes))
            p.coming, p.until = None, None
        else:
            p.unit, p.last_was_own_end = None, True

    def leave_queue(self, person: int, unit: int) -> None:
        self._out(person, unit)

    def serve(self, unit: int, today: date) -> None:
        """Give free places to the queue in order."""
        u = self.units[unit]
        while u.queue and self.free(unit):
            person = u.queue.pop(0)
            if self.rules.offers:
                u.offers[person] = today + timedelta(days=self.rules.offer_days)
            else:
                self._from_queue(person, unit, today)

    def _from_queue(self, person: int, unit: int, today: date) -> None:
        self._list(person, unit, self.is_change(person), today, served=unit)

    def accept(self, person: int, unit: int, today: date) -> str:
        last = self.units[unit].offers[person]
        if today > last:
            return "offer-expired"
        self.units[unit].offers.pop(person)
        self._from_queue(person, unit, today)
        return "listed"

    def pass_days(self, today: date) -> None:
        """What falls due by the clock."""
        for p in self.people:
            if p.coming is not None and p.coming[1] <= today:
                p.unit, p.until, p.coming = p.coming[0], None, None
        for u in self.units:
            u.offers = {person: last for person, last in u.offers.items() if last >= today}
