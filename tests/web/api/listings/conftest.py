"""The application over a register of its own, with real tokens, and people with test numbers."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import count
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, text
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from codes.identifiers import PersonId
from core import clock
from core import settings as settings_module
from core.database import engine_for, unit_of_work
from directory.geography.services import load_shipped as load_geography
from importers.synthetic.numbers import NumberSeries
from listing.actor import Purpose, Role
from listing.models import Guardianship, RegularDoctor, Representation
from listing.people import key_file
from listing.people.record import PersonRecord
from listing.people.services import add_people
from listing.services.settling import settle
from tests.support.database import scratch_database
from tests.support.register import LONG_AGO, a_limit, a_policy, a_unit
from tests.support.tokens import development_settings
from web.app import create_app
from web.auth import development

SERIES = NumberSeries(date(2026, 11, 1))
_NUMBERS = count(1)


@dataclass(frozen=True)
class Somebody:
    """A person of the register: key and number."""

    id: int
    number: PersonId

    @property
    def text(self) -> str:
        """The number as one sends it."""
        return self.number.value


def years_ago(years: int) -> date:
    """A day of birth that makes somebody so old today, well past the birthday."""
    return clock.today().replace(day=1).replace(year=clock.today().year - years, month=1)


class Register:
    """Makes units and people, and calls the API as anybody."""

    def __init__(self, app: Flask, engine: Engine) -> None:
        self.app, self.engine = app, engine
        self.client: FlaskClient = app.test_client()

    def unit(self, places: int | None = None, region: str = "03", **columns: Any) -> str:
        """A health centre; its HSA-id."""
        with unit_of_work(self.engine) as session:
            unit = a_unit(session, region, **columns)
            if places is not None:
                a_limit(session, unit, places)
            return str(unit.hsa_id)

    def doctor(self, unit: str, **columns: Any) -> str:
        """A doctor at the unit; the HSA-id."""
        hsa_id = f"SE2321000024-D{next(_NUMBERS):05d}"
        with unit_of_work(self.engine) as session:
            key = session.scalar(text("SELECT id FROM care_unit WHERE hsa_id = :id"), {"id": unit})
            values = {"name": "Läkare Prov", "valid": Range(LONG_AGO, None), **columns}
            session.add(RegularDoctor(professional_hsa_id=hsa_id, care_unit_id=key, **values))
        return hsa_id

    def person(self, age: int = 40, region: str = "03", **changed: Any) -> Somebody:
        """Somebody of that age."""
        born = years_ago(age)
        number = SERIES.next(born, "female")
        record = PersonRecord(
            identity=number,
            birth_date=born,
            given_name="Provina",
            family_name=f"Provsson{next(_NUMBERS)}",
            region_code=region,
            **changed,
        )
        with unit_of_work(self.engine) as session:
            return Somebody(add_people(session, [record])[0], number)

    def stranger(self, age: int = 40) -> Somebody:
        """A number that nobody has."""
        return Somebody(0, SERIES.next(years_ago(age), "male"))

    def custody(self, child: Somebody, *guardians: Somebody) -> None:
        """Guardians of a child."""
        with unit_of_work(self.engine) as session:
            for guardian in guardians:
                valid = Range(LONG_AGO, None)
                session.add(Guardianship(child_id=child.id, guardian_id=guardian.id, valid=valid))

    def represents(self, somebody: Somebody, other: Somebody, basis: str = "ombud") -> None:
        """`somebody` acts for `other`."""
        with unit_of_work(self.engine) as session:
            session.add(
                Representation(
                    person_id=other.id,
                    representative_id=somebody.id,
                    basis=basis,
                    reference="F 1",
                    valid=Range(LONG_AGO, None),
                )
            )

    def policy(self, policy: Any, region: str) -> None:
        """A region's rules."""
        with unit_of_work(self.engine) as session:
            a_policy(session, policy, region)

    def settle(self) -> None:
        """What the timed work does within a second."""
        settle(self.engine)

    def read(self, work: Callable[[Session], Any]) -> Any:
        """Something read from the database."""
        with unit_of_work(self.engine) as session:
            return work(session)

    def token(self, who: Somebody | Role, **parts: Any) -> dict[str, str]:
        """The headers of a caller."""
        settings = self.app.config["HITTAVARD"]
        if isinstance(who, Somebody):
            token = development.issue(settings, Role.RESIDENT, person=who.number)
        else:
            parts = {"region": "03", "purpose": Purpose.ADMINISTRATION, **parts}
            token = development.issue(settings, who, **parts)
        return {"Authorization": f"Bearer {token}"}

    def call(
        self,
        method: str,
        path: str,
        who: dict[str, str] | Somebody | None,
        body: Any = None,
        key: str | None = "",
        **headers: str,
    ) -> TestResponse:
        """A call of the API; a new idempotency key unless one is given, none for None."""
        given = self.token(who) if isinstance(who, Somebody) else dict(who or {})
        given |= {name.replace("_", "-"): value for name, value in headers.items()}
        if key is not None and method != "GET":
            given["Idempotency-Key"] = key or str(uuid4())
        return self.client.open(f"/api/v1{path}", method=method, headers=given, json=body)

    def list(self, who: Any, person: Somebody, unit: str, key: str = "", **more: Any) -> TestResponse:
        """A wish."""
        return self.call("POST", "/listings", who, {"personId": person.text, "hsaId": unit, **more}, key)

    def listings(self, who: Any, person: Somebody, **more: Any) -> TestResponse:
        """What stands for a person."""
        return self.call("POST", "/person-listings", who, {"personId": person.text, **more}, None)


@pytest.fixture(scope="package")
def app(test_server: str, tmp_path_factory: pytest.TempPathFactory, translations: None) -> Iterator[Flask]:
    """The application on a database of its own."""
    var = tmp_path_factory.mktemp("listings")
    key_file.create(var / "keys.json")
    with scratch_database(test_server) as url, pytest.MonkeyPatch.context() as patch:
        patch.setenv("HITTAVARD_KEYS_FILE", str(var / "keys.json"))
        settings = development_settings(var, database_url=url, index_dir=var / "index")
        patch.setattr(settings_module, "_settings", settings)
        engine = engine_for(url)
        with unit_of_work(engine) as session:
            load_geography(session)
        app = create_app(settings)
        app.testing = True
        yield app
        engine.dispose()


@pytest.fixture(scope="package")
def register(app: Flask) -> Register:
    """The register and its callers."""
    return Register(app, engine_for(app.config["HITTAVARD"].database_url))
