"""The site for residents: server-rendered, Swedish first, whole without JavaScript."""

from flask import Flask

from web.site import i18n, template_helpers


def register(app: Flask) -> None:
    """Add the pages, the languages and what templates may call."""
    # Pages ask who has signed in, and sign-in speaks the site's languages: so pages are read only here.
    from web.site.blueprint import read_pages, site

    read_pages()
    i18n.register(app)
    template_helpers.register(app)
    app.register_blueprint(site)
