"""Newborns follow their guardians, who are placed first; everybody else goes by the region's method."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import Engine

from core import clock
from core.database import unit_of_work
from listing.policy.model import CapExemptions, Newborn, Policy
from listing.services.choosing import choose
from tests.listing.allocation.places import NOW, TODAY, listings, person_at, rows, run, unit_at
from tests.support.register import a_limit, a_policy, guardian_of, resident, wish

BABY = TODAY - timedelta(days=20)


def test_a_newborn_goes_where_the_guardian_is_listed(clean_database: Engine) -> None:
    engine = clean_database
    with clock.frozen(NOW), unit_of_work(engine) as session:
        unit_at(session, 0)
        far = unit_at(session, 80)
        parent, baby = person_at(session, 0), person_at(session, 0, BABY)
        older = person_at(session, 1, TODAY.replace(year=TODAY.year - 4))
        guardian_of(session, baby, parent)
        guardian_of(session, older, parent)
        choose(session, resident(parent), "k", [wish(parent, far)])
    report = run(engine)
    assert listings(engine, baby) == [(far.id, "newborn")]
    assert listings(engine, older) != [(far.id, "allocation")]
    assert (report["byStep"], report["newborn"]) == ({"guardian-unit": 1, "nearest": 1}, 1)


def test_a_guardian_of_the_same_run_is_placed_before_the_child(clean_database: Engine) -> None:
    engine = clean_database
    with unit_of_work(engine) as session:
        near, far = unit_at(session, 0), unit_at(session, 80)
        baby = person_at(session, 0, BABY)
        parent = person_at(session, 79)
        guardian_of(session, baby, parent)
    run(engine)
    assert listings(engine, parent) == [(far.id, "allocation")]
    assert listings(engine, baby) == [(far.id, "newborn")]
    assert near.id != far.id


def test_of_two_guardians_the_one_stated_first_decides(clean_database: Engine) -> None:
    engine = clean_database
    with unit_of_work(engine) as session:
        unit_at(session, 0)
        theirs = unit_at(session, 80)
        baby = person_at(session, 0, BABY)
        second, first = person_at(session, 1), person_at(session, 79)
        guardian_of(session, baby, first)
        guardian_of(session, baby, second)
    run(engine)
    assert listings(engine, baby) == [(theirs.id, "newborn")]


def test_a_newborn_is_exempt_from_the_limit_where_the_rules_say_so(clean_database: Engine) -> None:
    engine = clean_database
    with clock.frozen(NOW), unit_of_work(engine) as session:
        full = unit_at(session, 0)
        parent, baby, neighbour = person_at(session, 0), person_at(session, 0, BABY), person_at(session, 0)
        guardian_of(session, baby, parent)
        choose(session, resident(parent), "k", [wish(parent, full)])
        a_limit(session, full, 1)
    report = run(engine)
    assert listings(engine, baby) == [(full.id, "newborn")]
    assert listings(engine, neighbour) == []
    assert report["beyondLimit"] == 1
    assert rows(engine, "SELECT exemption FROM listing WHERE person_id = :id", id=baby.id) == [
        ("newborn-of-listed-guardian",)
    ]


def test_without_the_exemption_a_newborn_takes_what_room_there_is(clean_database: Engine) -> None:
    engine = clean_database
    with clock.frozen(NOW), unit_of_work(engine) as session:
        a_policy(session, Policy(cap_exemptions=CapExemptions(codes=())))
        full, other = unit_at(session, 0), unit_at(session, 9)
        parent, baby = person_at(session, 0), person_at(session, 0, BABY)
        guardian_of(session, baby, parent)
        choose(session, resident(parent), "k", [wish(parent, full)])
        a_limit(session, full, 1)
    run(engine)
    assert listings(engine, baby) == [(other.id, "allocation")]


def test_a_region_may_place_newborns_as_others(clean_database: Engine) -> None:
    engine = clean_database
    with unit_of_work(engine) as session:
        a_policy(session, replace(Policy(), newborn=Newborn(method="nearest")))
        near, _ = unit_at(session, 0), unit_at(session, 80)
        parent, baby = person_at(session, 79), person_at(session, 0, BABY)
        guardian_of(session, baby, parent)
    run(engine)
    assert listings(engine, baby) == [(near.id, "allocation")]


def test_a_protected_guardian_leads_nobody_anywhere(clean_database: Engine) -> None:
    engine = clean_database
    with clock.frozen(NOW), unit_of_work(engine) as session:
        near, far = unit_at(session, 0), unit_at(session, 80)
        parent, baby = person_at(session, 79), person_at(session, 0, BABY)
        guardian_of(session, baby, parent)
        choose(session, resident(parent), "k", [wish(parent, far)])
        parent.protection, parent.position = "confidentiality-mark", None
    run(engine)
    assert listings(engine, baby) == [(near.id, "allocation")]


def test_newborns_take_the_room_there_is_before_they_need_the_exemption(clean_database: Engine) -> None:
    engine = clean_database
    with clock.frozen(NOW), unit_of_work(engine) as session:
        unit = unit_at(session, 0)
        parent = person_at(session, 0)
        for _ in range(3):
            guardian_of(session, person_at(session, 0, BABY), parent)
        choose(session, resident(parent), "k", [wish(parent, unit)])
        a_limit(session, unit, 2)
    assert run(engine)["beyondLimit"] == 2
    query = "SELECT exemption, count(*) FROM listing WHERE basis = 'newborn' GROUP BY 1 ORDER BY 1"
    assert rows(engine, query) == [("newborn-of-listed-guardian", 2), (None, 1)]
