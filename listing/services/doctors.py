"""Fast läkarkontakt: choosing one, and letting one go."""

from datetime import date
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from listing.errors import refuse
from listing.policy.model import Policy
from listing.rules import regular_doctor
from listing.rules.decision import Refused
from listing.services import journal
from listing.services.operation import Context
from listing.services.requests import Choice

_DOCTOR = text(
    """
    SELECT id, full_time_percent, in_training, ceiling, patients FROM regular_doctor
    WHERE professional_hsa_id = :hsa_id AND care_unit_id = :unit AND valid @> CAST(:day AS date)
    FOR NO KEY UPDATE
    """
)
_END = text(
    """
    UPDATE doctor_assignment SET valid = CASE WHEN lower(valid) >= CAST(:day AS date) THEN 'empty'::daterange
        ELSE daterange(lower(valid), CAST(:day AS date)) END
    WHERE person_id = :person AND (upper_inf(valid) OR upper(valid) > :day)
    RETURNING doctor_id
    """
)
_ASSIGN = text(
    "INSERT INTO doctor_assignment (person_id, doctor_id, valid)"
    " VALUES (:person, :doctor, daterange(:day, NULL))"
)


def choose_with_listing(
    session: Session, context: Context, policy: Policy, choice: Choice, unit_id: int, day: date
) -> tuple[str, ...]:
    """End the regular doctor of a former unit and have the one asked for; warnings as codes."""
    ended = session.scalars(_END, {"person": choice.person_id, "day": day}).all()
    events = [_event(choice, unit_id, "doctor-ended", {"reason": "changed-unit"}) for _ in ended]
    warnings: tuple[str, ...] = ()
    if choice.professional_hsa_id:
        warnings = assign(session, policy, choice.person_id, choice.professional_hsa_id, unit_id, day)
        events.append(_event(choice, unit_id, "doctor-chosen", {"warnings": list(warnings)}))
    journal.write(session, context, events)
    return warnings


def assign(
    session: Session, policy: Policy, person_id: int, professional_hsa_id: str, unit_id: int, day: date
) -> tuple[str, ...]:
    """Give the person this doctor from a day; the doctor's row is locked, so a limit holds."""
    values = {"hsa_id": professional_hsa_id.upper(), "unit": unit_id, "day": day}
    doctor = session.execute(_DOCTOR, values).one_or_none()
    if doctor is None:
        raise refuse(Refused("doctor-full", "no-such-doctor"))
    known = regular_doctor.Doctor(doctor.full_time_percent, doctor.in_training, doctor.ceiling)
    decision = regular_doctor.may_assign(policy.regular_doctor, known, doctor.patients)
    if isinstance(decision, Refused):
        raise refuse(decision)
    session.execute(_ASSIGN, {"person": person_id, "doctor": doctor.id, "day": day})
    return decision.warnings


def _event(choice: Choice, unit_id: int, kind: str, detail: dict[str, Any]) -> journal.Event:
    return journal.Event(choice.person_id, kind, choice.listing_type, choice.channel, unit_id, detail=detail)
