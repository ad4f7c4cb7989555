"""A unit's regular doctors: stated, ended with everyone told, and stood in for day by day."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from core import clock
from listing.errors import DoctorUnknown, ListingRefused
from listing.models import DoctorAssignment, DoctorSubstitute, ListingNotice, RegularDoctor
from listing.services.choosing import choose
from listing.services.doctor_register import DoctorAtUnit, end_substitute, put_doctor, put_substitute
from tests.support.register import a_person, a_unit, events, region_staff, resident, unit_staff, wish

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
TODAY = date(2026, 11, 21)
FIRST = date(2020, 1, 1)
DOCTOR, OTHER = "SE2321000024-DR1", "SE2321000024-DR2"


def test_what_is_stated_again_replaces_and_the_row_stays(session: Session) -> None:
    unit = a_unit(session)
    for number, ceiling in enumerate((None, 900)):
        stated = DoctorAtUnit("Åsa Prov", FIRST, ceiling=ceiling, contact={"phone": "+4631100200"})
        put_doctor(session, unit_staff(unit), str(number), unit.hsa_id or "", DOCTOR.lower(), stated)
    (row,) = session.scalars(select(RegularDoctor).where(RegularDoctor.care_unit_id == unit.id)).all()
    assert (row.professional_hsa_id, row.ceiling, row.contact) == (DOCTOR, 900, {"phone": "+4631100200"})
    audited = text("SELECT count(*) FROM audit_event WHERE subject_kind = 'doctor' AND subject_key = :key")
    assert session.scalar(audited, {"key": DOCTOR}) == 2


def test_who_has_a_doctor_that_leaves_keeps_the_doctor_until_then_and_is_told(session: Session) -> None:
    with clock.frozen(NOW):
        unit, person = a_unit(session), a_person(session)
        hsa_id, until = unit.hsa_id or "", TODAY + timedelta(days=30)
        put_doctor(session, unit_staff(unit), "1", hsa_id, DOCTOR, DoctorAtUnit("Åsa Prov", FIRST))
        choose(session, resident(person), "2", [wish(person, unit, professional_hsa_id=DOCTOR)])
        leaves = DoctorAtUnit("Åsa Prov", FIRST, until)
        answer = put_doctor(session, region_staff(), "3", hsa_id, DOCTOR, leaves)
        assert (answer["ended"], answer["validTo"]) == (1, until.isoformat())
    held = session.scalars(
        select(DoctorAssignment.valid).where(DoctorAssignment.person_id == person.id)
    ).one()
    assert held == Range(TODAY, until)
    told = session.scalars(select(ListingNotice.kind).where(ListingNotice.person_id == person.id)).all()
    assert "doctor-leaves" in told
    assert "doctor-ended" in [kind for kind, _ in events(session, person)]


def test_a_substitutes_days_are_cut_where_new_ones_begin_and_none_overlap(session: Session) -> None:
    with clock.frozen(NOW):
        unit = a_unit(session)
        hsa_id, staff = unit.hsa_id or "", unit_staff(unit)
        for key, doctor in (("1", DOCTOR), ("2", OTHER)):
            put_doctor(session, staff, key, hsa_id, doctor, DoctorAtUnit("Prov", FIRST))
        later = TODAY + timedelta(days=10)
        put_substitute(session, staff, "3", hsa_id, DOCTOR, OTHER, valid_from=FIRST, valid_to=None)
        put_substitute(session, staff, "4", hsa_id, DOCTOR, OTHER, valid_from=later, valid_to=None)
        spans = select(DoctorSubstitute.valid).order_by(DoctorSubstitute.valid)
        assert session.scalars(spans).all() == [Range(FIRST, later), Range(later, None)]
        end_substitute(session, staff, "5", hsa_id, DOCTOR, OTHER)
        assert session.scalars(spans).all() == [Range(FIRST, TODAY)]
        with pytest.raises(DoctorUnknown):
            end_substitute(session, staff, "6", hsa_id, DOCTOR, "SE2321000024-NOBODY")


def test_only_the_units_own_staff_and_region_decide_of_its_doctors(session: Session) -> None:
    unit, other, person = a_unit(session), a_unit(session), a_person(session)
    stated = DoctorAtUnit("Åsa Prov", FIRST)
    for actor in (unit_staff(other), region_staff("14"), resident(person)):
        with pytest.raises(ListingRefused) as refused:
            put_doctor(session, actor, "1", unit.hsa_id or "", DOCTOR, stated)
        assert refused.value.code == "not-authorised"
    empty = DoctorAtUnit("Åsa Prov", FIRST, FIRST)
    with pytest.raises(ListingRefused) as refused:
        put_doctor(session, unit_staff(unit), "2", unit.hsa_id or "", DOCTOR, empty)
    assert (refused.value.code, refused.value.because) == ("date-not-possible", "period-empty")
