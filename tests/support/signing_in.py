"""The development provider over HTTP, the personas in a sealed register, and somebody who signs in."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Page
from sqlalchemy import Engine, text
from werkzeug.serving import make_server
from werkzeug.test import TestResponse

from codes.identifiers import parse_person_id
from core.database import unit_of_work
from importers.synthetic import personas as demo
from listing.people.record import PersonRecord
from listing.people.services.records import add_people
from tests.support.browser import served
from web.auth.provider.app import create_provider
from web.auth.provider.plan import Plan, Unit
from web.auth.provider.store import Store

SITE = "http://localhost"
OWNER = "SE2321000024"


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
    """The database, the keys of its people, and the person ids of the personas."""

    url: str
    keys: Path
    people: dict[str, int]


@contextmanager
def development_provider(today: date, units: tuple[Unit, ...]) -> Iterator[Provider]:
    """The provider that `hittavard run` starts, in a thread of its own."""
    server = make_server("127.0.0.1", 0, Flask("placeholder"), threaded=True)
    port = server.server_port
    plan = Plan(f"http://127.0.0.1:{port}", port, (SITE,), "a secret of the tests", today, OWNER, units)
    server.app = create_provider(plan)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield Provider(plan, server.app)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def served_and_known(site: Flask, provider: Provider) -> Iterator[str]:
    """The site on a port of its own that the provider sends people back to; its address."""
    with served(site) as found:
        plan = replace(provider.plan, sites=(found,))
        for client in provider.store.clients.values():
            client.__init__(plan, client.who)  # type: ignore[misc]
        try:
            yield found
        finally:
            for client in provider.store.clients.values():
                client.__init__(provider.plan, client.who)  # type: ignore[misc]


def register_personas(engine: Engine, today: date) -> dict[str, int]:
    """Put the registered personas into the register, sealed as an import would, with their guardians."""
    known = [person for person in demo.people(today) if person.is_registered]
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
        ids = dict(zip([person.key for person in known], add_people(session, records), strict=True))
        for child in known:
            for guardian in child.guardians:
                session.execute(
                    text(
                        "INSERT INTO guardianship (child_id, guardian_id, valid)"
                        " VALUES (:child, :guardian, daterange(:born, NULL))"
                    ),
                    {"child": ids[child.key], "guardian": ids[guardian], "born": child.born},
                )
    return ids


def sign_in(page: Page, address: str, who: str, path: str, *, staff: bool = False) -> None:
    """In a browser: go to a page that needs it, and through the sign-in to that page."""
    page.goto(address + path)
    identify(page, who, staff=staff)
    page.wait_for_url(f"{address}{path}")


def identify(page: Page, who: str, *, staff: bool = False) -> None:
    """In a browser that is asked to sign in: choose the way, and who one is there."""
    page.locator(f"a[href*='/logga-in/till/{'staff' if staff else 'residents'}']").click()
    page.get_by_role("button", name=who).click()


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
