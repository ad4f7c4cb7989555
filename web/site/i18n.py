"""Languages. An address says its language with `?lang=en`; without one the browser's wish decides.

No cookie: the choice follows along in every link and form, so a shared address shows what its sender saw.
"""

from typing import Any

from flask import Flask, request
from flask_babel import Babel, get_locale

from web.language import DEFAULT, LANGUAGES, preferred

_FILES = ("outlines", "robots", "sitemap", "sitemap_pages", "sitemap_region")
_WITHOUT_LANGUAGE = frozenset({"static", "favicon", *(f"site.{name}" for name in _FILES)})


def register(app: Flask) -> None:
    """Choose a language per request, and let links keep an explicit choice."""
    Babel(app, locale_selector=_select)

    @app.url_defaults
    def keep_language(endpoint: str, values: dict[str, Any]) -> None:
        if has_language(endpoint) and "lang" not in values:
            chosen = explicit_language()
            if chosen:
                values["lang"] = chosen


def has_language(endpoint: str | None) -> bool:
    """Whether an endpoint is a page for people, whose address may name a language."""
    return (endpoint or "").startswith(("site.", "signin.")) and endpoint not in _WITHOUT_LANGUAGE


def explicit_language() -> str | None:
    """The language that the address names, if it names one that we speak."""
    chosen = request.args.get("lang", "") if request else ""
    return chosen if chosen in LANGUAGES else None


def current_language() -> str:
    """Two letters, for `<html lang>` and for labels."""
    locale = get_locale()
    return locale.language if locale else DEFAULT


def _select() -> str:
    if not request:
        return DEFAULT
    return explicit_language() or preferred(request.accept_languages)
