"""The register and the plain model side by side, through histories that nobody has thought of.

Every step is done to both; the answers must be the same, and after every step the tables must hold what the
model holds. `HITTAVARD_HISTORIES=2000` runs so many histories instead of a few.
"""

import os
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from core import clock
from listing.errors import ListingRefused
from listing.policy.model import Policy
from listing.services.choosing import choose
from listing.services.ending import leave
from listing.services.limits import set_limit
from listing.services.queueing import leave_queue
from listing.services.serving import accept, serve_first
from listing.services.timed import free_ended
from tests.listing.histories.model import Register, Rules
from tests.support.register import a_person, a_policy, a_unit, region_staff, resident, wish

PEOPLE, UNITS = 5, 3
FIRST_DAY = date(2027, 2, 20)
KIND = "health-centre"

people = st.integers(0, PEOPLE - 1)
units = st.integers(0, UNITS - 1)
_engine: Engine


class Histories(RuleBasedStateMachine):
    """One history: everything in one transaction that is rolled back at the end."""

    def __init__(self) -> None:
        super().__init__()
        self.connection = _engine.connect()
        self.transaction = self.connection.begin()
        self.session = Session(
            self.connection, join_transaction_mode="create_savepoint", expire_on_commit=False
        )
        self.today = FIRST_DAY
        self.step = 0

    def teardown(self) -> None:
        self.session.close()
        self.transaction.rollback()
        self.connection.close()

    @initialize(
        next_day=st.booleans(),
        offers=st.booleans(),
        drops=st.booleans(),
        queues=st.booleans(),
        max_queues=st.integers(1, 2),
        limits=st.lists(st.none() | st.integers(0, 2), min_size=UNITS, max_size=UNITS),
    )
    def begin(self, limits: list[int | None], **given: Any) -> None:
        given["offers"] = given["offers"] and given["queues"]
        self.model = Register(Rules(**given), PEOPLE, UNITS)
        policy = Policy()
        queue = replace(
            policy.queue,
            kind="unit" if given["queues"] else "none",
            serving="offer" if given["offers"] else "automatic",
            offer_days=self.model.rules.offer_days if given["offers"] else None,
            listing_elsewhere_drops=given["drops"],
            max_queues=given["max_queues"],
        )
        effective = replace(policy.effective, when="next-day" if given["next_day"] else "immediately")
        a_policy(self.session, replace(policy, queue=queue, effective=effective))
        with self._now():
            self.units = [a_unit(self.session) for _ in range(UNITS)]
            self.people = [a_person(self.session) for _ in range(PEOPLE)]
        for unit, places in enumerate(limits):
            self._limit(unit, places)

    def _now(self) -> Any:
        """A moment of the day, later with every step."""
        self.step += 1
        noon = datetime.combine(self.today, time(8), UTC)
        return clock.frozen(noon + timedelta(seconds=self.step))

    def _key(self) -> str:
        return f"k{self.step}"

    def _limit(self, unit: int, places: int | None) -> None:
        with self._now():
            set_limit(
                self.session,
                region_staff(),
                self._key(),
                self.units[unit].hsa_id or "",
                places=places,
                valid_from=self.today,
                valid_to=None,
                decision_reference="HSN",
            )
        self.model.units[unit].limit = places

    @rule(person=people, unit=units, join=st.booleans())
    def chooses(self, person: int, unit: int, join: bool) -> None:
        who = self.people[person]
        with self._now():
            try:
                with self.session.begin_nested():
                    choice = wish(who, self.units[unit], join_queue=join)
                    said = choose(self.session, resident(who), self._key(), [choice])[0]["status"]
            except ListingRefused as refused:
                said = refused.code
        assert said == self.model.choose(person, unit, join, self.today)

    @rule(person=people)
    def leaves(self, person: int) -> None:
        open_listing = self.session.scalar(
            text("SELECT id FROM listing WHERE person_id = :id AND upper_inf(valid) AND NOT isempty(valid)"),
            {"id": self.people[person].id},
        )
        held = self.model.people[person]
        assert (open_listing is not None) == (held.unit is not None or held.coming is not None)
        if open_listing is None:
            return
        with self._now():
            leave(self.session, resident(self.people[person]), self._key(), open_listing)
        self.model.leave(person)

    def _entry(self, person: int, unit: int) -> UUID:
        found: UUID = self.session.execute(
            text(
                "SELECT id FROM queue_entry WHERE person_id = :person AND care_unit_id = :unit"
                " AND status IN ('waiting', 'offered')"
            ),
            {"person": self.people[person].id, "unit": self.units[unit].id},
        ).scalar_one()
        return found

    @rule(person=people)
    def leaves_a_queue(self, person: int) -> None:
        for unit in self.model.waits(person)[:1]:
            with self._now():
                leave_queue(
                    self.session, resident(self.people[person]), self._key(), self._entry(person, unit)
                )
            self.model.leave_queue(person, unit)

    @rule(unit=units, places=st.none() | st.integers(0, 3))
    def decides_a_limit(self, unit: int, places: int | None) -> None:
        self._limit(unit, places)

    @rule(unit=units)
    def is_served(self, unit: int) -> None:
        with self._now():
            while serve_first(self.session, region_staff(), (self.units[unit].id, KIND)):
                pass
        self.model.serve(unit, self.today)

    @precondition(lambda self: any(unit.offers for unit in self.model.units))
    @rule(choice=st.integers(0, 10))
    def answers_an_offer(self, choice: int) -> None:
        offers = [(p, n) for n, unit in enumerate(self.model.units) for p in unit.offers]
        person, unit = offers[choice % len(offers)]
        with self._now():
            try:
                with self.session.begin_nested():
                    entry = self._entry(person, unit)
                    accept(self.session, resident(self.people[person]), self._key(), entry)
                said = "listed"
            except ListingRefused as refused:
                said = refused.code
        assert said == self.model.accept(person, unit, self.today)

    @rule(days=st.sampled_from([1, 2, 8, 40, 200, 365]))
    def days_pass(self, days: int) -> None:
        self.today += timedelta(days=days)
        with self._now():
            for unit in self.units:
                free_ended(self.session, (unit.id, KIND), self.today)
            self.session.execute(
                text(
                    "UPDATE queue_entry SET status = 'lapsed', ended_at = offer_expires_at"
                    " WHERE status = 'offered' AND offer_expires_at <= :now"
                ),
                {"now": clock.now()},
            )
        self.model.pass_days(self.today)

    @invariant()
    def the_tables_hold_what_the_model_holds(self) -> None:
        if not hasattr(self, "units"):
            return
        number = {unit.id: place for place, unit in enumerate(self.units)}
        rows = self.session.execute(
            text(
                "SELECT person_id, care_unit_id, lower(valid) > :today AS coming FROM listing"
                " WHERE NOT isempty(valid) AND (upper_inf(valid) OR upper(valid) > :today)"
            ),
            {"today": self.today},
        ).all()
        held = {(row.person_id, number[row.care_unit_id], row.coming) for row in rows}
        assert len(held) == len(rows)
        expected = set()
        for person, model in zip(self.people, self.model.people, strict=True):
            if model.unit is not None:
                expected.add((person.id, model.unit, False))
            if model.coming is not None:
                expected.add((person.id, model.coming[0], True))
        assert held == expected
        self._queues_and_counters()

    def _queues_and_counters(self) -> None:
        who = {person.id: place for place, person in enumerate(self.people)}
        for place, unit in enumerate(self.units):
            queue = self.session.scalars(
                text(
                    "SELECT person_id FROM queue_entry WHERE care_unit_id = :id AND status = 'waiting'"
                    " ORDER BY priority DESC, queued_at, number"
                ),
                {"id": unit.id},
            )
            model = self.model.units[place]
            assert [who[person] for person in queue] == model.queue
            counted = self.session.execute(
                text("SELECT listed, held, waiting FROM unit_register WHERE care_unit_id = :id"),
                {"id": unit.id},
            ).one_or_none()
            if counted is not None:
                listed = self.model.taken(place) - len(model.offers)
                assert tuple(counted) == (listed, len(model.offers), len(model.queue))

    @invariant()
    def history_says_how_many_changes_counted(self) -> None:
        if not hasattr(self, "people"):
            return
        for person, model in zip(self.people, self.model.people, strict=True):
            counted = self.session.scalar(
                text("SELECT count(*) FROM listing WHERE person_id = :id AND counted"), {"id": person.id}
            )
            assert counted == len(model.changes)


@pytest.fixture(autouse=True)
def _database(engine: Engine) -> None:
    global _engine
    _engine = engine


def test_the_register_does_what_the_plain_model_says() -> None:
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    run_state_machine_as_test(
        Histories,
        settings=settings(
            max_examples=int(os.environ.get("HITTAVARD_HISTORIES", "40")),
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=checks,
            # A history takes seconds, and making a failing one smaller takes hours: it is short as it is.
            phases=[Phase.explicit, Phase.reuse, Phase.generate],
            print_blob=True,
        ),
    )
