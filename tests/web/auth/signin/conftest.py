"""The site, and the real development provider answering over HTTP, with a sealed register of the personas."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, create_engine, text

from core.database import engine_for, normal_url, unit_of_work
from core.settings import Settings
from directory.geography.services import load_shipped as load_geography
from listing.actor import Role
from listing.people import key_file
from tests.support.database import scratch_database
from tests.support.signing_in import (
    Provider,
    Register,
    SignInBrowser,
    development_provider,
    register_personas,
)
from web import read_model
from web.access import PUBLIC, audience, current_actor
from web.app import create_app
from web.auth.provider.plan import Unit, site_settings
from web.auth.signin import Need, csrf_field, current_visitor, requires_sign_in

TODAY = date(2026, 11, 20)
UNITS = (
    Unit("SE2321000024-E0001", "Ekeby vårdcentral"),
    Unit("SE2321000024-E0002", "Svartbäckens vårdcentral"),
)


@pytest.fixture(scope="session")
def provider() -> Iterator[Provider]:
    """The provider that `hittavard run` starts."""
    with development_provider(TODAY, UNITS) as found:
        yield found


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
        people = register_personas(engine, TODAY)
        _add_units(engine)
        engine.dispose()
        yield Register(normal_url(url), keys, people)
        engine_for(normal_url(url)).dispose()


@pytest.fixture
def people(register: Register) -> dict[str, int]:
    """Key of a persona -> person id."""
    return register.people


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
def browser(site: Flask, provider: Provider) -> SignInBrowser:
    """A browser that has not signed in."""
    return SignInBrowser(site.test_client(), provider)


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
