"""What every step of one operation knows: who acts, when, which operation it is, what it has done."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from core import clock
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
    """Who acts and when. With `pending`, events wait to be written together at the operation's end."""

    actor: Actor
    at: datetime
    today: date
    operation_id: UUID | None = None
    pending: list[Event] | None = None


def context(actor: Actor, operation_id: UUID | None = None) -> Context:
    """The context of this moment."""
    return Context(actor, clock.now(), clock.today(), operation_id)
