"""Listing, leaving, and taking back what was registered in error."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import orjson
from flask import Response, request
from marshmallow import ValidationError
from sqlalchemy.orm import Session
from webargs.flaskparser import abort

from core import clock
from listing.actor import Actor, Role
from listing.errors import ListingRefused, ListingUnknown, refuse
from listing.people.queries import find_people
from listing.people.services import audit_people
from listing.queries import reach
from listing.rules import access
from listing.rules.decision import Refused
from listing.services import correcting, ending
from listing.services.choosing import MOST_TOGETHER, choose
from listing.services.requests import Channel, Choice, Paper
from web.access import current_actor
from web.api import responses
from web.api.blueprint import ApiBlueprint
from web.api.idempotency import idempotency_key
from web.api.listings import calls
from web.api.parsing import json_body
from web.api.schemas.listings import (
    CorrectedSchema,
    CorrectionSchema,
    LeftSchema,
    ListingOutcomeSchema,
    ListingWishSchema,
)
from web.unit_of_work import in_transaction

blueprint = ApiBlueprint("listings", "listings", description="Listings")
OUTCOME = ("id", "status", "hsaId", "validFrom", "queuePosition", "changesLeft", "warnings", "formReference")
LEFT = ("id", "status", "until")
_AT_THE_DESK: tuple[Channel, ...] = ("staff", "phone")
_WISH = ListingWishSchema()
_CHANNELS: dict[Role, tuple[Channel, ...]] = {
    Role.RESIDENT: ("web",),
    Role.UNIT: ("staff", "phone", "paper"),
    Role.REGION: ("staff", "phone", "paper"),
    Role.SYSTEM: ("system", "web", "phone", "paper", "staff"),
}


@blueprint.for_roles(
    "POST",
    "/listings",
    *calls.ACTING,
    answer=ListingOutcomeSchema,
    status=201,
    operation="createListing",
    idempotent=True,
    one_or_several=ListingWishSchema,
)
def create() -> Response:
    """List a person at a unit, or several people together. Give one wish and get one answer, or a list of
    wishes of one listing type and get a list: then all of them are carried out, or none when one is refused
    (`index` in the refusal says which). Where the unit is full and `joinQueue` is true, the person is given a
    place in the queue. Refusals say why in `reason` and `arguments`.
    """
    responses.negotiated()
    key = idempotency_key()
    several, wishes = _wishes()
    choices = [_checked(wish, index if several else None) for index, wish in enumerate(wishes)]

    _check_place(wishes)
    asked_of: list[int] = []

    def work(session: Session) -> list[dict[str, Any]]:
        actor, people = reach.resolved(
            session, current_actor(), [wish["person_id"] for wish in wishes], clock.today()
        )
        if len(set(people)) < len(people):
            calls.wrong_body("personId", "Name each person once.")
        asked_of[:] = people
        return choose(session, actor, key, _choices(session, actor, wishes, people, choices))

    try:
        done = in_transaction(work)
    except ListingRefused as refused:
        _audit_refusal(asked_of, refused)
        raise
    outcomes = [{name: one.get(name) for name in OUTCOME} for one in done]
    return calls.written(orjson.dumps(outcomes if several else outcomes[0]), 201)


def _check_place(wishes: Sequence[dict[str, Any]]) -> None:
    """Staff of a unit list there; elsewhere they are told so before anybody is looked for."""
    actor = current_actor()
    if actor.role is Role.UNIT:
        for index, wish in enumerate(wishes):
            allowed = access.may_act_at(actor, access.UnitPlace(wish["hsa_id"].upper(), None))
            if isinstance(allowed, Refused):
                raise refuse(allowed, index=index)


def _audit_refusal(people: Sequence[int], refused: ListingRefused) -> None:
    """A refusal tells staff something of a person too, and undoes its own trail: so it is written apart."""
    actor = current_actor()
    if actor.role is not Role.RESIDENT and people:
        in_transaction(
            lambda session: audit_people(
                session, actor, "listing-refused", people, code=refused.code, reason=refused.because
            )
        )


def _wishes() -> tuple[bool, list[dict[str, Any]]]:
    """Whether a list was sent, and the wishes in it; refuses with the field, and in a list its number."""
    body = json_body(request)
    if not isinstance(body, list):
        return False, [_loaded(body, "")]
    if not 1 <= len(body) <= MOST_TOGETHER:
        calls.wrong_body("body", f"Give 1 to {MOST_TOGETHER} wishes.")
    wishes = [_loaded(one, f"{index}.") for index, one in enumerate(body)]
    if len({wish["listing_type"] for wish in wishes}) > 1:
        calls.wrong_body("listingType", "Wishes that belong together are of one listing type.")
    return True, wishes


def _loaded(one: Any, before: str) -> dict[str, Any]:
    if not isinstance(one, dict):
        calls.wrong_body(f"{before}body", "Give an object.")
    try:
        wish: dict[str, Any] = _WISH.load(one)
    except ValidationError as error:
        told = error.normalized_messages()
        abort(400, messages={"json": {f"{before}{name}": why for name, why in told.items()}})
    return wish


def _checked(wish: dict[str, Any], index: int | None) -> Channel:
    """The channel of a wish, and that what is said of a form goes with it."""
    before = "" if index is None else f"{index}."
    possible = _CHANNELS[current_actor().role]
    paper = wish["signed_on"] is not None
    channel: Channel = wish["channel"] or ("paper" if paper and "paper" in possible else possible[0])
    if channel not in possible:
        calls.wrong_body(f"{before}channel", f"Your role uses {', '.join(possible)}.")
    if paper != (channel == "paper"):
        calls.wrong_body(f"{before}signedOn", "A paper form has a day of signature, and nothing else has.")
    if not paper and wish["form_reference"]:
        calls.wrong_body(f"{before}signedOn", "Say when the form was signed.")
    if channel not in _AT_THE_DESK and wish["identity_check"]:
        calls.wrong_body(f"{before}identityCheck", "Say so of whoever stands before you or calls.")
    if channel not in (*_AT_THE_DESK, "paper") and wish["guardians"]:
        calls.wrong_body(f"{before}guardians", "Guardians have signed, or stand before you or call.")
    return channel


def _choices(
    session: Session,
    actor: Actor,
    wishes: Sequence[dict[str, Any]],
    people: Sequence[int],
    channels: Sequence[Channel],
) -> list[Choice]:
    signed = [guardian for wish in wishes for guardian in wish["guardians"]]
    guardians = find_people(session, signed) if signed else {}
    return [
        Choice(
            person_id=person,
            hsa_id=wish["hsa_id"].upper(),
            listing_type=wish["listing_type"],
            professional_hsa_id=wish["professional_hsa_id"],
            join_queue=wish["join_queue"],
            reason=wish["reason"],
            evidence=wish["evidence"],
            channel=channel,
            wished=wish["valid_from"],
            paper=_paper(wish, guardians),
            attending=() if wish["signed_on"] else _known(wish, guardians),
            identity_check=wish["identity_check"],
        )
        for wish, person, channel in zip(wishes, people, channels, strict=True)
    ]


def _paper(wish: dict[str, Any], guardians: dict[str, int]) -> Paper | None:
    """The form. A signature of somebody who is unknown is nobody's, and is not told from a stranger's."""
    if wish["signed_on"] is None:
        return None
    return Paper(wish["signed_on"], wish["form_reference"], _known(wish, guardians))


def _known(wish: dict[str, Any], guardians: dict[str, int]) -> tuple[int, ...]:
    known = {guardians[number.value] for number in wish["guardians"] if number.value in guardians}
    return tuple(sorted(known))


@blueprint.for_roles(
    "DELETE",
    "/listings/<id>",
    *calls.ACTING,
    answer=LeftSchema,
    operation="leaveListing",
    idempotent="optional",
)
def leave(id: str) -> Response:
    """End a listing today, or take back one that has not begun: that gives back the change it counted."""
    responses.negotiated()
    key, listing = calls.key_or_new(), calls.uuid_or(id, ListingUnknown)
    channel = calls.own_channel()
    left = in_transaction(
        lambda session: ending.leave(session, calls.resolved(session), key, listing, channel)
    )
    return calls.answer(left, LEFT)


@blueprint.for_roles(
    "POST",
    "/listings/<id>/corrections",
    *calls.STAFF,
    answer=CorrectedSchema,
    status=201,
    body=CorrectionSchema,
    operation="correctListing",
    idempotent=True,
)
def correct(body: dict[str, Any], id: str) -> Response:
    """Take back a listing that was registered in error. What it replaced holds again, and the change that it
    counted is given back.
    """
    responses.negotiated()
    key, listing = idempotency_key(), calls.uuid_or(id, ListingUnknown)
    done = in_transaction(lambda session: _correct(session, key, listing, body))
    return calls.answer(done, ("id", "status", "restored"), 201)


def _correct(session: Session, key: str, listing: UUID, body: dict[str, Any]) -> dict[str, Any]:
    actor = calls.resolved(session)
    return correcting.correct(session, actor, key, listing, error=body["error"], evidence=body["evidence"])
