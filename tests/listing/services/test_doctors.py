"""Fast läkarkontakt: one at a time, where one is listed, within the doctor's ceiling."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from core import clock
from directory.models import CareUnit
from listing.errors import ListingRefused, ListingUnknown
from listing.models import DoctorAssignment, RegularDoctor
from listing.policy.model import Policy
from listing.services.choosing import choose
from listing.services.doctors import choose_doctor, end_doctor
from listing.services.ending import leave
from tests.support.register import LONG_AGO, a_person, a_policy, a_unit, events, resident, unit_staff, wish


def _doctor(session: Session, unit: CareUnit, number: int = 1, **columns: Any) -> RegularDoctor:
    doctor = RegularDoctor(
        professional_hsa_id=f"SE2321000024-DOC{number}",
        care_unit_id=unit.id,
        name="Läkare Prov",
        valid=Range(LONG_AGO, None),
        **columns,
    )
    session.add(doctor)
    session.flush()
    return doctor


def _patients(session: Session, doctor: RegularDoctor) -> int:
    session.refresh(doctor)
    return doctor.patients


def test_one_doctor_at_a_time_and_none_after_a_change_of_unit(session: Session) -> None:
    here, there, person = a_unit(session), a_unit(session), a_person(session)
    first, second = _doctor(session, here, 1), _doctor(session, here, 2)
    choose(
        session, resident(person), "1", [wish(person, here, professional_hsa_id=first.professional_hsa_id)]
    )
    assert _patients(session, first) == 1
    choose_doctor(session, resident(person), "2", person.id, second.professional_hsa_id)
    assert (_patients(session, first), _patients(session, second)) == (0, 1)
    choose(session, resident(person), "3", [wish(person, there)])
    assert _patients(session, second) == 0
    assert ("doctor-ended", None) in events(session, person)
    spans: list[Range[date]] = list(session.scalars(select(DoctorAssignment.valid)))
    assert all(span.upper is not None or span.isempty for span in spans)


def test_the_doctors_own_ceiling_holds_and_the_guide_warns(session: Session) -> None:
    unit = a_unit(session)
    full, crowded = _doctor(session, unit, 1, ceiling=0), _doctor(session, unit, 2, patients=5000)
    person = a_person(session)
    choose(session, resident(person), "1", [wish(person, unit)])
    with pytest.raises(ListingRefused) as refused:
        choose_doctor(session, resident(person), "2", person.id, full.professional_hsa_id)
    assert refused.value.code == "doctor-full"
    answer = choose_doctor(session, resident(person), "3", person.id, crowded.professional_hsa_id)
    assert answer["warnings"] == ["over-guide"]


def test_a_doctor_elsewhere_and_a_person_not_listed_are_refused(session: Session) -> None:
    here, there, person = a_unit(session), a_unit(session), a_person(session)
    doctor = _doctor(session, there)
    with pytest.raises(ListingRefused) as refused:
        choose_doctor(session, resident(person), "1", person.id, doctor.professional_hsa_id)
    assert refused.value.because == "not-listed"
    choose(session, resident(person), "2", [wish(person, here)])
    with pytest.raises(ListingRefused) as refused:
        choose_doctor(session, resident(person), "3", person.id, doctor.professional_hsa_id)
    assert refused.value.because == "no-such-doctor"


def test_staff_of_the_unit_may_end_it_and_strangers_may_not(session: Session) -> None:
    unit, person = a_unit(session), a_person(session)
    doctor = _doctor(session, unit)
    choose(
        session, resident(person), "1", [wish(person, unit, professional_hsa_id=doctor.professional_hsa_id)]
    )
    with pytest.raises(ListingUnknown):
        end_doctor(session, unit_staff(a_unit(session)), "2", person.id)
    assert end_doctor(session, unit_staff(unit), "3", person.id, "staff")["status"] == "ended"
    with pytest.raises(ListingRefused):
        end_doctor(session, unit_staff(unit), "4", person.id, "staff")


def test_the_doctor_goes_with_the_listing_and_stays_when_a_change_is_taken_back(session: Session) -> None:
    policy = Policy()
    a_policy(session, replace(policy, effective=replace(policy.effective, when="next-day")))
    here, there, person = a_unit(session), a_unit(session), a_person(session)
    doctor = _doctor(session, here)
    with clock.frozen(datetime(2027, 3, 1, 12, tzinfo=UTC)):
        [first] = choose(session, resident(person), "1", [wish(person, here)])
    with clock.frozen(datetime(2027, 3, 5, 12, tzinfo=UTC)):
        choose_doctor(session, resident(person), "2", person.id, doctor.professional_hsa_id)
        [coming] = choose(session, resident(person), "3", [wish(person, there)])
        assert _patients(session, doctor) == 0
        leave(session, resident(person), "4", UUID(coming["id"]))
        assert _patients(session, doctor) == 1
        leave(session, resident(person), "5", UUID(first["id"]))
        assert _patients(session, doctor) == 0
    assert [kind for kind, _ in events(session, person)[-2:]] == ["doctor-ended", "ended"]
