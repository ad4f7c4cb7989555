"""What the calls of the register share: who may, whose they are, by which key, and how they are answered."""

from collections.abc import Mapping, Sequence
from typing import Any, NoReturn
from uuid import UUID, uuid4

import orjson
from flask import Response, request
from sqlalchemy.orm import Session
from webargs.flaskparser import abort

from codes.identifiers import HsaId
from core import clock
from core.problems import Problem
from listing.actor import Actor, Role
from listing.queries import reach
from listing.services.requests import Channel
from web.access import current_actor
from web.api import responses
from web.api.idempotency import HEADER, idempotency_key

ACTING = (Role.RESIDENT, Role.UNIT, Role.REGION, Role.SYSTEM)
STAFF = (Role.UNIT, Role.REGION, Role.SYSTEM)
DECIDING = (Role.REGION, Role.SYSTEM)
_OWN_CHANNEL: Mapping[Role, Channel] = {Role.RESIDENT: "web", Role.SYSTEM: "system"}
_LARGEST = 2**63 - 1


def resolved(session: Session) -> Actor:
    """The caller as the register knows them; every operation begins with this."""
    return reach.resolved(session, current_actor(), [], clock.today())[0]


def person_and_actor(session: Session, person: Any) -> tuple[Actor, int]:
    """The caller, and the key of the person if the caller may speak of them."""
    actor, (found,) = reach.resolved(session, current_actor(), [person], clock.today())
    return actor, found


def own_channel() -> Channel:
    """How a wish comes that does not say."""
    return _OWN_CHANNEL.get(current_actor().role, "staff")


def key_or_new() -> str:
    """The caller's idempotency key. DELETE and PUT are safe to send again by themselves (RFC 9110, 9.2.2)."""
    return idempotency_key() if HEADER in request.headers else str(uuid4())


def uuid_or(text: str, unknown: type[Problem]) -> UUID:
    """A key from an address. What is no key names nothing that there is."""
    try:
        return UUID(text)
    except ValueError:
        raise unknown("There is nothing with this id") from None


def number_or(text: str, unknown: type[Problem]) -> int:
    """The same for keys that are numbers."""
    if not (text.isascii() and text.isdigit() and int(text[:20]) <= _LARGEST and len(text) < 20):
        raise unknown("There is nothing with this id")
    return int(text)


def hsa_id(text: str) -> str:
    """An HSA-id from an address that is about to be written down; raises `InvalidIdentifier`."""
    return HsaId.parse(text, allow_test=True).value


def answer(values: Mapping[str, Any], fields: Sequence[str] = (), status: int = 200) -> Response:
    """An answer of persons or of a change: never kept by anybody on the way.

    `fields` gives the order: a stored answer comes back in its database's, and a repeated call must be
    answered with the same bytes.
    """
    shown = {name: values[name] for name in fields} if fields else values
    return written(orjson.dumps(shown), status)


def written(body: bytes, status: int) -> Response:
    """The same, of bytes."""
    return Response(body, status, [("Cache-Control", "no-store")], content_type=responses.JSON)


def wrong_body(name: str, message: str) -> NoReturn:
    """Refuse a field of the body in the form of every other refusal of a parameter."""
    abort(400, messages={"json": {name: [message]}})
    raise AssertionError  # abort has raised
