"""What a region decides of a unit's register: its limit, and that it closes."""

from typing import Any

from flask import Response

from listing.services import closing, limits
from web.api import responses
from web.api.blueprint import ApiBlueprint
from web.api.listings import calls
from web.api.listings.units import RegisterArguments
from web.api.schemas.listings import (
    ClosureOutcomeSchema,
    ClosureSchema,
    LimitOutcomeSchema,
    LimitSchema,
    WithdrawnSchema,
)
from web.unit_of_work import in_transaction

blueprint = ApiBlueprint("decisions", "decisions", description="What a region decides of a unit's register")
_LIMIT = (*("hsaId", "listingType", "places", "validFrom", "validTo", "decisionReference", "listed"),)
_CLOSURE = ("hsaId", "closesOn", "chooseUntil", "afterwards", "shortNotice", "told", "queueEnded")


@blueprint.for_roles(
    "PUT",
    "/care-units/<hsa_id>/listing-limit",
    *calls.DECIDING,
    answer=LimitOutcomeSchema,
    body=LimitSchema,
    operation="putListingLimit",
    idempotent="optional",
)
def put_limit(body: dict[str, Any], hsa_id: str) -> Response:
    """Decide how many may be listed at a unit, from when, until when and by which decision. It goes before
    what was decided for the same days. A raised limit serves the queue in order within a second; a lowered
    one removes nobody.
    """
    responses.negotiated()
    key = calls.key_or_new()
    decided = in_transaction(
        lambda session: limits.set_limit(session, calls.resolved(session), key, hsa_id, **body)
    )
    return calls.answer(decided, _LIMIT)


@blueprint.for_roles(
    "PUT",
    "/care-units/<hsa_id>/closure",
    *calls.DECIDING,
    answer=ClosureOutcomeSchema,
    body=ClosureSchema,
    operation="announceClosure",
    idempotent="optional",
)
def announce(body: dict[str, Any], hsa_id: str) -> Response:
    """Tell that a register closes. Everyone listed is told and has time to choose, which costs no change;
    whoever has not chosen then moves to the successor or is allocated. The queue ends.
    """
    responses.negotiated()
    key = calls.key_or_new()
    told = in_transaction(
        lambda session: closing.announce(session, calls.resolved(session), key, hsa_id, **body)
    )
    return calls.answer(told, _CLOSURE)


@blueprint.for_roles(
    "DELETE",
    "/care-units/<hsa_id>/closure",
    *calls.DECIDING,
    answer=WithdrawnSchema,
    query=RegisterArguments,
    operation="withdrawClosure",
    idempotent="optional",
)
def withdraw(arguments: dict[str, Any], hsa_id: str) -> Response:
    """Take back an announced closure; those who are still listed are told that the unit stays."""
    responses.negotiated()
    key, kind = calls.key_or_new(), arguments["listing_type"]
    done = in_transaction(
        lambda session: closing.withdraw(session, calls.resolved(session), key, hsa_id, kind)
    )
    return calls.answer(done, ("hsaId", "status"))
