"""Refusals of the listing register, with the stable codes of the interface.

A rule answers with a value (`listing.rules.decision.Refused`); an operation raises it as a problem. The
problem carries the code, the exact reason (`because`) and its arguments; the sentence for people is made
where the language is known. Nothing here names a person.
"""

from dataclasses import dataclass
from typing import Any

from core.problems import Problem
from listing.rules.decision import Arguments, Refused

_STATUS = {
    "not-authorised": 403,
    "guardian-required": 403,
    "person-protected": 403,
    "not-entitled": 403,
    "offer-expired": 410,
    "form-not-valid": 422,
    "reason-not-accepted": 422,
    "date-not-possible": 422,
    "limit-not-possible": 422,
}


@dataclass(frozen=True, slots=True)
class Concerns:
    """Whom and where a refusal is about, by keys, for its trace in history."""

    person_id: int
    care_unit_id: int | None
    listing_type: str
    channel: str


class ListingRefused(Problem):
    """A rule says no. `code` is one of the published ones; 409 unless it is about right, time or form."""

    status = 409
    title = "The listing register refuses"

    def __init__(self, refused: Refused, concerns: Concerns | None = None, **extra: object) -> None:
        super().__init__(f"{refused.code}: {refused.because}", **extra)
        self.code = refused.code
        self.because = refused.because
        self.arguments: Arguments = refused.arguments
        self.concerns = concerns
        self.status = _STATUS.get(refused.code, 409)


class UnitUnknown(Problem):
    """There is no such unit, or none that has ever had a register."""

    code = "unit-not-listable"
    status = 404
    title = "One cannot be listed at this unit"


class ListingUnknown(Problem):
    """No such listing, or none that this caller may know of: the two must look the same."""

    code = "listing-unknown"
    status = 404
    title = "No such listing"


class QueueEntryUnknown(Problem):
    """No such queue entry, or none that this caller may know of."""

    code = "queue-entry-unknown"
    status = 404
    title = "No such queue entry"


class NoticeUnknown(Problem):
    """No such message, or none that this caller may know of."""

    code = "notice-unknown"
    status = 404
    title = "No such message"


class RegularDoctorUnknown(Problem):
    """Nobody has this regular doctor, or nobody whom this caller may know of."""

    code = "regular-doctor-unknown"
    status = 404
    title = "No such regular doctor"


class DoctorUnknown(Problem):
    """The doctor is not at the unit."""

    code = "doctor-unknown"
    status = 404
    title = "No such doctor at the unit"


class ClosureUnknown(Problem):
    """The unit has not been announced to close."""

    code = "closure-unknown"
    status = 404
    title = "No closure has been announced"


class NotWaiting(Problem):
    """The queue entry has already been served, left, declined or has lapsed; or it has no offer to answer."""

    code = "queue-entry-ended"
    status = 409
    title = "The queue entry does not wait for this any more"


class KeyReused(Problem):
    """The idempotency key has been used for another request."""

    code = "idempotency-key-reused"
    status = 422
    title = "The Idempotency-Key belongs to another request"


class Busy(Problem):
    """Others work on the same person or unit; nothing was done, and trying again soon helps."""

    code = "busy"
    status = 503
    title = "Please try again"


def refuse(refused: Refused, concerns: Concerns | None = None, **extra: Any) -> ListingRefused:
    """The problem for a rule's refusal; with `concerns` it leaves a trace (`services.refusals`)."""
    return ListingRefused(refused, concerns, **extra)
