"""What stands in the register for a person, and what the person has been told."""

from datetime import date
from typing import Any

from flask import Response
from sqlalchemy.orm import Session

from core import clock
from directory.views import instant
from listing.actor import Role
from listing.errors import NoticeUnknown
from listing.people.errors import PersonUnknown
from listing.people.services import audit_person
from listing.queries import notices as notices_query
from listing.queries import reach
from listing.queries.person_listings import (
    ListingView,
    PersonListings,
    QueuePlace,
    check_reading,
    person_listings,
)
from listing.services.notices import mark_read
from web.api import responses
from web.api.blueprint import ApiBlueprint
from web.api.listings import calls
from web.api.schemas.listings import NoticesSchema, PersonListingsSchema, PersonPageSchema, PersonSchema
from web.unit_of_work import in_transaction

blueprint = ApiBlueprint("persons", "persons", description="A person's own listing")


@blueprint.for_roles(
    "POST",
    "/person-listings",
    *calls.ACTING,
    answer=PersonListingsSchema,
    body=PersonSchema,
    operation="readPersonListings",
    persons=True,
)
def listings(body: dict[str, Any]) -> Response:
    """Where a person is listed, is to be, waits and was, with the changes left. A question, sent by POST
    because no personal identity number stands in an address. Residents ask of themselves and of those they
    act for; staff see what is at their unit, or concerns their region.
    """
    responses.negotiated()

    def read(session: Session) -> PersonListings:
        actor, person = calls.person_and_actor(session, body["person_id"])
        return person_listings(session, actor, person, body["listing_type"], clock.today())

    return calls.answer(_view(in_transaction(read)))


def _view(found: PersonListings) -> dict[str, Any]:
    doctor = found.doctor and {name: found.doctor[name] for name in found.doctor if name != "region"}
    return {
        "listingType": found.listing_type,
        "current": found.current and _listing(found.current),
        "scheduled": [_listing(one) for one in found.scheduled],
        "queued": [_place(one) for one in found.queued],
        "earlier": [_listing(one) for one in found.earlier],
        "changesLeft": found.changes_left,
        "nextChangeOn": found.next_change,
        "regularDoctor": doctor,
        "unreadNotices": found.unread_notices,
    }


def _listing(one: ListingView) -> dict[str, Any]:
    return {
        "id": one.id,
        "hsaId": one.hsa_id,
        "unitName": one.unit_name,
        "status": one.status,
        "validFrom": one.valid_from,
        "validTo": one.valid_to,
        "basis": one.basis,
        "channel": one.channel,
        "chosenAt": instant(one.chosen_at),
        "registeredAt": instant(one.registered_at),
        "counted": one.counted,
        "countedBecause": one.counted_because,
        "reason": one.reason,
        "endReason": one.end_reason,
        "unitClosesOn": one.closes_on,
    }


def _place(one: QueuePlace) -> dict[str, Any]:
    offer = one.offered_at and {
        "offeredAt": instant(one.offered_at),
        "expiresAt": instant(one.expires_at),
        "lastDay": one.last_day,
    }
    return {
        "id": one.id,
        "hsaId": one.hsa_id,
        "unitName": one.unit_name,
        "status": one.status,
        "queuedAt": instant(one.queued_at),
        "queuePosition": one.position,
        "priority": one.priority,
        "offer": offer if one.status == "offered" else None,
    }


@blueprint.for_roles(
    "POST",
    "/person-notices",
    Role.RESIDENT,
    answer=NoticesSchema,
    body=PersonPageSchema,
    operation="readNotices",
    persons=True,
)
def notices(body: dict[str, Any]) -> Response:
    """What the person has been told, newest first: offers, closures, moves, corrections."""
    responses.negotiated()
    limit, page = body["limit"], body["page"]

    def read(session: Session) -> tuple[int, list[Any]]:
        actor, person = calls.person_and_actor(session, body["person_id"])
        check_reading(session, actor, person, clock.today())
        audit_person(session, actor, "notices-read", person)
        return notices_query.notices_page(session, person, limit=limit, page=page)

    total, rows = in_transaction(read)
    return calls.answer(
        {"total": total, "limit": limit, "page": page, "items": [_notice(row) for row in rows]}
    )


def _notice(row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "kind": row.kind,
        "listingType": row.listing_type,
        "hsaId": row.hsa_id,
        "unitName": row.unit_name,
        "detail": row.detail,
        "createdAt": instant(row.created_at),
        "readAt": instant(row.read_at),
    }


@blueprint.for_roles(
    "PUT",
    "/person-notices/<id>/reading",
    Role.RESIDENT,
    answer=None,
    status=204,
    operation="markNoticeRead",
    persons=True,
)
def mark(id: str) -> Response:
    """The person has read a message. Sent again, the first time stays."""
    number, at, today = calls.number_or(id, NoticeUnknown), clock.now(), clock.today()

    def work(session: Session) -> None:
        actor, person = calls.resolved(session), notices_query.told_to(session, number)
        _own(session, actor.person_id, person, today)
        mark_read(session, number, at)

    in_transaction(work)
    return Response(status=204)


def _own(session: Session, me: int | None, person: int, today: date) -> None:
    try:
        reach.within(session, me or 0, person, today)
    except PersonUnknown:
        raise NoticeUnknown("There is no such message") from None
