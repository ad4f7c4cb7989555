"""What the database says happened, as plain values: the other half of the truth, beside the ledger."""

from collections import Counter, defaultdict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session


@dataclass(frozen=True)
class Event:
    """One row of history with the row of the audit trail that belongs to it.

    `order` is the audit row's number: whoever writes one about a unit holds the unit's register, so these
    numbers are the order in which things happened there, decisions on its limit among them.
    """

    order: int
    at: datetime
    person: int
    kind: str
    unit: int
    listing: str | None = None
    entry: str | None = None
    reason: str | None = None
    counted: bool = False
    because: str | None = None
    operation: str | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Decision:
    """One decision on a unit's limit; `places` None for no limit."""

    order: int
    unit: int
    places: int | None
    reference: str


@dataclass(frozen=True)
class Listing:
    """One listing as it stands at the end; `begins` None when it never came to hold a day."""

    id: str
    person: int
    unit: int
    begins: date | None
    ends: date | None
    occupies: bool
    counted: bool
    because: str
    exemption: str | None = None
    end_reason: str | None = None


@dataclass(frozen=True)
class Place:
    """One place in a queue as it stands at the end."""

    id: str
    person: int
    unit: int
    status: str
    queued_at: datetime
    number: int
    priority: int = 0


@dataclass(frozen=True)
class Done:
    """One operation that is done: what was answered to its key."""

    id: str
    key: str
    outcome: Mapping[str, Any]


@dataclass(frozen=True)
class Register:
    """A unit's counters at the end."""

    listed: int
    held: int
    waiting: int


@dataclass
class Record:
    """All of it."""

    events: Sequence[Event] = ()
    decisions: Sequence[Decision] = ()
    listings: Mapping[str, Listing] = field(default_factory=dict)
    places: Mapping[str, Place] = field(default_factory=dict)
    operations: Mapping[str, Done] = field(default_factory=dict)
    """By key."""
    registers: Mapping[int, Register] = field(default_factory=dict)
    untraced: Sequence[str] = ()
    """Rows of history, audit trail and outbox that do not belong together."""


_EVENTS = text(
    "SELECT id, at, person_id, kind, care_unit_id, listing_id::text, queue_entry_id::text, reason, counted,"
    " counted_because, operation_id::text, detail FROM listing_event ORDER BY id"
)
_AUDITED = text(
    """
    SELECT id, txid, substr(action, 9) AS kind, subject_key, detail->>'unit' AS unit,
        detail->>'operation' AS operation
    FROM audit_event
    WHERE subject_kind = 'person' AND action LIKE 'listing-%' AND action <> 'listing-refused' ORDER BY id
    """
)
_OUTBOX = text("SELECT txid, key, count(*) FROM outbox WHERE topic = 'listing' GROUP BY 1, 2")
_DECISIONS = text(
    """
    SELECT a.id, u.id AS unit, (a.detail->>'places')::integer AS places, a.detail->>'reference' AS reference
    FROM audit_event a JOIN care_unit u ON u.hsa_id = a.subject_key
    WHERE a.action = 'listing-limit' AND a.subject_kind = 'unit' ORDER BY a.id
    """
)
_LISTINGS = text(
    "SELECT id::text, person_id, care_unit_id, lower(valid), upper(valid), occupies, counted,"
    " counted_because, exemption, end_reason FROM listing"
)
_PLACES = text(
    "SELECT id::text, person_id, care_unit_id, status, queued_at, number, priority FROM queue_entry"
)
_OPERATIONS = text("SELECT id::text, idempotency_key, outcome FROM operation")
_REGISTERS = text("SELECT care_unit_id, listed, held, waiting FROM unit_register")


def read(engine: Engine) -> Record:
    """Everything, as of one moment."""
    frozen = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    with Session(frozen) as session:
        written = session.execute(_EVENTS).all()
        audited = session.execute(_AUDITED).all()
        outbox = Counter({(row[0], row[1]): row[2] for row in session.execute(_OUTBOX)})
        events, untraced = paired(written, audited, outbox)
        return Record(
            events,
            [Decision(*row) for row in session.execute(_DECISIONS)],
            {row[0]: Listing(*row) for row in session.execute(_LISTINGS)},
            {row[0]: Place(*row) for row in session.execute(_PLACES)},
            {row[1]: Done(*row) for row in session.execute(_OPERATIONS)},
            {row[0]: Register(*row[1:]) for row in session.execute(_REGISTERS)},
            untraced,
        )


def paired(
    written: Sequence[Any], audited: Sequence[Any], outbox: Mapping[tuple[int, str], int]
) -> tuple[list[Event], list[str]]:
    """Each row of history with its row of the audit trail; and whatever has no counterpart.

    Rows: history as `_EVENTS`, audit trail as `_AUDITED` in their columns' order, both by number.
    """
    waiting: dict[tuple[Any, ...], deque[tuple[int, int]]] = defaultdict(deque)
    for number, txid, kind, person, unit, operation in audited:
        waiting[kind, person, unit, operation].append((number, txid))
    events, untraced = [], []
    told: set[tuple[int, str]] = set()
    for number, at, person, kind, unit, *rest in written:
        found = waiting[kind, str(person), None if unit is None else str(unit), rest[5]]
        if not found:
            untraced.append(f"history row {number} ({kind}) has no audit row")
            continue
        order, txid = found.popleft()
        told.add((txid, str(person)))
        if (txid, str(person)) not in outbox:
            untraced.append(f"history row {number} ({kind}) has no outbox row")
        events.append(Event(order, at, person, kind, unit, *rest))
    for (kind, *_), left in waiting.items():
        untraced += [f"audit row {number} ({kind}) has no history row" for number, _ in left]
    untraced += [f"outbox row of transaction {txid} tells of nothing" for txid, _ in outbox.keys() - told]
    return sorted(events, key=lambda event: event.order), untraced
