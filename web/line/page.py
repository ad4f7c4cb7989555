"""The waiting page: whole in one answer, so that it asks nothing more of a server that has too much to do.

It needs no script and no cookie but the ticket. The browser is told by a header to ask again for the same
address, and so comes to the page that was asked for when it is let in.
"""

import base64
import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from math import ceil
from pathlib import Path

from babel.numbers import format_decimal
from babel.support import Translations
from jinja2 import Environment, FileSystemLoader, Template
from markupsafe import Markup, escape

from core.clock import SWEDEN
from web.language import LANGUAGES, NAMES
from web.line.asked import in_language

_WEB = Path(__file__).resolve().parent.parent
LEAST_REFRESH, MOST_REFRESH, FIRST_REFRESH = 4, 20, 10
_HOUR = 60


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a visitor is told. `first` is the place they began at; `seconds` is None when nobody can know."""

    place: int
    first: int
    seconds: float | None
    new: bool = False

    @property
    def refresh(self) -> int:
        """Seconds until the page is asked for again: the more often, the nearer the turn is."""
        longest = FIRST_REFRESH if self.new else MOST_REFRESH
        if self.seconds is None:
            return LEAST_REFRESH + 1
        return max(LEAST_REFRESH, min(longest, int(self.seconds / 4)))

    @property
    def minutes(self) -> int | None:
        """The estimate as it is told: 0 for less than one, else rounded up, the longer the coarser."""
        if self.seconds is None:
            return None
        minutes = 0 if self.seconds < 60 else ceil(self.seconds / 60)
        coarse = 1 if minutes <= 10 else 5 if minutes <= 30 else 10
        return coarse * ceil(minutes / coarse)


def html(told: Waiting, target: str, language: str, now: datetime) -> bytes:
    """The page. `target` is the path and query that were asked for, as the browser sent them."""
    other = _other(language)
    here = now.astimezone(SWEDEN)
    values = {
        "place": format_decimal(told.place, locale=language),
        "passed": max(0, told.first - told.place),
        "first": told.first,
        "at": here.strftime("%H.%M.%S" if language == "sv" else "%H:%M:%S"),
        "href": escape(in_language(target, other)),
    }
    page = _page(language, told.minutes, told.first > 1)
    for name, value in values.items():
        page = page.replace(_mark(name), str(value))
    return page.encode()


def prepare() -> None:
    """Read what the pages are made of, which takes a moment, before anybody waits for one."""
    headers()
    for language in LANGUAGES:
        _page(language, None, True)


@lru_cache(maxsize=256)
def _page(language: str, minutes: int | None, progress: bool) -> str:
    """The page with marks for what differs each time: rendering it all costs ten times as much."""
    other = _other(language)
    marks = {name: Markup(_mark(name)) for name in ("place", "passed", "first", "at", "href")}
    return _template(language).render(
        **marks,
        lang=language,
        other=other,
        other_name=NAMES[other],
        style=style(),
        icon=_icon(),
        minutes=minutes,
        longest=_HOUR,
        progress=progress,
    )


def _mark(name: str) -> str:
    return f"\x02{name}\x03"


def _other(language: str) -> str:
    return next(code for code in LANGUAGES if code != language)


@cache
def style() -> Markup:
    """The tokens of the site and the rules of this page, without what would have to be fetched."""
    sheets = [(_WEB / "static" / "css" / name).read_text("utf-8") for name in ("tokens.css", "waiting.css")]
    plain = re.sub(r"/\*.*?\*/|@font-face \{.*?\}", "", "".join(sheets), flags=re.DOTALL)
    return Markup(re.sub(r"\s+", " ", plain).strip())


@cache
def headers() -> bytes:
    """What the page may do, which is next to nothing, and that nobody keeps it."""
    digest = base64.b64encode(hashlib.sha256(style().encode()).digest()).decode()
    allowed = f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:"
    return (
        "Content-Type: text/html; charset=utf-8\r\n"
        "Cache-Control: no-store\r\n"
        f"Content-Security-Policy: {allowed}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'\r\n"
        "X-Content-Type-Options: nosniff\r\n"
        "Referrer-Policy: same-origin\r\n"
        "Cross-Origin-Opener-Policy: same-origin\r\n"
    ).encode()


@cache
def _icon() -> Markup:
    picture = (_WEB / "static" / "img" / "favicon.svg").read_bytes()
    return Markup("data:image/svg+xml;base64,{}").format(base64.b64encode(picture).decode())


@cache
def _template(language: str) -> Template:
    environment = Environment(
        loader=FileSystemLoader(_WEB / "templates"),
        autoescape=True,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    words = Translations.load(_WEB / "translations", [language])
    environment.install_gettext_translations(words, newstyle=True)  # type: ignore[attr-defined]
    return environment.get_template("site/waiting.html")
