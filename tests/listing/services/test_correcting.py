"""Errors are taken back as if they had not been made."""

from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from directory.models import CareUnit
from listing.errors import ListingRefused, ListingUnknown
from listing.models import Listing, Person, UnitRegister
from listing.services.choosing import choose
from listing.services.correcting import correct
from tests.support.register import (
    a_limit,
    a_person,
    a_unit,
    events,
    region_staff,
    resident,
    unit_staff,
    wish,
)


def _open(session: Session, person: Person) -> list[int]:
    query = select(Listing.care_unit_id).where(Listing.person_id == person.id, text("upper_inf(valid)"))
    return list(session.scalars(query))


def _listed(session: Session, unit: CareUnit) -> int:
    session.expire_all()
    return session.get_one(UnitRegister, (unit.id, "health-centre")).listed


def test_the_change_is_given_back_and_the_former_listing_holds_on(session: Session) -> None:
    here, there, person = a_unit(session), a_unit(session), a_person(session)
    choose(session, resident(person), "1", [wish(person, here)])
    [wrong] = choose(session, resident(person), "2", [wish(person, there)])
    assert wrong["changesLeft"] == 1
    answer = correct(
        session, unit_staff(there), "3", UUID(wrong["id"]), error="wrong-unit", evidence="VC 2026-7"
    )
    assert answer["restored"]
    assert _open(session, person) == [here.id]
    assert (_listed(session, here), _listed(session, there)) == (1, 0)
    assert events(session, person)[-2:] == [("corrected", "wrong-unit"), ("restored", "wrong-unit")]
    [again] = choose(session, resident(person), "4", [wish(person, there)])
    assert again["changesLeft"] == 1


def test_the_former_place_is_had_again_although_somebody_has_taken_it(session: Session) -> None:
    here, there = a_unit(session), a_unit(session)
    a_limit(session, here, 1)
    person, other = a_person(session), a_person(session)
    choose(session, resident(person), "1", [wish(person, here)])
    [wrong] = choose(session, resident(person), "2", [wish(person, there)])
    choose(session, resident(other), "1", [wish(other, here)])
    correct(session, region_staff(), "3", UUID(wrong["id"]), error="not-chosen", evidence="HSN 12")
    assert _open(session, person) == [here.id]
    assert _listed(session, here) == 2


def test_a_first_listing_in_error_leaves_nothing(session: Session) -> None:
    unit, person = a_unit(session), a_person(session)
    [wrong] = choose(session, resident(person), "1", [wish(person, unit)])
    answer = correct(session, region_staff(), "2", UUID(wrong["id"]), error="wrong-person", evidence="HSN 1")
    assert answer["restored"] is None
    assert _open(session, person) == []


def test_it_takes_staff_of_the_place_and_a_proof(session: Session) -> None:
    unit, person = a_unit(session), a_person(session)
    [wrong] = choose(session, resident(person), "1", [wish(person, unit)])
    for stranger in (unit_staff(a_unit(session)), region_staff("01")):
        with pytest.raises(ListingUnknown):
            correct(session, stranger, "x", UUID(wrong["id"]), error="wrong-unit", evidence="x")
    with pytest.raises(ListingRefused):
        correct(session, resident(person), "x", UUID(wrong["id"]), error="wrong-unit", evidence="x")
    with pytest.raises(ListingRefused) as refused:
        correct(session, region_staff(), "y", UUID(wrong["id"]), error="wrong-unit", evidence=" ")
    assert refused.value.because == "evidence-missing"
