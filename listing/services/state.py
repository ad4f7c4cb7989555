"""What an operation reads before it decides: people with what they have, and units with their room.

Everything is read after the locks have been taken, each kind with one statement whatever the number.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, cast
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from core.roundtrip import Ask, Rows, together
from listing.errors import UnitUnknown
from listing.people.errors import PersonUnknown
from listing.policy.codes import ReasonCode
from listing.rules.capacity import Room
from listing.rules.change_limit import Basis, Before, Change
from listing.rules.contract import Period
from listing.rules.days import civil_day
from listing.rules.entitlement import Deregistration, IdentityKind, Protection, Standing


@dataclass(frozen=True, slots=True)
class Held:
    """A listing that holds or will hold. `ends` is the first day without it, None while open.

    `closing`: the unit has told that it closes, so that a choice of another is forced by it.
    """

    id: UUID
    care_unit_id: int
    begins: date
    ends: date | None
    basis: Basis
    counted: bool
    closing: bool = False


@dataclass(frozen=True, slots=True)
class Waits:
    """A queue place that still counts."""

    id: UUID
    care_unit_id: int
    region: str
    status: Literal["waiting", "offered"]
    slot: int


@dataclass(frozen=True, slots=True)
class PersonState:
    """A person as the rules see one, for one listing type."""

    id: int
    standing: Standing
    born: date
    listings: tuple[Held, ...]
    last_end: tuple[Basis, str] | None
    changes: tuple[Change, ...]
    queues: tuple[Waits, ...]
    moved_on: date | None = None
    has_doctor: bool = False

    def shown(self, day: date) -> tuple[ReasonCode, ...]:
        """The special reasons that the population register shows: a move since the present listing began."""
        now = self.current(day)
        if now is None or self.moved_on is None:
            return ()
        return ("moved",) if now.begins <= self.moved_on <= day else ()

    def current(self, day: date) -> Held | None:
        """The listing that holds on a day."""
        return next(
            (one for one in self.listings if one.begins <= day and (one.ends is None or one.ends > day)), None
        )

    def coming(self, day: date) -> Held | None:
        """The listing that begins after a day."""
        return next((one for one in self.listings if one.begins > day), None)

    def before(self, day: date) -> Before | None:
        """The listing that a new one would follow."""
        now = self.current(day)
        if now is not None:
            return Before(now.basis, None, now.closing)
        return Before(*self.last_end) if self.last_end else None


@dataclass(frozen=True, slots=True)
class UnitState:
    """A unit as the rules see one, for one listing type."""

    id: int
    hsa_id: str
    region: str
    active: bool
    contracts: tuple[Period, ...]
    closes_on: date | None


# A listing that was left or changed on its first day holds no day, and yet the person was listed; one that
# was taken back before it began, or was an error, never was.
_PEOPLE = text(
    """
    SELECT p.id, EXISTS (SELECT FROM doctor_assignment a
            WHERE a.person_id = p.id AND (upper_inf(a.valid) OR upper(a.valid) > :today)) AS doctor,
        p.identity_kind, p.registered, p.region_code, p.protection, p.deregistration_reason,
        p.birth_date, p.moved_on, l.listings, e.last_end, c.changes, q.queues
    FROM person p
    LEFT JOIN LATERAL (
        SELECT json_agg(json_build_array(
            id, care_unit_id, lower(valid), upper(valid), basis, counted, EXISTS (
            SELECT FROM unit_closure c WHERE c.care_unit_id = listing.care_unit_id AND c.listing_type = :type
                AND c.withdrawn_at IS NULL AND (c.carried_out_at IS NULL OR c.choose_by >= :today)
            )) ORDER BY lower(valid)) AS listings
        FROM listing WHERE person_id = p.id AND listing_type = :type AND NOT isempty(valid)
            AND (upper_inf(valid) OR upper(valid) > :today)
    ) l ON true
    LEFT JOIN LATERAL (
        SELECT json_build_array(basis, end_reason) AS last_end
        FROM listing WHERE person_id = p.id AND listing_type = :type AND (upper(valid) <= :today
            OR isempty(valid) AND end_reason NOT IN ('withdrawn', 'replaced', 'error', 'allocation-undone'))
        ORDER BY registered_at DESC LIMIT 1
    ) e ON true
    LEFT JOIN LATERAL (
        SELECT json_agg(registered_at) AS changes FROM listing
        WHERE person_id = p.id AND listing_type = :type AND counted
    ) c ON true
    LEFT JOIN LATERAL (
        SELECT json_agg(json_build_array(q.id, q.care_unit_id, u.region_code, q.status, q.slot)) AS queues
        FROM queue_entry q JOIN care_unit u ON u.id = q.care_unit_id
        WHERE q.person_id = p.id AND q.listing_type = :type AND q.status IN ('waiting', 'offered')
    ) q ON true
    WHERE p.id = ANY(CAST(:ids AS bigint[]))
    """
)

_UNITS = text(
    """
    SELECT u.id, u.hsa_id, u.region_code, u.status, (
        SELECT array_agg(valid) FROM unit_contract WHERE care_unit_id = u.id AND listing_type = :type
    ) AS contracts, (
        SELECT closes_on FROM unit_closure WHERE care_unit_id = u.id AND listing_type = :type
            AND cause = 'decision' AND carried_out_at IS NULL AND withdrawn_at IS NULL
    ) AS closes_on
    FROM care_unit u WHERE u.hsa_id = ANY(CAST(:hsa_ids AS text[])) AND u.region_code IS NOT NULL
    """
)

_ROOM = text(
    """
    SELECT l.places, l.valid, coalesce(r.listed, 0) AS listed, coalesce(r.held, 0) AS held,
        coalesce(r.waiting, 0) AS waiting
    FROM (SELECT) one
    LEFT JOIN unit_register r ON r.care_unit_id = :unit AND r.listing_type = :type
    LEFT JOIN listing_limit l ON l.care_unit_id = :unit AND l.listing_type = :type
    """
)


def people(session: Session, ids: Sequence[int], listing_type: str, today: date) -> dict[int, PersonState]:
    """These people by key; raises `PersonUnknown` when one is missing."""
    return _people(together(session, _people_asked(ids, listing_type, today))[0], ids)


def units(session: Session, hsa_ids: Sequence[str], listing_type: str) -> dict[str, UnitState]:
    """These units by HSA-id; raises `UnitUnknown` when one is missing."""
    return _units(together(session, _units_asked(hsa_ids, listing_type))[0], hsa_ids)


def people_and_units(
    session: Session, ids: Sequence[int], hsa_ids: Sequence[str], listing_type: str, today: date
) -> tuple[dict[int, PersonState], dict[str, UnitState]]:
    """Both in one round trip."""
    asked = (_people_asked(ids, listing_type, today), _units_asked(hsa_ids, listing_type))
    of_people, of_units = together(session, *asked)
    return _people(of_people, ids), _units(of_units, hsa_ids)


def room(session: Session, care_unit_id: int, listing_type: str, day: date) -> Room:
    """The unit's register under the limit in force on a day."""
    return room_on(together(session, room_asked(care_unit_id, listing_type))[0], day)


def room_asked(care_unit_id: int, listing_type: str) -> Ask:
    """What reads a unit's register and limits, to be sent together with something else; see `room_on`."""
    return Ask(_ROOM, {"unit": care_unit_id, "type": listing_type})


def room_on(rows: Rows, day: date) -> Room:
    """The register as it was read, under the limit in force on a day."""
    places = next((row.places for row in rows if row.valid is not None and day in row.valid), None)
    return Room(places, rows[0].listed, rows[0].held, rows[0].waiting)


def _people_asked(ids: Sequence[int], listing_type: str, today: date) -> Ask:
    return Ask(_PEOPLE, {"ids": list(set(ids)), "type": listing_type, "today": today})


def _people(rows: Rows, ids: Sequence[int]) -> dict[int, PersonState]:
    if len(rows) < len(set(ids)):
        raise PersonUnknown("The person is not in the register")
    return {row.id: _person(row) for row in rows}


def _units_asked(hsa_ids: Sequence[str], listing_type: str) -> Ask:
    return Ask(_UNITS, {"hsa_ids": list({one.upper() for one in hsa_ids}), "type": listing_type})


def _units(rows: Rows, hsa_ids: Sequence[str]) -> dict[str, UnitState]:
    if len(rows) < len({one.upper() for one in hsa_ids}):
        raise UnitUnknown("There is no such unit in the directory")
    return {row.hsa_id: _unit(row) for row in rows}


def _person(row: Any) -> PersonState:
    standing = Standing(
        cast(IdentityKind, row.identity_kind),
        row.registered,
        row.region_code,
        cast(Protection, row.protection),
        cast("Deregistration | None", row.deregistration_reason),
    )
    return PersonState(
        row.id,
        standing,
        row.birth_date,
        tuple(
            Held(UUID(id_), unit, date.fromisoformat(begins), ends and date.fromisoformat(ends), *rest)
            for id_, unit, begins, ends, *rest in row.listings or ()
        ),
        (row.last_end[0], row.last_end[1]) if row.last_end else None,
        tuple(Change(_swedish_day(at), True) for at in row.changes or ()),
        tuple(Waits(UUID(id_), *rest) for id_, *rest in row.queues or ()),
        row.moved_on,
        row.doctor,
    )


def _swedish_day(at: str) -> date:
    return civil_day(datetime.fromisoformat(at))


def _unit(row: Any) -> UnitState:
    periods = tuple(Period(valid.lower, valid.upper) for valid in row.contracts or ())
    return UnitState(row.id, row.hsa_id, row.region_code, row.status == "active", periods, row.closes_on)
