"""Refusals of the listing register, with the stable codes of the interface.

A rule answers with a value (`listing.rules.decision.Refused`); an operation raises it as a problem. The
problem carries the code, the exact reason (`because`) and its arguments; the sentence for people is made
where the language is known. Nothing here names a person.
"""

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


class ListingRefused(Problem):
    """A rule says no. `code` is one of the published ones; 409 unless it is about right, time or form."""

    status = 409
    title = "The listing register refuses"

    def __init__(self, refused: Refused, **extra: object) -> None:
        super().__init__(f"{refused.code}: {refused.because}", **extra)
        self.code = refused.code
        self.because = refused.because
        self.arguments: Arguments = refused.arguments
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


def refuse(refused: Refused, **extra: Any) -> ListingRefused:
    """The problem for a rule's refusal."""
    return ListingRefused(refused, **extra)
