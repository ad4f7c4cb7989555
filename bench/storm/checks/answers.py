"""The ledger against the register: what was told to be done is done once, what was refused is not done."""

from collections.abc import Iterable, Iterator, Sequence

from bench.storm.checks import Finding
from bench.storm.ledger import FINAL, Entry
from bench.storm.record import Done, Record
from bench.storm.wishes import ACCEPT, CHOICES, LEAVE, LEAVE_QUEUE, LIMIT, PRIORITY

_LEFT = {LEAVE: ("left", "withdrawn"), LEAVE_QUEUE: ("left", "declined")}


def every_operation_answered(entries: Sequence[Entry]) -> Finding:
    """Whoever asked has been told yes or no."""
    problems = [f"{_name(one)} was never answered" for one in entries if one.answer is None]
    return Finding("every operation was answered", len(entries), problems)


def no_faults(entries: Sequence[Entry]) -> Finding:
    """An answer of 500 is a fault of the program, whatever is killed around it."""
    problems = [
        f"{_name(one)}: {attempt.status}"
        for one in entries
        for attempt in (*one.attempts, *one.repeated)
        if attempt.outcome != FINAL and attempt.status not in (0, 503)
    ]
    return Finding("no answer was an internal error", sum(len(one.attempts) for one in entries), problems)


def acknowledged_is_there(entries: Sequence[Entry], record: Record) -> Finding:
    """What was acknowledged stands in the register, under the id that was told, for the person who asked."""
    done = [one for one in entries if one.acknowledged]
    problems = [problem for one in done for problem in _stands(one, record)]
    return Finding("every acknowledged operation stands in the register", len(done), problems)


def nothing_else_is_there(entries: Sequence[Entry], record: Record) -> Finding:
    """What was refused has left nothing, and nothing has been done that nobody asked for."""
    by_key = {one.asked.key: one for one in entries}
    problems = []
    for key, done in record.operations.items():
        entry = by_key.get(key)
        if entry is None:
            problems.append(f"operation {done.id} was asked for by nobody")
        elif not entry.acknowledged:
            problems.append(f"{_name(entry)} was done and answered {entry.result}")
    listed = {one for done in record.operations.values() for one in _ids(done)}
    served = {event.listing for event in record.events if event.kind == "listed-from-queue"}
    for listing in record.listings.keys() - listed - served:
        problems.append(f"listing {listing} came of no operation and of no queue")
    for place in record.places.keys() - listed:
        problems.append(f"queue place {place} came of no operation")
    return Finding("nothing is done that was refused or not asked for", len(record.operations), problems)


def replays_identical(entries: Sequence[Entry]) -> Finding:
    """The same key is answered with the same answer, at once or later."""
    problems, looked = [], 0
    for one in entries:
        first = one.answer
        for again in one.repeated:
            looked += 1
            if first is None or (again.status, again.body) != (first.status, first.body):
                problems.append(f"{_name(one)} was answered otherwise the second time: {again.status}")
    return Finding("a repeated key gets the same answer", looked, problems)


def other_requests_refused(answers: Sequence[str]) -> Finding:
    """A key that has been used does not do another thing."""
    problems = [f"answered {one}" for one in answers if one != "idempotency-key-reused"]
    return Finding("a key is refused for another request", len(answers), problems)


def _stands(entry: Entry, record: Record) -> Iterator[str]:
    asked, done = entry.asked, record.operations.get(entry.asked.key)
    if done is None:
        yield f"{_name(entry)} was acknowledged and is not done"
    elif asked.kind in CHOICES:
        yield from _chosen(entry, done, record)
    elif asked.kind == ACCEPT:
        yield from _accepted(entry, done, record)
    elif asked.kind in _LEFT:
        yield from _left(entry, done, record)
    elif asked.kind == PRIORITY and done.outcome.get("id") != asked.target:
        yield f"{_name(entry)} concerns another queue place than was asked"
    elif asked.kind == LIMIT:
        reference = asked.body["decisionReference"]
        found = [one for one in record.decisions if one.reference == reference]
        if [one.places for one in found] != [asked.body["places"]]:
            yield f"{_name(entry)} stands {len(found)} times in the audit trail, or with other places"


def _chosen(entry: Entry, done: Done, record: Record) -> Iterator[str]:
    told = entry.outcomes
    kept = done.outcome.get("outcomes", [])
    if [_essence(one) for one in told] != [_essence(one) for one in kept]:
        yield f"{_name(entry)} was told other than what is kept"
    if len(told) != len(entry.asked.subjects):
        yield f"{_name(entry)} has {len(told)} answers for {len(entry.asked.subjects)} people"
        return
    for outcome, person in zip(told, entry.asked.subjects, strict=True):
        where = record.places if outcome["status"] == "queued" else record.listings
        row = where.get(outcome["id"])
        if row is None or row.person != person:
            yield f"{_name(entry)}: {outcome['status']} {outcome['id']} is not there for the person"


def _accepted(entry: Entry, done: Done, record: Record) -> Iterator[str]:
    place = record.places.get(entry.asked.target or "")
    listing = record.listings.get(entry.outcomes[0]["id"])
    if place is None or place.status != "taken":
        yield f"{_name(entry)}: the queue place is not taken"
    if listing is None or listing.person not in entry.asked.subjects or done.outcome["id"] != listing.id:
        yield f"{_name(entry)}: the listing is not there for the person"


def _left(entry: Entry, done: Done, record: Record) -> Iterator[str]:
    target = entry.asked.target or ""
    if entry.asked.kind == LEAVE:
        listing = record.listings.get(target)
        state = listing.end_reason if listing else None
    else:
        place = record.places.get(target)
        state = place.status if place else None
    if state not in _LEFT[entry.asked.kind] or done.outcome.get("id") != target:
        yield f"{_name(entry)}: it has not been left but is {state}"


def _essence(outcome: dict[str, object]) -> tuple[object, ...]:
    return tuple(outcome.get(name) for name in ("id", "status", "hsaId", "validFrom", "queuePosition"))


def _ids(done: Done) -> Iterable[str]:
    return [one["id"] for one in done.outcome.get("outcomes", [done.outcome]) if "id" in one]


def _name(entry: Entry) -> str:
    return f"{entry.asked.kind} {entry.asked.key[:8]}"
