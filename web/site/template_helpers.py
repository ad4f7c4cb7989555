"""What every template may call: addresses, languages, icons, dates in words."""

from datetime import date, datetime
from typing import Any

from flask import Flask, request, url_for
from flask_babel import format_date, format_datetime, format_decimal
from markupsafe import Markup

from core.clock import SWEDEN
from web.assets import static_url
from web.language import NAMES
from web.site import reads
from web.site.i18n import current_language, explicit_language, has_language
from web.site.kept import kept
from web.site.presenters.hyphens import hyphenated
from web.unit_of_work import current_settings

SUGGESTIONS_PATH = "/api/v1/suggestions"
_DEMO_SECONDS = 60.0


def register(app: Flask) -> None:
    """Add globals and filters to the templates."""
    app.jinja_env.globals.update(icon=icon, languages=NAMES, language_url=language_url)
    app.jinja_env.filters.update(
        long_date=long_date,
        short_date=short_date,
        moment=moment,
        number=format_decimal,
        hyphens=hyphenated,
    )

    @app.context_processor
    def common() -> dict[str, Any]:
        return {
            "lang": current_language(),
            "explicit_lang": explicit_language(),
            "is_demo": lambda: kept("demo", _DEMO_SECONDS, reads.demo_data_present),
            "tile_url": current_settings().tile_url,
            "suggestions_url": SUGGESTIONS_PATH,
        }


def icon(name: str, label: str = "") -> Markup:
    """An icon of the sprite; hidden from screen readers unless it has a label of its own."""
    href = f"{static_url('img/icons.svg')}#{name}"
    if label:
        template = '<svg class="icon" role="img" aria-label="{}"><use href="{}"/></svg>'
        return Markup(template).format(label, href)
    return Markup('<svg class="icon" aria-hidden="true" focusable="false"><use href="{}"/></svg>').format(
        href
    )


def language_url(language: str) -> str:
    """This page in another language."""
    if not request.endpoint or request.method != "GET" or not has_language(request.endpoint):
        return url_for("site.home", lang=language)
    values: dict[str, Any] = {
        **request.args.to_dict(flat=False),
        **(request.view_args or {}),
        "lang": language,
    }
    return url_for(request.endpoint, **values)


def long_date(day: date) -> str:
    """`fredag 20 november`, with the year when it is another."""
    return format_date(day, "EEEE d MMMM" if day.year == datetime.now(SWEDEN).year else "EEEE d MMMM y")


def short_date(day: date | datetime) -> str:
    """`20 november 2026`."""
    return format_date(day, "d MMMM y")


def moment(at: datetime) -> str:
    """`20 november 2026 12:05`, Swedish time."""
    return format_datetime(at, "d MMMM y HH:mm")
