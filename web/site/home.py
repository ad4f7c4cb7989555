"""The find page."""

from flask import render_template, url_for

from web.site import reads
from web.site.blueprint import site
from web.site.search_state import SearchState


@site.get("/")
def home() -> str:
    """One search box, a place, shortcuts and the regions."""
    return render_template(
        "site/home.html",
        state=SearchState(),
        shortcuts=reads.shortcuts(),
        regions=reads.regions(),
        canonical=reads.public_address(url_for("site.home", lang=None)),
    )
