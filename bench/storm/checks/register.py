"""The register by the replayed history: limits, order, counters, one listing each, changes by the rules."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from itertools import pairwise

from bench.storm.checks import Finding
from bench.storm.checks.replay import Replay
from bench.storm.record import Event, Record, Register
from core.clock import SWEDEN

MOST_CHANGES = 2
_BEGINS = {"listed", "scheduled", "listed-from-queue"}
_REASONS = {"medical"}
"""Special reasons that somebody gives in the storm."""


def limits_kept(replay: Replay) -> Finding:
    """At no moment was a place given that was not there; exempt listings are told apart."""
    name = f"no limit was exceeded at any moment ({replay.exempt} listed by exemption)"
    return Finding(name, replay.claims, replay.beyond)


def order_kept(replay: Replay) -> Finding:
    """Nobody was served, nor listed, while somebody who was before waited."""
    return Finding("the queue was served in order", replay.served, replay.disorder)


def history_makes_sense(replay: Replay, record: Record) -> Finding:
    """No event contradicts those before it, and history ends where the tables are."""
    problems = list(replay.nonsense)
    for id_, unit in replay.units.items():
        tables = (
            {one.id for one in record.listings.values() if one.unit == id_ and one.occupies},
            {one.id for one in record.places.values() if one.unit == id_ and one.status == "offered"},
            {one.id for one in record.places.values() if one.unit == id_ and one.status == "waiting"},
        )
        told = (unit.occupied, unit.offered, unit.waiting)
        for what, table, history in zip(("listings", "offers", "places"), tables, told, strict=True):
            if table != history:
                problems.append(f"unit {id_}: {len(table ^ history)} {what} differ from history")
    return Finding("history told from the beginning ends where the tables are", len(record.events), problems)


def counters_right(record: Record) -> Finding:
    """The counters of each unit are what counting again gives."""
    counted: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0])
    for listing in record.listings.values():
        counted[listing.unit][0] += listing.occupies
    for place in record.places.values():
        counted[place.unit][1] += place.status == "offered"
        counted[place.unit][2] += place.status == "waiting"
    problems = []
    for unit in counted.keys() | record.registers.keys():
        kept, recount = record.registers.get(unit), Register(*counted[unit])
        if kept != recount:
            problems.append(f"unit {unit} keeps {kept}, counted again it is {recount}")
    return Finding("the counters are what a recount gives", len(record.registers), problems)


def one_listing_each(record: Record) -> Finding:
    """No two listings of one person share a day."""
    by_person: dict[int, list[tuple[date, date]]] = defaultdict(list)
    for listing in record.listings.values():
        if listing.begins is not None:
            by_person[listing.person].append((listing.begins, listing.ends or date.max))
    problems = []
    for person, periods in by_person.items():
        periods.sort()
        if any(later[0] < earlier[1] for earlier, later in pairwise(periods)):
            problems.append(f"person {person} is listed twice at a time")
    return Finding("nobody is listed twice at a time", len(by_person), problems)


def changes_by_the_rules(record: Record) -> Finding:
    """What counts as a change counts, what does not does not, and never more than two in a year.

    All in the storm happens within one year. Whoever was served from the queue may be listed beyond the two:
    the wish was allowed when it was made.
    """
    problems, looked = [], 0
    events: dict[int, list[Event]] = defaultdict(list)
    for event in record.events:
        events[event.person].append(event)
    for person, own in events.items():
        had: dict[str, date] = {}
        counted: set[str] = set()
        for event in own:
            id_ = event.listing or ""
            if event.kind == "withdrawn":
                had.pop(id_, None)
                counted.discard(id_)
            if event.kind not in _BEGINS:
                continue
            looked += 1
            today = _day(event.at)
            wanted = _why(event, any(begins <= today for begins in had.values()), len(counted))
            if (event.counted, event.because) not in wanted:
                problems.append(f"person {person}, {event.order}: {event.because}, not one of {wanted}")
            if event.counted:
                counted.add(id_)
            had[id_] = date.fromisoformat(event.detail["valid_from"])
        kept = {one.id for one in record.listings.values() if one.person == person and one.counted}
        if kept != counted:
            problems.append(f"person {person}: {len(kept)} listings are kept as changes, {len(counted)} were")
    return Finding("changes are counted by the rules, never more than two", looked, problems)


def _why(event: Event, was_listed: bool, counted: int) -> Sequence[tuple[bool, str]]:
    """What the event may say of having been counted, and why."""
    if not was_listed:
        return [(False, "first-listing")]
    if counted < MOST_CHANGES:
        return [(True, "change"), *((False, reason) for reason in _REASONS if event.reason == reason)]
    if event.kind == "listed-from-queue":
        return [(True, "change-from-queue")]
    return [(False, reason) for reason in _REASONS if event.reason == reason]


def limits_at_the_end(record: Record, limits: Mapping[int, int | None]) -> Finding:
    """Who is beyond a limit at the end was there before it was lowered, or is exempt."""
    exempt: dict[int, int] = defaultdict(int)
    for listing in record.listings.values():
        exempt[listing.unit] += bool(listing.occupies and listing.exemption)
    most_ever = _most_ever(record, limits)
    problems = []
    for unit, kept in record.registers.items():
        most = most_ever[unit]
        if most is not None and kept.listed + kept.held - exempt[unit] > most:
            problems.append(f"unit {unit} has {kept} and never had more than {most} places")
    return Finding(
        "no unit has more people at the end than it ever had places", len(record.registers), problems
    )


def _most_ever(record: Record, limits: Mapping[int, int | None]) -> dict[int, int | None]:
    """The most places that each unit ever had; None when it once had no limit."""
    most: dict[int, int | None] = dict(limits)
    for decision in record.decisions:
        before = most.get(decision.unit)
        both = (before, decision.places)
        most[decision.unit] = None if None in both else max(one for one in both if one is not None)
    return most


def _day(at: datetime) -> date:
    return at.astimezone(SWEDEN).date()
