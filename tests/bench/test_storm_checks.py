"""The checks of the storm, fed with lies: a ledger and a history that hold, and each thing wrong in them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from bench.storm import chaos, settling
from bench.storm.checks import Finding, answers, exemptions, register, traces
from bench.storm.checks.replay import replayed
from bench.storm.ledger import BUSY, FAULT, FINAL, LOST, Answer, Asked, Entry, Ledger, percentiles
from bench.storm.population import Human
from bench.storm.record import Decision, Done, Event, Listing, Place, Record, Register, paired
from bench.storm.world import Unit
from codes.identifiers import parse_person_id
from listing.policy.model import CapExemptions, Policy

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
TODAY = date(2026, 5, 4)
UNIT, LIMITS = 7, {7: 1}


def event(order: int, kind: str, person: int, **more: Any) -> Event:
    """One event at the unit; a listing begins today."""
    detail = {"valid_from": TODAY.isoformat()} if "listed" in kind or kind == "scheduled" else {}
    detail |= {"until": TODAY.isoformat()} if kind in ("ended", "withdrawn") else {}
    return Event(order, NOON, person, kind, UNIT, **{"detail": detail, **more})


def listing(id_: str, person: int, **more: Any) -> Listing:
    """One that holds."""
    values = {"begins": TODAY, "ends": None, "occupies": True, "counted": False, "because": "first-listing"}
    return Listing(id_, person, UNIT, **{**values, **more})


def place(id_: str, person: int, number: int, status: str = "waiting") -> Place:
    """A place, one behind another."""
    return Place(id_, person, UNIT, status, NOON + timedelta(seconds=number), number)


def entry(kind: str, key: str, person: int, body: Any, status: int = 201, **more: Any) -> Entry:
    """An operation with its answer."""
    asked = Asked(key, kind, "POST", "/", more.pop("wish", {}), "token", (person,), **more)
    return Entry(asked, [Answer(FINAL, status, body)])


def told(id_: str, status: str) -> dict[str, Any]:
    """What a wish is answered."""
    return {"id": id_, "status": status, "hsaId": "SE-1", "validFrom": None, "queuePosition": None}


@pytest.fixture
def truth() -> tuple[list[Entry], Record]:
    """One place: the first is listed and leaves, the second and third wait, the second is served."""
    entries = [
        entry("list", "k1", 1, told("l1", "listed")),
        entry("list", "k2", 2, told("q2", "queued")),
        entry("list", "k3", 3, told("q3", "queued")),
        entry("leave", "k4", 1, {"id": "l1", "status": "ended"}, 200, target="l1"),
        entry("list", "k5", 4, {"code": "unit-full"}, 409),
    ]
    events = [
        event(1, "listed", 1, listing="l1", operation="o1", because="first-listing"),
        event(2, "queued", 2, entry="q2", operation="o2"),
        event(3, "queued", 3, entry="q3", operation="o3"),
        event(4, "ended", 1, listing="l1", operation="o4", reason="left"),
        event(5, "listed-from-queue", 2, listing="l2", entry="q2", because="first-listing"),
    ]
    record = Record(
        events,
        (),
        {"l1": listing("l1", 1, begins=None, occupies=False, end_reason="left"), "l2": listing("l2", 2)},
        {"q2": place("q2", 2, 1, "served"), "q3": place("q3", 3, 2)},
        {
            "k1": Done("o1", "k1", {"outcomes": [told("l1", "listed")]}),
            "k2": Done("o2", "k2", {"outcomes": [told("q2", "queued")]}),
            "k3": Done("o3", "k3", {"outcomes": [told("q3", "queued")]}),
            "k4": Done("o4", "k4", {"id": "l1", "status": "ended"}),
        },
        {UNIT: Register(1, 0, 1)},
    )
    return entries, record


def findings(entries: list[Entry], record: Record) -> dict[str, Finding]:
    """All checks by what they are about."""
    replay = replayed(record, LIMITS)
    return {
        "answered": answers.every_operation_answered(entries),
        "faults": answers.no_faults(entries),
        "there": answers.acknowledged_is_there(entries, record),
        "else": answers.nothing_else_is_there(entries, record),
        "same": answers.replays_identical(entries),
        "traces": traces.traces(entries, record),
        "rows": traces.every_row_has_its_event(record),
        "once": register.one_listing_each(record),
        "limit": register.limits_kept(replay),
        "end": register.limits_at_the_end(record, LIMITS),
        "order": register.order_kept(replay),
        "sense": register.history_makes_sense(replay, record),
        "counters": register.counters_right(record),
        "changes": register.changes_by_the_rules(record),
    }


def broken(entries: list[Entry], record: Record) -> set[str]:
    """Which checks fail."""
    return {name for name, finding in findings(entries, record).items() if not finding.holds}


def test_the_truth_holds(truth: tuple[list[Entry], Record]) -> None:
    assert broken(*truth) == set()
    assert all(one.looked for name, one in findings(*truth).items() if name != "same")


Ledgers = Callable[[list[Entry]], list[Entry]]
WRONG_LEDGERS: list[tuple[Ledgers, str]] = [
    (lambda all_: [*all_, Entry(all_[0].asked, [Answer(LOST)])], "answered"),
    (lambda all_: [replace(all_[0], attempts=[Answer(FAULT, 500), *all_[0].attempts]), *all_[1:]], "faults"),
    (lambda all_: [*all_, entry("list", "k9", 9, told("l9", "listed"))], "there"),
    (lambda all_: [entry("list", "k1", 1, told("l2", "listed")), *all_[1:]], "there"),
    (lambda all_: [entry("list", "k1", 8, told("l1", "listed")), *all_[1:]], "there"),
    (lambda all_: [entry("list", "k1", 1, {"code": "unit-full"}, 409), *all_[1:]], "else"),
    (lambda all_: all_[1:], "else"),
    (lambda all_: [replace(all_[0], repeated=[Answer(FINAL, 201, told("l7", "listed"))]), *all_[1:]], "same"),
    (lambda all_: [*all_[:3], replace(all_[3], asked=replace(all_[3].asked, target="l2")), all_[4]], "there"),
]


@pytest.mark.parametrize(("lie", "found"), WRONG_LEDGERS)
def test_a_wrong_ledger_is_found_out(truth: tuple[list[Entry], Record], lie: Ledgers, found: str) -> None:
    entries, record = truth
    assert found in broken(lie(entries), record)


Records = Callable[[Record], Record]


def history(*changed: tuple[int, Event | None]) -> Records:
    """The record with the events of these numbers replaced, added, or left out."""

    def lie(record: Record) -> Record:
        by_number = {one.order: one for one in record.events} | dict(changed)
        kept = [one for _, one in sorted(by_number.items()) if one is not None]
        return replace(record, events=kept)

    return lie


FROM_QUEUE = event(5, "listed-from-queue", 3, listing="l2", entry="q3", because="first-listing")
WRONG_RECORDS: list[tuple[Records, str]] = [
    (history((4, None)), "limit"),
    (history((4, None)), "traces"),
    (history((5, FROM_QUEUE)), "order"),
    (history((6, event(6, "listed", 5, listing="l5", because="first-listing"))), "order"),
    (history((6, event(6, "listed", 5, listing="l5", because="first-listing"))), "limit"),
    (history((6, event(6, "passed-over", 3, entry="q3"))), "order"),
    (history((6, event(6, "ended", 3, listing="l9"))), "sense"),
    (history((6, event(6, "moved-by-magic", 3))), "sense"),
    (history((3, None)), "rows"),
    (history((2, event(2, "queued", 2, entry="q2"))), "traces"),
    (history((5, replace(FROM_QUEUE, person=2, entry="q2", counted=True, because="change"))), "changes"),
    (lambda one: replace(one, untraced=["history row 1 has no audit row"]), "traces"),
    (lambda one: replace(one, registers={UNIT: Register(2, 0, 1)}), "counters"),
    (lambda one: replace(one, registers={UNIT: Register(2, 0, 1)}), "end"),
    (lambda one: replace(one, listings={**one.listings, "l3": listing("l3", 2)}), "once"),
    (lambda one: replace(one, listings={**one.listings, "l3": listing("l3", 2)}), "else"),
    (lambda one: replace(one, operations={**one.operations, "k8": Done("o8", "k8", {"id": "l2"})}), "else"),
    (lambda one: replace(one, decisions=[Decision(0, UNIT, 0, "r")]), "limit"),
    (lambda one: replace(one, places={**one.places, "q2": place("q2", 2, 1)}), "sense"),
]


@pytest.mark.parametrize(("lie", "found"), WRONG_RECORDS)
def test_a_wrong_history_is_found_out(truth: tuple[list[Entry], Record], lie: Records, found: str) -> None:
    entries, record = truth
    assert found in broken(entries, lie(record))


def test_priority_goes_before_and_a_held_offer_keeps_its_place(truth: tuple[list[Entry], Record]) -> None:
    _, record = truth
    given = event(5, "priority-given", 3, entry="q3")
    offered = event(6, "offered", 3, entry="q3")
    taken = event(8, "listed-from-queue", 3, listing="l2", entry="q3")
    told = replace(
        record, events=[*record.events[:4], given, offered, taken], decisions=[Decision(7, UNIT, 0, "")]
    )
    replay = replayed(told, LIMITS)
    assert (replay.disorder, replay.beyond, replay.nonsense) == ([], [], [])
    without = replayed(replace(told, events=[*told.events[:4], offered, taken]), LIMITS)
    assert without.disorder


def test_a_third_change_is_found_out() -> None:
    changes = [
        event(n, "listed", 1, listing=f"l{n}", counted=n > 0, because="change" if n else "first-listing")
        for n in range(4)
    ]
    kept = {f"l{n}": listing(f"l{n}", 1, counted=n > 0) for n in range(4)}
    two = Record(changes[:3], listings=dict(list(kept.items())[:3]))
    assert register.changes_by_the_rules(two).holds
    assert not register.changes_by_the_rules(Record(changes, listings=kept)).holds


def test_rows_without_counterpart_are_told() -> None:
    row: tuple[Any, ...] = (1, NOON, 5, "listed", UNIT, "l1", None, None, False, "first-listing", "o1", {})
    audit = (11, 100, "listed", "5", str(UNIT), "o1")
    events, untraced = paired([row], [audit], {(100, "5"): 1})
    assert ([one.order for one in events], untraced) == ([11], [])
    assert "no audit row" in paired([row], [], {})[1][0]
    assert "no history row" in paired([], [audit], {})[1][0]
    assert "no outbox row" in paired([row], [audit], {})[1][0]
    assert "tells of nothing" in paired([row], [audit], {(100, "5"): 1, (101, "5"): 1})[1][0]


@pytest.mark.parametrize(
    ("numbers", "status"),
    [
        ((2, 1, 0, 0), ("open", 0)),
        ((2, 1, 1, 0), ("queue", 0)),
        ((2, 1, 0, 3), ("queue", 3)),
        ((None, 9, 0, 0), ("open", 0)),
    ],
)
def test_the_status_by_the_rule(numbers: tuple[int | None, int, int, int], status: tuple[str, int]) -> None:
    assert settling.status_of(*numbers) == status


def test_who_shows_something_else_is_named_and_who_is_late_fails() -> None:
    true = {"A": ("open", 0), "B": ("queue", 3)}
    assert settling.differences(true, {"table": dict(true)}) == {}
    assert settling.differences(true, {"search": {"A": ("open", 0)}}) == {
        "search: B": "None instead of ('queue', 3)"
    }
    assert settling.soon_enough("all", [0.2, 0.9], 1).holds
    assert not settling.soon_enough("all", [0.2, 1.1], 1).holds


def test_a_key_that_does_another_thing_is_found_out() -> None:
    assert answers.other_requests_refused(["idempotency-key-reused"]).holds
    assert not answers.other_requests_refused(["idempotency-key-reused", "201"]).holds


def test_the_plan_has_everything_and_leaves_peace_at_the_end() -> None:
    moments = chaos.plan(20, 5, 10_000)
    assert len(moments) == 25
    assert moments == sorted(moments)
    assert {what for _, what in moments} == {"worker", "due", "master", "index", "database"}
    assert moments[-1][0] < 9_000


def test_a_ledger_knows_what_was_unknown_and_what_came_of_it() -> None:
    ledger = Ledger()
    one = ledger.open(Asked("k", "list", "POST", "/", {}, "token", (1,)))
    one.attempts += [Answer(LOST), Answer(BUSY, 503)]
    assert (one.result, one.was_unknown, one.acknowledged) == ("unanswered", True, False)
    one.attempts.append(Answer(FINAL, 201, [{"status": "listed"}, {"status": "queued"}]))
    assert (one.result, one.acknowledged, len(one.outcomes)) == ("listed+queued", True, 2)
    assert dict(ledger.counts()) == {("list", "listed+queued"): 1}
    assert "token" not in repr(one.asked)
    assert percentiles([0.001 * n for n in range(1, 101)])["p95"] == 96.0


def test_an_exemption_without_ground_is_found() -> None:
    number = parse_person_id("191212121212")
    unit = Unit(UNIT, "SE2321000024-STORM0001", "Storm", "12", 1)
    policies = {"12": replace(Policy(), cap_exemptions=CapExemptions(codes=("special-housing", "moved-in")))}
    moved, other = Human(0, 1, number, "12", False, moved_in=True), Human(1, 2, number, "12", False)

    def told(**exemptions_of: str) -> Finding:
        listings = {key: listing(key, int(key[1]), exemption=code) for key, code in exemptions_of.items()}
        return exemptions.proved(Record(listings=listings), [unit], [moved, other], policies)

    assert (told(p1="moved-in").looked, told(p1="moved-in").problems) == (1, [])
    assert len(told(p1="special-housing").problems) == 1
    assert len(told(p2="moved-in").problems) == 1
    assert len(told(p1="same-household").problems) == 1
