"""Every operation leaves exactly one trace in history, in the audit trail and in the outbox."""

from collections import Counter
from collections.abc import Sequence

from bench.storm.checks import Finding
from bench.storm.ledger import Entry
from bench.storm.record import Event, Record
from bench.storm.wishes import ACCEPT, CHOICES, LEAVE, LEAVE_QUEUE, PRIORITY

_KINDS = {
    **{kind: {"listed", "scheduled", "queued"} for kind in CHOICES},
    LEAVE: {"ended", "withdrawn"},
    LEAVE_QUEUE: {"queue-ended", "offer-declined"},
    ACCEPT: {"listed-from-queue"},
    PRIORITY: {"priority-given", "priority-withdrawn"},
}
_BEGINS = {"listed", "scheduled", "listed-from-queue"}


def traces(entries: Sequence[Entry], record: Record) -> Finding:
    """One event of the operation's own kind for each person; each event with its audit and outbox rows."""
    by_operation: dict[str, list[Event]] = {}
    for event in record.events:
        if event.operation:
            by_operation.setdefault(event.operation, []).append(event)
    problems = list(record.untraced)
    known = {done.id for done in record.operations.values()}
    problems += [f"history knows an operation {one} that is not done" for one in by_operation.keys() - known]
    for entry in entries:
        done = record.operations.get(entry.asked.key)
        if done is None or entry.asked.kind not in _KINDS:
            continue
        own = [one for one in by_operation.get(done.id, ()) if _is_own(one, entry)]
        wanted = max(1, len(entry.asked.subjects))
        if len(own) != wanted or len({one.person for one in own}) != wanted:
            problems.append(f"{entry.asked.kind} {entry.asked.key[:8]} has {len(own)} events, not {wanted}")
    return Finding("every operation has one trace in history, audit and outbox", len(record.events), problems)


def every_row_has_its_event(record: Record) -> Finding:
    """Each listing began once, each queue place was taken once."""
    listed = Counter(event.listing for event in record.events if event.kind in _BEGINS)
    queued = Counter(event.entry for event in record.events if event.kind == "queued")
    problems = [f"listing {id_} began {listed[id_]} times" for id_ in record.listings if listed[id_] != 1]
    problems += [f"place {id_} was taken {queued[id_]} times" for id_ in record.places if queued[id_] != 1]
    problems += [
        f"history knows a listing {one} that is not" for one in listed.keys() - record.listings.keys()
    ]
    problems += [f"history knows a place {one} that is not" for one in queued.keys() - record.places.keys()]
    looked = len(record.listings) + len(record.places)
    return Finding("every listing and queue place began exactly once", looked, problems)


def _is_own(event: Event, entry: Entry) -> bool:
    if event.kind not in _KINDS[entry.asked.kind]:
        return False
    if entry.asked.kind == LEAVE:
        return event.listing == entry.asked.target
    if entry.asked.kind in (LEAVE_QUEUE, ACCEPT, PRIORITY):
        return event.entry == entry.asked.target
    return True
