"""The application factory: one Flask application from one set of settings."""

from importlib.util import find_spec

from flask import Flask

from core.settings import Settings
from core.settings import settings as process_settings
from directory.search import ranking
from web import (
    access,
    assets,
    compression,
    health,
    metrics,
    problems,
    read_model,
    security,
    site,
    unit_of_work,
)
from web.application import Application
from web.auth import signin

MAX_REQUEST_BYTES = 64 * 1024
MAX_FORM_PARTS = 500


def create_app(settings: Settings | None = None) -> Flask:
    """A ready application. It opens no connection until a request needs one."""
    app = Application(__name__, static_folder=None)
    app.config.update(
        HITTAVARD=settings or process_settings(),
        MAX_CONTENT_LENGTH=MAX_REQUEST_BYTES,
        MAX_FORM_PARTS=MAX_FORM_PARTS,
        BABEL_DEFAULT_LOCALE="sv",
        BABEL_DEFAULT_TIMEZONE="Europe/Stockholm",
        BABEL_TRANSLATION_DIRECTORIES="translations",
    )
    ranking.weights(app.config["HITTAVARD"])  # Nonsense is refused now, not at the first question.
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    metrics.register(app)
    unit_of_work.register(app)
    read_model.register(app)
    security.register(app)
    compression.register(app)
    assets.register(app)
    health.register(app)
    problems.register(app)
    site.register(app)
    signin.register(app)
    _register_api(app)
    access.register(app)
    return app


def _register_api(app: Flask) -> None:
    """The API is a package of its own; the site stands without it."""
    if find_spec("web.api") is not None:
        from web.api import register_api

        register_api(app)
