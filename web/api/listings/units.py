"""The register of a unit: what everyone may know, and the people in it for its staff."""

from typing import Any

from flask import Response
from marshmallow import fields

from core import clock
from directory.views import instant
from listing.queries.listed import listed_page
from listing.queries.queue import queue_page
from listing.queries.unit_listing import unit_listing
from web.access import current_actor
from web.api import responses
from web.api.arguments import Arguments, PageArguments
from web.api.blueprint import ApiBlueprint
from web.api.listings import calls
from web.api.schemas.listings import ListedSchema, QueueEntriesSchema, UnitListingSchema, given
from web.unit_of_work import in_transaction, read_session

blueprint = ApiBlueprint("unit-listings", "unit-listings", description="The register of a unit")
_MOMENTS = ("queuedAt", "offeredAt", "offerExpiresAt")


class RegisterArguments(Arguments):
    """Which register of the unit."""

    listing_type: fields.String = given.listing_type()


class RegisterPageArguments(PageArguments):
    """One page of one register."""

    listing_type: fields.String = given.listing_type()


@blueprint.public_get(
    "/care-units/<hsa_id>/listing", RegisterArguments, UnitListingSchema, operation="getUnitListing"
)
def listing(arguments: dict[str, Any], hsa_id: str) -> Response:
    """Whether one can list at a unit now: its status and since when, whether its limit is reached, and how
    many wait. Says nothing of any person.
    """
    found = unit_listing(read_session(), hsa_id, arguments["listing_type"], clock.now(), clock.today())
    return responses.json(
        {
            "hsaId": found.hsa_id,
            "listingType": found.listing_type,
            "status": found.status,
            "reason": found.because,
            "limitReached": found.limit_reached,
            "queueLength": found.queue_length,
            "since": found.since,
            "closesOn": found.closes_on,
        }
    )


@blueprint.for_roles(
    "GET",
    "/care-units/<hsa_id>/queue-entries",
    *calls.STAFF,
    answer=QueueEntriesSchema,
    query=RegisterPageArguments,
    operation="listQueueEntries",
    persons=True,
)
def queue_entries(arguments: dict[str, Any], hsa_id: str) -> Response:
    """The queue of a unit for its own staff and its region's, from the first to the last. Each person shown
    is a reading in the audit trail. Persons with protected data are hidden from whoever may not see them, and
    keep their place.
    """
    responses.negotiated()
    actor, kind, paged = current_actor(), arguments.pop("listing_type"), arguments
    total, items = in_transaction(lambda session: queue_page(session, actor, hsa_id, kind, **paged))
    for item in items:
        item.update({name: instant(item[name]) for name in _MOMENTS})
    return calls.answer({"total": total, **paged, "items": items})


@blueprint.for_roles(
    "GET",
    "/care-units/<hsa_id>/listings",
    *calls.STAFF,
    answer=ListedSchema,
    query=RegisterPageArguments,
    operation="listListings",
    persons=True,
)
def listings(arguments: dict[str, Any], hsa_id: str) -> Response:
    """Who is listed at a unit, or is to be, for its own staff and its region's; the latest first. Readings
    and protected persons as in the queue.
    """
    responses.negotiated()
    actor, kind, paged = current_actor(), arguments.pop("listing_type"), arguments
    today = clock.today()
    total, items = in_transaction(lambda session: listed_page(session, actor, hsa_id, kind, today, **paged))
    return calls.answer({"total": total, **paged, "items": items})
