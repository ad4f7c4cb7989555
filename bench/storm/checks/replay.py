"""History played again from the beginning: at every moment no limit exceeded, the queue in order."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from bench.storm.record import Decision, Event, Listing, Place, Record
from core.clock import SWEDEN


@dataclass
class Unit:
    """One unit at a moment of the replay."""

    limit: int | None
    occupied: set[str] = field(default_factory=set)
    offered: set[str] = field(default_factory=set)
    waiting: set[str] = field(default_factory=set)


@dataclass
class Replay:
    """The register as history tells it; `problems` collects what can never have been allowed."""

    listings: Mapping[str, Listing]
    places: Mapping[str, Place]
    units: dict[int, Unit]
    ends: dict[str, date] = field(default_factory=dict)
    """Listings that hold until a later day."""
    priority: dict[str, int] = field(default_factory=dict)
    beyond: list[str] = field(default_factory=list)
    """Places given when there was none."""
    disorder: list[str] = field(default_factory=list)
    """People served, or listed, while others were before them."""
    nonsense: list[str] = field(default_factory=list)
    """Events that cannot follow upon those before them."""
    claims: int = 0
    served: int = 0
    exempt: int = 0

    def run(self, record: Record) -> None:
        """Everything, in order."""
        things: list[Event | Decision] = [*record.events, *record.decisions]
        things.sort(key=lambda one: one.order)
        for thing in things:
            unit = self.units.setdefault(thing.unit, Unit(None))
            if isinstance(thing, Decision):
                unit.limit = thing.places
            else:
                self._happen(thing, unit)

    def _happen(self, event: Event, unit: Unit) -> None:
        steps: Mapping[str, Callable[[Event, Unit], None]] = {
            "listed": self._listed,
            "scheduled": self._listed,
            "queued": lambda event, unit: unit.waiting.add(event.entry or ""),
            "offered": self._offered,
            "listed-from-queue": self._from_queue,
            "ended": self._ended,
            "withdrawn": self._withdrawn,
            "queue-ended": self._gone,
            "offer-declined": self._gone,
            "offer-lapsed": self._gone,
            "passed-over": self._passed_over,
            "priority-given": lambda event, _: self.priority.update({event.entry or "": 1}),
            "priority-withdrawn": lambda event, _: self.priority.update({event.entry or "": 0}),
            "begun": lambda *_: None,
        }
        step = steps.get(event.kind)
        if step is None:
            self.nonsense.append(f"{event.order}: the storm knows no {event.kind}")
        else:
            step(event, unit)

    def _listed(self, event: Event, unit: Unit) -> None:
        listing = self.listings.get(event.listing or "")
        if listing is not None and listing.exemption:
            self.exempt += 1
        else:
            self._claim(event, unit)
            if unit.waiting and unit.limit is not None:
                self.disorder.append(f"{event.order}: listed past {len(unit.waiting)} who waited")
        unit.occupied.add(event.listing or "")

    def _offered(self, event: Event, unit: Unit) -> None:
        self._turn(event, unit)
        self._claim(event, unit)
        unit.waiting.discard(event.entry or "")
        unit.offered.add(event.entry or "")

    def _from_queue(self, event: Event, unit: Unit) -> None:
        entry = event.entry or ""
        if entry in unit.offered:  # the place that the offer has held is the listing's from now on
            unit.offered.discard(entry)
        else:
            self._turn(event, unit)
            self._claim(event, unit)
            unit.waiting.discard(entry)
        unit.occupied.add(event.listing or "")

    def _ended(self, event: Event, unit: Unit) -> None:
        until = date.fromisoformat(event.detail["until"])
        self._known(event, event.listing in unit.occupied)
        if until <= _day(event.at):
            unit.occupied.discard(event.listing or "")
        else:
            self.ends[event.listing or ""] = until

    def _withdrawn(self, event: Event, unit: Unit) -> None:
        """A coming listing is taken back; left by its person, it lets the present one go on."""
        self._known(event, event.listing in unit.occupied)
        unit.occupied.discard(event.listing or "")
        if event.reason == "left":
            begins = date.fromisoformat(event.detail["until"])
            for id_ in [one for one, until in self.ends.items() if until == begins]:
                if id_ in self.listings and self.listings[id_].person == event.person:
                    del self.ends[id_]

    def _gone(self, event: Event, unit: Unit) -> None:
        entry = event.entry or ""
        self._known(event, entry in unit.waiting or entry in unit.offered)
        unit.waiting.discard(entry)
        unit.offered.discard(entry)

    def _passed_over(self, event: Event, unit: Unit) -> None:
        if not event.reason:
            self.disorder.append(f"{event.order}: passed over without a reason")
        self._turn(event, unit)
        unit.waiting.discard(event.entry or "")

    def _claim(self, event: Event, unit: Unit) -> None:
        """One more place is taken: it must be there."""
        self.claims += 1
        today = _day(event.at)
        for id_ in [one for one in unit.occupied if self.ends.get(one, date.max) <= today]:
            unit.occupied.discard(id_)
        taken = len(unit.occupied) + len(unit.offered) + 1
        if unit.limit is not None and taken > unit.limit:
            self.beyond.append(f"{event.order}: {event.kind} at unit {event.unit}: {taken} of {unit.limit}")

    def _turn(self, event: Event, unit: Unit) -> None:
        """Nobody who waits may be before the one who is served."""
        self.served += 1
        entry = event.entry or ""
        self._known(event, entry in unit.waiting)
        own = self._order(entry)
        before = [other for other in unit.waiting if self._order(other) < own]
        if before:
            self.disorder.append(f"{event.order}: {event.kind} while {len(before)} were before")

    def _order(self, entry: str) -> tuple[int, datetime, int]:
        place = self.places.get(entry)
        if place is None:
            return (0, datetime.max.replace(tzinfo=SWEDEN), 0)
        return (-self.priority.get(entry, 0), place.queued_at, place.number)

    def _known(self, event: Event, holds: bool) -> None:
        if not holds:
            self.nonsense.append(f"{event.order}: {event.kind} of what was not there")


def replayed(record: Record, limits: Mapping[int, int | None]) -> Replay:
    """The whole history from `limits`, which held before anything happened."""
    replay = Replay(record.listings, record.places, {unit: Unit(limit) for unit, limit in limits.items()})
    replay.run(record)
    return replay


def _day(at: datetime) -> date:
    return at.astimezone(SWEDEN).date()
