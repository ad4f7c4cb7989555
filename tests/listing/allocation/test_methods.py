"""The region's methods over what the directory and the register know: areas, visits, capped units."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from core.database import unit_of_work
from listing.models import UnitContract
from listing.policy.codes import Method
from listing.policy.model import NonChoice, Policy
from tests.listing.allocation.places import TODAY, listings, person_at, run, unit_at
from tests.support.register import LONG_AGO, a_limit, a_policy, a_unit


def _rule(session: Session, method: Method, *fallbacks: Method, **more: Any) -> None:
    a_policy(session, Policy(non_choice=NonChoice(method=method, fallbacks=fallbacks, **more)))


def _area(session: Session, kind: str, code: str, name: str, south: float, north: float) -> None:
    box = [17.5, 59.5 + south / 111.4, 17.7, 59.5 + north / 111.4]
    session.execute(
        text(
            "INSERT INTO area (kind, code, name, precision, geom, updated_at) VALUES (:kind, :code, :name,"
            " 'official', ST_Multi(ST_MakeEnvelope(:w, :s, :e, :n, 4326)), now())"
        ),
        {"kind": kind, "code": code, "name": name, **dict(zip("wsen", box, strict=True))},
    )


@pytest.fixture(autouse=True)
def _no_areas_left(clean_database: Engine) -> Any:
    yield
    with unit_of_work(clean_database) as session:
        session.execute(text("DELETE FROM area WHERE kind IN ('district', 'service-area')"))


def test_within_the_municipality(clean_database: Engine) -> None:
    with unit_of_work(clean_database) as session:
        _rule(session, "nearest-in-municipality")
        unit_at(session, 1, municipality_code="0330")
        own = unit_at(session, 30, municipality_code="0380")
        person = person_at(session, 0, municipality_code="0380")
        nowhere = person_at(session, 0, municipality_code="0305")
    report = run(clean_database)
    assert listings(clean_database, person) == [(own.id, "allocation")]
    assert listings(clean_database, nowhere) == []
    assert report["notListed"]["noUnit"] == 1


@pytest.mark.parametrize("known_as", ["D-NORTH", "Norra", None])
def test_within_the_district_by_code_name_or_place(clean_database: Engine, known_as: str | None) -> None:
    with unit_of_work(clean_database) as session:
        _rule(session, "nearest-in-district", "nearest")
        _area(session, "district", "D-SOUTH", "Södra", -1, 10)
        _area(session, "district", "D-NORTH", "Norra", 10, 40)
        unit_at(session, 9)
        own = unit_at(session, 30)
        person = person_at(session, 11, district=known_as)
    run(clean_database)
    assert listings(clean_database, person) == [(own.id, "allocation")]


def test_the_unit_in_whose_catchment_area_the_address_lies(clean_database: Engine) -> None:
    with unit_of_work(clean_database) as session:
        _rule(session, "polygon", "nearest")
        near, own = unit_at(session, 1), unit_at(session, 60)
        _area(session, "service-area", own.hsa_id or "", "Upptagningsområde", -1, 2)
        inside, outside = person_at(session, 1), person_at(session, 3)
    report = run(clean_database)
    assert listings(clean_database, inside) == [(own.id, "allocation")]
    assert listings(clean_database, outside) == [(near.id, "allocation")]
    assert report["byStep"] == {"polygon": 1, "nearest": 1}


def test_the_unit_last_visited_within_the_years(clean_database: Engine) -> None:
    with unit_of_work(clean_database) as session:
        _rule(session, "last-visited", "nearest", last_visited_years=2)
        near, visited, away = unit_at(session, 1), unit_at(session, 60), a_unit(session, "01")
        lately = person_at(
            session, 0, last_visited_unit_id=visited.id, last_visited_on=TODAY - timedelta(days=700)
        )
        long_ago = person_at(
            session, 0, last_visited_unit_id=visited.id, last_visited_on=TODAY - timedelta(days=740)
        )
        elsewhere = person_at(session, 0, last_visited_unit_id=away.id, last_visited_on=TODAY)
    run(clean_database)
    assert listings(clean_database, lately) == [(visited.id, "allocation")]
    assert listings(clean_database, long_ago) == [(near.id, "allocation")]
    assert listings(clean_database, elsewhere) == [(near.id, "allocation")]


def test_a_region_may_leave_out_units_with_a_limit(clean_database: Engine) -> None:
    with unit_of_work(clean_database) as session:
        _rule(session, "nearest", capped_units="skip")
        a_limit(session, unit_at(session, 0), 100)
        open_unit = unit_at(session, 20)
        person = person_at(session, 0)
    run(clean_database)
    assert listings(clean_database, person) == [(open_unit.id, "allocation")]


def test_a_child_health_centre_lists_children_below_its_age_only(clean_database: Engine) -> None:
    with unit_of_work(clean_database) as session:
        unit = unit_at(session, 1, contract=False)
        valid = Range(LONG_AGO, None)
        session.add(UnitContract(care_unit_id=unit.id, listing_type="child-health-centre", valid=valid))
        seventh = TODAY.replace(year=TODAY.year - 7)
        child = person_at(session, 0, seventh + timedelta(days=1))
        too_old, grown_up = person_at(session, 0, seventh), person_at(session, 0)
    report = run(clean_database, listing_type="child-health-centre")
    assert listings(clean_database, child) == [(unit.id, "allocation")]
    assert (listings(clean_database, too_old), listings(clean_database, grown_up)) == ([], [])
    assert report["people"] == 1
