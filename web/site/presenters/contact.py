"""Telephone numbers, addresses on the web, and running text."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask_babel import lazy_gettext

from web.site.presenters.phone import readable

PHONE_KINDS = {
    "phone": lazy_gettext("Telefon"),
    "switchboard": lazy_gettext("Växel"),
    "sms": lazy_gettext("Sms"),
    "text_phone": lazy_gettext("Texttelefon"),
    "video_phone": lazy_gettext("Bildtelefon"),
}
OTHER_KINDS = {
    "website": lazy_gettext("Webbplats"),
    "email": lazy_gettext("E-post"),
    "fax": lazy_gettext("Fax"),
}
_BREAKS = re.compile(r"\n\s*\n|\r\n\s*\r\n")


@dataclass(frozen=True)
class Contact:
    """One way to reach the unit. `href` is empty for what cannot be followed."""

    kind: str
    label: str
    text: str
    href: str = ""


def contacts(values: Mapping[str, Sequence[str]]) -> tuple[tuple[Contact, ...], tuple[Contact, ...]]:
    """Numbers to call, and the other ways."""
    phones = [
        Contact(kind, str(label), readable(number), _phone_href(kind, number))
        for kind, label in PHONE_KINDS.items()
        for number in values.get(kind, ())
    ]
    others = [
        Contact(kind, str(label), *_other(kind, value))
        for kind, label in OTHER_KINDS.items()
        for value in values.get(kind, ())
    ]
    return tuple(phones), tuple(others)


def safe_url(value: str) -> str:
    """The address if it is one of the web, else ""; a catalogue may hold anything."""
    return value if urlsplit(value).scheme in ("http", "https") and urlsplit(value).netloc else ""


def paragraphs(text: str) -> tuple[str, ...]:
    """The paragraphs of a text; single line breaks stay inside them."""
    return tuple(part.strip() for part in _BREAKS.split(text) if part.strip())


def _phone_href(kind: str, number: str) -> str:
    digits = re.sub(r"[^\d+]", "", number)
    if not digits or kind == "video_phone":
        return ""
    return f"sms:{digits}" if kind == "sms" else f"tel:{digits}"


def _other(kind: str, value: str) -> tuple[str, str]:
    if kind == "website":
        url = safe_url(value)
        return (urlsplit(url).netloc.removeprefix("www.") if url else value), url
    if kind == "email":
        return value, f"mailto:{value}" if re.fullmatch(r"[^\s@?&]+@[^\s@?&]+", value) else ""
    return readable(value), ""
