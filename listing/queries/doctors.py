"""The doctors of a unit whom one can choose as fast läkarkontakt, as everyone may know them."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from listing.errors import RegularDoctorUnknown, UnitUnknown
from listing.policy.codes import ListingType
from listing.policy.lookup import policy_for
from listing.rules import regular_doctor
from listing.rules.decision import Allowed

HEALTH_CENTRE: ListingType = "health-centre"

_DOCTORS = text(
    """
    SELECT u.region_code, r.professional_hsa_id, CASE WHEN NOT r.protected THEN r.name END AS name,
        r.in_training, r.full_time_percent, r.ceiling, r.patients, r.contact, lower(r.valid) AS valid_from,
        upper(r.valid) AS valid_to, (
            SELECT json_agg(json_build_object('professionalHsaId', s.professional_hsa_id,
                'name', CASE WHEN NOT s.protected THEN s.name END, 'validFrom', lower(b.valid),
                'validTo', upper(b.valid)) ORDER BY lower(b.valid), s.professional_hsa_id)
            FROM doctor_substitute b JOIN regular_doctor s ON s.id = b.substitute_id
            WHERE b.doctor_id = r.id AND (upper_inf(b.valid) OR upper(b.valid) > CAST(:today AS date))
        ) AS substitutes
    FROM care_unit u
    LEFT JOIN regular_doctor r ON r.care_unit_id = u.id AND NOT isempty(r.valid)
        AND (upper_inf(r.valid) OR upper(r.valid) > CAST(:today AS date))
    WHERE u.hsa_id = :hsa_id AND u.region_code IS NOT NULL AND u.visible AND u.kind <> 'provider'
        AND (u.publish_from IS NULL OR u.publish_from <= :now)
        AND (u.publish_to IS NULL OR u.publish_to > :now)
    ORDER BY name NULLS LAST, r.professional_hsa_id, lower(r.valid)
    """
)
_HOLDER = text(
    "SELECT person_id FROM doctor_assignment WHERE id = :id AND NOT isempty(valid)"
    " AND (upper_inf(valid) OR upper(valid) > CAST(:today AS date))"
)


def doctors_of(session: Session, hsa_id: str, now: datetime, today: date) -> list[dict[str, Any]]:
    """The unit's doctors of today and to come. A protected doctor has no name here, and can be chosen.

    `hasRoom` is whether one more person would be given the doctor now; how many there are is not public.
    Raises `UnitUnknown` for a unit that is not public.
    """
    values = {"hsa_id": hsa_id.upper(), "now": now, "today": today}
    rows = session.execute(_DOCTORS, values).all()
    if not rows:
        raise UnitUnknown("There is no such unit in the directory")
    policy = policy_for(session, rows[0].region_code, HEALTH_CENTRE, today).policy
    return [_doctor(row, policy.regular_doctor) for row in rows if row.professional_hsa_id is not None]


def holder_of(session: Session, assignment_id: int, today: date) -> int:
    """Whose regular doctor this is; raises `RegularDoctorUnknown` when it has ended."""
    found: int | None = session.scalar(_HOLDER, {"id": assignment_id, "today": today})
    if found is None:
        raise RegularDoctorUnknown("There is no such regular doctor")
    return found


def _doctor(row: Any, rule: Any) -> dict[str, Any]:
    known = regular_doctor.Doctor(row.full_time_percent, row.in_training, row.ceiling)
    room = isinstance(regular_doctor.may_assign(rule, known, row.patients), Allowed)
    return {
        "professionalHsaId": row.professional_hsa_id,
        "name": row.name,
        "inTraining": row.in_training,
        "contact": row.contact,
        "hasRoom": room,
        "validFrom": row.valid_from,
        "validTo": row.valid_to,
        "substitutes": row.substitutes or [],
    }
