"""The providers that this application knows, each with its client."""

from dataclasses import dataclass
from typing import Any

from flask import Flask, abort, current_app, url_for

from core.settings import Settings
from web.auth.signin.client import Client
from web.auth.signin.configuration import providers
from web.unit_of_work import current_settings

_EXTENSION = "hittavard-sign-in"


@dataclass(frozen=True)
class WaysIn:
    """Clients by the key of their provider, in the order of the settings."""

    clients: dict[str, Client]

    def for_staff(self, staff: bool) -> list[Client]:
        """Those of staff, or those of residents."""
        return [client for client in self.clients.values() if client.provider.staff == staff]


def register(app: Flask) -> None:
    """Read the settings of the providers; asks nothing of them yet."""
    settings: Settings = app.config["HITTAVARD"]
    app.extensions[_EXTENSION] = WaysIn({one.key: Client(one) for one in providers(settings)})


def ways_in() -> WaysIn:
    """The providers of the running application."""
    found: WaysIn = current_app.extensions[_EXTENSION]
    return found


def client_named(key: str) -> Client:
    """The client of a provider; an unknown key is a page that does not exist."""
    client = ways_in().clients.get(key)
    if client is None:
        abort(404)
    return client


def public_address(endpoint: str, **values: Any) -> str:
    """A page's address as the world knows it, always the same whatever the language: providers compare it."""
    path = url_for(endpoint, lang=None, **values)
    public = current_settings().public_url
    return f"{public.rstrip('/')}{path}" if public else url_for(endpoint, lang=None, _external=True, **values)
