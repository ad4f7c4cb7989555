"""The site, and the real development provider answering over HTTP, with a sealed register of the personas."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, create_engine, text
from werkzeug.serving import make_server
from werkzeug.test import TestResponse

from codes.identifiers import parse_person_id
from core.database import engine_for, normal_url, unit_of_work
from core.settings import ROOT, Settings
from directory.geography.services import load_shipped as load_geography
from importers.synthetic import personas as demo
from listing.actor import Role
from listing.people import key_file
from listing.people.record import PersonRecord
from listing.people.services.records import add_people
from tests.support.database import scratch_database
from web import read_model
from web.access import PUBLIC, audience, current_actor
from web.app import create_app
from web.auth.provider.app import create_provider
from web.auth.provider.plan import Plan, Unit, site_settings
from web.auth.provider.store import Store
from web.auth.signin import Need, csrf_field, current_visitor, requires_sign_in

SITE = "http://localhost"
TODAY = date(2026, 11, 20)
OWNER = "SE2321000024"
UNITS = (
    Unit("SE2321000024-E0001", "Ekeby vårdcentral"),
    Unit("SE2321000024-E0002", "Svartbäckens vårdcentral"),
)


@dataclass
class Provider:
    """The development provider at its own address."""

    plan: Plan
    app: Flask

    @property
    def store(self) -> Store:
        store: Store = self.app.extensions["provider-store"]
        return store


@dataclass(frozen=True)
class Register:
    """The database, the keys of its people, and who they are."""

    url: str
    keys: Path
    people: dict[str, int]


@pytest.fixture(scope="session")
def provider() -> Iterator[Provider]:
    """The provider that `hittavard run` starts, in a thread of its own."""
    server = make_server("127.0.0.1", 0, Flask("placeholder"), threaded=True)
    port = server.server_port
    plan = Plan(f"http://127.0.0.1:{port}", port, (SITE,), "a secret of the tests", TODAY, OWNER, UNITS)
    server.app = create_provider(plan)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield Provider(plan, server.app)
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="session")
def register(test_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Register]:
    """A database with the personas who are registered, and two units; sign-ins leave only sessions there."""
    keys = tmp_path_factory.mktemp("keys") / "keys.json"
    key_file.create(keys)
    with scratch_database(test_server) as url, pytest.MonkeyPatch.context() as patch:
        patch.setattr("core.settings._settings", Settings(keys_file=keys))
        engine = create_engine(normal_url(url))
        with unit_of_work(engine) as session:
            load_geography(session)
        people = register_personas(engine)
        _add_units(engine)
        engine.dispose()
        yield Register(normal_url(url), keys, people)
        engine_for(normal_url(url)).dispose()


@pytest.fixture
def people(register: Register) -> dict[str, int]:
    """Key of a persona -> person id."""
    return register.people


@pytest.fixture(scope="session")
def translations() -> None:
    """English compiled, as the set-up does."""
    for source in (ROOT / "web" / "translations").rglob("*.po"):
        with source.open("rb") as words, Path(source.with_suffix(".mo")).open("wb") as compiled:
            write_mo(compiled, read_po(words, locale="en"))


@pytest.fixture(scope="module")
def site(
    register: Register, provider: Provider, translations: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """The site with the provider's settings, and pages that ask for each right."""
    folder = tmp_path_factory.mktemp("site")
    file = folder / "sign-in.toml"
    file.write_text(site_settings(provider.plan), encoding="utf-8")
    settings = Settings(
        database_url=register.url, index_dir=folder / "index", sign_in_file=file, keys_file=register.keys
    )
    app = create_app(settings)
    app.testing = True
    add_pages(app)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("core.settings._settings", settings)
        yield app
    read_model.keeper(app).stop()


@pytest.fixture
def browser(site: Flask, provider: Provider) -> "SignInBrowser":
    """A browser that has not signed in."""
    return SignInBrowser(site.test_client(), provider)


class SignInBrowser:
    """Follows a person between the site and the provider, one request at a time."""

    def __init__(self, client: FlaskClient, provider: Provider) -> None:
        self.client = client
        self.provider = provider

    def start(self, who: str = "residents", **query: str) -> str:
        """Begin at the site; the address at the provider."""
        answer = self.client.get(f"/logga-in/till/{who}", query_string=query)
        assert answer.status_code == 303, answer.text
        return answer.headers["Location"]

    def choose(self, address: str, persona: str, **form: str) -> str:
        """Choose a persona at the provider; the address back to the site."""
        answer = requests.post(address, data={"persona": persona, **form}, allow_redirects=False, timeout=10)
        assert answer.status_code == 302, answer.text
        return answer.headers["Location"]

    def come_back(self, address: str) -> TestResponse:
        """Follow the provider's redirect to the site."""
        parts = urlsplit(address)
        return self.client.get(f"{parts.path}?{parts.query}")

    def sign_in(self, persona: str, who: str = "residents", *, level: str = "", **query: str) -> TestResponse:
        """The whole way."""
        return self.come_back(
            self.choose(self.start(who, **query), persona, **({"level": level} if level else {}))
        )

    def cookie(self) -> str:
        """The secret of the session; empty without one."""
        found = self.client.get_cookie("hittavard-session")
        return found.value if found else ""

    def whoami(self) -> dict[str, Any]:
        """What a page knows of the visitor."""
        found: dict[str, Any] = self.client.get("/prov/vem").get_json()
        return found


def add_pages(app: Flask) -> None:
    """Pages with each kind of need, as the site's own pages will have them."""

    def who() -> dict[str, Any]:
        visitor = current_visitor()
        commission = visitor.commission
        return {
            "name": visitor.name,
            "role": visitor.role,
            "level": visitor.level,
            "person": visitor.person_id,
            "identity": visitor.identity,
            "key": visitor.key,
            "region": commission.region if commission else None,
            "unit": commission.unit if commission else None,
            "protected": commission.sees_protected if commission else None,
        }

    def actor() -> dict[str, Any]:
        found = current_actor()
        return {"role": found.role, "key": found.key, "person": found.person_id, "unit": found.unit}

    def form() -> str:
        return str(csrf_field())

    def posted() -> str:
        return "done"

    views = {
        "/prov/vem": ("who", audience(PUBLIC)(who), ["GET"]),
        "/prov/invanare": ("actor", requires_sign_in()(actor), ["GET", "POST"]),
        "/prov/svag": ("weak", requires_sign_in(level=Need.SIGN_IN)(lambda: "weak"), ["GET"]),
        "/prov/enhet": ("unit", requires_sign_in(roles=[Role.UNIT])(actor_copy(actor)), ["GET"]),
        "/prov/region": ("region", requires_sign_in(roles=[Role.REGION])(actor_copy(actor)), ["GET"]),
        "/prov/formular": ("form", audience(PUBLIC)(form), ["GET"]),
        "/prov/skicka": ("posted", audience(PUBLIC)(posted), ["POST"]),
    }
    for path, (name, view, methods) in views.items():
        app.add_url_rule(path, f"trial_{name}", view, methods=methods)


def actor_copy(view: Any) -> Any:
    """A view of its own, because an audience is written on the function."""
    return lambda: view()


def register_personas(engine: Engine) -> dict[str, int]:
    """Put the personas who are registered into the register, sealed as an import would."""
    known = [person for person in demo.people(TODAY) if person.is_registered]
    records = [
        PersonRecord(
            identity=parse_person_id(person.number),
            birth_date=person.born,
            given_name=person.given_name,
            family_name=person.family_name,
            sex=person.sex[0],
            region_code="03",
            protection=person.protection or "none",
        )
        for person in known
    ]
    with unit_of_work(engine) as session:
        ids = add_people(session, records)
    return dict(zip([person.key for person in known], ids, strict=True))


def _add_units(engine: Engine) -> None:
    with engine.begin() as connection:
        for unit in UNITS:
            connection.execute(
                text(
                    "INSERT INTO care_unit (hsa_id, kind, name, region_code)"
                    " VALUES (:id, 'care_unit', :name, '03')"
                ),
                {"id": unit.hsa_id, "name": unit.name},
            )
