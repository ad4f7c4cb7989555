"""What a rule answers: yes or no as a value, with stable codes, so that people can be told why."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

Argument = str | int | date | datetime | None
Arguments = Mapping[str, Argument]

RefusalCode = Literal[
    "unit-not-listable",
    "unit-full",
    "change-limit-reached",
    "already-listed",
    "already-queued",
    "not-entitled",
    "person-protected",
    "guardian-required",
    "not-authorised",
    "date-not-possible",
    "queue-not-possible",
    "reason-not-accepted",
    "form-not-valid",
    "offer-expired",
    "doctor-full",
    "limit-not-possible",
]
"""The published codes of refusals (`docs/api.md`). `because` says it more exactly."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """It may be done. `warnings` are codes that the one who does it should see first."""

    because: str = "allowed"
    arguments: Arguments = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    allowed: Literal[True] = field(default=True, init=False)


@dataclass(frozen=True, slots=True)
class Refused:
    """It may not be done: the published code, the exact reason, and what a sentence about it needs."""

    code: RefusalCode
    because: str
    arguments: Arguments = field(default_factory=dict)
    allowed: Literal[False] = field(default=False, init=False)


Decision = Allowed | Refused
