"""What every step of one operation knows: who acts, when, which operation it is, what it has done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from core import clock
from core.roundtrip import Ask, together
from listing.actor import Actor


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened. `detail` holds codes, numbers and days, never anything of a person."""

    person_id: int
    kind: str
    listing_type: str
    channel: str
    care_unit_id: int | None = None
    listing_id: UUID | None = None
    queue_entry_id: UUID | None = None
    reason: str | None = None
    counted: bool = False
    counted_because: str | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Context:
    """Who acts and when.

    With `pending`, events wait to be written together at the operation's end; so do the statements in
    `writes`, which nothing else in the operation may depend on (`flush` sends them before that).
    """

    actor: Actor
    at: datetime
    today: date
    operation_id: UUID | None = None
    pending: list[Event] | None = None
    writes: list[Ask] | None = None


def context(actor: Actor, operation_id: UUID | None = None) -> Context:
    """The context of this moment."""
    return Context(actor, clock.now(), clock.today(), operation_id)


def write_late(session: Session, context: Context, asked: Sequence[Ask]) -> None:
    """Have these statements carried out at the operation's end, or now when there is no such end."""
    if context.writes is None:
        together(session, *asked)
    else:
        context.writes.extend(asked)


def flush(session: Session, context: Context) -> None:
    """Carry out now what waits for the operation's end, because it is about to be read."""
    if context.writes:
        together(session, *context.writes)
        context.writes.clear()
