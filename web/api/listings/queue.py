"""A place in a queue: left, taken when it has been offered, or put before others by a decision."""

from typing import Any

from flask import Response

from listing.errors import QueueEntryUnknown
from listing.services import queueing, serving
from web.api import responses
from web.api.blueprint import ApiBlueprint
from web.api.listings import calls
from web.api.listings.wishes import LEFT, OUTCOME
from web.api.schemas.listings import (
    LeftSchema,
    ListingOutcomeSchema,
    PriorityOutcomeSchema,
    PrioritySchema,
)
from web.unit_of_work import in_transaction

blueprint = ApiBlueprint("queue-entries", "queue-entries", description="Places in queues")
_PRIORITY = ("id", "priority", "queuePosition")


@blueprint.for_roles(
    "DELETE",
    "/queue-entries/<id>",
    *calls.ACTING,
    answer=LeftSchema,
    operation="leaveQueue",
    idempotent="optional",
)
def leave(id: str) -> Response:
    """Give up a place in a queue, or decline what it has been offered."""
    responses.negotiated()
    key, entry = calls.key_or_new(), calls.uuid_or(id, QueueEntryUnknown)
    channel = calls.own_channel()
    left = in_transaction(
        lambda session: queueing.leave_queue(session, calls.resolved(session), key, entry, channel)
    )
    return calls.answer({**left, "until": None}, LEFT)


@blueprint.for_roles(
    "POST",
    "/queue-entries/<id>/acceptances",
    *calls.ACTING,
    answer=ListingOutcomeSchema,
    status=201,
    operation="acceptOffer",
    idempotent="optional",
)
def accept(id: str) -> Response:
    """Take an offered place: the person is listed. An offer is taken once, so a repeated call without a key
    is told that the place in the queue has ended.
    """
    responses.negotiated()
    key, entry = calls.key_or_new(), calls.uuid_or(id, QueueEntryUnknown)
    channel = calls.own_channel()
    taken = in_transaction(
        lambda session: serving.accept(session, calls.resolved(session), key, entry, channel)
    )
    return calls.answer({"formReference": None, **taken}, OUTCOME, 201)


@blueprint.for_roles(
    "PUT",
    "/queue-entries/<id>/priority",
    *calls.STAFF,
    answer=PriorityOutcomeSchema,
    body=PrioritySchema,
    operation="givePriority",
    idempotent="optional",
)
def give_priority(body: dict[str, Any], id: str) -> Response:
    """Put a place before others, for a reason that the region has and by a documented decision (förtur)."""
    return _set_priority(id, body["reason"], body["decision_reference"])


@blueprint.for_roles(
    "DELETE",
    "/queue-entries/<id>/priority",
    *calls.STAFF,
    answer=PriorityOutcomeSchema,
    operation="withdrawPriority",
    idempotent="optional",
)
def withdraw_priority(id: str) -> Response:
    """Take a priority back: the place is where it would have been without."""
    return _set_priority(id, None, None)


def _set_priority(id: str, reason: Any, reference: str | None) -> Response:
    responses.negotiated()
    key, entry = calls.key_or_new(), calls.uuid_or(id, QueueEntryUnknown)
    done = in_transaction(
        lambda session: queueing.set_priority(
            session, calls.resolved(session), key, entry, reason=reason, decision_reference=reference
        )
    )
    return calls.answer(done, _PRIORITY)
