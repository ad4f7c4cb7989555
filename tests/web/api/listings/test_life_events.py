"""From the population file to what the API tells each role: newborns, and protection that comes and goes."""

import csv
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from core import clock
from core.database import unit_of_work
from directory.services import ensure_source
from importers.kinds import kind_named
from importers.pipeline import Options, run_import
from listing.actor import Role
from listing.policy.model import Policy, Queue
from tests.web.api.listings.conftest import SERIES, Register, Somebody
from tests.web.api.listings.test_listings import refused

Load = Callable[..., None]
HOME = {
    "street": "Hemliga gränden 7",
    "postal_code": "75310",
    "city": "Uppsala",
    "municipality": "0380",
    "region": "03",
    "lat": "59.8582",
    "lon": "17.6389",
}


@pytest.fixture
def population(register: Register, tmp_path: Path) -> Load:
    """Import rows of people, as `hittavard import population` does."""

    def load(*rows: dict[str, str]) -> None:
        path = tmp_path / f"people-{len(list(tmp_path.iterdir()))}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(dict.fromkeys(name for row in rows for name in row)))
            writer.writeheader()
            writer.writerows(rows)
        with unit_of_work(register.engine) as session:
            ensure_source(session, "register", "Folkbokföringen")
        report = run_import(
            register.engine,
            kind_named("population"),
            "population",
            path,
            source="register",
            options=Options(actor="system:test"),
        )
        assert (report.status, report.rejected) == ("applied", [])

    return load


def row(who: Somebody, **more: str) -> dict[str, str]:
    """What the file says of somebody."""
    return {"person_id": who.text, "given_name": "Prov", "family_name": "Provsson", **HOME, **more}


def test_a_newborn_is_listed_where_its_guardian_is_beyond_the_limit_and_may_leave(
    register: Register, population: Load
) -> None:
    unit, other, mother = register.unit(1), register.unit(), register.person(30)
    assert register.list(mother, mother, unit).get_json()["status"] == "listed"
    yesterday = clock.today() - timedelta(days=1)
    child = Somebody(0, SERIES.next(yesterday, "male"))
    born = row(child, guardians=mother.text, event="born", event_date=yesterday.isoformat())
    population({**born, "given_name": ""})
    population({**born, "given_name": ""})
    told = register.listings(mother, child).get_json()
    assert (told["current"]["hsaId"], told["current"]["basis"]) == (unit, "newborn")
    assert (told["changesLeft"], told["current"]["counted"]) == (2, False)
    register.settle()
    shown = register.call("GET", f"/care-units/{unit}/listing", None).get_json()
    assert shown["status"] != "open"
    grown = register.person()
    assert register.list(grown, grown, unit).status_code == 409
    # Nobody but those who act for the child reaches it, and the guardian may choose at once.
    refused(register.list(register.person(), child, other), 404, "person-unknown")
    moved = register.list(mother, child, other).get_json()
    assert (moved["status"], moved["changesLeft"]) == ("listed", 2)
    assert register.listings(mother, child).get_json()["current"]["hsaId"] == other


def seen(register: Register, unit: str, role: dict[str, str]) -> list[Any]:
    """Whom somebody sees in the queue of the unit."""
    page = register.call("GET", f"/care-units/{unit}/queue-entries", role).get_json()
    return [one["person"]["personId"] for one in page["items"]]


def test_protection_that_comes_with_an_offer_hides_the_person_and_takes_no_place_away(
    register: Register, population: Load
) -> None:
    region = "14"
    away = {**HOME, "municipality": "1480", "region": region, "city": "Göteborg"}
    register.policy(Policy(queue=Queue(serving="offer", offer_days=7)), region)
    unit, other = register.unit(0, region), register.unit(region=region)
    who, behind = register.person(40, region), register.person(40, region)
    entry = register.list(who, who, unit, joinQueue=True).get_json()
    register.list(behind, behind, unit, joinQueue=True)
    office = register.token(Role.REGION, region=region)
    limit = {"places": 1, "validFrom": clock.today().isoformat(), "decisionReference": "RS 7"}
    assert register.call("PUT", f"/care-units/{unit}/listing-limit", office, limit).status_code == 200
    register.settle()
    [place] = register.listings(who, who).get_json()["queued"]
    assert (place["id"], place["status"]) == (entry["id"], "offered")

    population({**row(who, **away), "protection": "protected-registration", "event": "protected"})
    desk = register.token(Role.UNIT, unit=unit, region=region)
    elsewhere = register.token(Role.UNIT, unit=other, region=region, protected=True)
    assert who.text not in seen(register, unit, desk)
    refused(register.listings(desk, who), 403, "person-protected", "own-path")
    for role in (Role.NURSE, Role.STATISTICIAN):
        nobody = register.token(role, region=region)
        assert register.listings(nobody, who).status_code == 403
        assert register.call("GET", f"/care-units/{unit}/queue-entries", nobody).status_code == 403
    assert register.call("GET", f"/care-units/{unit}/queue-entries", elsewhere).status_code == 403
    path = f"/queue-entries/{entry['id']}"
    for stranger in (desk, elsewhere, register.token(Role.REGION, region=region)):
        refused(register.call("POST", f"{path}/acceptances", stranger), 404, "queue-entry-unknown")
    # Their own path: staff with the right, at the unit that has offered the place.
    trusted = register.token(Role.UNIT, unit=unit, region=region, protected=True)
    assert seen(register, unit, trusted)[0] == who.text
    assert register.call("POST", f"{path}/acceptances", trusted).status_code == 201
    assert register.listings(trusted, who).get_json()["current"]["hsaId"] == unit
    assert seen(register, unit, trusted) == [behind.text]

    population({**row(who, **away), "protection": "none", "event": "protection-lifted"})
    assert register.listings(who, who).get_json()["current"]["hsaId"] == unit
    assert register.listings(desk, who).get_json()["current"]["hsaId"] == unit


def test_protection_in_a_queue_keeps_the_place_and_its_order(register: Register, population: Load) -> None:
    unit, who, behind = register.unit(0), register.person(), register.person()
    for one in (who, behind):
        register.list(one, one, unit, joinQueue=True)
    population({**row(who), "protection": "confidentiality-mark", "event": "protected"})
    desk = register.token(Role.UNIT, unit=unit)
    assert seen(register, unit, desk) == [None, behind.text]
    population({**row(who), "protection": "none", "event": "protection-lifted"})
    assert seen(register, unit, desk) == [who.text, behind.text]
    [place] = register.listings(who, who).get_json()["queued"]
    assert place["queuePosition"] == 1
