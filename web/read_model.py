"""What this process holds of the directory, for those who answer questions."""

from flask import Flask, current_app

from core.cluster import database_url
from core.database import engine_for
from core.settings import Settings
from directory.search.held.model import Model
from directory.search.held.refresh import Keeper
from web import at_once

_KEY = "read-model"


def register(app: Flask) -> None:
    """Give the application a keeper; it reads nothing until it is asked or told to start."""
    settings: Settings = app.config["HITTAVARD"]
    app.extensions[_KEY] = Keeper(lambda: engine_for(database_url(settings)), settings.index_dir)


def keeper(app: Flask | None = None) -> Keeper:
    """The application's keeper."""
    found: Keeper = (app or current_app).extensions[_KEY]
    return found


def start(app: Flask) -> None:
    """Begin to read; nothing to do for an application that answers without the directory."""
    found: Keeper | None = app.extensions.get(_KEY)
    if found is not None:
        found.start()


def current_model() -> Model:
    """The newest state of the directory. The first question of a process waits for it."""
    held = keeper()
    if not held.ready:
        at_once.or_in_thread()
    return held.model()
