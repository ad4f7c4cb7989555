"""What a resident's own pages show beside the listings: the family, history, receipts.

A resident reads what is their own and, within the ages of the region's rules, their children's
(`listing.rules.guardianship`); patientdatalagen (2008:355) 8 kap. 5 §. What is read of a person is audited.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from listing.actor import Actor
from listing.errors import ListingRefused, ListingUnknown
from listing.people import sealing
from listing.people.errors import PersonUnknown
from listing.people.services import audit_people, audit_person
from listing.policy.codes import ListingType
from listing.queries import reach
from listing.queries.person_listings import check_acting

HEALTH_CENTRE: ListingType = "health-centre"

_FAMILY = text(
    """
    SELECT p.id, p.birth_date, p.sealed, p.seal_key, near.relation
    FROM (
        SELECT child_id AS id, 'guardian' AS relation FROM guardianship
        WHERE guardian_id = :me AND valid @> CAST(:today AS date) AND NOT suspended
        UNION SELECT person_id, basis FROM representation
        WHERE representative_id = :me AND valid @> CAST(:today AS date)
    ) near
    JOIN person p ON p.id = near.id JOIN person me ON me.id = :me
    WHERE p.protection = 'none' AND me.protection = 'none' AND p.deregistration_reason IS DISTINCT FROM 'AV'
    ORDER BY p.birth_date, p.id
    """
)
_ONE = text(
    "SELECT birth_date, protection, region_code, registered, identity_kind FROM person WHERE id = :id"
)
_EVENTS = """
    SELECT e.id, e.at, e.person_id, e.kind, e.listing_type, u.name AS unit_name, u.hsa_id, e.actor_role,
        e.channel, e.reason, e.counted, e.counted_because, e.listing_id, e.queue_entry_id, e.detail,
        e.operation_id
    FROM listing_event e LEFT JOIN care_unit u ON u.id = e.care_unit_id
"""
_HISTORY = text(
    f"""
    {_EVENTS}
    WHERE e.person_id = ANY(ARRAY(SELECT id FROM person WHERE id = :person OR merged_into_id = :person))
        AND (CAST(:before AS bigint) IS NULL OR e.id < :before)
    ORDER BY e.id DESC LIMIT :limit
    """  # noqa: S608 - constants only
)
# Who is listed by allocation or from the queue has a receipt too; only what one asked for has an operation.
_RECEIPT = text(
    f"""
    {_EVENTS}
    JOIN (
        SELECT id, operation_id FROM listing_event
        WHERE (listing_id = :id OR queue_entry_id = :id)
            AND kind IN ('listed', 'scheduled', 'queued', 'listed-from-queue')
        ORDER BY id DESC LIMIT 1
    ) asked ON e.id = asked.id OR e.operation_id = asked.operation_id
    ORDER BY e.id
    """  # noqa: S608 - constants only
)
_MOVES = text(
    """
    SELECT queue_entry_id, at, kind, CAST(detail ->> 'position' AS integer) AS position FROM listing_event
    WHERE queue_entry_id = ANY(CAST(:ids AS uuid[])) AND detail ? 'position' ORDER BY id
    """
)
_HOLDER = text(
    """
    SELECT person_id, listing_type FROM listing WHERE id = :id
    UNION ALL SELECT person_id, listing_type FROM queue_entry WHERE id = :id
    """
)
_UNIT_NAMES = text("SELECT hsa_id, name FROM care_unit WHERE hsa_id = ANY(CAST(:ids AS text[]))")


@dataclass(frozen=True, slots=True)
class Near:
    """Somebody whom the resident acts for. `relation` is guardian, ombud, god-man or forvaltare."""

    person_id: int
    born: date
    relation: str
    given_name: str
    family_name: str


@dataclass(frozen=True, slots=True)
class Standing:
    """What decides which pages somebody has at all."""

    protected: bool
    region: str | None
    registered: bool
    identity_kind: str
    born: date


@dataclass(frozen=True, slots=True)
class Move:
    """A place in a queue at a time that history knows: when joined, and when priority was given or taken."""

    at: datetime
    kind: str
    position: int


def standing_of(session: Session, person_id: int) -> Standing:
    """How the register knows a person; raises `PersonUnknown`."""
    row = session.execute(_ONE, {"id": person_id}).one_or_none()
    if row is None:
        raise PersonUnknown("The person is not in the register")
    return Standing(
        row.protection != "none", row.region_code, row.registered, row.identity_kind, row.birth_date
    )


def family_of(session: Session, actor: Actor, today: date) -> list[Near]:
    """Those whom the resident acts for, oldest first, with names; nobody where either is protected."""
    rows = session.execute(_FAMILY, {"me": actor.person_id, "today": today}).all()
    audit_people(session, actor, "person-read", [row.id for row in rows])
    found = []
    for row in rows:
        details = sealing.unseal(bytes(row.sealed), row.seal_key, row.id)
        found.append(
            Near(row.id, row.birth_date, row.relation, details.given_name or "", details.family_name or "")
        )
    return found


def check_may_look(session: Session, actor: Actor, person_id: int, today: date) -> None:
    """Refuse whoever may not read of this person: strangers as if there were nobody, others by the rule."""
    row = session.execute(_ONE, {"id": person_id}).one_or_none()
    mine = actor.person_id == person_id
    if row is None or actor.person_id is None:
        raise PersonUnknown("The person is not in the register")
    if not mine and not reach.reached(session, actor.person_id, [person_id], today):
        raise PersonUnknown("The person is not in the register")
    check_acting(session, actor, person_id, row, HEALTH_CENTRE, today)


def history_of(
    session: Session, actor: Actor, person_id: int, today: date, *, limit: int, before: int | None = None
) -> Sequence[Any]:
    """What has happened, newest first; `before` is the last id of the page before. Audited."""
    check_may_look(session, actor, person_id, today)
    audit_person(session, actor, "history-read", person_id)
    values = {"person": person_id, "before": before, "limit": limit}
    return session.execute(_HISTORY, values).all()


def receipt_of(session: Session, actor: Actor, id_: UUID, today: date) -> Sequence[Any]:
    """Everything that happened with the listing or queue place, in order, of those whom the actor acts for.

    Raises `ListingUnknown` when there is none, and when it is somebody else's: the two look the same.
    """
    rows = session.execute(_RECEIPT, {"id": id_}).all()
    seen = {row.person_id for row in rows if _may_look(session, actor, row.person_id, today)}
    if not any(row.person_id in seen for row in rows if id_ in (row.listing_id, row.queue_entry_id)):
        raise ListingUnknown("There is no such receipt")
    audit_people(session, actor, "receipt-read", sorted(seen))
    return [row for row in rows if row.person_id in seen]


def _may_look(session: Session, actor: Actor, person_id: int, today: date) -> bool:
    try:
        check_may_look(session, actor, person_id, today)
    except (PersonUnknown, ListingRefused):
        return False
    return True


def holder_of(session: Session, id_: UUID) -> tuple[int, ListingType]:
    """Whose listing or queue place this is, and of which type; raises `ListingUnknown`.

    The caller asks `check_may_look` before anything is told of it.
    """
    row = session.execute(_HOLDER, {"id": id_}).one_or_none()
    if row is None:
        raise ListingUnknown("There is no such listing or queue place")
    return row.person_id, row.listing_type


def unit_names(session: Session, hsa_ids: Sequence[str]) -> dict[str, str]:
    """The names of these units, by HSA-id."""
    rows = session.execute(_UNIT_NAMES, {"ids": list(set(hsa_ids))})
    return {row.hsa_id: row.name for row in rows}


def moves_of(session: Session, entry_ids: Sequence[UUID]) -> dict[UUID, list[Move]]:
    """How each queue place has stood, the first time first. The caller answers for the right."""
    found: dict[UUID, list[Move]] = {}
    if entry_ids:
        for row in session.execute(_MOVES, {"ids": list(entry_ids)}):
            found.setdefault(row.queue_entry_id, []).append(Move(row.at, row.kind, row.position))
    return found
