"""Everything that a person may know of their own listing, and staff of it what their work needs.

Sources: patientdatalagen (2008:355) 4 kap. 1-2 §§. A resident sees all; a region all of its own residents',
and of others' what is at its units; a unit what is at the unit itself. Each read is audited.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, cast
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from listing.actor import Actor, Role
from listing.errors import refuse
from listing.people.errors import PersonUnknown
from listing.people.services import audit_person
from listing.policy.codes import ListingType
from listing.policy.lookup import policy_for
from listing.rules import change_limit, guardianship
from listing.rules.days import civil_day
from listing.rules.decision import Refused
from listing.rules.entitlement import Protection, Standing
from listing.services import relations
from listing.services.state import PersonState

MOST_EARLIER = 200

_ALL = text(
    """
    SELECT p.birth_date, p.protection, p.region_code, l.listings, q.places, d.doctor, n.unread
    FROM person p
    LEFT JOIN LATERAL (
        SELECT json_agg(json_build_array(one.id, u.hsa_id, u.name, u.region_code, lower(one.valid),
            upper(one.valid), isempty(one.valid), one.basis, one.channel, one.chosen_at, one.registered_at,
            one.counted, one.counted_because, one.end_reason, one.reason, c.closes_on)
            ORDER BY one.registered_at DESC, one.id) AS listings
        FROM listing one JOIN care_unit u ON u.id = one.care_unit_id
        LEFT JOIN unit_closure c ON c.care_unit_id = u.id AND c.listing_type = one.listing_type
            AND c.carried_out_at IS NULL AND c.withdrawn_at IS NULL
        WHERE one.listing_type = :type AND one.person_id = ANY(ARRAY(
            SELECT p.id UNION ALL SELECT m.id FROM person m WHERE m.merged_into_id = p.id))
    ) l ON true
    LEFT JOIN LATERAL (
        SELECT json_agg(json_build_array(e.id, u.hsa_id, u.name, u.region_code, e.status, e.queued_at,
            e.priority, e.offered_at, e.offer_expires_at,
            CASE e.status WHEN 'waiting' THEN (
                SELECT 1 + count(*) FROM queue_entry o
                WHERE o.care_unit_id = e.care_unit_id AND o.listing_type = e.listing_type
                    AND o.status = 'waiting'
                    AND (-o.priority, o.queued_at, o.number) < (-e.priority, e.queued_at, e.number)
            ) END) ORDER BY e.queued_at) AS places
        FROM queue_entry e JOIN care_unit u ON u.id = e.care_unit_id
        WHERE e.person_id = p.id AND e.listing_type = :type AND e.status IN ('waiting', 'offered')
    ) q ON true
    LEFT JOIN LATERAL (
        SELECT json_build_object('id', a.id, 'professionalHsaId', r.professional_hsa_id,
            'name', CASE WHEN NOT r.protected THEN r.name END, 'contact', r.contact, 'hsaId', u.hsa_id,
            'region', u.region_code, 'validFrom', lower(a.valid), 'substitutes', (
                SELECT coalesce(json_agg(json_build_object('professionalHsaId', s.professional_hsa_id,
                    'name', CASE WHEN NOT s.protected THEN s.name END, 'validFrom', lower(b.valid),
                    'validTo', upper(b.valid)) ORDER BY lower(b.valid)), '[]')
                FROM doctor_substitute b JOIN regular_doctor s ON s.id = b.substitute_id
                WHERE b.doctor_id = r.id AND (upper_inf(b.valid) OR upper(b.valid) > CAST(:today AS date))
            )) AS doctor
        FROM doctor_assignment a JOIN regular_doctor r ON r.id = a.doctor_id
        JOIN care_unit u ON u.id = r.care_unit_id
        WHERE a.person_id = p.id AND NOT isempty(a.valid)
            AND (upper_inf(a.valid) OR upper(a.valid) > CAST(:today AS date))
            AND :type = 'health-centre'
        ORDER BY lower(a.valid) LIMIT 1
    ) d ON true
    LEFT JOIN LATERAL (
        SELECT count(*) AS unread FROM listing_notice WHERE person_id = p.id AND read_at IS NULL
    ) n ON true
    WHERE p.id = :person
    """
)


@dataclass(frozen=True, slots=True)
class ListingView:
    """One listing as told. `valid_from` is None for one that never came to hold."""

    id: UUID
    hsa_id: str
    unit_name: str
    region: str
    status: str
    valid_from: date | None
    valid_to: date | None
    basis: str
    channel: str
    chosen_at: datetime
    registered_at: datetime
    counted: bool
    counted_because: str
    end_reason: str | None
    reason: str | None
    closes_on: date | None


@dataclass(frozen=True, slots=True)
class QueuePlace:
    """One place in a queue; `position` is None while an offer is out, which stands through `last_day`."""

    id: UUID
    hsa_id: str
    unit_name: str
    region: str
    status: str
    queued_at: datetime
    priority: bool
    offered_at: datetime | None
    expires_at: datetime | None
    position: int | None

    @property
    def last_day(self) -> date | None:
        """The last day on which the offer can be taken."""
        return civil_day(self.expires_at - timedelta(seconds=1)) if self.expires_at else None


@dataclass(frozen=True, slots=True)
class PersonListings:
    """`changes_left` is None without a limit, `next_change` the day on which one comes back when none is."""

    listing_type: ListingType
    current: ListingView | None
    scheduled: tuple[ListingView, ...]
    queued: tuple[QueuePlace, ...]
    earlier: tuple[ListingView, ...]
    changes_left: int | None
    next_change: date | None
    doctor: dict[str, Any] | None
    unread_notices: int | None


def person_listings(
    session: Session, actor: Actor, person_id: int, listing_type: ListingType, today: date
) -> PersonListings:
    """What stands in the register of this type for a person whom `listing.queries.reach` let through.

    Raises `PersonUnknown` where staff have nothing to do with the person, `ListingRefused` where a guardian
    or a representative may not act (`guardianship`) or staff may not see a protected person.
    """
    values = {"person": person_id, "type": listing_type, "today": today}
    row = session.execute(_ALL, values).one_or_none()
    if row is None:
        raise PersonUnknown("The person is not in the register")
    listings = [_listing(values, today) for values in row.listings or ()]
    places = [_place(values) for values in row.places or ()]
    doctor = row.doctor
    if actor.role is Role.RESIDENT:
        check_acting(session, actor, person_id, row, listing_type, today)
    else:
        listings, places, doctor = _for_staff(actor, row, listings, places)
    audit_person(session, actor, "listings-read", person_id)
    current = next((one for one in listings if one.status == "listed"), None)
    region = row.region_code or (current.region if current else "")
    policy = policy_for(session, region, listing_type, today).policy
    changes = [
        change_limit.Change(civil_day(datetime.fromisoformat(one[10])), one[11]) for one in row.listings or ()
    ]
    allowance = change_limit.allowance(policy.change_limit, changes, today)
    over = [one for one in listings if one.status in ("ended", "withdrawn")]
    return PersonListings(
        listing_type,
        current,
        tuple(one for one in listings if one.status == "scheduled"),
        tuple(places),
        tuple(over[:MOST_EARLIER]),
        allowance.left,
        allowance.next_back,
        doctor,
        row.unread if actor.role is Role.RESIDENT else None,
    )


_ABOUT = text("SELECT birth_date, protection, region_code FROM person WHERE id = :person")


def check_reading(session: Session, actor: Actor, person_id: int, today: date) -> None:
    """Refuse a resident who may not read of the person, whom `listing.queries.reach` let through."""
    if actor.person_id != person_id:
        row = session.execute(_ABOUT, {"person": person_id}).one()
        check_acting(session, actor, person_id, row, "health-centre", today)


def check_acting(
    session: Session, actor: Actor, person_id: int, row: Any, listing_type: ListingType, today: date
) -> None:
    """Refuse a resident who may not act for the person; looking needs no second guardian's word."""
    if actor.person_id == person_id:
        return
    standing = Standing("personal", True, row.region_code, cast(Protection, row.protection))
    person = PersonState(person_id, standing, row.birth_date, (), None, (), ())
    acting = relations.acting(session, actor, person, "web", (), today)
    policy = policy_for(session, row.region_code or "", listing_type, today).policy
    decision = guardianship.may_act(policy, replace(acting, agreeing=acting.guardians), today)
    if isinstance(decision, Refused):
        raise refuse(decision)


def _for_staff(
    actor: Actor, row: Any, listings: list[ListingView], places: list[QueuePlace]
) -> tuple[list[ListingView], list[QueuePlace], dict[str, Any] | None]:
    """What of it is theirs; `PersonUnknown` where nothing is, as for somebody who is not in the register."""
    if actor.role is Role.UNIT:
        listings = [one for one in listings if one.hsa_id == actor.unit]
        places = [one for one in places if one.hsa_id == actor.unit]
        own = False
    else:
        own = actor.region is None or actor.region == row.region_code
        listings = [one for one in listings if own or one.region == actor.region]
        places = [one for one in places if own or one.region == actor.region]
    if not (own or listings or places):
        raise PersonUnknown("The person is not in the register")
    if row.protection != "none" and not actor.may_see_protected:
        raise refuse(Refused("person-protected", "own-path"))
    doctor = row.doctor
    shown = doctor and (own or doctor["hsaId"] == actor.unit or doctor["region"] == actor.region)
    if actor.role is Role.UNIT:
        shown = doctor and doctor["hsaId"] == actor.unit
    return listings, places, doctor if shown else None


def _listing(values: list[Any], today: date) -> ListingView:
    id_, hsa_id, name, region, first, until, empty, basis, channel, chosen, registered, *rest = values
    begins = first and date.fromisoformat(first)
    ends = until and date.fromisoformat(until)
    if empty:
        status = "withdrawn"
    elif ends is not None and ends <= today:
        status = "ended"
    else:
        status = "scheduled" if begins > today else "listed"
    counted, because, end_reason, reason, closes = rest
    return ListingView(
        UUID(id_),
        hsa_id,
        name,
        region,
        status,
        begins,
        ends,
        basis,
        channel,
        datetime.fromisoformat(chosen),
        datetime.fromisoformat(registered),
        counted,
        because,
        end_reason,
        reason,
        closes and date.fromisoformat(closes),
    )


def _place(values: list[Any]) -> QueuePlace:
    id_, hsa_id, name, region, status, queued, priority, offered, expires, position = values
    return QueuePlace(
        UUID(id_),
        hsa_id,
        name,
        region,
        status,
        datetime.fromisoformat(queued),
        priority > 0,
        offered and datetime.fromisoformat(offered),
        expires and datetime.fromisoformat(expires),
        position,
    )
