"""By which right an actor acts for a person, and what may exempt a person from a unit's limit."""

from dataclasses import dataclass
from datetime import date
from typing import Literal, cast

from sqlalchemy import text
from sqlalchemy.orm import Session

from listing.actor import Actor, Role
from listing.policy.codes import Exemption
from listing.policy.model import CapExemptions
from listing.rules.capacity import Circumstances, exemption_for
from listing.rules.entitlement import Channel, Protection
from listing.rules.guardianship import Acting, Relation
from listing.services.state import PersonState

_GUARDIANS = text(
    """
    SELECT g.guardian_id, g.suspended, p.protection FROM guardianship g JOIN person p ON p.id = g.guardian_id
    WHERE g.child_id = :person AND g.valid @> CAST(:today AS date)
    """
)
_REPRESENTS = text(
    """
    SELECT basis FROM representation
    WHERE person_id = :person AND representative_id = :actor AND valid @> CAST(:today AS date) LIMIT 1
    """
)
_CIRCUMSTANCES = text(
    """
    SELECT p.birth_date, p.region_since,
        CASE WHEN p.special_care_unit_id = :unit THEN p.special_care END AS special_care,
        EXISTS (SELECT FROM guardianship g JOIN listing l ON l.person_id = g.guardian_id
            WHERE g.child_id = p.id AND g.valid @> CAST(:day AS date) AND l.care_unit_id = :unit
                AND l.listing_type = :type AND l.valid @> CAST(:day AS date)) AS guardian_listed,
        p.household IS NOT NULL AND EXISTS (SELECT FROM person h JOIN listing l ON l.person_id = h.id
            WHERE h.household = p.household AND h.id <> p.id AND l.care_unit_id = :unit
                AND l.listing_type = :type AND l.valid @> CAST(:day AS date)) AS household_listed,
        c.born AS youngest_child, c.here AS child_health_here
    FROM person p
    LEFT JOIN LATERAL (
        SELECT max(k.birth_date) AS born, coalesce(bool_or(EXISTS (
            SELECT FROM listing l WHERE l.person_id = k.id AND l.care_unit_id = :unit
                AND l.listing_type = 'child-health-centre' AND l.valid @> CAST(:day AS date))), false) AS here
        FROM (
            SELECT p.id AS id
            UNION ALL SELECT child_id FROM guardianship
            WHERE guardian_id = p.id AND valid @> CAST(:day AS date)
        ) family JOIN person k ON k.id = family.id
    ) c ON true
    WHERE p.id = :person
    """
)


@dataclass(frozen=True, slots=True)
class _Guardian:
    person_id: int
    suspended: bool
    protection: Protection


def acting(
    session: Session,
    actor: Actor,
    person: PersonState,
    channel: Channel,
    signed_by: tuple[int, ...],
    today: date,
) -> Acting:
    """The relation between whoever acts and the person.

    Staff act on behalf of whoever stands before them or has signed: for a child that is a guardian, and
    `signed_by` are those who have; for a grown-up it is the person.
    """
    if actor.role is Role.RESIDENT:
        return _resident(session, actor, person, channel, today)
    guardians = _guardians(session, person.id, today)
    agreeing = {one.person_id for one in guardians} & set(signed_by)
    relation: Relation = "guardian" if agreeing else "self"
    return Acting(relation, channel, person.born, max(1, len(guardians)), len(agreeing), "none")


def _resident(session: Session, actor: Actor, person: PersonState, channel: Channel, today: date) -> Acting:
    if actor.person_id == person.id:
        return Acting("self", channel, person.born, protected=person.standing.protection)
    guardians = _guardians(session, person.id, today)
    me = next((one for one in guardians if one.person_id == actor.person_id), None)
    if me is not None:
        hidden = me.suspended or me.protection != "none" or person.standing.protection != "none"
        protection: Protection = "confidentiality-mark" if hidden else "none"
        return Acting("guardian", channel, person.born, len(guardians), 1, protection)
    basis = session.scalar(_REPRESENTS, {"person": person.id, "actor": actor.person_id, "today": today})
    relation = cast(Relation, basis or "none")
    return Acting(relation, channel, person.born, protected=person.standing.protection)


def _guardians(session: Session, person_id: int, today: date) -> list[_Guardian]:
    rows = session.execute(_GUARDIANS, {"person": person_id, "today": today})
    return [_Guardian(row.guardian_id, row.suspended, row.protection) for row in rows]


def exemption(
    session: Session, rule: CapExemptions, person_id: int, care_unit_id: int, listing_type: str, day: date
) -> Exemption | None:
    """The exemption from the unit's limit that the registers prove for this person on a day."""
    values = {"person": person_id, "unit": care_unit_id, "type": listing_type, "day": day}
    row = session.execute(_CIRCUMSTANCES, values).one()
    care = cast("Literal['special-housing', 'home-care'] | None", row.special_care)
    return exemption_for(
        rule,
        Circumstances(
            row.birth_date,
            row.guardian_listed,
            row.household_listed,
            care,
            row.region_since,
            row.child_health_here,
            row.youngest_child,
        ),
        day,
    )
