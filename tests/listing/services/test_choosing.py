"""Choosing a unit: listed, queued or refused, and what is kept of it."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core import clock
from listing.errors import KeyReused, ListingRefused
from listing.models import Listing, Person, QueueEntry
from listing.policy.model import Paper as PaperRules
from listing.policy.model import Policy
from listing.services.choosing import choose
from listing.services.correcting import correct
from listing.services.requests import Paper
from listing.services.serving import serve_first
from tests.support.register import (
    a_limit,
    a_person,
    a_policy,
    a_unit,
    events,
    guardian_of,
    region_staff,
    resident,
    unit_staff,
    wish,
)


def test_a_first_listing_holds_at_once_and_is_no_change(session: Session) -> None:
    unit, person = a_unit(session), a_person(session)
    [outcome] = choose(session, resident(person), "k1", [wish(person, unit)])
    assert outcome["status"] == "listed"
    assert outcome["validFrom"] == clock.today().isoformat()
    assert outcome["changesLeft"] == 2
    assert events(session, person) == [("listed", "first-listing")]


def test_changes_are_counted_until_none_is_left(session: Session) -> None:
    person = a_person(session)
    units = [a_unit(session) for _ in range(4)]
    left = []
    for number, unit in enumerate(units[:3]):
        [outcome] = choose(session, resident(person), f"k{number}", [wish(person, unit)])
        left.append(outcome["changesLeft"])
    assert left == [2, 1, 0]
    with pytest.raises(ListingRefused) as refused:
        choose(session, resident(person), "k9", [wish(person, units[3])])
    assert refused.value.code == "change-limit-reached"
    assert len(session.scalars(select(Listing).where(text("upper_inf(valid)"))).all()) == 1


def test_a_repeated_key_gets_the_same_answer_and_does_nothing(session: Session) -> None:
    unit, person = a_unit(session), a_person(session)
    choice = wish(person, unit)
    first = choose(session, resident(person), "k1", [choice])
    assert choose(session, resident(person), "k1", [choice]) == first
    assert len(session.scalars(select(Listing)).all()) == 1
    with pytest.raises(KeyReused):
        choose(session, resident(person), "k1", [replace(choice, join_queue=True)])


def test_a_full_unit_refuses_or_queues_in_order(session: Session) -> None:
    unit = a_unit(session)
    a_limit(session, unit, 1)
    people = [a_person(session) for _ in range(4)]
    choose(session, resident(people[0]), "k", [wish(people[0], unit)])
    with pytest.raises(ListingRefused) as refused:
        choose(session, resident(people[1]), "k", [wish(people[1], unit)])
    assert refused.value.code == "unit-full"
    for place, person in enumerate(people[1:], start=1):
        [outcome] = choose(session, resident(person), "q", [wish(person, unit, join_queue=True)])
        assert (outcome["status"], outcome["queuePosition"]) == ("queued", place)


def test_listing_elsewhere_gives_up_the_queue_place_where_the_region_says_so(session: Session) -> None:
    full, other, person = a_unit(session), a_unit(session), a_person(session)
    a_limit(session, full, 0)
    choose(session, resident(person), "q", [wish(person, full, join_queue=True)])
    choose(session, resident(person), "l", [wish(person, other)])
    assert session.scalars(select(QueueEntry.status)).all() == ["dropped"]
    assert events(session, person)[-2:] == [("queue-ended", "listed-elsewhere"), ("listed", "first-listing")]


def test_from_the_next_day_the_present_listing_holds_until_then(session: Session) -> None:
    policy = Policy()
    a_policy(session, replace(policy, effective=replace(policy.effective, when="next-day")))
    here, there, person = a_unit(session), a_unit(session), a_person(session)
    choose(session, resident(person), "1", [wish(person, here)])
    with clock.frozen(datetime(2027, 3, 27, 12, tzinfo=UTC)):
        [outcome] = choose(session, resident(person), "2", [wish(person, there)])
    assert (outcome["status"], outcome["validFrom"]) == ("scheduled", "2027-03-28")
    spans = session.execute(
        select(Listing.care_unit_id, Listing.valid, Listing.occupies).order_by(Listing.registered_at)
    )
    rows = [(row[0], row[1].upper, row[2]) for row in spans]
    assert rows == [(here.id, date(2027, 3, 28), True), (there.id, None, True)]


def test_a_guardian_lists_a_child_together_with_themselves_or_not_at_all(session: Session) -> None:
    unit, guardian = a_unit(session), a_person(session)
    child = a_person(session, born=clock.today().replace(year=clock.today().year - 3, day=1))
    guardian_of(session, child, guardian)
    both = [wish(guardian, unit), wish(child, unit)]
    assert [o["status"] for o in choose(session, resident(guardian), "k", both)] == ["listed", "listed"]


def test_a_stranger_cannot_list_a_child(session: Session) -> None:
    unit, stranger = a_unit(session), a_person(session)
    child = a_person(session, born=clock.today().replace(year=clock.today().year - 3, day=1))
    with pytest.raises(ListingRefused) as refused:
        choose(session, resident(stranger), "k", [wish(child, unit)])
    assert refused.value.code == "not-authorised"


def test_a_unit_without_contract_cannot_be_chosen(session: Session) -> None:
    unit, person = a_unit(session, contract=False), a_person(session)
    with pytest.raises(ListingRefused) as refused:
        choose(session, resident(person), "k", [wish(person, unit)])
    assert refused.value.code == "unit-not-listable"


def test_who_has_moved_may_change_once_more_and_who_only_says_so_may_not(session: Session) -> None:
    person = a_person(session)
    units = [a_unit(session) for _ in range(5)]
    for number, unit in enumerate(units[:3]):
        choose(session, resident(person), f"k{number}", [wish(person, unit)])
    with pytest.raises(ListingRefused) as refused:
        choose(session, resident(person), "said", [wish(person, units[3], reason="moved")])
    assert refused.value.code == "reason-not-accepted"
    person.moved_on = clock.today()
    session.flush()
    [outcome] = choose(session, resident(person), "shown", [wish(person, units[3], reason="moved")])
    assert outcome["changesLeft"] == 0
    assert events(session, person)[-1] == ("listed", "moved")


FORM = "K7XM-4QTR"


def a_form(reference: str = FORM, *guardians: Person) -> dict[str, Any]:
    """A form signed today."""
    return {"channel": "paper", "paper": Paper(clock.today(), reference, tuple(one.id for one in guardians))}


@pytest.mark.parametrize(
    ("registrar", "refused"),
    [("unit", ("region", "form-by-unit")), ("region", ("unit", "form-by-region")), ("either", None)],
)
def test_whoever_the_region_says_registers_forms(
    session: Session, registrar: str, refused: tuple[str, str] | None
) -> None:
    unit = a_unit(session)
    a_policy(session, replace(Policy(), paper=PaperRules(registered_by=registrar)))  # type: ignore[arg-type]
    for role, actor in (("unit", unit_staff(unit)), ("region", region_staff())):
        person = a_person(session)
        choice = wish(person, unit, **a_form(f"B {role}"))
        if refused is None or role != refused[0]:
            [outcome] = choose(session, actor, "k", [choice])
            assert outcome["formReference"] == f"B {role}"
            continue
        with pytest.raises(ListingRefused) as told:
            choose(session, actor, "k", [choice])
        assert (told.value.code, told.value.because) == ("not-authorised", refused[1])
        # Without a form the desk lists whoever stands there, whoever registers forms.
        choose(session, actor, "k2", [wish(person, unit, channel="staff")])


def test_a_form_counts_once_also_from_the_queue_and_again_after_an_error(session: Session) -> None:
    unit, other, person = a_unit(session), a_unit(session), a_person(session)
    limit = a_limit(session, unit, 0)
    form = a_form("k7xm4qtr")
    [queued] = choose(session, unit_staff(unit), "k", [wish(person, unit, join_queue=True, **form)])
    assert (queued["status"], queued["formReference"]) == ("queued", FORM)
    for key, who in (("b", person), ("c", a_person(session))):
        with pytest.raises(ListingRefused) as told:
            choose(session, unit_staff(other), key, [wish(who, other, **a_form())])
        assert told.value.because == "form-registered"
    limit.places = 5
    session.flush()
    serve_first(session, region_staff(), (unit.id, "health-centre"))
    listing = session.scalars(select(Listing).where(Listing.person_id == person.id)).one()
    assert listing.paper_reference == FORM
    correct(session, unit_staff(unit), "correct", listing.id, error="wrong-unit", evidence="VC 1")
    [outcome] = choose(session, unit_staff(other), "right", [wish(person, other, **a_form())])
    assert outcome["status"] == "listed"


def test_three_children_stand_on_a_sheet_for_one_unit(session: Session) -> None:
    unit, other, parent = a_unit(session), a_unit(session), a_person(session)
    children = [a_person(session, born=date(2020, 5, day)) for day in range(1, 5)]
    for child in children:
        guardian_of(session, child, parent)
    first, second, third, fourth = [wish(child, unit, **a_form(FORM, parent)) for child in children]
    elsewhere = replace(second, hsa_id=other.hsa_id or "")
    choose(session, unit_staff(unit), "a", [first])
    for key, actor, wrong in (("x", unit_staff(other), elsewhere), ("y", unit_staff(unit), first)):
        with pytest.raises(ListingRefused) as told:
            choose(session, actor, key, [wrong])
        assert told.value.because == "form-registered"
    choose(session, unit_staff(unit), "b", [second, third])
    for key, wrong in (("z", fourth), ("v", wish(parent, unit, **a_form()))):
        with pytest.raises(ListingRefused):
            choose(session, unit_staff(unit), key, [wrong])


def test_the_database_holds_a_form_to_one_registration(session: Session) -> None:
    unit, first, second = a_unit(session), a_person(session), a_person(session)
    row = (
        "INSERT INTO registered_form (number, person_id, care_unit_id, listing_type, for_child,"
        " registered_at, registered_by) VALUES ('K7XM4QTR', :person, :unit, 'health-centre', false, now(),"
        " 'x')"
    )
    session.execute(text(row), {"person": first.id, "unit": unit.id})
    for person in (first, second):
        with pytest.raises(IntegrityError), session.begin_nested():
            session.execute(text(row), {"person": person.id, "unit": unit.id})


def test_history_says_how_whoever_stood_there_was_identified(session: Session) -> None:
    unit, parent, child = a_unit(session), a_person(session), a_person(session, born=date(2020, 5, 17))
    guardian_of(session, child, parent)
    at_desk = wish(child, unit, channel="staff", attending=(parent.id,))
    with pytest.raises(ListingRefused) as told:
        choose(session, unit_staff(unit), "k", [at_desk])
    assert told.value.because == "identity-not-checked"
    choose(session, unit_staff(unit), "k2", [replace(at_desk, identity_check="id-document")])
    detail = session.scalar(text("SELECT detail FROM listing_event WHERE kind = 'listed'"))
    assert detail is not None
    assert detail["identity_check"] == "id-document"
