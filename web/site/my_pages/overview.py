"""One person's page: what holds, what waits, what is offered, what is left, who the doctor is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from core import clock
from listing.actor import Actor
from listing.policy.lookup import policy_for
from listing.policy.model import HEALTH_CENTRE, LISTING_TYPES, Policy
from listing.queries import my_pages
from listing.queries.doctors import doctors_of
from listing.queries.my_pages import Move, Near
from listing.queries.notices import notices_page
from listing.queries.person_listings import PersonListings, QueuePlace, person_listings
from listing.rules import change_limit
from listing.rules.days import civil_day
from web.site.my_pages.messages import Message, message

MESSAGES = 20


@dataclass(frozen=True)
class Overview:
    """What the page shows. `others` are registers besides health centres where the person has anything."""

    listings: PersonListings
    others: Sequence[PersonListings]
    policy: Policy
    queue_policies: Mapping[UUID, Policy]
    moves: Mapping[UUID, Sequence[Move]]
    messages: Sequence[Message]
    more_messages: int
    doctors_here: bool
    next_change: date | None

    @property
    def registers(self) -> Sequence[PersonListings]:
        """All registers, health centres first."""
        return (self.listings, *self.others)

    @property
    def offers(self) -> list[QueuePlace]:
        """Places that are held and wait for an answer."""
        return [place for one in self.registers for place in one.queued if place.status == "offered"]


def overview_of(session: Session, actor: Actor, person_id: int) -> Overview:
    """Read all of it, audited; refuses whoever may not."""
    today = clock.today()
    my_pages.check_may_look(session, actor, person_id, today)
    registers = [person_listings(session, actor, person_id, kind, today) for kind in LISTING_TYPES]
    main = registers[0]
    region = my_pages.standing_of(session, person_id).region or (main.current.region if main.current else "")
    policy = policy_for(session, region, HEALTH_CENTRE, today).policy
    places = [place for one in registers for place in one.queued]
    total, rows = notices_page(session, person_id, limit=MESSAGES, page=1)
    return Overview(
        main,
        [one for one in registers[1:] if one.current or one.scheduled or one.queued],
        policy,
        {
            place.id: policy_for(session, place.region, one.listing_type, today).policy
            for one in registers
            for place in one.queued
        },
        my_pages.moves_of(session, [place.id for place in places]),
        [message(row) for row in rows],
        max(0, total - len(rows)),
        _has_doctors(session, main),
        _next_back(main, policy),
    )


def _has_doctors(session: Session, listings: PersonListings) -> bool:
    if listings.current is None:
        return False
    found = doctors_of(session, listings.current.hsa_id, clock.now(), clock.today())
    return any(one["name"] and one["validFrom"] <= clock.today() for one in found)


def _next_back(listings: PersonListings, policy: Policy) -> date | None:
    """When the next used change comes back, also while some are left."""
    held = [one for one in (listings.current, *listings.scheduled, *listings.earlier) if one and one.counted]
    changes = [change_limit.Change(civil_day(one.registered_at), True) for one in held]
    return next(iter(change_limit.returns(policy.change_limit, changes, clock.today())), None)


def contact_words(contact: Mapping[str, Any] | None) -> list[str]:
    """How and when to reach a doctor, as the unit has written it."""
    return [str(value) for value in (contact or {}).values() if isinstance(value, str | int) and value != ""]


def family(session: Session, actor: Actor) -> list[Near]:
    """Those whom one acts for."""
    return my_pages.family_of(session, actor, clock.today())
