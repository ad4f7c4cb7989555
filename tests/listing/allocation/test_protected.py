"""No row of a protected person reaches the arrays, so nothing is worked out from where they are."""

import numpy as np
import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from core.database import unit_of_work
from listing.allocation import planning, running
from listing.allocation.planning import read_world, scope_of
from listing.allocation.reading.people import read_people
from listing.policy.lookup import policy_for
from tests.listing.allocation.places import REGION, TODAY, listings, person_at, run, unit_at
from tests.support.register import a_person

LEVELS = ("confidentiality-mark", "protected-registration")


def test_none_of_them_is_read(clean_database: Engine) -> None:
    with unit_of_work(clean_database) as session:
        unit = unit_at(session, 0)
        others = {person_at(session, 1).id for _ in range(3)}
        hidden = {
            a_person(session, protection=level, last_visited_unit_id=unit.id, last_visited_on=TODAY).id
            for level in LEVELS
        }
    with unit_of_work(clean_database) as session:
        policy = policy_for(session, REGION, "health-centre", TODAY)
        scope = scope_of(policy, TODAY)
        assert set(read_people(session, scope).ids.tolist()) == others
        world = read_world(session, policy, scope)
        assert (world.people.x.size, world.protected) == (3, 2)
        assert not hidden & set(world.waiting.ids.tolist())
        assert world.people.catchment_person.size == 0


def test_not_even_with_a_position_that_the_table_would_refuse(clean_database: Engine) -> None:
    """The query leaves them out by itself, were the table's own check ever lost."""
    with clean_database.connect() as connection, connection.begin() as transaction:
        connection.execute(text("ALTER TABLE person DROP CONSTRAINT ck_person_protected_without_place"))
        with Session(connection, join_transaction_mode="create_savepoint") as session:
            hidden = person_at(session, 1, protection=LEVELS[0])
            policy = policy_for(session, REGION, "health-centre", TODAY)
            found = read_people(session, scope_of(policy, TODAY))
            assert hidden.id not in found.ids
            assert np.isfinite(found.x).all()
        transaction.rollback()


def test_who_is_protected_after_the_plan_is_not_listed(
    clean_database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    with unit_of_work(clean_database) as session:
        unit_at(session, 0)
        person, other = person_at(session, 1), person_at(session, 1)

    def then_protected(*args: object) -> planning.Plan:
        plan = planning.make_plan(*args)  # type: ignore[arg-type]
        with unit_of_work(clean_database) as session:
            session.execute(
                text("UPDATE person SET protection = :level, position = NULL WHERE id = :id"),
                {"level": LEVELS[1], "id": person.id},
            )
        return plan

    monkeypatch.setattr(running, "make_plan", then_protected)
    report = run(clean_database)
    assert (listings(clean_database, person), len(listings(clean_database, other))) == ([], 1)
    assert report["notListed"]["takenMeanwhile"] == 1
