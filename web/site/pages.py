"""Pages that say what this is: sources, accessibility, about, the design system."""

from flask import render_template, url_for
from flask_babel import gettext as _

from web.site import reads
from web.site.blueprint import site
from web.site.presenters import status
from web.site.presenters.status import Badge


@site.get("/om")
def about() -> str:
    """What the service is and is not."""
    return render_template("site/about.html", canonical=_address("about"))


@site.get("/kallor")
def sources() -> str:
    """Where the facts come from and under which licence."""
    return render_template(
        "site/sources.html",
        code_systems=reads.code_systems(),
        sources=reads.sources(),
        canonical=_address("sources"),
    )


@site.get("/tillganglighet")
def accessibility() -> str:
    """The accessibility statement."""
    return render_template("site/accessibility.html", canonical=_address("accessibility"))


@site.get("/designsystem")
def design_system() -> str:
    """Every part that pages are built of, alive."""
    badges = [
        Badge("open", _("Öppet"), _("till %(time)s", time="17:00")),
        Badge("later", _("Öppnar i dag"), "13:00"),
        Badge("shut", _("Stängt,"), _("öppnar %(time)s", time="08:00")),
        Badge("shut", _("Stängt under en period")),
        Badge("unknown", _("Öppettider saknas")),
        status.listing({"status": "open"}),
        status.listing({"status": "queue", "queue_length": 14}),
        status.listing({"status": "closed"}),
    ]
    return render_template("site/design_system.html", badges=badges)


def _address(page: str) -> str:
    return reads.public_address(url_for(f"site.{page}", lang=None))
