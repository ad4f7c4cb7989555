"""Who is listed at a unit, for its staff: everyone counted, one page opened, each read audited."""

from datetime import date
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from listing.actor import Actor
from listing.people.services import audit_people
from listing.policy.codes import ListingType
from listing.queries.people import PersonShown, person_shown
from listing.queries.units import staffed_unit

# In the order of the listings' own keys, which the index gives page by page without sorting the register.
_PAGE = text(
    """
    SELECT l.id, l.person_id, lower(l.valid) AS valid_from, upper(l.valid) AS valid_to, l.basis, l.channel,
        l.chosen_at, p.protection, p.sealed, p.seal_key, d.professional_hsa_id
    FROM (
        SELECT * FROM listing
        WHERE care_unit_id = :unit AND listing_type = :type AND occupies AND NOT isempty(valid)
        ORDER BY lower(valid) DESC, id LIMIT :limit OFFSET :skipped
    ) l
    JOIN person p ON p.id = l.person_id
    LEFT JOIN doctor_assignment a ON a.person_id = l.person_id AND a.valid @> CAST(:today AS date)
        AND l.listing_type = 'health-centre'
    LEFT JOIN regular_doctor d ON d.id = a.doctor_id
    ORDER BY valid_from DESC, l.id
    """
)
_TOTAL = text("SELECT listed FROM unit_register WHERE care_unit_id = :unit AND listing_type = :type")


def listed_page(
    session: Session,
    actor: Actor,
    hsa_id: str,
    listing_type: ListingType,
    today: date,
    *,
    limit: int,
    page: int,
) -> tuple[int, list[dict[str, Any]]]:
    """How many have a place, and one page of them, the latest first.

    Scheduled listings have a place and stand with their coming day. Protected persons are counted and hidden
    as in the queue. Raises `UnitUnknown`, or `ListingRefused` when it is another's unit.
    """
    unit = staffed_unit(session, actor, hsa_id)
    where = {"unit": unit.id, "type": listing_type}
    paged = {**where, "limit": limit, "skipped": (page - 1) * limit, "today": today}
    rows = session.execute(_PAGE, paged).all()
    total: int = session.scalar(_TOTAL, where) or 0
    people = [person_shown(row, actor) for row in rows]
    seen = [row.person_id for row, person in zip(rows, people, strict=True) if person.details is not None]
    audit_people(session, actor, "listings-read", seen, unit=unit.hsa_id)
    return total, [_item(row, person, today) for row, person in zip(rows, people, strict=True)]


def _item(row: Any, person: PersonShown, today: date) -> dict[str, Any]:
    if person.details is None:
        hidden = dict.fromkeys(
            ("id", "status", "validFrom", "validTo", "basis", "channel", "professionalHsaId")
        )
        return {**hidden, "person": person.view()}
    return {
        "id": row.id,
        "status": "scheduled" if row.valid_from > today else "listed",
        "validFrom": row.valid_from,
        "validTo": row.valid_to,
        "basis": row.basis,
        "channel": row.channel,
        "professionalHsaId": row.professional_hsa_id,
        "person": person.view(),
    }
