"""The site for residents: server-rendered, Swedish first, whole without JavaScript."""

from flask import Flask

from web.site import i18n, template_helpers
from web.site.blueprint import site as blueprint


def register(app: Flask) -> None:
    """Add the pages, the languages and what templates may call."""
    i18n.register(app)
    template_helpers.register(app)
    app.register_blueprint(blueprint)


__all__ = ["blueprint", "register"]
