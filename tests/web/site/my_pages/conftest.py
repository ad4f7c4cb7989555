"""The site with a register of the personas, three units, and the real development provider to sign in at."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.orm import Session

from codes.services import load_shipped as load_codes
from core import clock
from core.database import engine_for, normal_url, unit_of_work
from core.settings import Settings
from directory.geography.services import load_shipped as load_geography
from directory.search.writer import catch_up
from directory.services import Incoming, apply_records, ensure_source
from listing.people import key_file
from listing.policy.model import Policy
from listing.policy.parse import to_record
from tests.support.browser import DESKTOP, chromium
from tests.support.database import scratch_database
from tests.support.signing_in import (
    Provider,
    Register,
    SignInBrowser,
    development_provider,
    register_personas,
    served_and_known,
)
from tests.web.site.units import unit
from web import read_model
from web.app import create_app
from web.auth.provider.plan import Unit, site_settings

OPEN = "SE2321000024-E000000000201"
FULL = "SE2321000024-E000000000202"
OTHER = "SE2321000024-E000000000203"
NAMES = {OPEN: "Ekeby vårdcentral", FULL: "Svartbäckens vårdcentral", OTHER: "Luthagens vårdcentral"}
_REGISTER = [
    "doctor_substitute",
    "doctor_assignment",
    "regular_doctor",
    "listing_notice",
    "listing_event",
    "operation",
    "queue_entry",
    "registered_form",
    "listing",
    "unit_register",
    "listing_limit",
    "listing_policy",
    "unit_closure",
    "outbox",
    "audit_event",
    "web_session",
    "web_sign_in",
]


@pytest.fixture(scope="session")
def provider() -> Iterator[Provider]:
    """The development provider, with the ages that the personas have today."""
    units = tuple(Unit(hsa_id, name) for hsa_id, name in NAMES.items())
    with development_provider(clock.today(), units) as found:
        yield found


@pytest.fixture(scope="session")
def register(test_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Register]:
    """A database with the personas who are registered, their custody, and units with contracts."""
    keys = tmp_path_factory.mktemp("keys") / "keys.json"
    key_file.create(keys)
    with scratch_database(test_server) as url, pytest.MonkeyPatch.context() as patch:
        patch.setattr("core.settings._settings", Settings(keys_file=keys))
        engine = create_engine(normal_url(url))
        with Session(engine) as session, session.begin():
            load_codes(session)
            load_geography(session)
            _add_units(session)
        people = register_personas(engine, clock.today())
        engine.dispose()
        yield Register(normal_url(url), keys, people)
        engine_for(normal_url(url)).dispose()


def _add_units(session: Session) -> None:
    source = ensure_source(session, "catalogue", "Katalogtjänsten")
    incoming = [
        Incoming(
            hsa_id, unit(name, 59.85 + number / 100, 17.61, unit_types=["02"], listing={"status": "open"})
        )
        for number, (hsa_id, name) in enumerate(NAMES.items())
    ]
    apply_records(session, source=source, run=None, actor="test", at=clock.now(), incoming=incoming)
    session.execute(
        text(
            "INSERT INTO unit_contract (care_unit_id, listing_type, valid)"
            " SELECT id, 'health-centre', '[2010-01-01,)' FROM care_unit WHERE hsa_id = ANY(:ids)"
        ),
        {"ids": list(NAMES)},
    )


@pytest.fixture(scope="session")
def site(
    register: Register, provider: Provider, translations: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """The site with the provider's settings."""
    folder = tmp_path_factory.mktemp("mine")
    file = folder / "sign-in.toml"
    file.write_text(site_settings(provider.plan), encoding="utf-8")
    settings = Settings(
        database_url=register.url,
        index_dir=folder / "index",
        sign_in_file=file,
        keys_file=register.keys,
        tile_url="",
    )
    engine = create_engine(register.url)
    catch_up(engine, settings.index_dir)
    engine.dispose()
    app = create_app(settings)
    app.testing = True
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("core.settings._settings", settings)
        yield app
    read_model.keeper(app).stop()


@pytest.fixture
def people(register: Register) -> dict[str, int]:
    """Key of a persona -> person id."""
    return register.people


@pytest.fixture
def database(register: Register) -> Iterator[Engine]:
    """The database, with nobody listed anywhere when the test begins."""
    engine = create_engine(register.url)
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        for table in _REGISTER:
            connection.execute(text(f"DELETE FROM {table}"))
    yield engine
    engine.dispose()


@pytest.fixture
def limit(database: Engine) -> Callable[[str, int], None]:
    """Decide a unit's limit: `limit(FULL, 0)`."""

    def decide(hsa_id: str, places: int) -> None:
        with database.begin() as connection:
            connection.execute(
                text(
                    "INSERT INTO listing_limit (care_unit_id, listing_type, places, valid,"
                    " decision_reference) SELECT id, 'health-centre', :places, '[2010-01-01,)', 'RS 2026-1'"
                    " FROM care_unit WHERE hsa_id = :id"
                ),
                {"id": hsa_id, "places": places},
            )

    return decide


@pytest.fixture
def rules(database: Engine) -> Callable[[Policy], None]:
    """Decide the region's rules."""

    def decide(policy: Policy) -> None:
        from listing.models import ListingPolicy

        with unit_of_work(database) as session:
            session.add(
                ListingPolicy(
                    region_code="03",
                    listing_type="health-centre",
                    valid="[2010-01-01,)",
                    decision_reference="RS 2026-2",
                    parameters=to_record(policy),
                )
            )

    return decide


@pytest.fixture
def browser(site: Flask, provider: Provider, database: Engine) -> SignInBrowser:
    """A browser that has not signed in."""
    return SignInBrowser(site.test_client(), provider)


@pytest.fixture
def rows(database: Engine) -> Callable[..., list[Any]]:
    """Ask the database."""

    def ask(statement: str, **values: Any) -> list[Any]:
        with database.connect() as connection:
            return list(connection.execute(text(statement), values).all())

    return ask


@pytest.fixture(scope="module")
def address(site: Flask, provider: Provider) -> Iterator[str]:
    """The site on a port of its own, which the provider knows."""
    with served_and_known(site, provider) as found:
        yield found


@pytest.fixture(scope="module")
def window() -> Iterator[Browser]:
    """One chromium for the module."""
    with chromium() as found:
        yield found


@pytest.fixture
def page(window: Browser, database: Engine, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A tab; what goes wrong in the console fails the test."""
    options: dict[str, Any] = {"viewport": DESKTOP, "locale": "sv-SE", **getattr(request, "param", {})}
    context = window.new_context(**options)
    context.set_default_timeout(10_000)
    tab = context.new_page()
    troubles: list[str] = []
    tab.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
    yield tab
    context.close()
    # A page that says no has a status that says so, which the console repeats; so is a line that was cut.
    assert [one for one in troubles if "status of 4" not in one and "net::ERR" not in one] == []
