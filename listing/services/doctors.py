"""Fast läkarkontakt: choosing one where one is listed, letting one go, and who stands in meanwhile.

Patientlagen (2014:821) 6 kap. 3 §. The doctor's row is locked while the number of people is looked at and
raised, so that a limit holds.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from listing.actor import Actor
from listing.errors import refuse
from listing.locking import lock_people
from listing.policy.codes import ListingType
from listing.policy.lookup import policy_for
from listing.policy.model import Policy
from listing.rules import access, regular_doctor
from listing.rules.decision import Refused
from listing.services import journal, state
from listing.services.operation import Context, once
from listing.services.requests import Channel, Choice
from listing.services.rights import may_touch

HEALTH_CENTRE: ListingType = "health-centre"

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
    WHERE person_id = ANY(CAST(:people AS bigint[])) AND NOT isempty(valid)
        AND (upper_inf(valid) OR upper(valid) > :day)
    RETURNING person_id
    """
)
_KEEP = text(
    """
    UPDATE doctor_assignment SET valid = daterange(lower(valid), NULL)
    WHERE person_id = :person AND upper(valid) = CAST(:day AS date)
    """
)
_ASSIGN = text(
    "INSERT INTO doctor_assignment (person_id, doctor_id, valid)"
    " VALUES (:person, :doctor, daterange(:day, NULL))"
)
_LISTED_AT = text(
    """
    SELECT l.care_unit_id, u.hsa_id, u.region_code FROM listing l JOIN care_unit u ON u.id = l.care_unit_id
    WHERE l.person_id = :person AND l.listing_type = :type AND l.valid @> CAST(:day AS date)
    """
)


def leave(
    session: Session,
    context: Context,
    person: state.PersonState,
    listing_type: str,
    channel: str,
    unit_id: int,
    day: date,
) -> None:
    """End the regular doctor of a person who is listed at another unit from a day."""
    if person.has_doctor:
        let_go(session, context, [person.id], listing_type, channel, unit_id, day)


def let_go(
    session: Session,
    context: Context,
    people: Sequence[int],
    listing_type: str,
    channel: str,
    unit_id: int,
    day: date,
) -> None:
    """End the regular doctors of people whose listing at the unit ends on a day: one goes with the other."""
    if listing_type != HEALTH_CENTRE:
        return
    ended = session.scalars(_END, {"people": list(people), "day": day}).all()
    told = {"because": "changed-unit"}
    events = [_event(person, channel, unit_id, "doctor-ended", told) for person in ended]
    journal.write(session, context, events)


def keep(session: Session, person_id: int, day: date) -> None:
    """Let a regular doctor whose end was set for a day stay, because the change will not happen."""
    session.execute(_KEEP, {"person": person_id, "day": day})


def choose_with_listing(
    session: Session, context: Context, policy: Policy, choice: Choice, unit_id: int, day: date
) -> tuple[str, ...]:
    """Have the doctor who was asked for with the listing, if any; warnings as codes."""
    if choice.listing_type != HEALTH_CENTRE or not choice.professional_hsa_id:
        return ()
    warnings = _assign(session, policy, choice.person_id, choice.professional_hsa_id, unit_id, day)
    told = {"warnings": list(warnings)}
    journal.write(
        session, context, [_event(choice.person_id, choice.channel, unit_id, "doctor-chosen", told)]
    )
    return warnings


def choose_doctor(
    session: Session,
    actor: Actor,
    key: str,
    person_id: int,
    professional_hsa_id: str,
    channel: Channel = "web",
) -> dict[str, Any]:
    """Give a person a regular doctor at the unit where they are listed, in place of the one they have.

    `{"professionalHsaId", "validFrom", "warnings"}`; `over-guide` warns that the doctor has more people than
    the guide value. Raises `ListingRefused` with `doctor-full`, or `not-entitled` for who is not listed.
    """
    doctor = professional_hsa_id.upper()
    request = {"operation": "doctor", "person": person_id, "doctor": doctor, "channel": channel}

    def work(context: Context) -> dict[str, Any]:
        unit_id, policy = _place(session, context, person_id, channel)
        session.execute(_END, {"people": [person_id], "day": context.today})
        warnings = _assign(session, policy, person_id, doctor, unit_id, context.today)
        told = {"warnings": list(warnings)}
        journal.write(session, context, [_event(person_id, channel, unit_id, "doctor-chosen", told)])
        return {
            "professionalHsaId": doctor,
            "validFrom": context.today.isoformat(),
            "warnings": list(warnings),
        }

    return once(session, actor, key, request, work)


def end_doctor(
    session: Session, actor: Actor, key: str, person_id: int, channel: Channel = "web"
) -> dict[str, Any]:
    """Let the regular doctor go from today; the listing stays."""
    request = {"operation": "doctor-end", "person": person_id, "channel": channel}

    def work(context: Context) -> dict[str, Any]:
        unit_id, _ = _place(session, context, person_id, channel)
        ended = session.scalars(_END, {"people": [person_id], "day": context.today}).all()
        if not ended:
            raise refuse(Refused("not-entitled", "no-doctor"))
        journal.write(session, context, [_event(person_id, channel, unit_id, "doctor-ended", {})])
        return {"status": "ended", "until": context.today.isoformat()}

    return once(session, actor, key, request, work)


def _place(session: Session, context: Context, person_id: int, channel: Channel) -> tuple[int, Policy]:
    """Where the person is listed, with the person locked and the actor's right checked."""
    lock_people(session, [person_id])
    person = state.people(session, [person_id], HEALTH_CENTRE, context.today)[person_id]
    values = {"person": person_id, "type": HEALTH_CENTRE, "day": context.today}
    row = session.execute(_LISTED_AT, values).one_or_none()
    if row is None:
        raise refuse(Refused("not-entitled", "not-listed"))
    place = access.UnitPlace(row.hsa_id, row.region_code)
    may_touch(session, context, person, place, HEALTH_CENTRE, channel)
    return row.care_unit_id, policy_for(session, row.region_code, HEALTH_CENTRE, context.today).policy


def _assign(
    session: Session, policy: Policy, person_id: int, professional_hsa_id: str, unit_id: int, day: date
) -> tuple[str, ...]:
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


def _event(person_id: int, channel: str, unit_id: int, kind: str, detail: dict[str, Any]) -> journal.Event:
    return journal.Event(person_id, kind, HEALTH_CENTRE, channel, unit_id, detail=detail)
