"""All that the register keeps of a person, for the person (dataskyddsförordningen 2016/679 article 15)."""

from datetime import date
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from listing.actor import Actor
from listing.people import sealing
from listing.people.services import audit_person
from listing.queries.my_pages import check_may_look

_PERSON = text(
    "SELECT id, sealed, seal_key, birth_date, sex, region_code, municipality_code, registered, identity_kind"
    " FROM person WHERE id = :id"
)
_COPY = {
    "listings": """
        SELECT l.id, u.hsa_id AS "hsaId", u.name AS unit, l.listing_type AS type,
            lower(l.valid) AS "validFrom", upper(l.valid) AS "validTo", l.chosen_at AS "chosenAt",
            l.registered_at AS "registeredAt", l.basis, l.channel, l.reason, l.counted,
            l.counted_because AS "countedBecause", l.end_reason AS "endReason"
        FROM listing l JOIN care_unit u ON u.id = l.care_unit_id WHERE l.person_id = ANY(ARRAY(
            SELECT id FROM person WHERE id = :id OR merged_into_id = :id))
        ORDER BY l.registered_at""",
    "queuePlaces": """
        SELECT q.id, u.hsa_id AS "hsaId", u.name AS unit, q.listing_type AS type, q.status,
            q.queued_at AS "queuedAt", q.priority, q.priority_reason AS "priorityReason",
            q.offered_at AS "offeredAt", q.offer_expires_at AS "offerExpiresAt", q.ended_at AS "endedAt",
            q.end_reason AS "endReason"
        FROM queue_entry q JOIN care_unit u ON u.id = q.care_unit_id WHERE q.person_id = :id
        ORDER BY q.queued_at""",
    "history": """
        SELECT e.at, e.kind, u.hsa_id AS "hsaId", u.name AS unit, e.listing_type AS type, e.channel, e.reason,
            e.counted, e.counted_because AS "countedBecause", e.actor_role AS "byRole", e.detail
        FROM listing_event e LEFT JOIN care_unit u ON u.id = e.care_unit_id WHERE e.person_id = ANY(ARRAY(
            SELECT id FROM person WHERE id = :id OR merged_into_id = :id))
        ORDER BY e.id""",
    "messages": """
        SELECT n.created_at AS at, n.kind, u.hsa_id AS "hsaId", u.name AS unit, n.listing_type AS type,
            n.detail, n.read_at AS "readAt"
        FROM listing_notice n LEFT JOIN care_unit u ON u.id = n.care_unit_id WHERE n.person_id = :id
        ORDER BY n.id""",
    "regularDoctors": """
        SELECT CASE WHEN NOT r.protected THEN r.name END AS name, r.professional_hsa_id AS "hsaId",
            u.hsa_id AS "unitHsaId", u.name AS unit, lower(a.valid) AS "validFrom",
            upper(a.valid) AS "validTo"
        FROM doctor_assignment a JOIN regular_doctor r ON r.id = a.doctor_id
        JOIN care_unit u ON u.id = r.care_unit_id WHERE a.person_id = :id ORDER BY lower(a.valid)""",
    "lookedAt": """
        SELECT at, action, actor_role AS "byRole", purpose, detail ->> 'actor_unit' AS "unitHsaId",
            detail ->> 'actor_region' AS region
        FROM audit_event WHERE subject_kind = 'person' AND subject_key = CAST(:id AS text) ORDER BY id""",
}


def copy_of(session: Session, actor: Actor, person_id: int, today: date) -> dict[str, Any]:
    """All that the register keeps of a person, in the person's own hands (article 15.3). Audited.

    Who looked is told by role, unit and purpose; which member of staff it was is the care provider's to tell.
    """
    check_may_look(session, actor, person_id, today)
    row = session.execute(_PERSON, {"id": person_id}).one()
    details = sealing.unseal(bytes(row.sealed), row.seal_key, row.id)
    audit_person(session, actor, "copy-taken", person_id)
    session.flush()
    return {
        "person": {
            "identity": details.identity,
            "givenName": details.given_name,
            "familyName": details.family_name,
            "street": details.street,
            "postalCode": details.postal_code,
            "city": details.city,
            "birthDate": row.birth_date,
            "region": row.region_code,
            "municipality": row.municipality_code,
            "registered": row.registered,
            "identityKind": row.identity_kind,
        },
        **{
            name: [dict(one._mapping) for one in session.execute(text(statement), {"id": person_id})]
            for name, statement in _COPY.items()
        },
    }
