"""What is told before a choice is what the operation then does, and telling it changes nothing."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from core import clock
from listing.people.errors import PersonUnknown
from listing.policy.model import ChangeLimit, Effective, Policy, Queue, SpecialReason
from listing.rules.days import months_later
from listing.services.choosing import choose
from listing.services.preview import preview
from tests.support.register import (
    a_limit,
    a_person,
    a_policy,
    a_unit,
    guardian_of,
    resident,
    wish,
)


def test_a_change_is_told_with_what_it_costs_and_what_ends(session: Session) -> None:
    person, first, second = a_person(session), a_unit(session), a_unit(session)
    choose(session, resident(person), "k1", [wish(person, first)])
    [told] = preview(session, resident(person), [wish(person, second)])
    assert told.plan is not None
    assert (told.plan.action, told.plan.counted, told.plan.changes_left) == ("list", True, 1)
    assert [(one.hsa_id, one.change, one.day) for one in told.affected] == [
        (first.hsa_id, "ends", clock.today())
    ]
    assert told.changes_left == 2
    assert told.next_change == months_later(clock.today(), 12)
    [outcome] = choose(session, resident(person), "k2", [wish(person, second)])
    assert outcome["changesLeft"] == told.plan.changes_left
    assert outcome["validFrom"] == told.plan.valid_from.isoformat()


def test_nothing_is_written(session: Session) -> None:
    person, unit = a_person(session), a_unit(session)
    counts = text(
        "SELECT (SELECT count(*) FROM listing), (SELECT count(*) FROM listing_event),"
        " (SELECT count(*) FROM operation), (SELECT count(*) FROM unit_register)"
    )
    before = session.execute(counts).one()
    preview(session, resident(person), [wish(person, unit)])
    assert session.execute(counts).one() == before


def test_a_full_unit_tells_the_place_and_what_stays(session: Session) -> None:
    a_policy(session, Policy(queue=Queue(max_queues=2)))
    other, full = a_unit(session), a_unit(session)
    a_limit(session, full, 0)
    a_limit(session, other, 0)
    for number in range(3):
        someone = a_person(session)
        choose(session, resident(someone), f"q{number}", [wish(someone, full, join_queue=True)])
    me = a_person(session)
    choose(session, resident(me), "k0", [wish(me, other, join_queue=True)])
    [told] = preview(session, resident(me), [wish(me, full, join_queue=True)])
    assert told.plan is not None
    assert (told.plan.action, told.position) == ("queue", 4)
    assert [(one.hsa_id, one.change) for one in told.affected] == [(other.hsa_id, "kept")]
    [outcome] = choose(session, resident(me), "k1", [wish(me, full, join_queue=True)])
    assert outcome["queuePosition"] == 4


def test_listing_elsewhere_drops_the_queue_place_and_says_so(session: Session) -> None:
    full, free = a_unit(session), a_unit(session)
    a_limit(session, full, 0)
    me = a_person(session)
    choose(session, resident(me), "k0", [wish(me, full, join_queue=True)])
    [told] = preview(session, resident(me), [wish(me, free)])
    assert [(one.hsa_id, one.change) for one in told.affected] == [(full.hsa_id, "dropped")]


def test_a_coming_listing_is_replaced(session: Session) -> None:
    a_policy(session, Policy(effective=Effective(when="next-day")))
    me, first, second = a_person(session), a_unit(session), a_unit(session)
    choose(session, resident(me), "k0", [wish(me, first)])
    [told] = preview(session, resident(me), [wish(me, second)])
    assert [(one.hsa_id, one.change) for one in told.affected] == [(first.hsa_id, "replaced")]


def test_a_refusal_is_part_of_the_answer_with_the_reasons_that_could_help(session: Session) -> None:
    reasons = (SpecialReason("moved", "person"), SpecialReason("medical", "unit", needs_evidence=True))
    a_policy(session, Policy(change_limit=ChangeLimit(special_reasons=reasons)))
    me = a_person(session)
    for number in range(3):
        choose(session, resident(me), f"k{number}", [wish(me, a_unit(session))])
    last = a_unit(session)
    [told] = preview(session, resident(me), [wish(me, last)])
    assert told.refused is not None
    assert told.refused.code == "change-limit-reached"
    assert told.refused.arguments["next"] == told.next_change
    assert (told.reasons, told.reasons_by_staff) == (("moved",), ("medical",))
    [again] = preview(session, resident(me), [wish(me, last, reason="moved")])
    assert again.plan is not None
    assert not again.plan.counted


def test_each_person_is_told_for_themselves(session: Session) -> None:
    unit, parent = a_unit(session), a_person(session)
    child = a_person(session, born=clock.today() - timedelta(days=4 * 365))
    grown = a_person(session, born=clock.today() - timedelta(days=15 * 365))
    stranger = a_person(session)
    guardian_of(session, child, parent)
    guardian_of(session, grown, parent)
    wishes = [wish(one, unit) for one in (parent, child, grown, stranger)]
    told = preview(session, resident(parent), wishes)
    assert [one.refused and one.refused.because for one in told] == [
        None,
        None,
        "guardian-on-paper",
        "no-relation",
    ]


def test_somebody_unknown_and_somebody_twice(session: Session) -> None:
    unit, me = a_unit(session), a_person(session)
    with pytest.raises(PersonUnknown):
        preview(session, resident(me), [replace(wish(me, unit), person_id=-1)])
    with pytest.raises(ValueError, match="once"):
        preview(session, resident(me), [wish(me, unit), wish(me, unit)])
