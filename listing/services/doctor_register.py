"""The doctors of a unit whom one can have as fast läkarkontakt: who, how much, how many, and who stands in.

Patientlagen (2014:821) 6 kap. 3 §. Staff of the unit or of its region decide; a doctor's own ceiling goes
before the guide value (`listing.rules.regular_doctor`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from core import audit
from listing.actor import Actor
from listing.errors import DoctorUnknown, refuse
from listing.locking import lock_people
from listing.policy.codes import ListingType
from listing.rules import access
from listing.rules.decision import Refused
from listing.services import journal, notices, state
from listing.services.operation import Context, once

HEALTH_CENTRE: ListingType = "health-centre"

_HELD = text(
    """
    SELECT id, lower(valid) AS first FROM regular_doctor
    WHERE care_unit_id = :unit AND professional_hsa_id = :doctor AND NOT isempty(valid)
        AND (upper_inf(valid) OR upper(valid) > CAST(:today AS date))
    ORDER BY lower(valid) LIMIT 1 FOR NO KEY UPDATE
    """
)
_ADD = text(
    """
    INSERT INTO regular_doctor (professional_hsa_id, care_unit_id, name, in_training, protected,
        full_time_percent, ceiling, contact, valid)
    VALUES (:doctor, :unit, :name, :in_training, :protected, :full_time_percent, :ceiling,
        CAST(:contact AS jsonb), daterange(:first, :until))
    RETURNING id, patients
    """
)
_CHANGE = text(
    """
    UPDATE regular_doctor SET name = :name, in_training = :in_training, protected = :protected,
        full_time_percent = :full_time_percent, ceiling = :ceiling, contact = CAST(:contact AS jsonb),
        valid = daterange(:first, :until), updated_at = :at
    WHERE id = :id RETURNING id, patients
    """
)
_PATIENTS = text(
    """
    SELECT person_id FROM doctor_assignment
    WHERE doctor_id = :id AND NOT isempty(valid) AND (upper_inf(valid) OR upper(valid) > CAST(:until AS date))
    """
)
_LET_GO = text(
    """
    UPDATE doctor_assignment SET valid = CASE WHEN lower(valid) >= CAST(:until AS date)
        THEN 'empty'::daterange ELSE daterange(lower(valid), CAST(:until AS date)) END
    WHERE doctor_id = :id AND NOT isempty(valid) AND (upper_inf(valid) OR upper(valid) > CAST(:until AS date))
    RETURNING person_id
    """
)
_AT_UNIT = text(
    """
    SELECT id FROM regular_doctor
    WHERE care_unit_id = :unit AND professional_hsa_id = :doctor AND NOT isempty(valid)
        AND (upper_inf(valid) OR upper(valid) > CAST(:today AS date)) ORDER BY lower(valid) LIMIT 1
    """
)
_FREE_DAYS = text(
    """
    WITH cut AS (
        UPDATE doctor_substitute SET valid = daterange(lower(valid), CAST(:first AS date))
        WHERE doctor_id = :id AND substitute_id = :substitute AND valid && daterange(:first, :until)
            AND lower(valid) < CAST(:first AS date)
    )
    DELETE FROM doctor_substitute
    WHERE doctor_id = :id AND substitute_id = :substitute AND valid && daterange(:first, :until)
        AND lower(valid) >= CAST(:first AS date)
    """
)
_STAND_IN = text(
    "INSERT INTO doctor_substitute (doctor_id, substitute_id, valid)"
    " VALUES (:id, :substitute, daterange(:first, :until))"
)


@dataclass(frozen=True, slots=True)
class DoctorAtUnit:
    """A doctor as the unit states one. `valid_to` is the first day without; `ceiling` None: the guide value.

    `contact` says how to reach the doctor (`phone`, `text`); `protected`: the name stays within the unit.
    """

    name: str
    valid_from: date
    valid_to: date | None = None
    in_training: bool = False
    protected: bool = False
    full_time_percent: int = 100
    ceiling: int | None = None
    contact: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The published form."""
        return {
            "name": self.name,
            "inTraining": self.in_training,
            "protected": self.protected,
            "fullTimePercent": self.full_time_percent,
            "ceiling": self.ceiling,
            "contact": dict(self.contact),
            "validFrom": self.valid_from.isoformat(),
            "validTo": self.valid_to and self.valid_to.isoformat(),
        }


def put_doctor(
    session: Session, actor: Actor, key: str, hsa_id: str, professional_hsa_id: str, stated: DoctorAtUnit
) -> dict[str, Any]:
    """Register a doctor at a unit, or replace what is stated of one who is there (or is to come).

    People keep the doctor through the day before `valid_to`; they are told when an end is set. A ceiling
    under the number of people takes the doctor from nobody. Raises `UnitUnknown`, `ListingRefused`.
    """
    doctor = professional_hsa_id.upper()
    request = {"operation": "doctor-put", "unit": hsa_id, "doctor": doctor, **stated.as_json()}

    def work(context: Context) -> dict[str, Any]:
        unit = _own_unit(session, context, hsa_id)
        _check_days(stated.valid_from, stated.valid_to)
        where = {"unit": unit.id, "doctor": doctor, "today": context.today}
        values = _columns(stated)
        if stated.valid_to is not None:
            # People come before every other lock (`listing.locking`).
            seen = session.scalar(_AT_UNIT, where)
            lock_people(session, session.scalars(_PATIENTS, {"id": seen, "until": stated.valid_to}))
        held = session.execute(_HELD, where).one_or_none()
        if held is None:
            row = session.execute(_ADD, {**where, **values}).one()
        else:
            row = session.execute(_CHANGE, {"id": held.id, "at": context.at, **values}).one()
        ended = _let_go(session, context, row.id, unit.id, stated.valid_to) if stated.valid_to else 0
        _audit(session, context, "doctor-registered", doctor, unit)
        return {
            "hsaId": unit.hsa_id,
            "professionalHsaId": doctor,
            **stated.as_json(),
            "patients": row.patients,
            "ended": ended,
        }

    return once(session, actor, key, request, work)


def put_substitute(
    session: Session,
    actor: Actor,
    key: str,
    hsa_id: str,
    professional_hsa_id: str,
    substitute_hsa_id: str,
    *,
    valid_from: date,
    valid_to: date | None,
) -> dict[str, Any]:
    """Let a doctor of the unit stand in for another from a day until before `valid_to`."""
    doctor, substitute = professional_hsa_id.upper(), substitute_hsa_id.upper()
    days = {"validFrom": valid_from.isoformat(), "validTo": valid_to and valid_to.isoformat()}
    request = {"operation": "substitute", "unit": hsa_id, "doctor": doctor, "by": substitute, **days}

    def work(context: Context) -> dict[str, Any]:
        unit = _own_unit(session, context, hsa_id)
        if doctor == substitute:
            raise refuse(Refused("doctor-full", "substitute-itself"))
        _check_days(valid_from, valid_to)
        values = {
            "id": _at_unit(session, context, unit.id, doctor),
            "substitute": _at_unit(session, context, unit.id, substitute),
            "first": valid_from,
            "until": valid_to,
        }
        session.execute(_FREE_DAYS, values)
        session.execute(_STAND_IN, values)
        _audit(session, context, "substitute-registered", doctor, unit, substitute=substitute)
        return {"professionalHsaId": doctor, "substituteHsaId": substitute, **days}

    return once(session, actor, key, request, work)


def end_substitute(
    session: Session,
    actor: Actor,
    key: str,
    hsa_id: str,
    professional_hsa_id: str,
    substitute_hsa_id: str,
) -> dict[str, Any]:
    """Let nobody stand in by this pair from today; what is past stays. Safe to repeat."""
    doctor, substitute = professional_hsa_id.upper(), substitute_hsa_id.upper()
    request = {"operation": "substitute-end", "unit": hsa_id, "doctor": doctor, "by": substitute}

    def work(context: Context) -> dict[str, Any]:
        unit = _own_unit(session, context, hsa_id)
        values = {
            "id": _at_unit(session, context, unit.id, doctor),
            "substitute": _at_unit(session, context, unit.id, substitute),
            "first": context.today,
            "until": None,
        }
        session.execute(_FREE_DAYS, values)
        _audit(session, context, "substitute-ended", doctor, unit, substitute=substitute)
        return {"status": "ended", "until": context.today.isoformat()}

    return once(session, actor, key, request, work)


def _own_unit(session: Session, context: Context, hsa_id: str) -> state.UnitState:
    unit = state.units(session, [hsa_id], HEALTH_CENTRE)[hsa_id.upper()]
    allowed = access.may_act_at(context.actor, access.UnitPlace(unit.hsa_id, unit.region))
    if context.actor.person_id is not None:
        allowed = Refused("not-authorised", "role")
    if isinstance(allowed, Refused):
        raise refuse(allowed)
    return unit


def _check_days(first: date, until: date | None) -> None:
    if until is not None and until <= first:
        raise refuse(Refused("date-not-possible", "period-empty"))


def _columns(stated: DoctorAtUnit) -> dict[str, Any]:
    return {
        "name": stated.name,
        "in_training": stated.in_training,
        "protected": stated.protected,
        "full_time_percent": stated.full_time_percent,
        "ceiling": stated.ceiling,
        "contact": journal.as_json(stated.contact),
        "first": stated.valid_from,
        "until": stated.valid_to,
    }


def _at_unit(session: Session, context: Context, unit_id: int, doctor: str) -> int:
    values = {"unit": unit_id, "doctor": doctor, "today": context.today}
    found: int | None = session.scalar(_AT_UNIT, values)
    if found is None:
        raise DoctorUnknown("The doctor is not at the unit")
    return found


def _let_go(session: Session, context: Context, doctor_id: int, unit_id: int, until: date) -> int:
    """People have the doctor no longer than the unit does, and are told."""
    people = session.scalars(_LET_GO, {"id": doctor_id, "until": until}).all()
    detail = {"until": until.isoformat(), "because": "doctor-leaves"}
    journal.write(
        session,
        context,
        [
            journal.Event(person, "doctor-ended", HEALTH_CENTRE, "staff", unit_id, detail=detail)
            for person in people
        ],
    )
    told = [notices.Notice(person, "doctor-leaves", HEALTH_CENTRE, unit_id, detail) for person in people]
    notices.tell(session, context, told)
    return len(people)


def _audit(
    session: Session, context: Context, action: str, doctor: str, unit: state.UnitState, **detail: object
) -> None:
    actor = context.actor
    audit.record(
        session,
        actor=actor.key,
        action=action,
        subject_kind="doctor",
        subject_key=doctor,
        actor_role=actor.role.value,
        purpose=actor.purpose.value if actor.purpose else None,
        unit=unit.hsa_id,
        **detail,
    )
