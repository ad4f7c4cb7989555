"""Which policy holds on a day, read once per transaction and never stale."""

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, update
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from core.database import unit_of_work
from listing.models import ListingPolicy
from listing.policy import default_policy
from listing.policy.lookup import PolicyUnreadable, forget, policy_for
from tests.support.statements import sent

START, END = date(2026, 1, 1), date(2027, 1, 1)


def _decide(
    session: Session, parameters: dict[str, object], first: date | None = START, until: date | None = END
) -> ListingPolicy:
    row = ListingPolicy(
        region_code="03",
        listing_type="health-centre",
        valid=Range(first, until),
        decision_reference="RS 2026-1",
        decided_on=date(2025, 12, 1),
        parameters=parameters,
    )
    session.add(row)
    session.flush()
    return row


def test_a_region_without_a_decision_has_the_defaults(session: Session) -> None:
    found = policy_for(session, "03", "midwifery", START)
    assert found.is_default
    assert found.reference is None
    assert found.policy == default_policy("midwifery")


def test_the_period_includes_its_first_day_and_not_its_end(session: Session) -> None:
    row = _decide(session, {"queue": {"kind": "central"}})
    later = _decide(session, {"queue": {"kind": "none"}}, END, None)
    one = policy_for(session, "03", "health-centre", START)
    assert (one.id, one.reference, one.decided_on) == (row.id, "RS 2026-1", date(2025, 12, 1))
    assert (one.valid_from, one.valid_to) == (START, END)
    assert one.policy.queue.kind == "central"
    assert policy_for(session, "03", "health-centre", END - timedelta(days=1)).id == row.id
    assert policy_for(session, "03", "health-centre", END).id == later.id
    assert policy_for(session, "03", "health-centre", START - timedelta(days=1)).is_default
    assert policy_for(session, "01", "health-centre", START).is_default


def test_one_question_per_transaction(session: Session) -> None:
    with sent(session.connection()) as seen:
        for days in range(5):
            policy_for(session, "03", "health-centre", START + timedelta(days=days))
        assert len(seen) == 1
        forget(session)
        policy_for(session, "03", "health-centre", START)
        assert len(seen) == 2


def test_the_next_transaction_of_the_same_session_sees_what_others_changed(clean_database: Engine) -> None:
    with unit_of_work(clean_database) as session:
        row_id = _decide(session, {"queue": {"max_queues": 2}}).id
    with Session(clean_database, expire_on_commit=False) as session:
        with session.begin():
            assert policy_for(session, "03", "health-centre", START).policy.queue.max_queues == 2
        with unit_of_work(clean_database) as other:
            other.execute(
                update(ListingPolicy)
                .where(ListingPolicy.id == row_id)
                .values(parameters={"queue": {"max_queues": 5}})
            )
        with session.begin():
            assert policy_for(session, "03", "health-centre", START).policy.queue.max_queues == 5


def test_parameters_that_this_version_cannot_follow_are_told(session: Session) -> None:
    _decide(session, {"queue": {"kind": "telepathic"}})
    with pytest.raises(PolicyUnreadable, match=r"RS 2026-1: queue\.kind"):
        policy_for(session, "03", "health-centre", START)
    assert policy_for(session, "03", "health-centre", END).is_default
